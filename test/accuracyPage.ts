/** Makes docs/accuracy.md and its plots from the grids, the op table's rows, the library's results and its docstrings. Contains no figure. */
import { readFileSync } from 'node:fs';
import { gradientsFunction, scope, type Tensor, tensor } from 'gradtape';
import { boundOf, type Format, type Grid, grids, ORDERS, type Order, type Point, worstOf } from './grids.js';

type Unary = (x: Tensor) => Tensor;

const number = (x: number): string => {
  if (Number.isNaN(x)) return 'NaN';
  if (!Number.isFinite(x)) return x < 0 ? '−∞' : '∞';
  const text = Object.is(x, -0) ? '-0' : `${Number(x.toPrecision(4))}`;
  return text.replaceAll('-', '−');
};
const ulps = (x: number): string => (Math.abs(x) < 1e6 ? Math.abs(x).toFixed(2) : 'all digits');
const line = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [line(...head), line(...head.map(() => '---')), ...rows.map((row) => line(...row))].join('\n');

const place = (dtype: Format, at: readonly number[]): string =>
  dtype.startsWith('complex') ? `${number(at[0] as number)} + ${number(at[1] as number)}i` : at.map(number).join('; ');

/** A function's largest error of an order, its argument, and the bound. */
function cell(grid: Grid, dtype: Format, order: Order): string {
  const { error, at } = worstOf(grid, dtype, order);
  const bound = boundOf(grid, dtype, order);
  const text = `${ulps(error)} of ${bound}${at.length ? ` at ${place(dtype, at)}` : ''}`;
  return Math.abs(error) > bound ? `**not kept:** ${text}` : text;
}

const worstTable = (): string =>
  table(
    ['function', 'dtype', 'value', 'first derivative', 'second derivative'],
    grids.flatMap((grid) => grid.dtypes.map((dtype, i) => [i ? '' : `\`${grid.name}\``, dtype, ...ORDERS.map((order) => cell(grid, dtype, order))])),
  );

/** f, f′ and f″ at x. */
const answers = (f: Unary, x: number, dtype: 'float32' | 'float64'): number[] =>
  scope(() => {
    const slope: Unary = (v) => gradientsFunction(f)(v)[0] as Tensor;
    return [f, slope, (v: Tensor) => gradientsFunction(slope)(v)[0] ?? tensor(0)].map((g) => (g as Unary)(tensor(x, { dtype })).item() as number);
  });

const EDGES: readonly (readonly [string, number])[] = [
  ['−∞', Number.NEGATIVE_INFINITY],
  ['−0', -0],
  ['0', 0],
  ['2⁻¹⁴⁹', 2 ** -149],
  ['∞', Number.POSITIVE_INFINITY],
  ['NaN', Number.NaN],
];
const isUnary = (grid: Grid): boolean => grid.dtypes.includes('float32') && grid.points('float32', 0)[0]?.at.length === 1;
const unaries = grids.filter(isUnary);

const edgeTable = (): string =>
  table(
    ['function', ...EDGES.map(([name]) => name)],
    unaries.map((grid) => [
      `\`${grid.name}\``,
      ...EDGES.map(([, x]) =>
        answers(grid.f as Unary, x, 'float32')
          .map(number)
          .join('; '),
      ),
    ]),
  );

const kinks: readonly (readonly [string, Unary, number])[] = [
  ['abs', (x) => x.abs(), 0],
  ['relu', (x) => x.relu(), 0],
  ['relu6', (x) => x.relu6(), 0],
  ['relu6', (x) => x.relu6(), 6],
  ['leakyRelu, alpha 0.2', (x) => x.leakyRelu(), 0],
  ['leakyRelu, alpha 3', (x) => x.leakyRelu({ alpha: 3 }), 0],
  ['elu, alpha 0.5', (x) => x.elu({ alpha: 0.5 }), 0],
  ['selu', (x) => x.selu(), 0],
  ['hardSigmoid', (x) => x.hardSigmoid(), -3],
  ['hardSigmoid', (x) => x.hardSigmoid(), 3],
  ['hardSwish', (x) => x.hardSwish(), -3],
  ['hardSwish', (x) => x.hardSwish(), 3],
];

