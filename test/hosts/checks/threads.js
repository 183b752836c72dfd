/** Threads on each runtime: the same digest as of one thread. */
import { run } from '../command.js';
import { digest } from '../expected.js';
import { runtimes } from './runtimes.js';

/** What a runtime must allow, that the file with threads be read. */
const permission = { Deno: ['--allow-read'] };

export default Object.entries(runtimes).flatMap(([runtime, command]) => [
  { name: `${runtime}, one thread`, wants: digest, run: () => run([...command, 'alone.js']) },
  { name: `${runtime}, two threads`, wants: digest, run: () => run([...command, ...(permission[runtime] ?? []), 'threads.js']) },
]);
