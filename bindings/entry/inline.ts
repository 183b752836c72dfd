/** The core's bytes from the package itself: no file to find. */
import { bytes } from '../../build/core.js';

export function source(): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let i = 0; i < out.length; i++) out[i] = bytes.charCodeAt(i);
  return out;
}
