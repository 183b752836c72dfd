/**
 * The functions of a module in another order: each after those that it resembles, which is where the packer looks for what repeats and
 * what its probabilities have settled to. Works on the text format, and knows nothing of what functions do.
 */

/** Lines that make a phrase; by what they share, functions resemble one another. */
const PHRASE = 3;
/** How much less a place further back counts. */
const FADING = 0.7;

/** The text's lines in three parts: before the functions, a list for each function, after. */
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

/** Phrases of a function, without the names in them. */
function phrases(lines) {
  const body = lines.slice(1).map((line) => line.replace(/\$[^\s)]*[^\s)\d][^\s)]*/g, '$').trim());
  return new Set(body.slice(PHRASE - 1).map((_, k) => body.slice(k, k + PHRASE).join('\n')));
}

/** The module's text with like functions next to each other. */
export function ordered(text) {
  const [head, functions, tail] = split(text);
  const said = functions.map(phrases);
  const users = new Map();
  for (const [k, own] of said.entries()) for (const phrase of own) users.set(phrase, [...(users.get(phrase) ?? []), k]);
  const likeness = new Float64Array(functions.length);
  const left = new Set(functions.keys());
  const order = [];
  for (let next = 0; ; ) {
    order.push(functions[next]);
    left.delete(next);
    if (!left.size) return [...head, ...order.flat(), ...tail].join('\n');
    likeness.forEach((value, k) => {
      likeness[k] = value * FADING;
    });
    for (const phrase of said[next]) {
      const others = users.get(phrase);
      for (const k of others) if (left.has(k)) likeness[k] += 1 / Math.log2(1 + others.length) / (said[k].size + 30);
    }
    next = [...left].reduce((best, k) => (likeness[k] > likeness[best] ? k : best));
  }
}
