/**
 * Unpacks the core from text: a module of its own, run once before the core is instantiated. It is no part of the core.
 * `scripts/pack.mjs` makes the text; it compiles this file too, as the model that tells it the cost of each choice.
 *
 * Note [Packed core]. gzip sees bytes; a module has a grammar. Here each byte is either coded in the context of the opcode and the immediate
 * to which it belongs, or copied from earlier bytes. A range coder with adaptive probabilities codes every decision, as in LZMA. The text has 63
 * digits of equal frequency: together with the code that ends a block, gzip has 64 codes of 6 bits. The text lacks three parts of the module:
 * the sizes of functions, as the grammar shows where each function ends; the section of the functions' types, as a type stands before each
 * function; and the entries of the function table, which are the first functions in order. The unpacker leaves room for them.
 * In a fresh process a prototype in JavaScript took 40 ms where one in WebAssembly took 7; once its loops were compiled, 14 against 4.
 *
 *   0        1 MiB    2 MiB       3 MiB                             8 MiB      9 MiB
 *   | text   | module | no sizes  | a counter for each decision ... | places   |
 *
 * A step is a literal or a match. The kinds of the last three steps are the context of the next one's kind. A match that begins at an opcode
 * counts its distance in opcodes. The literal after a match is not the byte with which the match would have continued, but that byte predicts
 * it well: so such a literal has second counters, twins, whose context includes that byte.
 *
 * A counter is a probability of 16 bits, where 0 means one half, and the number of decisions seen, 5 bits. Damaged text unpacks to other bytes,
 * which the checksum at its end reveals; it can ask for no address outside this module's own memory.
 */
import { among, BR_TABLE, END, HEADER, immediates, LOCALS, RAW, TARGETS, TYPE, VECTOR, VECTORS } from './grammar';

const OUT: usize = 1 << 20;
const FLAT: usize = 2 << 20;
const SLOTS: usize = 3 << 20;
const RATES: usize = SLOTS - 64;
const WEIGHTS: usize = SLOTS - 128;
const PLACES: usize = 8 << 20; // the addresses of opcodes

/** Slots of counters: a tree of 256 for the literals of each state; whether a step is a match; its kind; numbers, 4096 for each use; twins, hashed. */
const MATCH = 0x100000;
const KIND = 0x104000;
const RECENT = KIND + 0x80;
const NUMBERS = 0x105000;
const SIZE = NUMBERS;
const REPEAT = NUMBERS + 0x1000; // length of a match at a recent distance; in the next 4096 if it begins at an opcode
const LENGTH = NUMBERS + 0x3000; // length of a match at a new distance, minus 1; likewise
const DISTANCE = NUMBERS + 0x3000; // by length 2, 3, 4, more
const TWINS = 0x110000;

const BASE: u32 = 63;
const FLOOR = BASE * BASE * BASE * BASE; // the range is at least this after digits are read
let range: u32 = FLOOR * BASE;
let value: u32 = 0;
let text: usize = 0;

let at: usize = FLAT;
let sum: u32 = 0;
let op: i32 = RAW;
/** The number of immediates that follow; a negative number counts bytes. */
let left: i32 = 0;
/** 4 inside a number of several bytes. */
let inside: i32 = 0;
let depth: i32 = 0;
/** How far the module without sizes has been copied, and the copy's end. */
let copied: usize = FLAT;
let out: usize = OUT;
/** Address of the next function's type. */
let types: usize = OUT;

let recent0: i32 = 0;
let recent1: i32 = 0;
let recent2: i32 = 0;
let recent3: i32 = 0;
/** The kinds of the last three steps, 2 bits each, the last step lowest: 0 a literal, 1 a match at a recent distance, 2 at a new one. */
let past: i32 = 0;
let place: usize = PLACES - 4; // of the last opcode

/** For the packer's model: it reads each decision instead of decoding it, and notes its probability; or it adds up given prices. */
const WANTED: usize = 10 << 20;
const NOTES: usize = 16 << 20;
const PRICES: usize = 48 << 20;
const STATES: usize = 64 << 20;
const WORTHS: usize = 66 << 20;
let decisions: i32 = 0;
let pricing: bool = false;
let price: f32 = 0;

function digit(): u32 {
  const char = load<u8>(text++);
  return char - 63 - u32(char > 92);
}

/** Updates a counter by a decision: its probability moves by 1/(n + 1.5) of its error, n ≤ 16. */
function learn(slot: i32, one: i32): void {
  const counter = SLOTS + (<usize>slot << 2);
  const state = load<i32>(counter);
  const seen = state & 31;
  const error = (one << 16) - one - 32768 - (state >> 5);
  store<i32>(counter, state + (((error * load<u16>(RATES + (seen << 1))) >> 16) << 5) + i32(seen < 16));
}

/** Decodes one decision. A twin, unless it is 0, counts the same decision in a rarer context; its weight grows with the decisions seen: n/(n + 2). */
function bit(slot: i32, twin: i32): i32 {
  let p = load<i32>(SLOTS + (<usize>slot << 2)) >> 5;
  if (twin) {
    const state = load<i32>(SLOTS + (<usize>twin << 2));
    p += (((state >> 5) - p) * load<u16>(WEIGHTS + ((state & 31) << 1))) >> 15;
  }
  p = ((p >> 1) + 16384) | 1;
  let one: i32;
  if (isDefined(PACK)) {
    one = load<u8>(WANTED + decisions);
    if (pricing) {
      const own = load<f32>(PRICES + (((<usize>slot << 1) + one) << 2));
      price += own;
      if (twin) price += (load<f32>(PRICES + (((<usize>twin << 1) + one) << 2)) - own) * load<f32>(WORTHS + (<usize>twin << 2));
      decisions++;
      return one;
    }
    const note = NOTES + <usize>decisions * 12;
    store<i32>(note, slot);
    store<i32>(note, twin, 4);
    store<i32>(note, p, 8);
    decisions++;
  } else {
    const bound = (range >>> 15) * p;
    one = i32(value < bound);
    if (one) range = bound;
    else {
      value -= bound;
      range -= bound;
    }
    while (range < FLOOR) {
      range *= BASE;
      value = value * BASE + digit();
    }
  }
  learn(slot, one);
  if (twin) learn(twin, one);
  return one;
}

