/** A helper thread's program: instantiates the core on the main thread's memory, and computes parts of its jobs until it is told to stop. Knows no job. */

import { Place } from '../assembly/shared/wings.js';

/** The message that the main thread sends. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly wings: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  readonly displacement: number;
}

/** The message port of a thread in Node; absent in web workers. */
interface Port {
  once(event: 'message', listener: (start: Start) => void): void;
  postMessage(word: string): void;
}
type Host = { process?: { getBuiltinModule?(name: string): { parentPort?: Port } | undefined } };

const node = (globalThis as Host).process?.getBuiltinModule?.('node:worker_threads')?.parentPort;

/** Exports of the core. A wing has `start` of them. */
interface Exports {
  readonly table: WebAssembly.Table;
  start?(): void;
  help(): void;
  contract(): number;
}

function help({ module, wings, memory, displacement }: Start, say: (word: string) => void): void {
  const exportsOf = (module: WebAssembly.Module, imports: WebAssembly.Imports): Exports =>
    new WebAssembly.Instance(module, imports).exports as unknown as Exports;
  const core = exportsOf(module, { env: { memory, displacement } });
  core.start?.();
  const { table, help, contract } = core;
  if (wings.length > 0) table.grow(Place.table + Place.wings * Place.entries - table.length);
  for (const wing of wings)
    exportsOf(wing, { env: { memory, table, displacement }, [(contract() >>> 0).toString(36)]: core as unknown as WebAssembly.ModuleImports }).start?.();
  say('ready');
  help();
  say('ended');
}

if (node) node.once('message', (start: Start) => help(start, (word) => node.postMessage(word)));
else {
  self.addEventListener(
    'message',
    ({ data }: MessageEvent<Start>) => {
      help(data, (word) => self.postMessage(word));
      self.close();
    },
    { once: true },
  );
}
