/** From rows to text: the table of targets, the table of everybody, and the files in `docs/`. Measures nothing. */
import { writeFileSync } from 'node:fs';
import { markdown, three } from './harness.mjs';

/** Groups of rows, in the order of the report. */
const GROUPS = {
  small: 'Scalars and small vectors: whole calls, numbers in and numbers out',
  products: 'Matrix products',
  elementwise: 'Elementwise',
  rows: 'Softmax, layer normalisation, sums',
  convolution: 'Convolution and pooling',
  training: 'Training steps: gradient descent on all parameters',
  whole: 'Whole processes: memory, size, start',
};

const rate = (unit) => unit.endsWith('/s');
const figureText = (figure) => (figure === undefined ? '–' : three(figure));

/** What each row must reach, what it reached, and the best peer's figure with its time over that of gradtape. */
function targetTable(rows) {
  const lines = rows.flatMap((row) =>
    row.targets.map(({ kind, target, name, figure, reached }) => {
      const peers = row.results.filter((result) => result.kind === undefined).sort((a, b) => a.ratio - b.ratio);
      const ours = row.results.find((result) => result.name === name);
      const peer = peers[0] && ours ? `${figureText(peers[0].figure)} ${peers[0].name} (${three(peers[0].ratio / ours.ratio)}×)` : '–';
      const wanted = target > 0 ? `${rate(row.unit) ? '≥' : '≤'} ${figureText(target)}` : '–';
      const label = kind === 'best' ? '' : `, ${kind}`;
      return [`${row.title}${label}`, row.unit, wanted, figureText(figure), reached === undefined ? '–' : reached ? 'yes' : '**no**', peer];
    }),
  );
  return markdown(['', 'unit', 'target', 'gradtape', 'reached', 'best peer (times ours)'], lines);
}

/** Everybody's figures, a table for each group. */
function everybody(rows) {
  return Object.entries(GROUPS).flatMap(([group, heading]) => {
    const members = rows.filter((row) => row.group === group);
    if (members.length === 0) return [];
    const present = new Set(members.flatMap((row) => row.results.map(({ name }) => name)));
    const names = [...present];
    const cell = (row, name) => {
      const result = row.results.find((r) => r.name === name);
      if (result === undefined) return '–';
      return result === row.results[0] ? figureText(result.figure) : `${figureText(result.figure)} (${three(result.ratio)}×)`;
    };
    const table = markdown(
      ['', 'unit', ...names],
      members.map((row) => [row.title, row.unit, ...names.map((name) => cell(row, name))]),
    );
    return [`### ${heading}`, table];
  });
}

/** Who did not take part where, and why: one line for each contestant and reason. */
function refusals(rows) {
  const titles = new Map();
  for (const row of rows) {
    for (const { name, reason } of row.refusals) {
      const key = `${name} ${reason}`;
      titles.set(key, [...(titles.get(key) ?? []), row.title]);
    }
  }
  return [...titles].map(([key, list]) => `- ${key}: ${list.join('; ')}`).join('\n');
}

const machineText = ({ machine, versions }) => {
  const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return `${machine.cores} × ${machine.cpu} under load ${three(machine.load)}, Node ${machine.node}; ${names.join(', ')}.`;
};

export function tables(report) {
  const parts = [
    machineText(report),
    targetTable(report.rows),
    'In brackets, below: the time of a call relative to the first column.',
    ...everybody(report.rows),
    refusals(report.rows),
  ];
  return parts.filter(Boolean).join('\n\n');
}

const docs = (name) => new URL(`../../docs/${name}`, import.meta.url);

/** Writes `docs/benchmarks.md` and `docs/benchmarks.json`. */
export function publish(report) {
  writeFileSync(docs('benchmarks.json'), `${JSON.stringify(report, null, 1)}\n`);
  writeFileSync(docs('benchmarks.md'), `# Benchmarks\n\n${tables(report)}\n`);
}
