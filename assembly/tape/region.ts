/**
 * Regions: the time while a function runs whose gradient rule is JavaScript. Some of the open tapes record none of its ops. Watched tensors from
 * outside that it reads, other than its arguments, are noted as captured, because its rule gives them no gradient. Knows records and marks, no ops.
 */
import { Vector } from '../memory/vector';
import { refer, releaseRecord, Tensor } from '../tensor/tensor';

/** Bits of the open tapes that don't record the region. */
export let hidden: u32 = 0;

/** The region's first value number: values before it come from outside. */
let firstValue: u32 = 0;

/** Where the innermost region's captured records begin among the entries; 0 outside all regions. */
let base: usize = 0;

/** For each open region the three variables above as they were before it, then the records that it has captured. */
const ENTRIES = changetype<Vector>(memory.data(offsetof<Vector>(), 4));

/** Opens a region that the tapes of `bits` don't record; false when memory is out. */
export function openRegion(bits: u32, first: u32): bool {
  const at = ENTRIES.extend(12);
  if (!at) return false;
  store<u32>(at, hidden);
  store<u32>(at, firstValue, 4);
  store<usize>(at, base, 8);
  hidden |= bits;
  firstValue = first;
  base = ENTRIES.length;
  return true;
}

/** Ends the region and forgets what it has captured. */
export function closeRegion(): void {
  for (let i = 0, n = capturedCount(); i < n; i++) releaseRecord(captured(i));
  const before = ENTRIES.start + base - 12;
  ENTRIES.length = base - 12;
  hidden = load<u32>(before);
  firstValue = load<u32>(before, 4);
  base = load<usize>(before, 8);
}

// @ts-ignore: decorator
@inline
export function isInRegion(): bool {
  return base != 0;
}

export function capturedCount(): i32 {
  return <i32>((ENTRIES.length - base) >> 2);
}

export function captured(i: i32): Tensor {
  return load<Tensor>(ENTRIES.start + base + (<usize>i << 2));
}

/** Notes t, an operand, as captured if a tape among `watching` watches it and it comes from outside; false when memory is out. */
export function noteCaptured(t: Tensor, watching: u32): bool {
  if (!(t.watchers & watching) || t.value >= firstValue) return true;
  for (let i = 0, n = capturedCount(); i < n; i++) if (captured(i) == t) return true;
  const at = ENTRIES.extend(4);
  if (!at) return false;
  store<Tensor>(at, t);
  refer(t);
  return true;
}