/** Decodes a number ≥ 1: the number of bits behind its first, in unary, then those bits. */
export function number(slot: i32): i32 {
  let bits = 0;
  while (bit(slot + bits, 0)) bits++;
  slot += 32 + (bits << 6);
  let n = 1;
  for (let k = bits; k > 0; k--) n = (n << 1) + bit(slot + (bits - k < 3 ? n : 32 + k), 0);
  return n;
}

/** Decodes a byte. After a match `other` is the byte with which the match would have continued, else -1. */
export function literal(state: i32, other: i32): i32 {
  const twins = (((state << 8) | other) * 0x9e3779b1) >>> 15;
  let tree = 1;
  while (tree < 256) tree = (tree << 1) + bit((state << 8) + tree, other < 0 ? 0 : TWINS + (twins ^ tree));
  return tree & 255;
}

/** The context of the next byte: its opcode and immediate. */
function state(): i32 {
  return (op << 3) + (left > 0 ? inside + min(left, 3) : -left & 7);
}

/** Copies the bytes decoded since the last copy. */
function copy(): void {
  memory.copy(out, copied, at - copied);
  out += at - copied;
  copied = at;
}

/** Writes a number and returns the address behind it. */
function leb(to: usize, n: u32): usize {
  for (; n > 127; n >>>= 7) store<u8>(to++, n | 128);
  store<u8>(to, n);
  return to + 1;
}

/** Begins a function, with its type. */
function open(): void {
  depth = 0;
  op = TYPE;
  left = 1;
}

/** Ends a function: copies its size, then its bytes. */
function close(): void {
  out = leb(out, <u32>(at - copied));
  copy();
  open();
}

/** Appends a byte and advances in the grammar. */
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
    } else if (op == TYPE) {
      store<u8>(types++, byte);
      copied = at;
      op = HEADER;
      left = 1;
    } else if (op == HEADER) {
      op = LOCALS;
      left = byte << 1;
    }
    inside = 0;
  }
  if (left == 0 && op != RAW) store<i32>((place += 4), <i32>at);
  if (isDefined(PACK)) store<i32>(STATES + ((at - FLAT) << 2), state());
}

/** Decodes a step: a literal, or a match at one of the last four distances or at a new one. At an opcode a new distance counts opcodes. */
function step(): void {
  const now = state();
  const last = past & 3;
  const opcode = i32(left == 0);
  if (!bit(MATCH + (now << 2) + (last ? last : past & 12 ? 3 : 0), 0)) {
    past = (past << 2) & 63;
    put(literal(now, last ? load<u8>(at - <usize>recent0) : -1));
    return;
  }
  let length: i32;
  let distance = recent0;
  if (bit(KIND + (past << 1) + opcode, 0)) {
    const recent = RECENT + (last << 2);
    if (bit(recent, 0)) {
      distance = recent1;
      if (bit(recent + 1, 0)) {
        distance = recent2;
        if (bit(recent + 2, 0)) {
          distance = recent3;
          recent3 = recent2;
        }
        recent2 = recent1;
      }
      recent1 = recent0;
    }
    length = number(REPEAT + (opcode << 12));
    past = ((past << 2) + 1) & 63;
  } else {
    length = number(LENGTH + (opcode << 12)) + 1;
    distance = number(DISTANCE + (min(length, 5) << 12));
    if (opcode) distance = <i32>at - load<i32>(place - (<usize>distance << 2));
    recent3 = recent2;
    recent2 = recent1;
    recent1 = recent0;
    past = ((past << 2) + 2) & 63;
  }
  recent0 = distance;
  while (length-- > 0) put(load<u8>(at - <usize>distance));
}

/** Unpacks the module to OUT and returns its length; 0 if the text is damaged. */
export function unpack(): i32 {
  for (let n = 0; n < 17; n++) {
    store<u16>(RATES + (n << 1), 131072 / (2 * n + 3));
    store<u16>(WEIGHTS + (n << 1), (n << 15) / (n + 2));
  }
  if (!isDefined(PACK)) for (let i = 0; i < 5; i++) value = value * BASE + digit();
  types += number(SIZE);
  let entry = OUT + number(SIZE);
  const entries = number(SIZE) - 1;
  for (let part = 0; part < 3; part++) {
    // The sections before the code, the code section, and the sections after it.
    const end = at + number(SIZE) - 1;
    if (part == 1) open();
    else {
      op = RAW;
      left = <i32>(at - end);
    }
    while (at < end) step();
    copy();
  }
  for (let n = 0; n < entries; n++) entry = leb(entry, n);
  return number(SIZE) == <i32>(sum >>> 8) + 1 ? <i32>(out - OUT) : 0;
}

/** Resets the model's walk to the first decision: to note probabilities, or to add up prices. */
export function rewind(toPrice: bool): void {
  decisions = 0;
  price = 0;
  pricing = toPrice;
}

export function priced(): f32 {
  return price;
}
