/**
 * Writes docs/accuracy-sums.md from the errors that test/sums.test.ts and test/lines.test.ts have measured:
 * `ACCURACY=write npx vitest run test/sums.test.ts test/lines.test.ts && node scripts/accuracy_sums.mjs`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const root = new URL('../', import.meta.url);
const found = (name) => JSON.parse(readFileSync(new URL(`test/data/found-${name}.json`, root), 'utf8'));
const shortened = (text) => (text.length > 70 ? `${text.slice(0, 69)}…` : text);

/** A table with a column for each dtype; rows of one op and order share a line. */
function table(rows, dtypes) {
  const lines = new Map();
  for (const row of rows) {
    const key = [row.op, row.order, row.bound].join();
    if (!lines.has(key)) lines.set(key, { ...row, parts: {} });
    lines.get(key).parts[row.dtype] = row;
  }
  const head = ['', 'of', 'bound', ...dtypes, 'the worst at'];
  const body = [...lines.values()].map(({ op, order, bound, parts }) => {
    const worst = Object.values(parts).reduce((a, b) => (b.part > a.part ? b : a));
    const cells = dtypes.map((dtype) => (parts[dtype] ? parts[dtype].part.toFixed(2) : ''));
    return [op, order, bound, ...cells, shortened(worst.where)];
  });
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n');
}

const [sums, lines] = [found('sums'), found('lines')];
const isComplex = ({ dtype }) => dtype.startsWith('complex');

writeFileSync(
  new URL('docs/accuracy-sums.md', root),
  `# Accuracy of sums, products, norms and normalisation

Bounds that the library promises, and the largest error that its tests have found, as a part of the bound: 1 would be all of it. u is
2⁻²⁴ for float32 and complex64, 2⁻⁵³ for float64 and complex128. The bits, and so these figures, are the same on every host, eager and
compiled, on any number of threads. Written by \`scripts/accuracy_sums.mjs\`; \`test/sums.test.ts\`, \`test/lines.test.ts\` and
\`test/norms.test.ts\` hold the bounds.

## Products, sums, sums at indices

Terms are all 0.1 (every rounding goes one way), uniform of one sign, of both signs, or cancelling in pairs; exact values are sums to twice
the precision. Layouts: as it lies, with gaps, backwards. A product is summed in blocks of 256 terms, in lanes that are carried into a total
of twice the precision every 128 terms where both operands lie contiguously along k; a sum in blocks of 2 KiB that are carried likewise;
rows at an index likewise every 32. A product over several axes that do not merge into one counts a block for each place on the shorter.

${table(
  sums.filter((row) => !isComplex(row)),
  ['float32', 'float64'],
)}

${table(sums.filter(isComplex), ['complex64', 'complex128'])}

The bound of \`prod\` holds as long as no partial product leaves the range. Along an axis,
\`cumsum\` carries each element into a total of twice the precision.

## Functions of a line

Value, gradient and Hessian by a vector w, against derivatives by differences in 2200 bits (\`scripts/multiprecision_lines.py\`); p is the
softmax, z are labels, r is 1/√(variance + ε), depth is 1 + (max x − x) + (max x − the next x): what the rounding of an exponent costs. Long
lines add at most 26u of the sum in question.

${table(lines, ['float32', 'float64'])}

Norms, deviations, \`layerNorm\`, \`rmsNorm\` and \`cosineDistance\` with their first and second derivatives scale exactly: 2ᵏ in front of the
numbers is the power of two in front of the result that belongs there, bit for bit, where neither leaves the range.

## Points

| | value | derivatives |
| --- | --- | --- |
| norm, hypot, abs at 0; std at equal elements; atan2 at the origin | 0 | 0, of every order |
| layerNorm, rmsNorm without ε at equal elements, at 0; cosineDistance of a zero vector | 0; 0; 1 | 0, of every order |
| logsumexp where all is −∞ | −∞ | 0, of every order |
| logsumexp where some are +∞ | +∞ | equal parts to these |
| softmax, logSoftmax where all is −∞, or some +∞ | NaN | NaN |

Derivatives at a kink are chosen per function, before it is composed with others: the Hessian of norm(x)² at 0 is 0 as that of |x|² is,
although the composition is smooth there. A rule of the norm does not know what its cotangent is made of. Where such a square is to be
differentiated twice, write sum(square(x)), whose Hessian is 2·I everywhere.
`,
);
