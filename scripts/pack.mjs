/**
 * Packs a module into text: finds the cheapest way to tell it in matches and literals, under the model of `assembly/unpack.ts`, which
 * runs here too; then codes its decisions in 64 digits. See Note [Packed core] there. It knows of WebAssembly where the code stands, no more.
 */

/** Where `assembly/unpack.ts` puts what it is told and what it notes. */
const FLAT = 2 << 20;
const PLACES = 8 << 20;
const WANTED = 10 << 20;
const NOTES = 16 << 20;
const PRICES = 48 << 20;
const STATES = 64 << 20;
const WORTHS = 66 << 20;
const SLOTS = 0x130000;
const MATCH = 0x100000;
const KIND = 0x104000;
const RECENT = KIND + 0x80;
const RUN = 0x106000;
const LENGTH = 0x108000;
const DISTANCE = 0x108000;

const LONGEST = 300;
/** Of a longer match only the first lengths are tried, and the whole. */
const TRIED = 48;
const PASSES = 8;
/** How many ways to each place are kept, of different recent distances. */
const WAYS = 4;

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
function matches(bytes, ordinals) {
  const last = new Map();
  const previous = new Int32Array(bytes.length).fill(-1);
  return Array.from(bytes, (_, i) => {
    const found = [];
    let best = 1;
    const pair = bytes[i] | (bytes[i + 1] << 8);
    for (let j = last.get(pair) ?? -1; j >= 0; j = previous[j]) {
      if (bytes[j + best] !== bytes[i + best] || (ordinals[i] > 0 && ordinals[j] === 0)) continue;
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

/** All decisions of a telling: of pairs [length, distance], where distance 0 is a literal. From an opcode a distance counts opcodes. */
function decisions(told, sizes, sum, ordinals) {
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
      if (distance === 0) add([0, ...literalBits(byte)]);
      else {
        const r = recent.indexOf(distance);
        const far = ordinals[at] ? ordinals[at] - ordinals[at - distance] : distance;
        add(r < 0 ? [1, 0, ...numberBits(length - 1), ...numberBits(far)] : [1, 1, ...recentBits(r), ...numberBits(length)]);
        recent = [distance, ...recent.filter((_, k) => k !== (r < 0 ? 3 : r))];
      }
      at += length;
    }
  }
  add(numberBits(sum));
  return bits;
}

/** The model's notes on decisions: the slot, its twin or 0, and the probability of 1, of 32768, of each; states and opcodes' places. */
function notes(model, bits) {
  const { memory, unpack } = new WebAssembly.Instance(model, {}).exports;
  new Uint8Array(memory.buffer).set(bits, WANTED);
  if (unpack() === 0) throw new Error('pack: the model reads another module than was told');
  return {
    triples: new Int32Array(memory.buffer, NOTES, 3 * bits.length),
    states: new Int32Array(memory.buffer, STATES),
    places: new Int32Array(memory.buffer, PLACES, (WANTED - PLACES) >> 2),
  };
}

/** For each byte, which opcode of the module stands there, from 1; or 0. */
function ordinalsOf({ places }, size) {
  const ordinals = new Int32Array(size);
  for (let k = 0; places[k] > 0; k++) ordinals[places[k] - FLAT] = k + 1;
  return ordinals;
}

/** Bytes that the decisions cost. */
function weight(bits, { triples }) {
  let sum = 0;
  bits.forEach((bit, k) => {
    sum -= Math.log2((bit ? triples[3 * k + 2] : 32768 - triples[3 * k + 2]) / 32768);
  });
  return sum / 8;
}

/** What a decision in a slot costs on the average, from a telling; asked of the model for whole numbers and literals. */
function prices(model, bits, { triples }) {
  const { memory, literal, number, rewind, priced } = new WebAssembly.Instance(model, {}).exports;
  const wanted = new Uint8Array(memory.buffer, WANTED, 64);
  const table = new Float32Array(memory.buffer, PRICES, 2 * SLOTS);
  const worth = new Float32Array(memory.buffer, WORTHS, SLOTS);
  const count = new Float32Array(table.length).fill(0.4);
  bits.forEach((bit, k) => {
    count[2 * triples[3 * k] + bit]++;
    if (triples[3 * k + 1]) count[2 * triples[3 * k + 1] + bit]++;
  });
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
      const known = memo.get(key);
      if (known !== undefined) return known;
      wanted.set(bitsOf(n));
      rewind(true);
      ask(slot, other);
      const price = priced();
      memo.set(key, price);
      return price;
    };
  };
  return { bit: (slot, one) => table[2 * slot + one], number: memoOf(numberBits, number), literal: memoOf(literalBits, literal) };
}

