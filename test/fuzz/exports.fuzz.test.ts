/**
 * The raw exports on the sanitizer build, called with random integers among expected arguments: they return a status or trap, never hang or break a
 * guard; and the next instance works.
 */
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { CallArea } from '../../assembly/shared/abi.js';
import { Op } from '../../assembly/shared/opcode.js';
import { compiled } from '../sanitizer.js';
import { hold, runsOf } from './seeds.js';

const wasm = compiled();
const PATIENCE = 30_000;

type Argument =
  | number
  | { readonly serial: true }
  | { readonly handle: number }
  | { readonly scope: number }
  | { readonly tape: number }
  | { readonly trace: number }
  | { readonly program: number };
interface Call {
  readonly name: string;
  readonly args: readonly Argument[];
  readonly attributes: readonly number[];
}

const edge = fc.constantFrom(0, 1, -1, 2, 4, 7, 8, 16, 255, 65535, 65536, 2 ** 31 - 1, -(2 ** 31), -16);
const wild = fc.oneof(edge, fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));
/** Mostly an expected argument, sometimes any integer. */
const mostly = (expected: fc.Arbitrary<Argument>): fc.Arbitrary<Argument> => fc.oneof({ arbitrary: expected, weight: 12 }, wild);
const index = fc.nat(1000);
const serial = fc.constant({ serial: true } as const);
const op = mostly(fc.nat(Op.count - 1));
const words = mostly(fc.nat(12));
const dtype = mostly(fc.nat(5));
const handle = fc.oneof({ arbitrary: index.map((i) => [{ handle: i }] as Argument[]), weight: 12 }, fc.tuple(wild, wild));
const tape = mostly(index.map((i) => ({ tape: i })));
const scope = mostly(index.map((i) => ({ scope: i })));
const trace = mostly(index.map((i) => ({ trace: i })));
const program = mostly(index.map((i) => ({ program: i })));
const number = fc.double();

const flat = (...parts: fc.Arbitrary<Argument | Argument[]>[]): fc.Arbitrary<Argument[]> => fc.tuple(...parts).map((args) => args.flat());

/** The arguments of the exports. */
const signatures: Readonly<Record<string, fc.Arbitrary<Argument[]>>> = {
  apply0: flat(op, words, serial),
  apply1: flat(op, handle, words, serial),
  apply2: flat(op, handle, handle, words, serial),
  applyMany: flat(op, mostly(fc.nat(4)), words, serial),
  result: flat(wild),
  create: flat(dtype, mostly(fc.nat(9)), serial),
  scalar: flat(dtype, number, number, serial),
  dispose: handle,
  isLive: handle,
  isHeld: handle,
  isWatched: handle,
  keep: handle,
  valueOf: handle,
  scopeEnter: flat(),
  scopeLeave: flat(scope),
  scopeLift: flat(handle, scope),
  tapeBegin: flat(),
  watch: flat(tape, handle, serial),
  watchNumber: flat(tape, number, serial),
  tapeEnd: flat(tape),
  tapeDetach: flat(tape),
  tapeFree: flat(tape),
  tapeLift: flat(tape, handle),
  tapeSweep: flat(tape, handle, fc.constant(0), fc.constant([0, 0]), mostly(fc.nat(7))),
  tapeGradient: flat(tape, mostly(fc.nat(3)), serial),
  tapeEndSweep: flat(tape),
  isRecording: flat(),
  isTracing: flat(),
  regionOpen: flat(fc.nat(1)),
  regionClose: flat(scope),
  regionCaptured: flat(),
  regionArgument: flat(handle, serial),
  ruleRecord: flat(scope, fc.nat(9), mostly(fc.nat(3)), mostly(fc.nat(2)), mostly(fc.nat(3)), serial),
  ruleCotangent: flat(tape, mostly(fc.nat(2)), serial),
  ruleWatch: flat(tape, tape, mostly(fc.nat(2))),
  ruleNeeds: flat(tape, mostly(fc.nat(2))),
  ruleGive: flat(tape, mostly(fc.nat(2)), handle),
  ruleResume: flat(tape),
  ruleSpent: flat(),
  traceBegin: flat(),
  traceInput: flat(handle, fc.nat(1), serial),
  traceEnd: flat(trace, mostly(fc.nat(4))),
  traceAbort: flat(trace),
  replay: flat(program, serial),
  handles: flat(mostly(fc.nat(300))),
  programFree: flat(program),
  heapFailAfter: flat(mostly(fc.integer({ min: -1, max: 9 })), fc.nat(1)),
  memoryLimit: flat(fc.nat(256)),
  memoryResetPeak: flat(),
};
/** Those that take nothing and change nothing, and those of the sanitizer build. */
const harmless =
  /^(abiVersion|callArea|contract|table|faultArea|memory(Bytes|Live|Peak|Refused|Tensors)?|heap(Alloc|Check|Free|Next|Serial|Size)|damagedAt|mutate|hasRule|initialize|start|faultClear)$/;

