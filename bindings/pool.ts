/**
 * The pool: starts, watches and ends helper threads, which share the core's memory. A thread that doesn't start, ends, or never answers costs
 * speed only. Knows no job; assembly/parallel divides the work.
 */
import { builtin } from './builds.js';
import { InitError } from './errors.js';
import type { Start } from './worker.js';

/** The exports of threaded builds that the pool calls. */
export interface PoolCore {
  poolEnter(): number;
  poolLeave(displacement: number): void;
  poolSet(workers: number, looks: number): boolean;
  poolLook(times: number): number;
  poolIsLost(displacement: number): number;
  poolIsOff(): number;
  poolResume(): void;
  poolStop(): void;
}

/** Milliseconds that a thread may take to start, that it may take to end when it is told to, and between two searches for lost threads. */
const START = 10_000;
const END = 1000;
const WATCH = 250;

const MOST = 64;

/** One thread, on any host. */
interface Thread {
  send(start: Start): void;
  /** Allows the process to end while the thread lives. */
  release(): void;
  terminate(): void;
}

/** The part of Node's `worker_threads` that the pool uses. */
interface NodeThreads {
  Worker: new (
    url: string | URL,
    options: { execArgv: string[] },
  ) => {
    on(event: string, listener: (value: never) => void): void;
    postMessage(start: Start): void;
    unref(): void;
    terminate(): void;
  };
}

interface Listener {
  heard(word: unknown): void;
  failed(error: Error): void;
  /** The thread has ended. Browsers don't report this for a thread that was terminated. */
  ended(): void;
}

class Helper {
  readonly displacement: number;
  readonly thread: Thread;
  readonly ready: Promise<void>;
  readonly ended: Promise<void>;

  constructor(displacement: number, open: (listener: Listener) => Thread) {
    this.displacement = displacement;
    const { promise: ready, resolve: isReady, reject: isBroken } = deferred();
    const { promise: ended, resolve: hasEnded } = deferred();
    this.ready = ready;
    this.ended = ended;
    ready.catch(() => {});
    this.thread = open({
      heard: (word) => (word === 'ready' ? isReady() : hasEnded()),
      failed: isBroken,
      ended: () => {
        isBroken(new Error('it ended before it was ready'));
        hasEnded();
      },
    });
  }
}

function deferred(): { promise: Promise<void>; resolve(): void; reject(error: Error): void } {
  let resolve = (): void => {};
  let reject = (_: Error): void => {};
  const promise = new Promise<void>((done, failed) => {
    resolve = done;
    reject = failed;
  });
  return { promise, resolve, reject };
}

/** A promise that rejects with `words` unless the given one settles within `ms` milliseconds. */
function within(promise: Promise<void>, ms: number, words: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(words)), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** @throws InitError if `threads` is not a number of threads, or if this host has no threads. */
export function checkThreads(threads: number): void {
  if (!(Number.isInteger(threads) && threads >= 1 && threads <= MOST))
    throw new InitError(`init: threads is a whole number from 1 to ${MOST}, the calling one included; got ${threads}`);
  if (threads === 1) return;
  if (!builtin('node:worker_threads') && typeof Worker !== 'function') throw new InitError('init: this host has no workers; leave threads out');
  if (typeof SharedArrayBuffer !== 'function' || (globalThis as { crossOriginIsolated?: boolean }).crossOriginIsolated === false)
    throw new InitError(
      'init: threads share memory, which this host denies: serve the page with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave threads out',
    );
}

/** The threads of one instance of the core. */
export class Pool {
  private readonly core: PoolCore;
  private readonly looks: number;
  private helpers: Helper[] = [];
  private watch: ReturnType<typeof setInterval> | undefined;
  /** Starts the threads; absent until `open`. */
  private start: ((wings: readonly WebAssembly.Module[]) => Promise<readonly (string | undefined)[]>) | undefined;
  /** The wings that every thread has. */
  private wings: readonly WebAssembly.Module[] = [];
  /** Whether the caller computes alone, while threads end or are restarted. */
  private rests = false;
  private renewal: Promise<void> = Promise.resolve();

  constructor(core: PoolCore) {
    this.core = core;
    this.looks = mayWait() ? 0 : looksPerNanosecond(core);
  }

