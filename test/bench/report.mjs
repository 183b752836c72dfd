/** From rows to text: the table of targets, the table of everybody, and the files in `docs/`. Measures nothing. */
import { writeFileSync } from 'node:fs';
import { unitOf } from './functions.mjs';
import { markdown, ratio, three } from './harness.mjs';

/** Groups of rows, in the order of the report. */
const GROUPS = {
  small: 'Scalars, numbers in and numbers out, and small vectors',
  products: 'Matrix products',
  elementwise: 'Elementwise',
  order: 'Order',
  rows: 'Softmax, layer normalisation, sums',
  convolution: 'Convolution and pooling',
  training: 'Training steps: gradient descent on all parameters',
  gradbench: 'GradBench: the first case of each problem, plain numbers in and out',
  whole: 'Whole processes: memory, size, start',
};

const rate = (unit) => unit.endsWith('/s');
const figureText = (figure) => (figure === undefined ? '–' : three(figure));

/** What each row must reach, what it reached, and the best peer's figure with its time over that of gradtape. */
function targetTable(rows) {
  const judged = rows.flatMap((row) => row.targets).filter(({ reached }) => reached !== undefined);
  const alone = judged.filter(({ reached }) => reached).length;
  const together = judged.filter(({ reached, together }) => reached || together?.reached).length;
  const summary = `${alone} of ${judged.length} reached on one thread${together > alone ? `, ${together} on one or two` : ''}. Peers have one.`;
  const verdict = ({ reached, together }) => (reached === undefined ? '–' : reached ? 'yes' : together?.reached ? 'on two' : '**no**');
  const lines = rows.flatMap((row) =>
    row.targets.map((judgement) => {
      const { kind, target, name, figure, together } = judgement;
      const ours = row.results.find((result) => result.name === name);
      const [peer] = row.results.filter((result) => result.kind === undefined).sort((a, b) => ratio(a, row.results[0]) - ratio(b, row.results[0]));
      const rival = peer && ours ? `${figureText(peer.figure)} ${peer.name} (${three(ratio(peer, ours))}×)` : '–';
      const wanted = target > 0 ? `${rate(row.unit) ? '≥' : '≤'} ${figureText(target)}` : '–';
      const label = kind === 'best' ? '' : `, ${kind}`;
      return [`${row.title}${label}`, row.unit, wanted, figureText(figure), figureText(together?.figure), verdict(judgement), rival];
    }),
  );
  const table = markdown(['', 'unit', 'target', 'gradtape', 'two threads', 'reached', 'best peer (its time over ours)'], lines);
  return `${summary}\n\n${table}`;
}

/** Everybody's figures, a table for each group. */
function everybody(rows) {
  return Object.entries(GROUPS).flatMap(([group, heading]) => {
    const members = rows.filter((row) => row.group === group);
    if (members.length === 0) return [];
    const fullest = members.toSorted((a, b) => b.results.length - a.results.length); // has everybody in order
    const names = [...new Set(fullest.flatMap((row) => row.results.map(({ name }) => name)))];
    const cell = (row, name) => {
      const result = row.results.find((r) => r.name === name);
      if (result === undefined) return '–';
      return result === row.results[0] ? figureText(result.figure) : `${figureText(result.figure)} (${three(ratio(result, row.results[0]))}×)`;
    };
    const table = markdown(
      ['', 'unit', ...names],
      members.map((row) => [row.title, row.unit, ...names.map((name) => cell(row, name))]),
    );
    return [`### ${heading}`, table];
  });
}

/** Single functions: figures, and in brackets what multiple they are of the same contestant's exp. */
function multiples(rows) {
  const members = rows.filter((row) => row.group === 'functions');
  if (members.length === 0) return [];
  const names = [...new Set(members.flatMap((row) => row.results.map(({ name }) => name)))];
  const figureOf = (row, name) => row?.results.find((result) => result.name === name)?.figure;
  const cell = (row, name) => {
    const figure = figureOf(row, name);
    const unit = figureOf(
      members.find((other) => other.name === unitOf(row.name)),
      name,
    );
    return unit === undefined || figure === undefined ? figureText(figure) : `${figureText(figure)} (${(figure / unit).toFixed(2)})`;
  };
  const lines = members.map((row) => [row.title, ...names.map((name) => cell(row, name))]);
  return ['### Single functions, ns an element', 'In brackets: as a multiple of the same contestant’s own exp.', markdown(['', ...names], lines)];
}

