/** Commands, run in this folder. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export const node = (major) => `node_modules/node-${major}/bin/node`;
export const bin = (name) => `node_modules/.bin/${name}`;

/** A command's output; if the command fails, an error with that output as message. */
export async function run([command, ...args], { cwd = '.', seconds = 60 } = {}) {
  try {
    const { stdout } = await promisify(execFile)(command, args, { cwd, timeout: seconds * 1000, maxBuffer: 1 << 26 });
    return stdout.trim();
  } catch (error) {
    throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`.trim().slice(-2000) || error.message);
  }
}

/** `f`, called at most once: many checks share the result of one costly run. */
export function once(f) {
  let result;
  return () => {
    result ??= f();
    return result;
  };
}
