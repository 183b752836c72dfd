/**
 * Nonsense values for every argument and option of every form: a call throws only errors of the library, which name the function, and leaves no
 * memory behind. It goes through all forms, so it covers a new row at once.
 */
import * as gradtape from 'gradtape';
import { memory, scope, Tensor, tensor } from 'gradtape';
import { describe, expect, test } from 'vitest';
import type { Form, Slot } from '../bindings/form.js';
import '../bindings/ops/all.js';
import '../bindings/draws.js';
import '../bindings/ops/creation.js';
import '../bindings/ops/functions.js';
import { forms } from '../bindings/ops/define.js';
import { wings } from '../scripts/wings.mjs';
import { publics } from './publics.js';

for (const name of wings()) await import(`../bindings/${name}.ts`);

const HOSTILE = new Error('hostile');
const hostile = (): never => {
  throw HOSTILE;
};

function cyclic(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}

function detached(): Float32Array {
  const array = new Float32Array(4);
  structuredClone(array.buffer, { transfer: [array.buffer] });
  return array;
}

function released(): Tensor {
  const t = tensor([1, 2]);
  t.dispose();
  return t;
}

class Instance {
  axis = 0;
  private readonly hidden = 1;
  read(): number {
    return this.hidden;
  }
}

/** Nonsense values; each is made for each call. */
const ZOO: Readonly<Record<string, () => unknown>> = {
  null: () => null,
  NaN: () => NaN,
  Infinity: () => Infinity,
  '-0': () => -0,
  fraction: () => 0.5,
  negative: () => -7,
  'beyond int32': () => 2 ** 31,
  'beyond 2⁵³': () => 2 ** 60,
  bigint: () => 5n,
  true: () => true,
  'empty text': () => '',
  text: () => 'nonsense',
  __proto__: () => '__proto__',
  symbol: () => Symbol('s'),
  function: () => () => 1,
  class: () => Instance,
  instance: () => new Instance(),
  'empty object': () => ({}),
  'unknown option': () => ({ nonsense: 1 }),
  'object without prototype': () => Object.assign(Object.create(null), { other: 1 }),
  'half a complex number': () => ({ re: 1 }),
  'empty list': () => [],
  holes: () => new Array(3),
  'a length of 2³² − 1': () => new Array(2 ** 32 - 1),
  'mixed list': () => [1, 'a', null],
  'ragged list': () => [[1], [1, 2]],
  'cyclic list': cyclic,
  'deep list': () => Array.from({ length: 40 }).reduce<unknown>((inner) => [inner], 1),
  'list of lists': () => [
    [1, 2],
    [3, 4],
  ],
  'list of bigints': () => [1n],
  'getter that throws': () => Object.defineProperty({}, 'axis', { get: hostile, enumerable: true }),
  'proxy that throws': () => new Proxy({}, { get: hostile, has: hostile, ownKeys: hostile, getPrototypeOf: hostile, getOwnPropertyDescriptor: hostile }),
  'revoked proxy': () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
  'proxy of a list that throws': () => new Proxy([1], { get: hostile }),
  'valueOf that throws': () => ({ valueOf: hostile, toString: hostile }),
  map: () => new Map([['axis', 0]]),
  set: () => new Set([1]),
  date: () => new Date(0),
  pattern: () => /x/,
  promise: () => Promise.resolve(1),
  thenable: () => Object.fromEntries([['then', () => 1]]),
  error: () => new Error('e'),
  buffer: () => new ArrayBuffer(8),
  view: () => new DataView(new ArrayBuffer(8)),
  bigints: () => new BigInt64Array(2),
  'bytes without dtype': () => Uint8Array.of(1, 2),
  detached,
  'boxed number': () => Object(1),
  'released tensor': released,
  'bool tensor': () => tensor([true, false]),
  'complex scalar': () => tensor({ re: 1, im: 2 }),
  'empty tensor': () => tensor([]),
  'tensor of rank 0': () => tensor(1),
  'tensor of rank 4': () => tensor([[[[1]]]]),
};

const kindOf = (slot: Slot): { words: string; isOperand: boolean } => (Array.isArray(slot) ? slot[0] : slot) as { words: string; isOperand: boolean };

