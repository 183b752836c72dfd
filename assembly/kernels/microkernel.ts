/**
 * The micro-kernel of the matrix product: computes a tile of 2 rows × 64 bytes in registers, and stores tiles to C.
 * Knows real scalars and bytes, no blocking and no packing: a complex row of A is a pair of real rows (re, im).
 *
 *               64 bytes: 16 float32, 8 float64, 8 complex64 or 4 complex128
 *     row 0   [ x0 | x1 | x2 | x3 ]      complex:  Re a · b      folded into
 *     row 1   [ y0 | y1 | y2 | y3 ]                Im a · b      one row a · b
 */
import { madd, swap64, swap128 } from '../simd/lanes';

/** Bytes of a tile's row. */
export const ROW: i32 = 64;
/** Bytes of a tile. */
export const TILE: i32 = 2 * ROW;

/** A scalar of A that was packed as a whole vector of copies. */
@unmanaged @final
export class Packed {
  @inline at(a: usize, _step: usize): usize { return a; }
  @inline next(a: usize, step: usize): usize { return a + step; }
  @inline spread<T>(at: usize): v128 { return v128.load(at); }
}

/** A scalar of A where it lies in its matrix. */
@unmanaged @final
export class InPlace {
  @inline at(a: usize, _step: usize): usize { return a; }
  @inline next(a: usize, step: usize): usize { return a + step; }
  @inline spread<T>(at: usize): v128 { return v128.load_splat<T>(at); }
}

/** A scalar of A at an offset that a table holds: `a` is the offset's address, `csa` the address to which the offset is added. */
@unmanaged @final
export class Indexed {
  @inline at(a: usize, step: usize): usize { return step + load<i32>(a); }
  @inline next(a: usize, _step: usize): usize { return a + 4; }
  @inline spread<T>(at: usize): v128 { return v128.load_splat<T>(at); }
}

/**
 * tile ← Σₚ aₚ ⊗ bₚ, p = 0 … k−1 in this order and from 0. The rows of the pair lie `gap` bytes apart. From one p to the next A advances by
 * `csa` bytes, or by an entry of a table, and B by `rsb` bytes.
 * Eight sums, six loads and a product fill the 15 vector registers that an engine can use. Engines hoist the loads of a loop body, so a loop
 * unrolled over p would spill. Packed copies need neither shuffles nor broadcasting loads, whose cost differs from engine to engine.
 * Broadcasting loads serve where A is used too seldom to be worth packing.
 */
export function microkernel<T, A>(k: i32, a: usize, gap: i32, csa: i32, b: usize, rsb: i32, tile: usize): void {
  let x0 = v128.splat<T>(0), x1 = x0, x2 = x0, x3 = x0;
  let y0 = x0, y1 = x0, y2 = x0, y3 = x0;
  for (; k > 0; --k) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const b2 = v128.load(b, 32);
    const b3 = v128.load(b, 48);
    const at = changetype<A>(0).at(a, csa);
    const x = changetype<A>(0).spread<T>(at);
    x0 = madd<T>(x, b0, x0);
    x1 = madd<T>(x, b1, x1);
    x2 = madd<T>(x, b2, x2);
    x3 = madd<T>(x, b3, x3);
    const y = changetype<A>(0).spread<T>(at + gap);
    y0 = madd<T>(y, b0, y0);
    y1 = madd<T>(y, b1, y1);
    y2 = madd<T>(y, b2, y2);
    y3 = madd<T>(y, b3, y3);
    a = changetype<A>(0).next(a, csa);
    b += rsb;
  }
  storeRow(tile, x0, x1, x2, x3);
  storeRow(tile + ROW, y0, y1, y2, y3);
}

/**
 * x, y ← Σₚ aₚ · bₚ lane by lane: A has a vector where the matrix product has a scalar, and both rows of the pair are multiplied by the same
 * vectors of B. `a` is the address of the offsets, `base` the address to which they are added.
 */
