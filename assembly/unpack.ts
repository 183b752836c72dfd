/**
 * Unpacks the core from text: a module of its own, run once before the core is made. It is no part of the core.
 * `scripts/pack.mjs` makes the text, with this file compiled as the model of what it costs.
 *
 * Note [Packed core]. gzip sees bytes; a module has a grammar. Here each byte is coded under the opcode and the immediate that it
 * belongs to, or is copied from before; every decision by a range coder with adaptive probabilities, as in LZMA. The text has 64 digits
 * of equal frequency, on which gzip loses 1 %. The sizes of functions are left out, for the grammar finds where each one ends.
 * In a fresh process a prototype in JavaScript took 40 ms where one in WebAssembly took 7; once its loops were compiled, 14 against 4.
 *
 *   0        1 MiB    2 MiB       3 MiB                              8 MiB
 *   | text   | module | no sizes  | a counter for each decision ...  |
 *
 * A counter is a probability of 16 bits, from 0 for one half, and the number of decisions seen, 5 bits. Text that is damaged
 * decodes to something else, which the sum at its end tells; whatever it asks for, this memory bounds it.
 */
const OUT: usize = 1 << 20;
const FLAT: usize = 2 << 20;
const SLOTS: usize = 3 << 20;
const RATES: usize = SLOTS - 64;

/** Slots: a tree of 256 for a literal in each state; whether a match follows; what kind; numbers, 4096 for each use. */
const MATCH = 0x110000;
const KIND = 0x113000;
const RECENT = KIND + 4;
const NUMBERS = 0x114000;
const SIZE = NUMBERS;
const RUN = NUMBERS + 0x1000; // length of a match at a recent distance
const LENGTH = NUMBERS + 0x2000; // length of one at a new distance, less 1
const DISTANCE = NUMBERS + 0x3000; // by length 2, 3, 4, more

/** Opcodes after which something special comes; from 240 on, where WebAssembly has none, those of this file. */
const END = 0x0b;
const BR_TABLE = 0x0e;
const VECTOR = 0xfd;
const VECTORS = 256; // plus the number after the prefix
const RAW = 240; // no code
const HEADER = 241; // how many groups of locals a function has
const LOCALS = 242;
const TARGETS = 243;

let range: u32 = 1 << 30;
let value: u32 = 0;
let text: usize = 0;

let at: usize = FLAT;
let sum: u32 = 0;
let op: i32 = RAW;
/** Immediates still to come; if negative, bytes. */
let left: i32 = 0;
/** 4 inside a number of several bytes. */
let inside: i32 = 0;
let depth: i32 = 0;
/** Where the module without sizes has been copied to, and the copy's end. */
let copied: usize = FLAT;
let out: usize = OUT;

let recent0: i32 = 0;
let recent1: i32 = 0;
let recent2: i32 = 0;
let recent3: i32 = 0;
let matched: i32 = 0;

/** The model's side: it is told each decision, and notes its probability; or adds up given prices. */
const WANTED: usize = 8 << 20;
const NOTES: usize = 16 << 20;
const PRICES: usize = 48 << 20;
const STATES: usize = 64 << 20;
let decisions: i32 = 0;
let pricing: bool = false;
let price: f32 = 0;

function digit(): u32 {
  const char = load<u8>(text++);
  return char - 62 - u32(char > 92);
}

/** One decision. The probability that it is 1 moves by 1/(n + 1.5) of its error, n ≤ 16. */
function bit(slot: i32): i32 {
  const counter = SLOTS + (<usize>slot << 2);
  const state = load<i32>(counter);
  const seen = state & 31;
  const p = ((state >> 6) + 16384) | 1;
  let one: i32;
  if (isDefined(PACK)) {
    one = load<u8>(WANTED + decisions);
    if (pricing) {
      price += load<f32>(PRICES + (((<usize>slot << 1) + one) << 2));
      decisions++;
      return one;
    }
    store<i32>(NOTES + (decisions << 3), slot);
    store<i32>(NOTES + (decisions << 3), p, 4);
    decisions++;
  } else {
    const bound = (range >>> 15) * p;
    one = i32(value < bound);
    if (one) range = bound;
    else {
      value -= bound;
      range -= bound;
    }
    while (range < 1 << 24) {
      range <<= 6;
      value = (value << 6) | digit();
    }
  }
  const error = (one << 16) - one - 32768 - (state >> 5);
  store<i32>(counter, state + (((error * load<u16>(RATES + (seen << 1))) >> 16) << 5) + i32(seen < 16));
  return one;
}

/** A number ≥ 1: how many bits follow its first, in unary, then those. */
export function number(slot: i32): i32 {
  let bits = 0;
  while (bit(slot + bits)) bits++;
  slot += 32 + (bits << 6);
  let n = 1;
  for (let k = bits; k > 0; k--) n = (n << 1) + bit(slot + (bits - k < 3 ? n : 32 + k));
  return n;
}

