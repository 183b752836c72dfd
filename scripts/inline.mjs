/**
 * Writes bytes as a JavaScript module of text that compresses as the bytes do. `bindings/entry/inline.ts` reads it back.
 *
 * Note [Text of the core]. Every minifier keeps printable ASCII as it stands; bytes above 127 it may write as four characters.
 * So the text has digits only: the characters # to ~ without the backslash, 91 of them. The 89 most frequent bytes are one digit each;
 * the others are two, of which the first (89 or 90) says which 89 of them the second counts in. Both kinds stand in ascending order,
 * so the list of the frequent ones is all a reader needs. Base64 costs 40 % after gzip, for it cuts across bytes and hides what repeats; this costs 0.5 %.
 */

const BASE = 89;
const digit = (n) => String.fromCharCode(n + (n < 57 ? 35 : 36)); // 92 is the backslash

/** `{ common, text }`: the frequent bytes in ascending order, and the digits. */
export function encode(bytes) {
  const count = new Array(256).fill(0);
  for (const byte of bytes) count[byte]++;
  const byFrequency = [...count.keys()].sort((a, b) => count[b] - count[a]);
  const ascending = (list) => list.sort((a, b) => a - b);
  const common = ascending(byFrequency.slice(0, BASE));
  const code = [];
  [...common, ...ascending(byFrequency.slice(BASE))].forEach((byte, rank) => {
    const page = Math.floor(rank / BASE);
    code[byte] = (page === 0 ? '' : digit(BASE - 1 + page)) + digit(rank % BASE);
  });
  return { common, text: Array.from(bytes, (byte) => code[byte]).join('') };
}

/** The module's source: `size` in bytes, `common`, `text`. */
export function inlineModule(bytes) {
  const { common, text } = encode(bytes);
  return `/** The core's bytes as text. */\nexport const size = ${bytes.length};\nexport const common = [${common}];\nexport const text = "${text}";\n`;
}