const kinkTable = (): string =>
  table(
    ['function', 'at', 'slope below', 'slope there', 'slope above'],
    kinks.map(([name, f, at]) => [`\`${name}\``, number(at), ...[at - 2 ** -20, at, at + 2 ** -20].map((x) => number(answers(f, x, 'float64')[1] as number))]),
  );

/** The error bounds in docstrings of ops that are not elementwise. */
function statedBounds(): string {
  const files = ['ops/reduction', 'ops/scan', 'ops/statistics', 'ops/contraction', 'nn/conv', 'nn/normalization', 'ops/scatter', 'ops/nn', 'nn/loss'];
  const rows = files.flatMap((file) => {
    const text = readFileSync(new URL(`../bindings/${file}.ts`, import.meta.url), 'utf8');
    return [...text.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\nexport const (\w+)/g)].flatMap(([, comment, name]) => {
      const bound = /(?:\|err\||relative error)[^.;]*/.exec((comment as string).replace(/\s*\n \* /g, ' '));
      return bound ? [[`\`${name}\``, bound[0].trim().replaceAll('|', '\\|')]] : [];
    });
  });
  return table(['op', 'bound'], rows);
}

export const accuracyPage = (): string => `# Accuracy

Written by \`test/accuracy.test.ts\`, which fails when this page is not what the library does (\`ACCURACY=write npx vitest run test/accuracy.test.ts\`
writes it anew). Errors are units in the last place (ulp) of the exact result, which \`scripts/multiprecision.py\` computes in thousands of bits
and keeps to 1/256 ulp in \`test/data/grids\`: ${grids.length} functions, ${grids.flatMap((g) => g.dtypes).length} pairs of function and dtype,
${grids.reduce((n, g) => n + g.dtypes.reduce((m, d) => m + g.points(d, 0).length, 0), 0)} arguments over the whole range: both ends, subnormal numbers,
where methods change, near zeros, poles and branch cuts, and drawn at random. Derivatives there are differences in those bits, not formulas.
The builds \`simd\`, \`simd-threads\`, \`sanitize\` and \`debug\` have the same bits on every host; \`relaxed\` has bounds of its own.

Of a complex number an ulp is 2⁻²³ or 2⁻⁵² of the modulus of the exact result. Two rules hold for derivatives:

- **Near a zero of a derivative** that is a sum of terms (\`silu\`, \`mish\` and \`gelu\` have such zeros off 0) errors are relative to those terms, about ⅛.
- **Below the normal range** a product's factors have lost digits before the product has: errors of the n-th derivative are relative to
  at least (1 + |x|)ⁿ times the least normal number, of arguments up to 1000.

A derivative that overflows, or is a multiple of a value that does, is infinite. A zero cotangent gives a zero gradient, whatever the derivative.

## The worst found

Each cell: the worst error found, the bound that is promised, where it was found.

${worstTable()}

## Over the range

Worst error in each of 96 intervals, of value, first and second derivative, as a part of its bound. From left to right x goes from the
largest negative number through 0 in the middle, magnitudes on a scale of powers of two, to the largest positive number.

![float32](accuracy-float32.svg)

![float64](accuracy-float64.svg)

## Kinks and ties

**At a kink the slope is the least of those on either side, 0 where they differ in sign**: the subgradient of least size.
Among equal operands of \`maximum\` and \`minimum\`, and of what is made of them, as \`clip\`, the first takes all.
Where a function of several numbers has a kink at 0, as \`hypot\`, \`norm\` and \`std\`, all its derivatives there are 0.

${kinkTable()}

## Edges

float32: value; first derivative; second derivative.

${edgeTable()}

## Sums and what is made of them

As the docstrings state them, u being half an ulp of 1: 2⁻²⁴ or 2⁻⁵³. Held by \`test/sums.test.ts\`, \`test/norms.test.ts\` and \`test/ops.test.ts\`
against sums of twice the precision.

${statedBounds()}

The errors that were found of these, and of softmax, its cross entropies, norms and normalisation with first and second derivatives, stand in
[accuracy-sums.md](accuracy-sums.md), with how the bounds were found.

## Beside PyTorch

\`npm run samples:torch\` runs 97 functions on the samples that PyTorch 1.13 tests them with, in every dtype, with a random cotangent. Of 2144 samples
9 have a value or a gradient that is more than 8 eps of the sample's largest element off PyTorch's in double precision. Seven of them are samples in
double, where PyTorch's own formulas err: \`digamma\` (2), \`erfinv\`, \`ndtr\`, \`logNdtr\`, complex \`sinc\`, and \`mish\` near the zero of its slope (15 eps);
in 60 digits the grids above hold ours. The others are a norm of complex numbers, 8.1 off, and a \`vdot\` of five terms that cancel, 13 off. Where PyTorch
loses much, the script has a formula that does not: \`logsumexp\`'s gradient, \`sinc\`, orders of norms and a sixth, which PyTorch rounds to float32, and
products of complex vectors, which are 0 in Debian's build.
`;

