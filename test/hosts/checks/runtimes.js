/** Runtimes with a command line, each with every form of the app and its console; and runtimes that lack something, which say so in a sentence. */
import { bin, node, run } from '../command.js';
import { answer, refusal, shown } from '../expected.js';
import { forms } from '../forms.js';

export const runtimes = {
  'Node 20': [node(20)],
  'Node 22': [node(22)],
  'Node 24': [node(24)],
  Deno: [bin('deno'), 'run', '--no-prompt', '--no-config', '--node-modules-dir=manual'], // without any permission
  Bun: [bin('bun'), 'run'],
};

const lacking = {
  'Node on a processor without SSE 4.1': { command: [node(24), '--no-enable-sse4-1'], wants: refusal.noSimd },
  'Node without WebAssembly': { command: [node(24), '--jitless'], wants: refusal.noWebAssembly },
};

export default [
  ...Object.entries(runtimes).flatMap(([runtime, command]) =>
    forms
      .filter(({ format }) => format !== 'script')
      .map(({ name, file }) => ({ name: `${runtime}, ${name}`, wants: answer, run: async () => run([...command, await file()]) })),
  ),
  ...Object.entries(runtimes).map(([runtime, command]) => ({ name: `${runtime}, console`, wants: shown, run: () => run([...command, 'console.js']) })),
  ...['Node 20', 'Node 22', 'Node 24'].map((runtime) => ({
    name: `${runtime}, require`,
    wants: answer,
    run: () => run([...runtimes[runtime], 'required.cjs']),
  })),
  ...Object.entries(lacking).map(([name, { command, wants }]) => ({ name, wants, run: () => run([...command, 'main.js']) })),
];