/** Those whose order the sanitizer build does not check yet, so that random calls of them would prove nothing. Tests of vmap and GradientTape use them. */
const unchecked = /^(example(Base|Begin|End|Free|Take)|tape(Empty|Enter|Find|HandOver|IsAside|IsOpen|Keep|Leave|Pause|Seed|Watch))$/;

const attributes = fc.array(mostly(fc.integer({ min: -3, max: 4 })) as fc.Arbitrary<number>, { minLength: 12, maxLength: 12 });
const calling = (name: string): fc.Arbitrary<Call> => fc.record({ name: fc.constant(name), args: signatures[name] as fc.Arbitrary<Argument[]>, attributes });
const call = fc.constantFrom(...Object.keys(signatures)).chain(calling);
const named = (...names: readonly string[]): fc.Arbitrary<Call> => fc.constantFrom(...names).chain(calling);
/** A trace, mostly complete, with inputs, ops, tapes and other calls in between; and replays of its program. */
const tracing: fc.Arbitrary<Call[]> = fc
  .tuple(
    named('traceBegin'),
    fc.array(named('traceInput'), { maxLength: 3 }),
    fc.array(fc.oneof({ arbitrary: named('apply1', 'apply2', 'applyMany', 'scalar'), weight: 3 }, call), { maxLength: 8 }),
    named('traceEnd', 'traceEnd', 'traceEnd', 'traceAbort'),
    fc.array(fc.oneof({ arbitrary: named('replay'), weight: 3 }, call), { maxLength: 5 }),
  )
  .map((parts) => parts.flat());
const calls = fc
  .array(fc.oneof({ arbitrary: call.map((one) => [one]), weight: 8 }, { arbitrary: tracing, weight: 1 }), { minLength: 1, maxLength: 40 })
  .map((parts) => parts.flat());
/** Calls that make tensors to start with. */
const material: Call[] = [0, 1, 2, 3, 4, 5].flatMap((kind) => [
  { name: 'create', args: [kind, 2, { serial: true }], attributes: [2, 3, ...Array(10).fill(0)] },
  { name: 'create', args: [kind, 1, { serial: true }], attributes: [3, ...Array(11).fill(0)] },
  { name: 'scalar', args: [kind, 1, 0, { serial: true }], attributes: Array(12).fill(0) },
]);

let worker: Worker | undefined;
const progress = new Int32Array(new SharedArrayBuffer(4));

function start(): Worker {
  const offsets = { attributes: CallArea.attributes, pairs: CallArea.pairs };
  const fresh = new Worker(new URL('./exports.worker.mjs', import.meta.url), { workerData: { module: wasm, offsets, progress } });
  fresh.on('error', (error) => {
    throw error;
  });
  return fresh;
}

/** Returns what is wrong with the program's outcome, or null. */
function play(program: readonly Call[]): Promise<unknown> {
  worker ??= start();
  const running = worker;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      worker = undefined;
      void running.terminate();
      reject(new Error(`never ended: ${JSON.stringify(program[Atomics.load(progress, 0)])}`));
    }, PATIENCE);
    running.once('message', (outcome: unknown) => {
      clearTimeout(timer);
      resolve(outcome);
    });
    running.postMessage(program);
  });
}

afterEach(() => worker?.terminate().then(() => undefined));

test('every export is tried', () => {
  // Names of one or two letters are the contract with wings, which the build checks: they take what a wing has from the core.
  const names = WebAssembly.Module.exports(wasm).flatMap(({ name }) => (name.length > 2 ? [name] : []));
  expect(names.filter((name) => !harmless.test(name) && !unchecked.test(name)).sort()).toEqual(Object.keys(signatures).sort());
});

test('end with a status or a trap, and leave the heap whole', async () => {
  const property = fc.asyncProperty(calls, async (program) => {
    expect(await play([...material, ...program])).toBeNull();
  });
  await hold('exports', property, runsOf(300));
}, 3_600_000);
