/**
 * `npm run bench`: gradtape beside its peers, in one process, in turns, answers compared first. A whole run is written to `docs/`; a part
 * of it is printed only. Not a test: it fails only where answers differ.
 * Options: --only PATTERN (of group, name and title), --peers tfjs,jaxjs,numpyts,ort,torch,javascript, --rounds N, --json FILE, --functions (write the
 * page of single functions).
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { distance, race } from './harness.mjs';
import { json, publish, publishFunctions, tables } from './report.mjs';
import { wholes } from './whole.mjs';
import { uniform, workloads } from './workloads.mjs';

const PEERS = 'tfjs,jaxjs,numpyts,ort,torch,javascript';

/** Opens the peers by name, gradtape first. One that is not installed is left out, with a word on how to get it. */
async function openPeers(names) {
  const contestants = [];
  for (const name of ['gradtape', ...names]) {
    try {
      const peer = await import(`./peers/${name}.mjs`);
      contestants.push(...(await peer.open()).map((contestant) => ({ peer: name, library: contestant.name, ...contestant })));
    } catch (error) {
      if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      if (name === 'gradtape') throw new Error('gradtape is not built: npm run build', { cause: error });
      console.error(`${name} is not installed and left out; to have it: ${error.hint ?? 'npm ci --prefix test/bench'}`);
    }
  }
  return contestants;
}

/** The relaxed build runs where it has something to reach. */
const hasRelaxedTarget = ({ sizes = [undefined], target }) => sizes.some((size) => target?.(size).relaxed !== undefined);

/** Threads run where there is something to divide and to reach. */
const hasTargetForThreads = ({ group, target }, size) => group !== 'small' && Object.keys(target?.(size) ?? {}).some((kind) => kind !== 'relaxed');

/** What a contestant does for a workload: it has it by its name, or, of many that are called alike, by their common key. */
const workOf = ({ name, key = name, [key]: details }, implementations, inputs, size) =>
  (implementations[key] ?? implementations.otherwise)(inputs, details ?? size);

/** What each contestant does for a row, as `{ name, kind, threads, run, read }` (`time` instead of `run` where it keeps the time itself), and who refuses, as `{ name, reason }`. */
async function line(workload, size, contestants) {
  const inputs = workload.inputs(size, uniform(1));
  const [entries, refusals] = [[], []];
  for (const { name, kind, threads, workloads: implementations } of contestants) {
    if (workload.contestants && !workload.contestants.includes(name)) continue;
    if (kind === 'relaxed' && !hasRelaxedTarget(workload)) continue;
    if (threads && !hasTargetForThreads(workload, size)) continue;
    const work = await workOf(workload, implementations, inputs, size);
    if (typeof work === 'string') refusals.push({ name, reason: work });
    else entries.push({ name, kind, threads, ...(typeof work === 'function' ? { run: work, read: work } : work) });
  }
  return { entries, refusals };
}

/** One row: every contestant's work on the same inputs, its answer compared with the first's, then timed. */
async function measure(workload, size, contestants, rounds) {
  const title = workload.title(size);
  const { entries, refusals } = await line(workload, size, contestants);
  let expected;
  for (const { name, read } of entries) {
    const answer = await read();
    expected ??= answer;
    const apart = distance(answer, expected);
    if (!(apart <= workload.tolerance)) throw new Error(`${title}: ${name} and ${entries[0].name} are ${apart} apart, more than ${workload.tolerance}`);
  }
  const { group, name, unit } = workload;
  const amount = workload.amount(size);
  const results = (await race(entries, rounds)).map((result, i) => ({
    ...result,
    kind: entries[i].kind,
    threads: entries[i].threads,
    figure: unit.endsWith('/s') ? amount / result.seconds : result.seconds / amount,
  }));
  return { group, name, size: typeof size === 'number' ? size : undefined, title, unit, results, refusals };
}

/** One row of what is measured of whole processes: figures by name. */
async function weigh({ group, name, title, unit, figures }, contestants) {
  const found = await figures(contestants);
  if (typeof found === 'string') return { group, name, title, unit, results: [], refusals: [{ name: 'gradtape', reason: found }] };
  const kindOf = (name) => contestants.find((contestant) => contestant.name === name)?.kind;
  const results = Object.entries(found).map(([name, figure]) => ({ name, kind: kindOf(name), figure }));
  return { group, name, title, unit, results, refusals: [] };
}

/** A row's targets by kind, as `{ kind, target, name, figure, reached, together }` of the best contestant of that kind, and of threads. */
function judge(row, targets, rows) {
  const best = (kinds, { unit, results }, threads = undefined) => {
    const ours = results.filter((result) => kinds.includes(result.kind) && result.threads === threads);
    return ours.sort((a, b) => (unit.endsWith('/s') ? b.figure - a.figure : a.figure - b.figure))[0];
  };
  const reaches = (figure, value) => (row.unit.endsWith('/s') ? figure >= value : figure <= value);
  const figureOf = (name, size) => {
    const other = rows.find((r) => r.name === name && r.size === size);
    return other && best(['eager', 'compiled'], other)?.figure;
  };
  return Object.entries(targets).flatMap(([kind, target]) => {
    const value = typeof target === 'function' ? target(figureOf) : target;
    const kinds = kind === 'best' ? ['eager', 'compiled'] : [kind];
    const found = best(kinds, row);
    if (found === undefined || !(value > 0)) return [{ kind, target: value }];
    const { name, figure } = found;
    const threaded = best(kinds, row, 2)?.figure;
    const together = threaded === undefined ? {} : { together: { figure: threaded, reached: reaches(threaded, value) } };
    return [{ kind, target: value, name, figure, reached: reaches(figure, value), ...together }];
  });
}

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    peers: { type: 'string', default: PEERS },
    rounds: { type: 'string', default: '9' },
    json: { type: 'string' },
    functions: { type: 'boolean', default: false },
  },
});
const start = performance.now();
const contestants = await openPeers(options.peers.split(',').filter(Boolean));
// Figures taken under a load of other programs are not worth much, so the load stands beside them.
const machine = { cpu: cpus()[0].model, cores: cpus().length, load: loadavg()[0], node: process.version };
const versions = Object.fromEntries(contestants.map(({ library, version }) => [library, version]));
const wanted = new RegExp(options.only);
/** Announces a row, unless it is not wanted. */
function announced(group, name, title) {
  if (!wanted.test(`${group} ${name} ${title}`)) return false;
  console.error(`${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s  ${title}`);
  return true;
}

const rows = [];
for (const workload of workloads) {
  for (const size of workload.sizes ?? [undefined]) {
    if (!announced(workload.group, workload.name, workload.title(size))) continue;
    const row = await measure(workload, size, contestants, Number(options.rounds));
    rows.push({ ...row, targets: judge(row, workload.target?.(size) ?? {}, rows) });
  }
}
for (const whole of wholes) {
  if (!announced(whole.group, whole.name, whole.title)) continue;
  const row = await weigh(whole, contestants);
  rows.push({ ...row, targets: judge(row, whole.target, rows) });
}
const report = { machine, versions, rows };
console.log(tables(report));
if (options.json) writeFileSync(resolve(process.env.INIT_CWD ?? '.', options.json), json(report));
if (options.functions) publishFunctions(report);
if (options.only === '' && options.peers === PEERS) await publish(report);
if (announced('cold', 'calls', 'the first 1, 10, 100 and 1000 calls, in fresh processes and isolates'))
  execFileSync(process.execPath, [fileURLToPath(new URL('cold.mjs', import.meta.url))], { stdio: 'inherit' });
process.exit(0); // tfjs keeps the event loop alive
