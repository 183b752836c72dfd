/**
 * Packs a module into text: finds the cheapest sequence of matches and literals under the model of `assembly/unpack.ts`, which is run here too;
 * then codes the decisions of that sequence in digits. See Note [Packed core] there. Of WebAssembly it knows only the sections.
 */
import { cheapest, matches } from './pack/cheapest.mjs';
import { decisions } from './pack/decisions.mjs';
import { notes, ordinalsOf, prices, weight } from './pack/model.mjs';

/** Passes: each takes its prices from the sequence that the pass before found. */
const PASSES = 8;

function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, at };
  }
}

/** The sections of a module by their ids: the offsets at which their contents begin and end. */
function sectionsOf(bytes) {
  const sections = [];
  for (let at = 8; at < bytes.length; ) {
    const { value: size, at: start } = leb(bytes, at + 1);
    sections[bytes[at]] = { start, end: start + size };
    at = start + size;
  }
  return sections;
}

/** Ids of sections. */
const FUNCTION = 3;
const ELEMENT = 9;
const CODE = 10;

/** Replaces the table's entries, the first functions in order, by zeros; returns their number and position. A wing's stay, as imported functions precede. */
function cutEntries(head, section) {
  if (!section) return [1, 1];
  const offset = leb(head, section.start + 3);
  const { value: count, at: first } = leb(head, offset.at + 1);
  if (leb(head, first).value !== 0) return [1, 1];
  for (let n = 0, at = first; n < count; n++) {
    const entry = leb(head, at);
    if (entry.value !== n) throw new Error('pack: the table does not hold the first functions in order');
    head.fill(0, at, entry.at);
    at = entry.at;
  }
  return [first, count + 1];
}

/** The functions without their sizes, each behind its type; zeros replace the section of types. */
function cutTypes(head, { start }, code) {
  const { value: count, at: first } = leb(head, start);
  const types = Uint8Array.from(head.subarray(first, first + count));
  if (types.some((type) => type > 127)) throw new Error('pack: a type takes more than a byte');
  head.fill(0, first, first + count);
  let { at } = leb(code, 0);
  const functions = Array.from(types, (type) => {
    const body = leb(code, at);
    at = body.at + body.value;
    return [Uint8Array.of(type), code.subarray(body.at, at)];
  });
  return [first, Buffer.concat(functions.flat())];
}

/** The module in the three parts that are packed: before the code, the code, after it; and the numbers by which the unpacker restores what is left out. */
function parts(bytes) {
  const sections = sectionsOf(bytes);
  const { start, end } = sections[CODE];
  const head = Buffer.from(bytes.subarray(0, leb(bytes, start).at));
  const [types, code] = cutTypes(head, sections[FUNCTION], bytes.subarray(start, end));
  return { flat: [head, code, bytes.subarray(end)], left: [types, ...cutEntries(head, sections[ELEMENT])] };
}

/** As in `assembly/unpack.ts`. */
const BASE = 63;
const FLOOR = BASE ** 4;

function carry(digits, k) {
  digits[k] = (digits[k] + 1) % BASE;
  if (digits[k] === 0) carry(digits, k - 1);
}

/** Codes decisions with their probabilities as digits. `low` has five digits and a carry, which is added to digits already written. */
function encode(bits, { triples }) {
  const digits = [];
  let low = 0;
  let range = FLOOR * BASE;
  const shift = () => {
    digits.push(Math.floor(low / FLOOR) % BASE);
    if (low >= FLOOR * BASE) carry(digits, digits.length - 2);
    low = (low % FLOOR) * BASE;
  };
  bits.forEach((bit, k) => {
    const bound = (range >>> 15) * triples[3 * k + 2];
    if (!bit) low += bound;
    range = bit ? bound : range - bound;
    for (; range < FLOOR; range *= BASE) shift();
  });
  for (let k = 0; k < 5; k++) shift();
  return digits.map((digit) => String.fromCharCode(digit + (digit < 29 ? 63 : 64))).join('');
}

/** The text of a module; `model` is `assembly/unpack.ts` compiled as a model. The same bytes give the same text. */
export function pack(core, model) {
  const { flat, left } = parts(core);
  const bytes = Buffer.concat(flat);
  const sum = (bytes.reduce((h, byte) => Math.imul(h ^ byte, 0x1000193), 0) >>> 8) + 1;
  const module = { bytes, sizes: flat.map(({ length }) => length), left, sum };
  let told = Array.from(bytes, (byte) => [1, 0, byte]);
  let best;
  for (let pass = 0; pass < PASSES; pass++) {
    const bits = decisions(module, told, module.ordinals);
    const noted = notes(model, bits);
    const cost = weight(bits, noted);
    if (!best || cost < best.cost) best = { bits, noted, cost };
    module.ordinals ??= ordinalsOf(noted, bytes.length);
    module.found ??= matches(bytes, module.ordinals);
    told = cheapest(module, noted.states, prices(model, bits, noted));
  }
  return encode(best.bits, best.noted);
}
