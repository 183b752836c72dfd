/**
 * Packs a module into text: finds the cheapest way to tell it in matches and literals, under the model of `assembly/unpack.ts`, which
 * runs here too; then codes its decisions in 64 digits. See Note [Packed core] there. It knows of WebAssembly where the code stands, no more.
 */

/** Where `assembly/unpack.ts` puts what it is told and what it notes. */
const WANTED = 8 << 20;
const NOTES = 16 << 20;
const PRICES = 48 << 20;
const STATES = 64 << 20;
const MATCH = 0x110000;
const KIND = 0x113000;
const RECENT = KIND + 4;
const RUN = 0x115000;
const LENGTH = 0x116000;
const DISTANCE = 0x117000;

const LONGEST = 300;
const PASSES = 5;

function leb(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 127) << shift;
    if (byte < 128) return { value, at };
  }
}

/** The module without the sizes of its functions, in three parts: before, the code, after. */
function parts(bytes) {
  for (let at = 8; at < bytes.length; ) {
    const { value: size, at: start } = leb(bytes, at + 1);
    if (bytes[at] === 10) {
      const functions = [];
      for (let from = leb(bytes, start).at; from < start + size; ) {
        const body = leb(bytes, from);
        functions.push(bytes.subarray(body.at, body.at + body.value));
        from = body.at + body.value;
      }
      return [bytes.subarray(0, leb(bytes, start).at), Buffer.concat(functions), bytes.subarray(start + size)];
    }
    at = start + size;
  }
  throw new Error('pack: the module has no code');
}

/** For each place the lengths that occurred before, each with its nearest distance: [length, distance, length, distance…], both ascending. */
function matches(bytes) {
  const last = new Map();
  const previous = new Int32Array(bytes.length).fill(-1);
  return Array.from(bytes, (_, i) => {
    const found = [];
    let best = 1;
    const pair = bytes[i] | (bytes[i + 1] << 8);
    for (let j = last.get(pair) ?? -1; j >= 0; j = previous[j]) {
      if (bytes[j + best] !== bytes[i + best]) continue;
      const length = common(bytes, i, j);
      if (length <= best) continue;
      best = length;
      found.push(length, i - j);
      if (length === LONGEST) break;
    }
    previous[i] = last.get(pair) ?? -1;
    last.set(pair, i);
    return found;
  });
}

function common(bytes, i, j) {
  let length = 0;
  while (length < LONGEST && i + length < bytes.length && bytes[i + length] === bytes[j + length]) length++;
  return length;
}

/** Decisions that tell a number n ≥ 1. */
function numberBits(n) {
  const bits = 31 - Math.clz32(n);
  const rest = Array.from({ length: bits }, (_, k) => (n >>> (bits - 1 - k)) & 1);
  return [...new Array(bits).fill(1), 0, ...rest];
}

const literalBits = (byte) => Array.from({ length: 8 }, (_, k) => (byte >> (7 - k)) & 1);
/** Which of four recent distances: 0, 10, 110, 111. */
const recentBits = (r) => [...new Array(r).fill(1), ...(r < 3 ? [0] : [])];

/** All decisions of a telling: of pairs [length, distance], where distance 0 is a literal. */
function decisions(told, sizes, sum) {
  const bits = [];
  const add = (list) => {
    for (const bit of list) bits.push(bit);
  };
  let recent = [0, 0, 0, 0];
  let at = 0;
  let pair = 0;
  for (const size of sizes) {
    add(numberBits(size.length + 1));
    for (const end = at + size.length; at < end; pair++) {
      const [length, distance, byte] = told[pair];
      at += length;
      if (distance === 0) {
        add([0, ...literalBits(byte)]);
        continue;
      }
      const r = recent.indexOf(distance);
      add(r < 0 ? [1, 0, ...numberBits(length - 1), ...numberBits(distance)] : [1, 1, ...recentBits(r), ...numberBits(length)]);
      recent = [distance, ...recent.filter((_, k) => k !== (r < 0 ? 3 : r))];
    }
  }
  add(numberBits(sum));
  return bits;
}

/** The model's notes on decisions: the slot and the probability of 1, of 32768, of each. */
function notes(model, bits) {
  const { memory, unpack } = new WebAssembly.Instance(model, {}).exports;
  new Uint8Array(memory.buffer).set(bits, WANTED);
  if (unpack() === 0) throw new Error('pack: the model reads another module than was told');
  return {
    pairs: new Int32Array(memory.buffer, NOTES, 2 * bits.length),
    states: new Int32Array(memory.buffer, STATES),
  };
}

/** Bytes that the decisions cost. */
function weight(bits, { pairs }) {
  let sum = 0;
  bits.forEach((bit, k) => {
    sum -= Math.log2((bit ? pairs[2 * k + 1] : 32768 - pairs[2 * k + 1]) / 32768);
  });
  return sum / 8;
}

