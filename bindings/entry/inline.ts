/** The core from the package itself, as text: no file to find. The default. See Note [Text of the core] in scripts/inline.mjs. */
import { common, size, text } from '../../build/core.js';

export function source(): Uint8Array {
  const byteOf = alphabet();
  const codes = new TextEncoder().encode(text);
  // In place: a byte takes one code or two, so the bytes written stay behind the codes read.
  for (let i = 0, at = 0; i < size; i++) {
    let code = codes[at++] as number;
    if (code > 124) code = (code - 124) * 128 + (codes[at++] as number);
    codes[i] = byteOf[code] as number;
  }
  return codes.subarray(0, size);
}

/** Bytes by code: those of one digit from 0, those of two from 128 and 256. */
function alphabet(): Uint8Array {
  const base = common.length;
  const rare = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !common.includes(byte));
  const byteOf = new Uint8Array(3 * 128);
  [...common, ...rare].forEach((byte, rank) => {
    const digit = rank % base;
    byteOf[128 * Math.floor(rank / base) + digit + (digit < 57 ? 35 : 36)] = byte;
  });
  return byteOf;
}
