/**
 * `npm run bench:threads [threads]`: one thread beside two, or as many as the argument says, in one process and in turns, answers compared
 * bit by bit first; the workloads of `npm run bench` that have large operands. Options: --only PATTERN (of group, name and title),
 * --rounds N, --build relaxed. Not a test: it fails only where bits differ.
 */
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import * as root from '../../dist/bindings/index.js';
import module from '../../dist/bindings/library.js';
import * as nn from '../../dist/bindings/nn.index.js';
import { distance, duration, markdown, race, three } from './harness.mjs';
import { inScopes } from './peers/gradtape.mjs';
import { uniform, workloads } from './workloads.mjs';

const { values: options, positionals } = parseArgs({
  options: { only: { type: 'string', default: '' }, rounds: { type: 'string', default: '9' }, build: { type: 'string', default: 'simd' } },
  allowPositionals: true,
});
const library = { ...root, ...nn };
const threads = Number(positionals[0] ?? 2);
await library.init({ threads, build: options.build });

/** The work by so many helpers beside the caller. */
const withHelpers = (count, work) => () => {
  module.core.poolSet(count, 0);
  return work();
};

/** One workload on one thread and on all, as the cells of a row. */
async function measure(implement, workload, size) {
  const contestants = [0, threads - 1].map((count) => {
    const work = implement(workload.inputs(size, uniform(1)), size);
    const { run, read } = typeof work === 'function' ? { run: work, read: work } : work;
    return { name: `${count + 1}`, run: withHelpers(count, run), read: withHelpers(count, read) };
  });
  const [one, all] = contestants.map(({ read }) => read());
  if (distance(all, one) !== 0) throw new Error(`${workload.title(size)}: ${threads} threads give other bits than one`);
  const [alone, together] = await race(contestants, Number(options.rounds));
  return [duration(alone.seconds), duration(together.seconds), `${three(1 / together.ratio)}×`];
}

console.log(`${cpus().length} × ${cpus()[0].model} under load ${three(loadavg()[0])}, Node ${process.version}\n`);
const wanted = new RegExp(options.only);
const rows = [];
for (const workload of workloads.filter(({ group }) => group !== 'small')) {
  for (const size of workload.sizes ?? [undefined]) {
    const title = workload.title(size);
    if (!wanted.test(`${workload.group} ${workload.name} ${title}`)) continue;
    for (const { kind, workloads: implementations } of inScopes(library)) {
      rows.push([title, kind, ...(await measure(implementations[workload.name], workload, size))]);
    }
  }
}
console.log(markdown(['', '', 'one thread', `${threads} threads`, 'speed-up'], rows));
