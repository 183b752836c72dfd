/** Finds the name that a misspelt one, or one of another library, is meant for. Knows no op. */

import { shown } from './errors.js';

/** Pairs: an option's name in NumPy, PyTorch, Keras or TensorFlow, where it has few letters in common with ours, and our name. */
const OTHERS =
  'dim axis dims axis axes axis ddof correction unbiased correction p ord rate dilations negativeslope alpha slope alpha constantvalues value loc mean scale std stddev std minval low maxval high diagonal k offset k ncol m num count depth count beta delta conjugateb adjointB'.split(
    ' ',
  );

/** A name in lower case, without underscores. */
const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

/** The number of letters to insert, delete or replace. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (const letter of a) {
    const next = [(row[0] as number) + 1];
    for (let j = 0; j < b.length; j++) next.push(Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + Number(letter !== b[j])));
    row = next;
  }
  return row[b.length] as number;
}

/** What is wrong with the names of options, if anything. */
export function strangerIn(options: object, names: readonly string[]): string | undefined {
  for (const name in options) if (!names.includes(name)) return noOption(name, names);
  return undefined;
}

export function noOption(word: string, names: readonly string[]): string {
  const near = nearest(word, names);
  return `no option is called ${shown(word)}${near ? `, did you mean ${near}?` : '.'} There ${names.length > 1 ? 'are' : 'is'} ${names.join(', ')}`;
}

/** The name nearest to `word`; undefined if none is near. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const wanted = plain(word.slice(0, 32));
  const other = OTHERS.find((name, i) => i % 2 && OTHERS[i - 1] === wanted && names.includes(name));
  if (other) return other;
  /** If one name begins with the other, the distance is ½, less than one letter. */
  const far = (name: string): number =>
    plain(name).startsWith(wanted) || wanted.startsWith(plain(name)) ? Number(wanted !== plain(name)) / 2 : distance(wanted, plain(name));
  const [best] = [...names].sort((a, b) => far(a) - far(b));
  return best !== undefined && far(best) <= Math.max(1, wanted.length / 2) ? best : undefined;
}