/** What a decision in a slot costs on the average, from a telling; asked of the model for whole numbers and literals. */
function prices(model, bits, { pairs }) {
  const { memory, literal, number, rewind, priced } = new WebAssembly.Instance(model, {}).exports;
  const wanted = new Uint8Array(memory.buffer, WANTED, 64);
  const table = new Float32Array(memory.buffer, PRICES, 2 * 0x120000);
  const count = new Float32Array(table.length).fill(0.4);
  for (const [k, bit] of bits.entries()) count[2 * pairs[2 * k] + bit]++;
  for (let k = 0; k < count.length; k += 2) {
    const total = Math.log2(count[k] + count[k + 1]);
    table[k] = total - Math.log2(count[k]);
    table[k + 1] = total - Math.log2(count[k + 1]);
  }
  const memoOf = (bitsOf, ask) => {
    const memo = [];
    return (slot, n) => {
      memo[slot] ??= new Map();
      const known = memo[slot].get(n);
      if (known !== undefined) return known;
      wanted.set(bitsOf(n));
      rewind(true);
      ask(slot);
      memo[slot].set(n, priced());
      return memo[slot].get(n);
    };
  };
  return { bit: (slot, one) => table[2 * slot + one], number: memoOf(numberBits, number), literal: memoOf(literalBits, literal) };
}

/** The cheapest telling at given prices: shortest path over the bytes, each place remembering the recent distances of its best way. */
function cheapest(bytes, sizes, found, states, price) {
  const n = bytes.length;
  const cost = new Float64Array(n + 1).fill(Infinity);
  const from = new Int32Array(n + 1);
  const by = new Int32Array(n + 1);
  const recent = new Array(n + 1);
  cost[0] = 0;
  recent[0] = [0, 0, 0, 0];
  const reach = (i, length, distance, total, list) => {
    const to = i + length;
    if (total >= cost[to]) return;
    cost[to] = total;
    from[to] = i;
    by[to] = distance;
    recent[to] = list;
  };
  const rank = [0, 1, 2, 3].map((r) => recentBits(r).reduce((sum, one, k) => sum + price.bit(RECENT + k, one), 0));
  let end = 0;
  let part = 0;
  for (let i = 0; i < n; i++) {
    while (i >= end) end += sizes[part++].length;
    const room = end - i;
    const list = recent[i];
    const matched = i > 0 && by[i] > 0 ? 1 : 0;
    const kind = KIND + 2 * matched + (states[i] % 8 === 0 ? 1 : 0);
    const flag = MATCH + 2 * states[i] + matched;
    reach(i, 1, 0, cost[i] + price.bit(flag, 0) + price.literal(states[i], bytes[i]), list);
    const match = cost[i] + price.bit(flag, 1);
    for (let r = 0; r < 4; r++) {
      const distance = list[r];
      if (distance === 0) continue;
      const longest = Math.min(room, common(bytes, i, i - distance));
      const told = match + price.bit(kind, 1) + rank[r];
      const after = [distance, list[r > 0 ? 0 : 1], list[r > 1 ? 1 : 2], list[r > 2 ? 2 : 3]];
      for (let length = 1; length <= longest; length++) reach(i, length, distance, told + price.number(RUN, length), after);
    }
    const told = match + price.bit(kind, 0);
    for (let k = 0, length = 2; k < found[i].length; k += 2) {
      const distance = found[i][k + 1];
      const after = [distance, list[0], list[1], list[2]];
      let far = 0;
      for (const longest = Math.min(room, found[i][k]); length <= longest; length++) {
        if (length < 6 || far === 0) far = price.number(DISTANCE + 4096 * Math.min(length, 5), distance);
        reach(i, length, distance, told + far + price.number(LENGTH, length - 1), after);
      }
    }
  }
  const told = [];
  for (let i = n; i > 0; i = from[i]) told.push([i - from[i], by[i], bytes[i - 1]]);
  return told.reverse();
}

function carry(digits, k) {
  digits[k] = (digits[k] + 1) & 63;
  if (digits[k] === 0) carry(digits, k - 1);
}

/** Decisions with their probabilities as digits of base 64: `low` of 30 bits and a carry, which runs back over what is written. */
function encode(bits, { pairs }) {
  const digits = [];
  let low = 0;
  let range = 2 ** 30;
  const shift = () => {
    digits.push(Math.floor(low / 2 ** 24) & 63);
    if (low >= 2 ** 30) carry(digits, digits.length - 2);
    low = (low % 2 ** 24) * 64;
  };
  bits.forEach((bit, k) => {
    const bound = (range >>> 15) * pairs[2 * k + 1];
    if (!bit) low += bound;
    range = bit ? bound : range - bound;
    for (; range < 2 ** 24; range *= 64) shift();
  });
  for (let k = 0; k < 5; k++) shift();
  return digits.map((digit) => String.fromCharCode(digit + (digit < 30 ? 62 : 63))).join('');
}

/** The text of a module; `model` is `assembly/unpack.ts` compiled as a model. The same bytes give the same text. */
export function pack(bytes, model) {
  const sizes = parts(bytes);
  const flat = Buffer.concat(sizes);
  const found = matches(flat);
  const sum = (flat.reduce((h, byte) => Math.imul(h ^ byte, 0x1000193), 0) >>> 8) + 1;
  let told = Array.from(flat, (byte) => [1, 0, byte]);
  let best;
  for (let pass = 0; pass < PASSES; pass++) {
    const bits = decisions(told, sizes, sum);
    const noted = notes(model, bits);
    const bytesNow = weight(bits, noted);
    if (!best || bytesNow < best.weight) best = { bits, noted, weight: bytesNow };
    told = cheapest(flat, sizes, found, noted.states, prices(model, bits, noted));
  }
  return encode(best.bits, best.noted);
}
