/** Commands, run in this folder. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const node = (major) => `node_modules/node-${major}/bin/node`;
export const bin = (name) => `node_modules/.bin/${name}`;

/** A command's output; what it printed is the message when it fails. */
export async function run([command, ...args], { cwd = '.', seconds = 60 } = {}) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, timeout: seconds * 1000, maxBuffer: 1 << 26 });
    return stdout.trim();
  } catch (error) {
    throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`.trim().slice(-2000) || error.message);
  }
}

/** `f`, called once at most: many checks read what one costly run found. */
export function once(f) {
  let result;
  return () => {
    result ??= f();
    return result;
  };
}
