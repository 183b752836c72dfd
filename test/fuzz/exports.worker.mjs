/**
 * Runs programs of raw calls, each on a fresh instance of the sanitizer build, so that one which never ends can be ended from outside.
 * A program is a list of calls; an argument is a number, or `{ handle }`, `{ scope }`, `{ tape }`, `{ trace }`, `{ program }`: one of those that earlier calls gave.
 */
import { parentPort, workerData } from 'node:worker_threads';

const { module, offsets, progress } = workerData;

/** What a call gives, by the export's name. */
const GIVES = {
  __proto__: null, // an export is called valueOf
  apply0: 'handle',
  apply1: 'handle',
  apply2: 'handle',
  applyMany: 'handle',
  create: 'handle',
  scalar: 'handle',
  watch: 'handle',
  watchNumber: 'handle',
  tapeGradient: 'handle',
  scopeEnter: 'scope',
  regionOpen: 'scope',
  regionArgument: 'handle',
  ruleCotangent: 'handle',
  tapeBegin: 'tape',
  traceBegin: 'trace',
  traceInput: 'handle',
  traceEnd: 'program',
};

/** Plays the program up to its end, a trap, or damage; returns what went wrong, if anything. */
function play(program) {
  const core = new WebAssembly.Instance(module).exports;
  core.start?.();
  core.initialize();
  core.memoryLimit(256);
  const given = { handle: [], scope: [], tape: [], trace: [], program: [] };
  const pick = (kind, i) => (given[kind].length > 0 ? given[kind][i % given[kind].length] : 0);
  let serial = 1;
  for (let at = 0; at < program.length; at++) {
    Atomics.store(progress, 0, at);
    const { name, args, attributes } = program[at];
    const words = new Int32Array(core.memory.buffer);
    const area = (core.callArea() + offsets.attributes) >>> 2;
    words.set(attributes, area);
    // Operands of applyMany: any handles.
    for (let i = 0; i < 8; i++) words.set(pick('handle', i + attributes[0]) || [0, 0], ((core.callArea() + offsets.pairs) >>> 2) + 2 * i);
    const first = serial;
    const numbers = args.flatMap((arg) => {
      if (arg.serial) return serial++;
      if (arg.handle !== undefined) return pick('handle', arg.handle) || [0, 0];
      for (const kind of ['scope', 'tape', 'trace', 'program']) if (arg[kind] !== undefined) return pick(kind, arg[kind]);
      return arg;
    });
    let result;
    let trap;
    try {
      result = core[name](...numbers);
    } catch (error) {
      if (!(error instanceof WebAssembly.RuntimeError)) throw error;
      trap = error.message;
    }
    if (core.heapCheck() !== 0) return { at, numbers, damage: core.heapCheck(), trap };
    if (trap !== undefined) return undefined;
    core.faultClear();
    const kind = GIVES[name];
    if (kind && result) given[kind].push(kind === 'handle' ? [result, first] : result);
  }
  return undefined;
}

parentPort.on('message', (program) => parentPort.postMessage(play(program) ?? null));
