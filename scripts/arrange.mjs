/**
 * Rearranges a module so that it packs best, without changing what it computes: puts each function behind one that it resembles, to which the
 * packer's probabilities have adapted; the functions of the table first, in its order; joins segments of data; numbers locals by their first use.
 * Knows no function's meaning, and does not pack.
 */
import binaryen from 'assemblyscript/binaryen';

/** Lines of a phrase. Functions resemble one another by the phrases that they share. */
const PHRASE = 3;
/** The factor by which a phrase counts less for each function that it lies further back. */
const FADING = 0.7;
/** Phrases added to a function's number of phrases, so that the shortest functions don't go first. */
const SHORT = 30;
/** Up to so many zeros between two segments cost less than a further segment. */
const GAP = 16;

/** The text's lines in three parts: those before the functions, a list for each function, those behind. */
function split(text) {
  const lines = text.split('\n');
  const isStart = (line) => line.startsWith(' (func ');
  const first = lines.findIndex(isStart);
  const last = lines.lastIndexOf(' )') + 1;
  const functions = [];
  for (const line of lines.slice(first, last)) {
    if (isStart(line)) functions.push([]);
    functions.at(-1).push(line);
  }
  return [lines.slice(0, first), functions, lines.slice(last)];
}

/** The phrases of a function, with its names removed. */
function phrases(lines) {
  const body = lines.slice(1).map((line) => line.replace(/\$[^\s)]*[^\s)\d][^\s)]*/g, '$').trim());
  return new Set(body.slice(PHRASE - 1).map((_, k) => body.slice(k, k + PHRASE).join('\n')));
}

/** Orders the functions with these numbers so that similar ones are neighbours; the first stays first. */
function byLikeness(numbers, said) {
  const users = new Map();
  for (const k of numbers) for (const phrase of said[k]) users.set(phrase, [...(users.get(phrase) ?? []), k]);
  const likeness = new Float64Array(said.length);
  const left = new Set(numbers);
  const order = [];
  for (let [next] = numbers; ; ) {
    order.push(next);
    left.delete(next);
    if (!left.size) return order;
    likeness.forEach((value, k) => {
      likeness[k] = value * FADING;
    });
    for (const phrase of said[next]) {
      const others = users.get(phrase);
      for (const k of others) if (left.has(k)) likeness[k] += 1 / Math.log2(1 + others.length) / (said[k].size + SHORT);
    }
    next = [...left].reduce((best, k) => (likeness[k] > likeness[best] ? k : best));
  }
}

/** The first index of the table in the text. No other number of a module is as large, so a number's size shows whether it is an index. */
export const TABLE_BASE = 1234567;

const TABLE = /^ \(elem \$0 \(i32\.const (\d+)\) (.*)\)$/;

/** The module's text with similar functions next to each other. The functions of the table come first, in its order; the table begins at `first`. */
function ordered(text, first) {
  const [head, functions, tail] = split(text);
  const at = head.findIndex((line) => TABLE.test(line));
  const [, base, entries] = TABLE.exec(head[at]);
  const listed = entries.split(' ');
  const names = functions.map(([first]) => /\$("[^"]*"|[^\s)]+)/.exec(first)[0]);
  const inTable = new Set(listed);
  const said = functions.map(phrases);
  const [taken, others] = [true, false].map((is) => {
    const numbers = [...names.keys()].filter((k) => inTable.has(names[k]) === is);
    return byLikeness(numbers, said);
  });
  const place = new Map(taken.map((k, i) => [names[k], i + first]));
  head[at] = ` (elem $0 (i32.const ${first}) ${taken.map((k) => names[k]).join(' ')})`;
  const table = head.findIndex((line) => /\(table \$0 \d+/.test(line));
  head[table] = head[table].replace(/(?<=\(table \$0 )\d+/, taken.length + first);
  const placed = (line) => line.replace(/(?<=i32\.const )\d+/, (n) => place.get(listed[n - base]) ?? n);
  return [...head, ...[...taken, ...others].flatMap((k) => functions[k]).map(placed), ...tail].join('\n');
}

/** Joins a module's data to few segments. */
function joinData(module) {
  const segments = [];
  const found = Array.from({ length: module.getNumDataSegments() }, (_, k) => module.getDataSegmentInfo(module.getDataSegmentByIndex(k)));
  for (const { offset, data } of found.sort((a, b) => a.offset - b.offset)) {
    const last = segments.at(-1);
    const gap = last ? offset - last.offset - last.data.length : Infinity;
    if (gap > GAP) segments.push({ offset, data: [...new Uint8Array(data)] });
    else last.data.push(...new Uint8Array(gap), ...new Uint8Array(data));
  }
  const { initial, max } = module.getMemoryInfo();
  const placed = segments.map(({ offset, data }) => ({ offset: module.i32.const(offset), data: Uint8Array.from(data) }));
  module.setMemory(initial, max, null, placed);
}

/** The bytes of a module, from its text; its table begins at `first`. A module that imports its memory keeps its segments. */
export function arranged(text, first = 1) {
  const module = binaryen.parseText(ordered(text, first));
  if (!text.includes('(import "env" "memory"')) joinData(module);
  module.runPasses(['reorder-locals']);
  return module.emitBinary();
}