export function lanewise<T>(k: i32, a: usize, gap: i32, base: usize, b: usize, rsb: i32, x: usize, y: usize): void {
  let x0 = v128.splat<T>(0), x1 = x0, x2 = x0, x3 = x0;
  let y0 = x0, y1 = x0, y2 = x0, y3 = x0;
  for (; k > 0; --k) {
    const at = base + load<i32>(a);
    const b0 = v128.load(b);
    x0 = madd<T>(v128.load(at), b0, x0);
    y0 = madd<T>(v128.load(at + gap), b0, y0);
    const b1 = v128.load(b, 16);
    x1 = madd<T>(v128.load(at, 16), b1, x1);
    y1 = madd<T>(v128.load(at + gap, 16), b1, y1);
    const b2 = v128.load(b, 32);
    x2 = madd<T>(v128.load(at, 32), b2, x2);
    y2 = madd<T>(v128.load(at + gap, 32), b2, y2);
    const b3 = v128.load(b, 48);
    x3 = madd<T>(v128.load(at, 48), b3, x3);
    y3 = madd<T>(v128.load(at + gap, 48), b3, y3);
    a += 4;
    b += rsb;
  }
  storeRow(x, x0, x1, x2, x3);
  storeRow(y, y0, y1, y2, y3);
}

@inline
function storeRow(row: usize, x0: v128, x1: v128, x2: v128, x3: v128): void {
  v128.store(row, x0);
  v128.store(row, x1, 16);
  v128.store(row, x2, 32);
  v128.store(row, x3, 48);
}

/**
 * Row 0 of the tile ← a·b from the pair of rows x = Re a · (br, bi) and y = Im a · (br, bi):
 *   (x₀ − σA σB y₁,  σB x₁ + σA y₀),   σ = −1 where that operand is conjugated.
 */
export function fold<T>(tile: usize, conjA: bool, conjB: bool): void {
  const signX = pair<T>(1, conjB ? -1 : 1);
  const signY = pair<T>(conjA == conjB ? -1 : 1, conjA ? -1 : 1);
  for (let i = 0; i < ROW; i += 16) {
    const x = v128.load(tile + i);
    const y = v128.load(tile + i, ROW);
    const turned = sizeof<T>() == 8 ? swap128(y) : swap64(y);
    v128.store(tile + i, v128.add<T>(v128.mul<T>(x, signX), v128.mul<T>(turned, signY)));
  }
}

/** (re, im) in each pair of lanes. */
@inline
function pair<T>(re: T, im: T): v128 {
  const z = v128.replace_lane<T>(v128.splat<T>(re), 1, im);
  return sizeof<T>() == 8 ? z : v128.shuffle<f64>(z, z, 0, 0);
}

/** C ← tile, or C ← C + tile: `rows` rows of `bytes` bytes; rows of C lie `ldc` bytes apart. */
export function emit<T>(tile: usize, rows: i32, bytes: i32, c: usize, ldc: i32, accumulate: bool): void {
  for (; rows > 0; --rows) {
    if (bytes == ROW) {
      emitVector<T>(tile, c, accumulate);
      emitVector<T>(tile + 16, c + 16, accumulate);
      emitVector<T>(tile + 32, c + 32, accumulate);
      emitVector<T>(tile + 48, c + 48, accumulate);
    } else {
      let i = 0;
      for (; i <= bytes - 16; i += 16) emitVector<T>(tile + i, c + i, accumulate);
      for (; i < bytes; i += sizeof<T>()) store<T>(c + i, accumulate ? load<T>(c + i) + load<T>(tile + i) : load<T>(tile + i));
    }
    tile += ROW;
    c += ldc;
  }
}

@inline
function emitVector<T>(sum: usize, c: usize, accumulate: bool): void {
  let x = v128.load(sum);
  if (accumulate) x = v128.add<T>(v128.load(c), x);
  v128.store(c, x);
}
