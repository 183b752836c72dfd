/** Calls `assembly/unpack.ts`, compiled as the model: reads the probabilities and prices of decisions from it. Knows no search. */
import { literalBits, numberBits } from './decisions.mjs';

/** Addresses of the model's inputs and notes, as in `assembly/unpack.ts`. */
const FLAT = 2 << 20;
const PLACES = 8 << 20;
const WANTED = 10 << 20;
const NOTES = 16 << 20;
const PRICES = 48 << 20;
const STATES = 64 << 20;
const WORTHS = 66 << 20;
const SLOTS = 0x130000;

/** For each decision its slot, its twin or 0, and the probability of a 1 in 32768ths; the states of bytes, and the positions of opcodes. */
export function notes(model, bits) {
  const { memory, unpack } = new WebAssembly.Instance(model, {}).exports;
  new Uint8Array(memory.buffer).set(bits, WANTED);
  if (unpack() === 0) throw new Error('pack: the model reads another module than was told');
  return {
    triples: new Int32Array(memory.buffer, NOTES, 3 * bits.length),
    states: new Int32Array(memory.buffer, STATES),
    places: new Int32Array(memory.buffer, PLACES, (WANTED - PLACES) >> 2),
  };
}

/** For each byte the number, from 1, of the opcode that begins there; 0 for none. */
export function ordinalsOf({ places }, size) {
  const ordinals = new Int32Array(size);
  for (let k = 0; places[k] > 0; k++) ordinals[places[k] - FLAT] = k + 1;
  return ordinals;
}

/** Bytes that the decisions cost. */
export function weight(bits, { triples }) {
  let sum = 0;
  bits.forEach((bit, k) => {
    sum -= Math.log2((bit ? triples[3 * k + 2] : 32768 - triples[3 * k + 2]) / 32768);
  });
  return sum / 8;
}

/** The numbers of zeros and ones in each slot, own or twin. */
function counts(bits, { triples }) {
  const count = new Float32Array(2 * SLOTS).fill(0.4);
  bits.forEach((bit, k) => {
    count[2 * triples[3 * k] + bit]++;
    if (triples[3 * k + 1]) count[2 * triples[3 * k + 1] + bit]++;
  });
  return count;
}

/** The average price of a decision in each slot, from a sequence's decisions; and the model's prices of numbers and literals. */
export function prices(model, bits, noted) {
  const { memory, literal, number, rewind, priced } = new WebAssembly.Instance(model, {}).exports;
  const wanted = new Uint8Array(memory.buffer, WANTED, 64);
  const table = new Float32Array(memory.buffer, PRICES, 2 * SLOTS);
  const worth = new Float32Array(memory.buffer, WORTHS, SLOTS);
  const count = counts(bits, noted);
  for (let k = 0; k < count.length; k += 2) {
    const total = count[k] + count[k + 1];
    table[k] = Math.log2(total / count[k]);
    table[k + 1] = Math.log2(total / count[k + 1]);
    const seen = Math.min(total - 0.8, 32);
    worth[k >> 1] = seen / (seen + 4);
  }
  const memoOf = (bitsOf, ask) => {
    const memo = new Map();
    return (slot, n, other = -1) => {
      const key = (slot * 2 ** 18 + n) * 512 + other + 1;
      if (!memo.has(key)) {
        wanted.set(bitsOf(n));
        rewind(true);
        ask(slot, other);
        memo.set(key, priced());
      }
      return memo.get(key);
    };
  };
  return { bit: (slot, one) => table[2 * slot + one], number: memoOf(numberBits, number), literal: memoOf(literalBits, literal) };
}
