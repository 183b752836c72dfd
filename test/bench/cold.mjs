/**
 * What the first calls cost where nothing is compiled yet, beside the peers: the gradient of x³y − xy², numbers in and out, and steps of a logistic
 * regression, 4 × 2. Node: a fresh process for each, from the work's making on. workerd: a fresh process too, timed from outside, for its clock
 * stands still while it computes; less what a request costs that does nothing. Medians, in turns. Not a test.
 * `node test/bench/cold.mjs [--rounds N] [--node-only]`; workerd is that of `build/hosts`, which `npm run test:hosts` installs.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, 'node-only': { type: 'boolean' }, only: { type: 'string', default: '' } },
});
const rounds = Number(values.rounds);

const libraries = ['gradtape', 'jaxjs', 'tfjs'].filter((name) => name.includes(values.only));
const works = { gradient: 'gradient of x³y − xy²', regression: 'step of a logistic regression' };
const COUNTS = [1, 10, 100, 1000];

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** A process's own account: milliseconds at each count. */
function inNode(library, work) {
  return JSON.parse(execFileSync(process.execPath, [join(here, 'cold/process.mjs'), library, work, COUNTS], { encoding: 'utf8' }));
}

/** Prints a table: a row a library, a column a count, medians over all rounds; in brackets times gradtape's. */
async function table(title, measure) {
  const found = Object.fromEntries(libraries.map((library) => [library, []]));
  const refused = {};
  for (let round = 0; round < rounds; round++) {
    for (const library of libraries) {
      if (refused[library]) continue;
      try {
        found[library].push(await measure(library));
      } catch (error) {
        refused[library] = String(error.message).split('\n')[0];
      }
    }
  }
  console.log(`\n${title}, ms after ${COUNTS.join(', ')} calls`);
  const medians = (library) => COUNTS.map((_, i) => median(found[library].map(({ times }) => times[i])));
  const answers = libraries.flatMap((library) => found[library].map(({ answer }) => answer));
  if (answers.some((answer) => !(Math.abs(answer - answers[0]) <= 1e-5 * Math.abs(answers[0])))) throw new Error(`${title}: answers differ: ${answers}`);
  const own = refused.gradtape ? [] : medians(libraries[0]);
  for (const library of libraries) {
    const cells = refused[library]
      ? [`refuses: ${refused[library].slice(0, 100)}`]
      : medians(library).map((ms, i) => (ms === undefined ? '-' : `${ms.toFixed(2)} (${(ms / own[i]).toFixed(1)}×)`).padStart(20));
    console.log(library.padEnd(10), ...cells);
  }
}

for (const [work, title] of Object.entries(works)) await table(`Node ${process.versions.node}, ${title}`, (library) => inNode(library, work));

const hosts = createRequire(join(root, 'build/hosts/package.json'));
if (values['node-only']) process.exit();
if (!existsSync(join(root, 'build/hosts/node_modules/miniflare'))) console.log('\nworkerd is not installed: npm run test:hosts');
else {
  const { isolates } = await import('./cold/isolates.mjs');
  const open = await isolates(hosts, libraries);
  for (const [work, title] of Object.entries(works)) await table(`workerd, ${title}`, (library) => open(library, work, COUNTS));
}