export function literal(state: i32): i32 {
  let tree = 1;
  while (tree < 256) tree = (tree << 1) + bit((state << 8) + tree);
  return tree & 255;
}

/** What the next byte belongs to. */
function state(): i32 {
  return (op << 3) + (left > 0 ? inside + min(left, 3) : -left & 7);
}

// @ts-ignore: decorator
@inline
function among(n: i32, first: i32, last: i32): bool {
  return <u32>(n - first) <= <u32>(last - first);
}

/** How many immediates an opcode has; if negative, how many bytes. */
function immediates(op: i32): i32 {
  if (op == 0x43) return -4;
  if (op == 0x44) return -8;
  if (among(op, VECTORS + 12, VECTORS + 13)) return -16;
  if (among(op, VECTORS + 84, VECTORS + 91)) return 3;
  if (op == 0x11 || among(op, 0x28, 0x3e) || among(op, VECTORS, VECTORS + 11) || among(op, VECTORS + 92, VECTORS + 93)) return 2;
  return i32(
    among(op, 0x02, 0x04) || among(op, 0x0c, BR_TABLE) || op == 0x10 || among(op, 0x20, 0x24) || among(op, 0x3f, 0x42) || among(op, 0xfc, VECTOR) ||
      among(op, VECTORS + 21, VECTORS + 34),
  );
}

/** Copies what has been decoded since the last time. */
function copy(): void {
  memory.copy(out, copied, at - copied);
  out += at - copied;
  copied = at;
}

/** Where a function ends: its size, then itself. */
function close(): void {
  let size = <u32>(at - copied);
  for (; size > 127; size >>>= 7) store<u8>(out++, size | 128);
  store<u8>(out++, size);
  copy();
  depth = 0;
  op = HEADER;
  left = 1;
}

/** Appends a byte, and follows the grammar. */
function put(byte: i32): void {
  store<u8>(at++, byte);
  sum = (sum ^ byte) * 0x1000193;
  if (left < 0) left++;
  else if (left == 0) {
    op = byte;
    left = immediates(byte);
    if (among(byte, 0x02, 0x04)) depth++;
    else if (byte == END && --depth < 0) close();
  } else if (byte > 127) inside = 4;
  else {
    left--;
    if (op == VECTOR) {
      op = VECTORS + (inside ? (load<u8>(at - 2) & 127) | (byte << 7) : byte);
      left = immediates(op);
    } else if (op == BR_TABLE) {
      op = TARGETS;
      left = byte + 1;
    } else if (op == HEADER) {
      op = LOCALS;
      left = byte << 1;
    }
    inside = 0;
  }
  if (isDefined(PACK)) store<i32>(STATES + ((at - FLAT) << 2), state());
}

/** A match, at one of the last four distances or at a new one, or a literal. */
function step(): void {
  const now = state();
  if (!bit(MATCH + (now << 1) + matched)) {
    matched = 0;
    put(literal(now));
    return;
  }
  let length: i32;
  let distance = recent0;
  if (bit(KIND + (matched << 1) + i32(left == 0))) {
    if (bit(RECENT)) {
      distance = recent1;
      if (bit(RECENT + 1)) {
        distance = recent2;
        if (bit(RECENT + 2)) {
          distance = recent3;
          recent3 = recent2;
        }
        recent2 = recent1;
      }
      recent1 = recent0;
    }
    length = number(RUN);
  } else {
    length = number(LENGTH) + 1;
    distance = number(DISTANCE + (min(length, 5) << 12));
    recent3 = recent2;
    recent2 = recent1;
    recent1 = recent0;
  }
  recent0 = distance;
  matched = 1;
  while (length-- > 0) put(load<u8>(at - <usize>distance));
}

/** Bytes of the module, which begins at OUT; 0 if the text is damaged. */
export function unpack(): i32 {
  for (let n = 0; n < 17; n++) store<u16>(RATES + (n << 1), 131072 / (2 * n + 3));
  if (!isDefined(PACK)) for (let i = 0; i < 5; i++) value = (value << 6) | digit();
  for (let part = 0; part < 3; part++) {
    // What comes before the code, the code, and what comes after it.
    const end = at + number(SIZE) - 1;
    if (part == 1) {
      op = HEADER;
      left = 1;
    } else {
      op = RAW;
      left = <i32>(at - end);
    }
    while (at < end) step();
    copy();
  }
  return number(SIZE) == <i32>(sum >>> 8) + 1 ? <i32>(out - OUT) : 0;
}

/** The model forgets, and takes the decisions wanted from the first: to note, or to price. */
export function rewind(toPrice: bool): void {
  decisions = 0;
  price = 0;
  pricing = toPrice;
}

export function priced(): f32 {
  return price;
}
