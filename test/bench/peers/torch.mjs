/** The functions in PyTorch, native code on one thread, in a process of Python that keeps the time itself. */
import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The first Python that has PyTorch: Debian's package is seen by Debian's own. */
const python = () => ['/usr/bin/python3', 'python3'].find((name) => spawnSync(name, ['-c', 'import torch, numpy']).status === 0);

/** Sends messages, one at a time, and gives the answers. */
function connect(command) {
  const child = spawn(command, [fileURLToPath(new URL('pytorch.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.unref();
  const answers = createInterface(child.stdout)[Symbol.asyncIterator]();
  return async (message) => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    const { value, done } = await answers.next();
    if (done) throw new Error('PyTorch: its process ended');
    return JSON.parse(value);
  };
}

const encoded = (data) => Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
function decoded(text, dtype) {
  const bytes = new Uint8Array(Buffer.from(text, 'base64')).buffer;
  return dtype === 'float64' ? new Float64Array(bytes) : new Float32Array(bytes);
}

export async function open() {
  const command = python();
  if (command === undefined) throw Object.assign(new Error('no Python has PyTorch'), { code: 'ERR_MODULE_NOT_FOUND', hint: 'apt-get install python3-torch' });
  const ask = connect(command);
  const call = async ({ data }, { dtype, kind, f }) => {
    const has = await ask({ do: 'prepare', f, kind, dtype, data: data.map(encoded) });
    if (!has) return 'has no such function';
    return {
      read: async () => (await ask({ do: 'read' })).map((text) => decoded(text, dtype)),
      time: (calls) => ask({ do: 'time', calls }),
    };
  };
  const problem = async (input, { name }) => {
    await ask({ do: 'problem', name, input });
    return { read: async () => (await ask({ do: 'solve' })).flat(), time: (calls) => ask({ do: 'time', calls }) };
  };
  return [{ name: 'PyTorch', version: await ask({ do: 'version' }), workloads: { call, problem, otherwise: () => 'takes part in single functions only' } }];
}