const PANEL = { width: 200, height: 74, plot: 44, columns: 4, bins: 96 };
const COLORS = ['#b9c2cb', '#4a6a94', '#c2185b'] as const;
const WIDTHS = [2, 1.2, 0.6] as const;

/** The position of x on the plot's axis, from −1 to 1. */
function position(x: number, dtype: Format): number {
  const [least, most] = dtype === 'float32' ? [-149, 128] : [-1074, 1024];
  const size = Math.abs(x) < 2 ** least ? 0 : (Math.min(Math.log2(Math.abs(x)), most) - least) / (most - least);
  return Math.sign(x) * size;
}

/** The largest error in each bin, as a fraction of the bound, drawn as a path of bars. */
function bars(points: readonly Point[], bound: number, dtype: Format): string {
  const worst = new Float64Array(PANEL.bins);
  for (const { at, error } of points) {
    if (Number.isNaN(error) || Number.isNaN(at[0])) continue;
    const bin = Math.min(PANEL.bins - 1, Math.floor(((position(at[0] as number, dtype) + 1) / 2) * PANEL.bins));
    worst[bin] = Math.max(worst[bin] as number, Math.min(1, Math.abs(error) / bound));
  }
  return Array.from(worst, (part, i) => (part > 0 ? `M${i * 2 + 1} 0v${-Math.ceil(part * PANEL.plot)}` : '')).join('');
}

/** A panel for each function: bars of the second derivative in front of those of the first, and these in front of those of the value. */
export function accuracyPlot(dtype: 'float32' | 'float64'): string {
  const rows = Math.ceil(unaries.length / PANEL.columns);
  const panels = unaries.map((grid, i) => {
    const paths = ORDERS.map((order) => {
      const bound = boundOf(grid, dtype, order);
      return `<path stroke="${COLORS[order]}" stroke-width="${WIDTHS[order]}" d="${bars(grid.points(dtype, order), bound, dtype)}"/>`;
    });
    const x = (i % PANEL.columns) * PANEL.width + 4;
    const y = Math.floor(i / PANEL.columns) * PANEL.height + 84;
    return `<g transform="translate(${x} ${y})"><path stroke="#ccc" d="M0 .5h192M0 ${-PANEL.plot}h192M96 0v${-PANEL.plot}"/>${paths.join('')}<text y="-48">${grid.name}</text></g>`;
  });
  const legend = ['value', 'first derivative', 'second derivative'].map((name, i) => `<tspan fill="${COLORS[i]}" dx="12">■ ${name}</tspan>`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${PANEL.columns * PANEL.width} ${rows * PANEL.height + 28}" font-family="system-ui, sans-serif" font-size="11">
<title>Worst errors of ${dtype} over the range, as parts of their bounds</title>
<rect width="100%" height="100%" fill="#fff"/><text x="4" y="18" font-size="13">${dtype}: worst error as a part of its bound${legend}</text>
<g fill="none">${panels.join('\n').replaceAll('<text ', '<text fill="#333" stroke="none" ')}</g>
</svg>
`;
}

/** Files of docs/ by name. */
export const accuracyFiles: Readonly<Record<string, () => string>> = {
  'accuracy.md': accuracyPage,
  'accuracy-float32.svg': () => accuracyPlot('float32'),
  'accuracy-float64.svg': () => accuracyPlot('float64'),
};
