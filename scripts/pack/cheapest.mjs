/**
 * Finds the cheapest sequence of steps, matches and literals, for a module at given prices, by shortest paths over its bytes. A step's price depends
 * on the recent distances and on the kinds of the last steps, so for each position a few paths are kept that differ in these. Doesn't know the
 * decisions by which a step is coded.
 */
import { recentAfter, recentBits } from './decisions.mjs';

/** Slots of `assembly/unpack.ts`. */
const MATCH = 0x100000;
const KIND = 0x104000;
const RECENT = KIND + 0x80;
const REPEAT = 0x106000;
const LENGTH = 0x108000;
const DISTANCE = 0x108000;
/** Slots of one number. */
const NUMBER = 0x1000;

const LONGEST = 300;
/** Lengths of a match that are tried; of a longer match the whole length besides. */
const TRIED = 48;
const WAYS = 4;

/** Kinds of steps, as in `past`. */
const LITERAL = 0;
const AGAIN = 1;
const ANEW = 2;
const pastAfter = (past, kind) => ((past << 2) + kind) & 63;

/** The number of bytes, `most` at most, that are the same from i and from j on. */
function common(bytes, i, j, most = Math.min(LONGEST, bytes.length - i)) {
  let length = 0;
  while (length < most && bytes[i + length] === bytes[j + length]) length++;
  return length;
}

/** For each position the lengths of earlier occurrences, each with its nearest distance: [length, distance, length, distance…], both ascending. */
export function matches(bytes, ordinals) {
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

/** The prices of the steps from a position. Prices that don't depend on the position are tabulated. */
class Prices {
  constructor(price) {
    this.price = price;
    const all = (slot) => Array.from({ length: LONGEST + 1 }, (_, n) => (n ? price.number(slot, n) : 0));
    this.runs = [all(REPEAT), all(REPEAT + NUMBER)];
    this.lengths = [all(LENGTH), all(LENGTH + NUMBER)];
    const sum = (slot, bits) => bits.reduce((cost, one, k) => cost + price.bit(slot + k, one), 0);
    this.ranks = [0, 1, 2].map((last) => [0, 1, 2, 3].map((r) => sum(RECENT + 4 * last, recentBits(r))));
  }

  /** The price of the decision whether the step is a match. */
  match(state, past, one) {
    return this.price.bit(MATCH + 4 * state + (past & 3 || (past & 12 ? 3 : 0)), one);
  }

  /** The price of the decision whether a match's distance is a recent one. */
  kind(opcode, past, one) {
    return this.price.bit(KIND + 2 * past + opcode, one);
  }

  distance(length, far) {
    return this.price.number(DISTANCE + NUMBER * Math.min(length, 5), far);
  }
}

/** The paths to each position: their last step, their cost, and the state that later prices depend on. */
class Ways {
  constructor(size) {
    this.to = Array.from({ length: size + 1 }, () => []);
    this.to[0].push({ cost: 0, at: 0, distance: 0, recent: [0, 0, 0, 0], past: 0 });
  }

  /** Returns and removes the paths to a position; later paths refer to those that are still needed. */
  take(at) {
    const taken = this.to[at];
    this.to[at] = [];
    return taken;
  }

  /** Keeps a path, unless a cheaper one has the same state, or enough others are cheaper. */
  reach(from, length, cost, distance, recent, kind) {
    const at = from.at + length;
    const list = this.to[at];
    if (list.length === WAYS && cost >= list[WAYS - 1].cost) return;
    const past = pastAfter(from.past, kind);
    let k = list.findIndex((way) => way.past % 4 > 0 === kind > 0 && way.recent[0] === recent[0] && way.recent[1] === recent[1]);
    if (k >= 0 && list[k].cost <= cost) return;
    if (k < 0) k = list.length < WAYS ? list.length : WAYS - 1;
    for (; k > 0 && list[k - 1].cost > cost; k--) list[k] = list[k - 1];
    list[k] = { cost, from, distance, recent, past, at };
  }
}

/** The length that is tried after `length`, up to the longest. */
const next = (length, longest) => (length < TRIED ? length + 1 : Math.max(longest, length + 1));

/** The search. `found` are the module's matches; `states` and `ordinals` the contexts and opcode numbers of its bytes. */
class Search {
  constructor({ bytes, found, ordinals }, states, price) {
    Object.assign(this, { bytes, found, ordinals, states });
    this.prices = new Prices(price);
    this.ways = new Ways(bytes.length);
  }

  literal(way) {
    const { at, cost, recent, past } = way;
    const state = this.states[at];
    const other = past & 3 ? this.bytes[at - recent[0]] : -1;
    this.ways.reach(way, 1, cost + this.prices.match(state, past, 0) + this.prices.price.literal(state, this.bytes[at], other), 0, recent, LITERAL);
  }

  /** Tries matches at recent distances. */
  again(way, cost, opcode, room) {
    const { at, recent, past } = way;
    const known = cost + this.prices.kind(opcode, past, 1);
    const lengths = this.prices.runs[opcode];
    for (let r = 0; r < 4; r++) {
      const distance = recent[r];
      if (distance === 0) continue;
      const after = recentAfter(recent, distance, r);
      const told = known + this.prices.ranks[past & 3][r];
      const longest = common(this.bytes, at, at - distance, Math.min(room, LONGEST));
      for (let length = 1; length <= longest; length = next(length, longest)) this.ways.reach(way, length, told + lengths[length], distance, after, AGAIN);
    }
  }

  /** Tries matches at new distances. */
  anew(way, cost, opcode, room) {
    const { at, recent, past } = way;
    const told = cost + this.prices.kind(opcode, past, 0);
    const lengths = this.prices.lengths[opcode];
    const found = this.found[at];
    for (let k = 0, length = 2; k < found.length; k += 2) {
      const [longest, distance] = [Math.min(room, found[k]), found[k + 1]];
      const after = recentAfter(recent, distance);
      const far = opcode ? this.ordinals[at] - this.ordinals[at - distance] : distance;
      for (length = next(length - 1, longest); length <= longest; length = next(length, longest)) {
        this.ways.reach(way, length, told + this.prices.distance(length, far) + lengths[length - 1], distance, after, ANEW);
      }
    }
  }

  /** Tries all steps from a position that end at `end` or before. */
  leave(at, end) {
    const opcode = this.ordinals[at] ? 1 : 0;
    for (const way of this.ways.take(at)) {
      this.literal(way);
      const cost = way.cost + this.prices.match(this.states[at], way.past, 1);
      this.again(way, cost, opcode, end - at);
      this.anew(way, cost, opcode, end - at);
    }
  }
}

/** The steps [length, distance, byte] of the cheapest sequence; no step extends from one part of the module into the next. */
export function cheapest(module, states, price) {
  const { bytes, sizes } = module;
  const search = new Search(module, states, price);
  let at = 0;
  let end = 0;
  for (const size of sizes) for (end += size; at < end; at++) search.leave(at, end);
  const told = [];
  for (let [way] = search.ways.take(at); way.from; way = way.from) told.push([way.at - way.from.at, way.distance, bytes[way.at - 1]]);
  return told.reverse();
}
