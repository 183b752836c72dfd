/**
 * `npm run watch -- [arguments of vitest]`: builds for development and runs the chosen tests, and does both again at each change of a source.
 * A change during a run ends that run.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Editors write a file in several steps. */
const QUIET = 100; // ms

let current = 0;
let child;

const ended = (command, ...args) =>
  new Promise((resolve) => {
    child = spawn(process.execPath, [command, ...args], { stdio: 'inherit' }).on('exit', resolve);
  });

async function run() {
  const mine = ++current;
  child?.kill();
  await pause(QUIET);
  if (mine !== current) return;
  const failed = await ended('scripts/build.mjs', 'dev');
  if (mine === current && failed === 0) await ended('node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2));
}

for (const folder of ['assembly', 'bindings', 'test']) watch(folder, { recursive: true }, run);
run();
