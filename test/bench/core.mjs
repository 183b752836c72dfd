/**
 * `npm run bench:core`: gradtape beside its peers on the core workloads, in one process, in turns, answers compared first.
 * Options: --only PATTERN (of titles), --peers tfjs,jaxjs, --rounds N, --json FILE. Not a test: it fails only where answers differ.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { distance, duration, markdown, race, three } from './harness.mjs';
import { uniform, workloads } from './workloads.mjs';

/** Opens the peers by name, gradtape first. One that is not installed is left out, with a word on how to get it. */
async function openPeers(names) {
  const contestants = [];
  for (const name of ['gradtape', ...names]) {
    try {
      const peer = await import(`./peers/${name}.mjs`);
      contestants.push(...(await peer.open()));
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      if (name === 'gradtape') throw new Error('gradtape is not built: npm run build', { cause: error });
      console.error(`${name} is not installed and left out; to have it: npm ci --prefix test/bench`);
    }
  }
  return contestants;
}

/** One row: every contestant's function on the same inputs, compared with the first's answer, then timed. */
function measure(workload, size, contestants, rounds) {
  const inputs = workload.inputs(size, uniform(1));
  const refusals = [];
  const entries = [];
  for (const { name, workloads: implementations } of contestants) {
    const run = implementations[workload.name](inputs, size);
    if (typeof run === 'string') refusals.push({ name, reason: run });
    else entries.push({ name, run });
  }
  const answers = entries.map(({ run }) => numbers(run()));
  for (const [i, answer] of answers.entries()) {
    const apart = distance(answer, answers[0]);
    if (!(apart <= workload.tolerance)) {
      throw new Error(`${workload.title(size)}: ${entries[i].name} and ${entries[0].name} are ${apart} apart, more than ${workload.tolerance}`);
    }
  }
  return { title: workload.title(size), work: workload.work?.(size), refusals, results: race(entries, rounds) };
}

/** The numbers of a result: a number, an array of numbers, or a list of such. */
const numbers = (result) => (typeof result === 'number' ? [result] : Array.from(result).flatMap(numbers));

/** `119 µs (57×)`: median, and how many times the first contestant's time. */
function cell({ results, work }, name) {
  const result = results.find((r) => r.name === name);
  if (result === undefined) return '–';
  const figure = work ? `${three(work[0] / result.seconds)} ${work[1]}` : duration(result.seconds);
  return result === results[0] ? figure : `${figure} (${three(result.ratio)}×)`;
}

function print(rows, contestants) {
  const names = contestants.map((c) => c.name);
  const lines = rows.map((row) => [row.title, ...names.map((name) => cell(row, name))]);
  const reasons = rows.flatMap((row) => row.refusals.map(({ name, reason }) => `${name}, ${row.title}: ${reason}`));
  console.log(markdown(['', ...names], lines));
  console.log('\nMedians; in brackets the time relative to the first column.\n');
  for (const reason of reasons) console.log(`- ${reason}`);
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: 'tfjs,jaxjs' },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string' },
  },
});
const contestants = await openPeers(options.peers.split(',').filter(Boolean));
// Figures taken under a load of other programs are not worth much, so the load stands beside them.
const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0], node: process.version };
const versions = Object.fromEntries(contestants.map(({ name, version }) => [name, version]));
const names = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
console.log(`${machine.cores} × ${machine.cpu} under load ${three(machine.load)}, Node ${machine.node}; ${names.join(', ')}\n`);

const wanted = workloads.flatMap((workload) => (workload.sizes ?? [undefined]).map((size) => ({ workload, size })));
const rows = [];
for (const { workload, size } of wanted) {
  if (!new RegExp(options.only).test(workload.title(size))) continue;
  console.error(`… ${workload.title(size)}`);
  rows.push(measure(workload, size, contestants, Number(options.rounds)));
}
print(rows, contestants);
if (options.json) writeFileSync(options.json, `${JSON.stringify({ machine, versions, rows }, null, 2)}\n`);
process.exit(0); // tfjs keeps the event loop alive
