/** Passes any number of tensors to the core, as pairs of address and generation. Knows no ops. */
import { revive } from '../call.js';
import { core, i32, views } from '../module.js';
import type { Tensor } from '../tensor.js';

/** Writes the pairs of tensors, with room for `results` results and for each null. Returns their address; 0 when memory is out. */
export function written(tensors: readonly (Tensor | null)[], results: number): number {
  const needed = tensors.filter((t) => t !== null);
  for (const t of needed) if (t.at === 0) revive(t, needed);
  const at = core.handles(Math.max(tensors.length, results)) >>> 0;
  views();
  for (let k = 0, pair = at >>> 2; k < tensors.length && at !== 0; k++, pair += 2) {
    const t = tensors[k] as Tensor | null;
    if (t === null) continue;
    i32[pair] = t.at;
    i32[pair + 1] = t.generation;
  }
  return at;
}
