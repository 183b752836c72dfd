/**
 * By how much one gradient through a deep network lets a process grow: 50 layers tanh(x·w) of 256×256, batch 64, parameters in place.
 * Run as a program of its own, `node memory.mjs PEER CONTESTANT`, it prints them: Linux's peak of
 * resident memory over the level before, in megabytes; and the norm of the first layer's gradient, which all must agree on.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { uniform } from './workloads.mjs';

const inputs = (layers, width, batch) => {
  const random = uniform(1);
  const scale = Math.sqrt(3 / width);
  return { width, batch, x: random(batch * width), weights: Array.from({ length: layers }, () => random(width * width).map((v) => v * scale)) };
};

/** Kilobytes of a line of `/proc/self/status`. */
const status = (key) => Number(readFileSync('/proc/self/status', 'utf8').match(new RegExp(`${key}:\\s*(\\d+)`))[1]);

async function growth(peer, name) {
  const { open } = await import(`./peers/${peer}.mjs`);
  const { workloads } = (await open()).find((contestant) => contestant.name === name);
  await workloads.deep(inputs(2, 16, 4))(); // loads and compiles what is not the network
  const gradient = workloads.deep(inputs(50, 256, 64));
  writeFileSync('/proc/self/clear_refs', '5'); // sets the peak to the present level
  const before = status('VmRSS');
  const first = await gradient();
  return { megabytes: (status('VmHWM') - before) / 1024, norm: Math.hypot(...first) };
}

/** `{ megabytes, norm }` of a process of its own. */
export function memoryGrowth(peer, name) {
  const output = execFileSync(process.execPath, [fileURLToPath(import.meta.url), peer, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  return JSON.parse(output.trim().split('\n').at(-1));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [peer, name] = process.argv.slice(2);
  console.log(JSON.stringify(await growth(peer, name)));
  process.exit(0);
}
