/**
 * Measures the time from a process's start until it has read its first gradient, minus that of a process that does nothing; the same for the peers of
 * `test/bench`, if they are installed. Medians over whole processes, in turns. Ends with one line, `N passed, N failed`. Needs a built `dist`.
 *
 * Note [What binds a start]. Milliseconds depend on the machine and its load, so they are printed, but decide nothing. Two numbers decide: the files
 * that the package makes a host open, and the start as a multiple of an empty process's, which a slow or busy machine slows as much. The limit of the
 * multiple is twice the present one, so that only a change of the package exceeds it.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROUNDS = 15;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bench = join(root, 'test/bench');
const budget = JSON.parse(readFileSync(join(root, 'budget.json'), 'utf8'));

/** One example, written for each library as its users do, and the folder in which that library is installed. */
const programs = {
  'an empty process': { cwd: root, code: '' },
  gradtape: {
    cwd: root,
    code: `import { gradientsFunction } from 'gradtape';
      const [dx] = gradientsFunction((x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y)))(2, 3);
      if (dx.item() !== 27) process.exit(1);`,
  },
  'jax-js': {
    cwd: bench,
    code: `import { defaultDevice, grad, init, numpy as np } from '@jax-js/jax';
      await init('wasm');
      defaultDevice('wasm');
      const dx = grad((x, y) => x.ref.mul(x.ref).mul(x.ref).mul(y.ref).sub(x.mul(y.ref).mul(y)))(np.array(2), np.array(3));
      if (dx.item() !== 27) process.exit(1);`,
  },
  tfjs: {
    cwd: bench,
    code: `import * as tf from '@tensorflow/tfjs';
      const [dx] = tf.grads((x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y)))([tf.scalar(2), tf.scalar(3)]);
      if (dx.dataSync()[0] !== 27) process.exit(1);`,
  },
};

/** Milliseconds of a whole process. */
function run({ cwd, code }, environment = {}) {
  const start = performance.now();
  execFileSync(process.execPath, ['--input-type=module', '-e', code], { cwd, env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
  return performance.now() - start;
}

const isInstalled = ({ cwd }) => cwd === root || existsSync(join(cwd, 'node_modules'));
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** `{ name: milliseconds }`, each the median of `ROUNDS` runs in turns. The first run of each warms the disk's cache. */
function race(contestants) {
  const times = Object.fromEntries(contestants.map(([name]) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) for (const [name, program] of contestants) times[name].push(run(program));
  return Object.fromEntries(contestants.map(([name]) => [name, median(times[name].slice(1))]));
}

/** The number of package files that a program makes Node open: the scripts that the engine reports to have run. */
function filesOpened(program) {
  const folder = mkdtempSync(join(tmpdir(), 'gradtape-start-'));
  try {
    run(program, { NODE_V8_COVERAGE: folder });
    const scripts = readdirSync(folder).flatMap((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')).result);
    return new Set(scripts.map(({ url }) => url).filter((url) => url.startsWith('file:') && !url.includes('[eval'))).size;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const contestants = Object.entries(programs).filter(([, program]) => isInstalled(program));
const times = race(contestants);
const empty = times['an empty process'];
for (const [name, time] of Object.entries(times)) {
  const over = name === 'an empty process' ? '' : `${(time - empty).toFixed(1).padStart(7)} ms over it`;
  console.log(`${name.padEnd(18)} ${time.toFixed(1).padStart(7)} ms${over}`);
}
if (contestants.length < Object.keys(programs).length) console.log('the peers are not installed: npm ci --prefix test/bench');

const bounds = { startFiles: filesOpened(programs.gradtape), start: Number(((times.gradtape - empty) / empty).toFixed(2)) };
let failed = 0;
for (const [name, value] of Object.entries(bounds)) {
  if (value > budget[name]) failed++;
  console.log(`${value > budget[name] ? 'FAIL' : 'ok  '} ${name.padEnd(18)} ${value} of ${budget[name]}`);
}
console.log(`${Object.keys(bounds).length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
