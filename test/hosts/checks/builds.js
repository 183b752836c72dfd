/** The builds that are files, on each runtime: threads with the digest of one, relaxed SIMD, and its sentence where a host lacks that. */
import { node, run } from '../command.js';
import { answer, digest, refusal } from '../expected.js';
import { bundled } from '../forms.js';
import { runtimes } from './runtimes.js';

/** The flags by which a runtime allows files to be read. */
const permission = { Deno: ['--allow-read'] };
const withFiles = (runtime) => [...runtimes[runtime], ...(permission[runtime] ?? [])];

const threads = Object.entries(runtimes).flatMap(([runtime, command]) => [
  { name: `${runtime}, one thread`, wants: digest, run: () => run([...command, 'alone.js']) },
  { name: `${runtime}, two threads`, wants: digest, run: () => run([...withFiles(runtime), 'threads.js']) },
]);

const relaxed = ['Node 22', 'Node 24', 'Deno', 'Bun'].map((runtime) => ({
  name: `${runtime}, relaxed`,
  wants: answer,
  run: () => run([...withFiles(runtime), 'relaxed.js']),
}));

/** The error of a bundle that finds no files, and that it works with files passed to `init`; a bundle whose bundler copied them finds them. */
const handed = bundled('handed.js')
  .filter(({ format }) => format === 'cjs')
  .map(({ name, file }) => ({
    name: `${name}, handed over`,
    wants: new RegExp(`^(InitError )*found ${digest}$`),
    run: async () => run([node(24), await file()]),
  }));

export default [
  ...threads,
  ...relaxed,
  ...handed,
  { name: 'Node 20, relaxed by a flag', wants: answer, run: () => run([node(20), '--experimental-wasm-relaxed-simd', 'relaxed.js']) },
  { name: 'Node 20, relaxed', wants: refusal.noRelaxed, run: () => run([node(20), 'relaxed.js']) },
];