  /** Starts `count` threads. @throws InitError when not one of them starts. */
  async open(
    count: number,
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    wings: readonly WebAssembly.Module[],
    worker?: string | URL,
  ): Promise<void> {
    this.wings = wings;
    this.start = (wings) => Promise.all(Array.from({ length: count }, () => this.add({ module, memory, wings }, worker)));
    const reasons = await this.start(wings);
    if (this.helpers.length === 0)
      throw new InitError(
        `init: no thread started (${reasons[0]}): a bundler may have left the worker behind; call init({ worker }) with the URL of gradtape/worker.js, or leave threads out`,
      );
    this.count();
    this.watch = setInterval(() => this.look(), WATCH);
    (this.watch as { unref?(): void }).unref?.();
  }

  /** Tells the core how many threads there are. */
  private count(): void {
    if (!this.rests) this.core.poolSet(this.helpers.length, this.looks);
  }

  /** Ends all threads and starts others with these wings, unless all threads have `needed`. Until then the caller computes alone. */
  renew(needed: WebAssembly.Module, wings: readonly WebAssembly.Module[]): void {
    if (!this.start || this.wings.includes(needed)) return;
    this.wings = wings;
    this.rests = true;
    this.core.poolStop();
    this.renewal = this.renewal.then(async () => {
      await this.end();
      if (!this.watch || this.wings !== wings) return; // the pool was closed, or a later renewal has more wings
      await this.start?.(wings);
      this.rests = this.wings !== wings;
      this.count();
    });
  }

  /** Starts one thread. Returns the reason if it doesn't start. */
  private async add(start: Omit<Start, 'displacement'>, worker?: string | URL): Promise<string | undefined> {
    const displacement = this.core.poolEnter();
    if (displacement === 0) return 'memory is out';
    try {
      const helper = new Helper(displacement, (listener) => open(listener, worker));
      helper.ended.then(() => this.forget(helper));
      helper.thread.send({ ...start, displacement });
      try {
        await within(helper.ready, START, `it didn't answer within ${START / 1000} s`);
        this.helpers.push(helper);
      } catch (error) {
        helper.thread.terminate();
        throw error;
      } finally {
        helper.thread.release();
      }
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  }

  /** Removes a thread that has ended. */
  private forget(helper: Helper): void {
    const at = this.helpers.indexOf(helper);
    if (at >= 0) this.helpers.splice(at, 1);
    if (this.core.poolIsOff() === 0) this.count();
    this.core.poolLeave(helper.displacement);
  }

  /** Terminates threads that are lost. When they have ended, the core divides calls again, among the others. */
  private look(): void {
    if (this.core.poolIsOff() === 0) return;
    const lost = this.helpers.filter(({ displacement }) => this.core.poolIsLost(displacement) !== 0);
    for (const { thread } of lost) thread.terminate();
    if (lost.length > 0) return;
    this.core.poolResume();
    this.count();
  }

  async close(): Promise<void> {
    clearInterval(this.watch);
    this.watch = undefined;
    this.rests = true;
    this.core.poolStop();
    await this.end();
    await this.renewal;
    await this.end();
  }

  /** Waits until threads that were told to stop have ended, and terminates those that don't end in time. */
  private async end(): Promise<void> {
    const words = 'it goes on';
    await Promise.all(this.helpers.map(({ ended, thread }) => within(ended, END, words).catch(() => thread.terminate())));
  }
}

/** Whether this thread may sleep; the main thread of a page may not. */
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

function looksPerNanosecond(core: PoolCore): number {
  const times = 1 << 20;
  core.poolLook(times); // so that the engine compiles it
  const start = performance.now();
  core.poolLook(times);
  return times / (Math.max(performance.now() - start, 0.1) * 1e6);
}

function open(listener: Listener, worker?: string | URL): Thread {
  const threads = builtin<NodeThreads>('node:worker_threads');
  return threads ? openInNode(listener, threads, worker) : openOnWeb(listener, worker);
}

function openInNode(listener: Listener, threads: NodeThreads, worker?: string | URL): Thread {
  const thread = new threads.Worker(worker ?? new URL('./worker.js', import.meta.url), { execArgv: [] });
  thread.on('message', listener.heard);
  thread.on('error', listener.failed);
  thread.on('exit', listener.ended);
  return {
    send: (start) => thread.postMessage(start),
    release: () => thread.unref(),
    terminate: () => thread.terminate(),
  };
}

function openOnWeb(listener: Listener, worker?: string | URL): Thread {
  // Bundlers look for these expressions as they are written here.
  const thread = worker ? new Worker(worker, { type: 'module' }) : new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
  thread.addEventListener('message', ({ data }) => listener.heard(data));
  thread.addEventListener('error', ({ message }) => listener.failed(new Error(message || 'its program was not found')));
  return { send: (start) => thread.postMessage(start), release: () => {}, terminate: () => thread.terminate() };
}