/** A plausible argument of a kind. The call may still refuse it because of other arguments, in words too. */
function plausible(slot: Slot, name: string): unknown {
  const { words, isOperand } = kindOf(slot);
  if (name === 'key') return gradtape.random.key(1);
  if (name === 'equation') return 'i,i->';
  if (name === 'filter') return tensor([[[[1]]]]);
  if (isOperand && words.includes('at least one')) return [tensor([1, 2]), tensor([3, 4])];
  if (/indices|ids/.test(name) || (name === 'labels' && !words.includes('null'))) return tensor([0, 1], { dtype: 'int32' });
  if (isOperand) return tensor([1, 2]);
  if (/list of at|^a list|pair/.test(words)) return [0];
  if (/'/.test(words)) return (/'([^']+)'/.exec(words) as RegExpExecArray)[1];
  return /true/.test(words) ? true : 1;
}

let calls = 0;

/** Calls the function and returns what is wrong with the outcome, if anything. */
function fault(name: string, call: () => unknown, isWrong: boolean): string | undefined {
  calls++;
  try {
    call();
    if (isWrong) return 'is not refused';
  } catch (error) {
    if (!(error instanceof Error)) return `threw ${String(error)}`;
    const { op, code, cause } = error as Error & { op?: unknown; code?: unknown; cause?: unknown };
    if (op !== name || typeof code !== 'string' || !error.message.startsWith(`${name}: `)) return `${error.name} of ${String(op)}: ${error.message}`;
    if (cause !== undefined && cause !== HOSTILE && !/proxy|revoked/i.test(String(cause))) return `hides ${String(cause)}`;
  }
  return undefined;
}

function faultsOf(form: Form): string[] {
  const [name, room] = form.name.split('.').reverse() as [string, string?];
  const f = ((room ? gradtape.random : publics) as unknown as Record<string, (...args: unknown[]) => unknown>)[name];
  if (f === undefined) return [`${form.name} is not public`];
  const operands = Object.entries(form.operands);
  const of = (Tensor.prototype as unknown as Record<string, (this: unknown, ...args: unknown[]) => unknown>)[form.name];
  const method = of && ((x: unknown, ...args: unknown[]) => of.call(x, ...args));
  const found: string[] = [];
  const attempt = (what: string, args: () => unknown[], isWrong = false, of = f): void => {
    const run = (): void => {
      const wrong = fault(form.name, () => scope(() => void of(...args())), isWrong);
      if (wrong !== undefined) found.push(`${form.name}, ${what}: ${wrong}`);
    };
    scope(run);
    const before = memory();
    scope(run);
    const after = memory();
    if (after.tensors !== before.tensors || after.held !== before.held) found.push(`${form.name}, ${what}: leaves ${after.tensors - before.tensors} tensors`);
  };
  const right = (): unknown[] => operands.map(([name, slot]) => plausible(slot, name));
  for (const [animal, make] of Object.entries(ZOO)) {
    operands.forEach(([name], i) => {
      attempt(`${animal} as ${name}`, () => right().map((v, k) => (k === i ? make() : v)));
    });
    attempt(`${animal} as options or besides`, () => [...right(), make()]);
    const besides = (n: number): unknown[] => [...right(), ...(form.options ? [{}] : []), ...new Array<undefined>(n), make()];
    if (form.name !== 'einsum') {
      for (const n of [0, 1, 5]) attempt(`${animal} besides, after ${n} that are undefined`, () => besides(n), true);
      if (method) attempt(`${animal} besides in the method`, () => besides(1), true, method);
    }
    for (const option of Object.keys(form.options ?? {})) attempt(`${animal} as ${option}`, () => [...right(), { [option]: make() }]);
  }
  const tail = operands.map(() => undefined);
  attempt('no arguments', () => tail);
  return found;
}

describe('nonsense', () => {
  test.each(Object.values(forms).map((form) => [form.name, form] as const))('%s', (_, form) => {
    expect(faultsOf(form)).toEqual([]);
  });

  test('leaves the library right', () => {
    expect(tensor([1, 2]).add([3, 4]).array()).toEqual([4, 6]);
    expect(calls).toBeGreaterThan(20_000);
    process.stdout.write(`zoo: ${calls} calls of ${Object.keys(forms).length} functions\n`);
  });
});