/** The page of single functions: a line a function, float32 and float64; in brackets multiples of exp, of gradients multiples of the value. */
function functionsPage(report) {
  const rows = report.rows.filter((row) => row.group === 'functions');
  const contestants = [...new Set(rows.flatMap((row) => row.results.map(({ name }) => name)))];
  const figureOf = (dtype, kind, f, name) => rows.find((row) => row.name === `${dtype} ${kind} ${f}`)?.results.find((result) => result.name === name)?.figure;
  const over = (figure, unit) => (figure === undefined ? '–' : unit === undefined ? three(figure) : `${three(figure)} (${(figure / unit).toFixed(2)})`);
  const functions = [...new Set(rows.map((row) => row.name.split(' ')[2]))];
  const table = (dtype, kind) =>
    markdown(
      ['', ...contestants],
      functions.map((f) => [
        f,
        ...contestants.map((name) =>
          over(figureOf(dtype, kind, f, name), kind === 'value' ? figureOf(dtype, 'value', 'exp', name) : figureOf(dtype, 'value', f, name)),
        ),
      ]),
    );
  return [
    '# Benchmarks of single functions',
    'Written by `npm run bench:functions`: 262 144 numbers of (0.1, 0.9), of acosh greater by 1, ns an element, one thread, all in one process in turns (PyTorch in a process\nof its own, in the same turns), answers compared first. A gradient is value and gradient by all operands for a cotangent of ones. _before_ is another build, in\nGRADTAPE_BEFORE.',
    machineText(report),
    '## float32',
    'In brackets: as a multiple of the same contestant’s own exp.',
    table('float32', 'value'),
    '## float32, value and gradient',
    'In brackets: as a multiple of the value alone.',
    table('float32', 'gradient'),
    '## float64',
    'In brackets: as a multiple of the same contestant’s own exp.',
    table('float64', 'value'),
  ];
}

/** Writes `docs/benchmarks-functions.md`. */
export function publishFunctions(report) {
  writeFileSync(docs('benchmarks-functions.md'), `${functionsPage(report).join('\n\n')}\n`);
}

const NAMED = 3; // rows; more are counted

/** Who did not take part where, and why: a line for each contestant and reason. */
function refusals(rows) {
  const titles = new Map();
  for (const row of rows) {
    for (const { name, reason } of row.refusals) {
      const key = `${name}: ${reason}`;
      titles.set(key, [...(titles.get(key) ?? []), row.title]);
    }
  }
  return [...titles].map(([key, list]) => `- ${key} (${list.length > NAMED ? `${list.length} rows` : list.join('; ')})`).join('\n');
}

const machineText = ({ machine, versions }) => {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${machine.cores} × ${machine.cpu} under load ${three(machine.load)}, Node ${machine.node}; ${names.join(', ')}.`;
};

/** The parts of the report: machine and versions, targets, everybody, refusals. */
function parts(report) {
  const { rows } = report;
  const refused = refusals(rows);
  return [
    machineText(report),
    '## Targets',
    targetTable(rows),
    '## Everybody',
    'In brackets: the time of a call relative to the first column.',
    ...everybody(rows),
    ...multiples(rows),
    ...(refused ? ['### Who does not take part, and why', refused] : []),
  ];
}

export const tables = (report) => parts(report).join('\n\n');

/** Four digits of each number; rounds in their quartiles. */
export const json = (report) =>
  `${JSON.stringify(report, (key, value) => (key === 'times' ? undefined : typeof value === 'number' ? Number(value.toPrecision(4)) : value), 2)}\n`;

const docs = (name) => new URL(`../../docs/${name}`, import.meta.url);

const PREAMBLE = `# Benchmarks

Written by \`npm run bench\` (peers: \`npm ci --prefix test/bench\`). Every contestant runs in one process, in turns, on the same
inputs, and on one thread where two are not named; answers are compared before anything is timed. A figure is the median of rounds,
a ratio the median of the ratios of single rounds: where the machine's clock wanders, trust the ratios. What is read back: scalars,
the loss of a training step, and where a line says so; other results are computed and left where they are, but for onnxruntime-web,
which copies inputs in and results out.

_gradtape_ is eager and outside any scope, _in scope_ has each call in a scope of its own, _compiled_ calls what \`compile\` has traced,
which leaves out what no result needs: so where operations are counted, every counted one ends in a result;
_relaxed_ is the build with relaxed SIMD, which all of numpy-ts' figures use too; _2 threads_ share two cores with the engine's own, as its
garbage collector. Lines and sizes are listed in \`test/bench/workloads.mjs\`.`;

/** Writes `docs/benchmarks.md`, `docs/benchmarks.json` and the plots. */
export async function publish(report) {
  const { plots } = await import('./plots.mjs'); // what draws is installed with the peers
  const images = plots(report);
  for (const { file, svg } of images) writeFileSync(docs(file), svg);
  const growth = images.map(({ title, file }) => `![${title}](${file})`);
  const [machine, ...others] = parts(report);
  writeFileSync(docs('benchmarks.md'), `${[PREAMBLE, machine, '## Growth', ...growth, ...others].join('\n\n')}\n`);
  writeFileSync(docs('benchmarks.json'), json(report));
}