/** The cheapest telling at given prices: shortest paths over the bytes, a few ways to each place, which remember their distances and last steps. */
function cheapest(bytes, sizes, found, states, ordinals, price) {
  const n = bytes.length;
  const ways = Array.from({ length: n + 1 }, () => []);
  ways[0].push({ cost: 0, at: 0, distance: 0, recent: [0, 0, 0, 0], past: 0 });
  const lengths = [RUN, RUN + 4096, LENGTH, LENGTH + 4096].map((slot) => Array.from({ length: LONGEST + 1 }, (_, k) => (k ? price.number(slot, k) : 0)));
  const ranks = [0, 1, 2].map((last) => [0, 1, 2, 3].map((r) => recentBits(r).reduce((sum, one, k) => sum + price.bit(RECENT + 4 * last + k, one), 0)));
  const reach = (from, to, cost, distance, recent, past) => {
    const list = ways[to];
    if (list.length === WAYS && cost >= list[WAYS - 1].cost) return;
    let k = list.findIndex((way) => way.past % 4 > 0 === past % 4 > 0 && way.recent[0] === recent[0] && way.recent[1] === recent[1]);
    if (k >= 0 && list[k].cost <= cost) return;
    if (k < 0) k = list.length < WAYS ? list.length : WAYS - 1;
    for (; k > 0 && list[k - 1].cost > cost; k--) list[k] = list[k - 1];
    list[k] = { cost, from, distance, recent, past, at: to };
  };
  let end = 0;
  let part = 0;
  for (let i = 0; i < n; i++) {
    while (i >= end) end += sizes[part++].length;
    const room = end - i;
    const opcode = ordinals[i] ? 1 : 0;
    for (const way of ways[i]) {
      const { cost, recent, past } = way;
      const last = past & 3;
      const flag = MATCH + 4 * states[i] + (last || (past & 12 ? 3 : 0));
      const other = last ? bytes[i - recent[0]] : -1;
      reach(way, i + 1, cost + price.bit(flag, 0) + price.literal(states[i], bytes[i], other), 0, recent, (past << 2) & 63);
      const kind = KIND + 2 * past + opcode;
      const known = cost + price.bit(flag, 1) + price.bit(kind, 1);
      for (let r = 0; r < 4; r++) {
        const distance = recent[r];
        if (distance === 0) continue;
        const longest = Math.min(room, common(bytes, i, i - distance));
        if (longest === 0) continue;
        const after = [distance, recent[r > 0 ? 0 : 1], recent[r > 1 ? 1 : 2], recent[r > 2 ? 2 : 3]];
        for (let length = 1; length <= longest; length++) {
          if (length > TRIED) length = longest;
          reach(way, i + length, known + ranks[last][r] + lengths[opcode][length], distance, after, ((past << 2) + 1) & 63);
        }
      }
      const told = cost + price.bit(flag, 1) + price.bit(kind, 0);
      for (let k = 0, length = 2; k < found[i].length; k += 2) {
        const distance = found[i][k + 1];
        const after = [distance, recent[0], recent[1], recent[2]];
        const far = opcode ? ordinals[i] - ordinals[i - distance] : distance;
        for (const longest = Math.min(room, found[i][k]); length <= longest; length++) {
          if (length > TRIED) length = longest;
          const cost = told + price.number(DISTANCE + 4096 * Math.min(length, 5), far) + lengths[2 + opcode][length - 1];
          reach(way, i + length, cost, distance, after, ((past << 2) + 2) & 63);
        }
      }
    }
    ways[i] = []; // What is still needed of them, the ways from them hold.
  }
  const told = [];
  for (let way = ways[n][0]; way.from; way = way.from) told.push([way.at - way.from.at, way.distance, bytes[way.at - 1]]);
  return told.reverse();
}

function carry(digits, k) {
  digits[k] = (digits[k] + 1) & 63;
  if (digits[k] === 0) carry(digits, k - 1);
}

/** Decisions with their probabilities as digits of base 64: `low` of 30 bits and a carry, which runs back over what is written. */
function encode(bits, { triples }) {
  const digits = [];
  let low = 0;
  let range = 2 ** 30;
  const shift = () => {
    digits.push(Math.floor(low / 2 ** 24) & 63);
    if (low >= 2 ** 30) carry(digits, digits.length - 2);
    low = (low % 2 ** 24) * 64;
  };
  bits.forEach((bit, k) => {
    const bound = (range >>> 15) * triples[3 * k + 2];
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
  const sum = (flat.reduce((h, byte) => Math.imul(h ^ byte, 0x1000193), 0) >>> 8) + 1;
  let told = Array.from(flat, (byte) => [1, 0, byte]);
  let ordinals;
  let found;
  let best;
  for (let pass = 0; pass < PASSES; pass++) {
    const bits = decisions(told, sizes, sum, ordinals);
    const noted = notes(model, bits);
    const bytesNow = weight(bits, noted);
    if (!best || bytesNow < best.weight) best = { bits, noted, weight: bytesNow };
    ordinals ??= ordinalsOf(noted, flat.length);
    found ??= matches(flat, ordinals);
    told = cheapest(flat, sizes, found, noted.states, ordinals, prices(model, bits, noted));
  }
  return encode(best.bits, best.noted);
}
