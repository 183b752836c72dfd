/** A helper thread's program: an instance on the main thread's memory, which takes parts of its jobs until it is told to stop. Knows no job. */

/** What the main thread sends. */
export interface Start {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly displacement: number;
}

/** The port of a thread of Node's; hosts with workers as the web has them have none. */
interface Port {
  once(event: 'message', listener: (start: Start) => void): void;
  postMessage(word: string): void;
}
type Host = { process?: { getBuiltinModule?(name: string): { parentPort?: Port } | undefined } };

const node = (globalThis as Host).process?.getBuiltinModule?.('node:worker_threads')?.parentPort;

function help({ module, memory, displacement }: Start, say: (word: string) => void): void {
  const { exports } = new WebAssembly.Instance(module, { env: { memory, displacement } });
  const { start, help } = exports as unknown as { start(): void; help(): void };
  start();
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
