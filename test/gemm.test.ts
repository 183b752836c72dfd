/** The matrix product on raw memory: values are within the bound, bits depend only on k, and no byte elsewhere is written. */
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { beforeAll, describe, expect, test } from 'vitest';
import { DType } from '../assembly/shared/abi.js';

interface Kernel {
  readonly memory: WebAssembly.Memory;
  gemmWorkspace(dtype: DType, m: number, n: number, k: number): number;
  /** dtype, m, n, k, a, rsa, csa, conjA, b, rsb, csb, conjB, c, ldc, accumulate, work. */
  gemm(...operands: readonly (number | boolean)[]): void;
}

const MEMORY = 512; // pages of 64 KiB
const BASE = 4096; // the kernel keeps no data of its own below
let kernel: Kernel;
let u8: Uint8Array;
let f32: Float32Array;
let f64: Float64Array;
let i32: Int32Array;

beforeAll(async () => {
  let wasm = new Uint8Array();
  const options = '--runtime stub --use abort= -O3 --noAssert --enable simd --outFile gemm.wasm'.split(' ');
  const { error, stderr } = await asc.main(
    ['kernels/gemm.ts', '--baseDir', fileURLToPath(new URL('../assembly', import.meta.url)), '--initialMemory', `${MEMORY}`, ...options],
    {
      writeFile: (_, contents) => {
        wasm = contents as Uint8Array<ArrayBuffer>;
      },
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr}`);
  kernel = new WebAssembly.Instance(new WebAssembly.Module(wasm)).exports as unknown as Kernel;
  const { buffer } = kernel.memory;
  u8 = new Uint8Array(buffer);
  f32 = new Float32Array(buffer);
  f64 = new Float64Array(buffer);
  i32 = new Int32Array(buffer);
}, 120_000);

/** A generator of reproducible numbers in [0, 1). */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const dtypes = [DType.float32, DType.float64, DType.complex64, DType.complex128, DType.int32] as const;
const partsOf = (dtype: DType): number => (dtype === DType.complex64 || dtype === DType.complex128 ? 2 : 1);
const isDouble = (dtype: DType): boolean => dtype === DType.float64 || dtype === DType.complex128;
/** Bytes of a real or imaginary part. */
const partBytes = (dtype: DType): number => (isDouble(dtype) ? 8 : 4);
const bytesOf = (dtype: DType): number => partBytes(dtype) * partsOf(dtype);
const viewOf = (dtype: DType): Float32Array | Float64Array | Int32Array => (dtype === DType.int32 ? i32 : isDouble(dtype) ? f64 : f32);

/** Strides in elements, and the lowest and highest offset of an element. */
interface Layout {
  readonly rs: number;
  readonly cs: number;
  readonly low: number;
  readonly high: number;
}

/** Strides (row, column) for r × c elements: dense, padded, apart, broadcast, reversed. */
const layouts: readonly ((r: number, c: number) => readonly [number, number])[] = [
  (_, c) => [c, 1],
  (r) => [1, r],
  (_, c) => [c + 3, 1],
  (r) => [1, r + 5],
  (_, c) => [3 * c + 1, 3],
  (r) => [2, 2 * r + 3],
  () => [0, 1],
  () => [1, 0],
  () => [0, 0],
  (_, c) => [-(c + 2), 1],
  (_, c) => [c + 2, -1],
  (r) => [-1, -(r + 1)],
  (r) => [1, -(r + 1)],
];

function layoutOf(kind: number, rows: number, columns: number): Layout {
  const [rs, cs] = (layouts[kind] as (typeof layouts)[number])(rows, columns);
  const ends = [rs * Math.max(rows - 1, 0), cs * Math.max(columns - 1, 0)];
  const reach = (keep: (end: number) => boolean): number => ends.filter(keep).reduce((a, b) => a + b, 0);
  return { rs, cs, low: reach((end) => end < 0), high: reach((end) => end > 0) };
}

/** A product in memory: the addresses and strides of its operands. */
interface Case {
  readonly dtype: DType;
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: number;
  readonly la: Layout;
  readonly conjA: boolean;
  readonly b: number;
  readonly lb: Layout;
  readonly conjB: boolean;
  readonly c: number;
  readonly ldc: number;
  readonly accumulate: boolean;
  readonly work: number;
  readonly end: number;
}

const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 65, 127, 128, 129, 257, 300];

/** Any sizes, strides and alignments. */
function randomCase(dtype: DType, random: () => number): Case {
  const pick = (list: readonly number[]): number => list[Math.floor(random() * list.length)] as number;
  let m = 0;
  let n = 0;
  let k = 0;
  do {
    m = random() < 0.15 ? 1 : pick(SIZES);
    n = random() < 0.15 ? 1 : random() < 0.03 ? pick([520, 1025, 1030]) : pick(SIZES);
    k = random() < 0.1 ? pick([512, 513, 700]) : pick(SIZES);
  } while (m * n * k * partsOf(dtype) > 2e5);
  const bytes = bytesOf(dtype);
  let top = BASE;
  const place = (low: number, high: number): number => {
    const from = top + 64 + partBytes(dtype) * Math.floor(random() * 16);
    top = (from + (high - low + 1) * bytes + 127) & ~63;
    return from - low * bytes;
  };
  const la = layoutOf(Math.floor(random() * layouts.length), m, k);
  const lb = layoutOf(Math.floor(random() * layouts.length), k, n);
  const ldc = n + pick([0, 0, 1, 3, 7]);
  const a = place(la.low, la.high);
  const b = place(lb.low, lb.high);
  const c = place(0, m * ldc);
  const work = top + 64;
  const end = (work + kernel.gemmWorkspace(dtype, m, n, k) + 128) & ~63;
  return { dtype, m, n, k, a, la, conjA: random() < 0.4, b, lb, conjB: random() < 0.4, c, ldc, accumulate: random() < 0.4, work, end };
}

/** Fills memory that no product may read with NaN or, for integers, with a number that shows in results. */
function poison({ dtype, end }: Case): void {
  if (dtype === DType.int32) i32.fill(0x5a5a5a5a, BASE >> 2, end >> 2);
  else if (isDouble(dtype)) f64.fill(Number.NaN, BASE >> 3, end >> 3);
  else f32.fill(Number.NaN, BASE >> 2, end >> 2);
}

function fill(dtype: DType, at: number, { rs, cs }: { rs: number; cs: number }, rows: number, columns: number, value: () => number): void {
  const view = viewOf(dtype);
  const parts = partsOf(dtype);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      for (let part = 0; part < parts; part++) view[(at + (i * rs + j * cs) * bytesOf(dtype)) / partBytes(dtype) + part] = value();
}

function run({ dtype, m, n, k, a, la, conjA, b, lb, conjB, c, ldc, accumulate, work }: Case): void {
  kernel.gemm(dtype, m, n, k, a, la.rs, la.cs, conjA, b, lb.rs, lb.cs, conjB, c, ldc, accumulate, work);
}

/** Element (i, j) by the definition, in float64: real part, imaginary part, sum of magnitudes. */
function reference(x: Case, i: number, j: number, [re0, im0]: readonly [number, number]): readonly [number, number, number] {
  const view = viewOf(x.dtype);
  const bytes = bytesOf(x.dtype);
  const part = partBytes(x.dtype);
  let re = re0;
  let im = im0;
  let magnitude = Math.hypot(re0, im0);
  for (let p = 0; p < x.k; p++) {
    const at = (x.a + (i * x.la.rs + p * x.la.cs) * bytes) / part;
    const bt = (x.b + (p * x.lb.rs + j * x.lb.cs) * bytes) / part;
    const [ar, br] = [view[at] as number, view[bt] as number];
    if (x.dtype === DType.int32) re = (re + Math.imul(ar, br)) | 0;
    else if (partsOf(x.dtype) === 1) {
      re += ar * br;
      magnitude += Math.abs(ar * br);
    } else {
      const ai = (view[at + 1] as number) * (x.conjA ? -1 : 1);
      const bi = (view[bt + 1] as number) * (x.conjB ? -1 : 1);
      re += ar * br - ai * bi;
      im += ar * bi + ai * br;
      magnitude += Math.hypot(ar, ai) * Math.hypot(br, bi);
    }
  }
  return [re, im, magnitude];
}

/** Largest error of C in units of its bound; exact sums have none. */
function excess(x: Case, before: DataView, isExact: boolean): number {
  const view = viewOf(x.dtype);
  const part = partBytes(x.dtype);
  const parts = partsOf(x.dtype);
  const held = (at: number): number =>
    x.dtype === DType.int32 ? before.getInt32(at - BASE, true) : part === 8 ? before.getFloat64(at - BASE, true) : before.getFloat32(at - BASE, true);
  // The reference itself errs by as much in float64.
  const u = (part === 8 ? 2 * 2 ** -53 : 2 ** -24) * (parts === 2 ? 1.5 : 1);
  let worst = 0;
  for (let i = 0; i < x.m; i++) {
    for (let j = 0; j < x.n; j++) {
      const at = x.c + (i * x.ldc + j) * bytesOf(x.dtype);
      const start: [number, number] = x.accumulate ? [held(at), parts === 2 ? held(at + part) : 0] : [0, 0];
      const [re, im, magnitude] = reference(x, i, j, start);
      const error = Math.max(Math.abs((view[at / part] as number) - re), parts === 2 ? Math.abs((view[at / part + 1] as number) - im) : 0);
      const bound = isExact ? 0 : (x.k + 2 + parts) * u * magnitude;
      if (!(error <= bound)) worst = Math.max(worst, error / bound || Number.POSITIVE_INFINITY);
    }
  }
  return worst;
}

/** The first address outside C and the workspace whose byte has changed. */
function strayWrite(x: Case, before: Uint8Array): number | undefined {
  const bytes = bytesOf(x.dtype);
  const workEnd = x.work + kernel.gemmWorkspace(x.dtype, x.m, x.n, x.k);
  const isResult = (at: number): boolean => at >= x.c && at < x.c + x.m * x.ldc * bytes && (at - x.c) % (x.ldc * bytes) < x.n * bytes;
  for (let at = BASE; at < x.end; at++) if (u8[at] !== before[at - BASE] && !(at >= x.work && at < workEnd) && !isResult(at)) return at;
  return undefined;
}

describe.each(dtypes.map((dtype) => [DType[dtype], dtype] as const))('%s', (_, dtype) => {
  test('C is A·B, or C + A·B, for any strides and alignment; nothing else is written', () => {
    const random = generator(dtype + 1);
    for (let t = 0; t < 300; t++) {
      const x = randomCase(dtype, random);
      const isExact = dtype === DType.int32 || t % 2 === 0;
      const value = (): number => {
        if (dtype === DType.int32) return Math.floor(random() * 2 ** 32) | 0;
        return isExact ? Math.floor(random() * 17) - 8 : Math.fround(random() * 2 - 1);
      };
      poison(x);
      fill(dtype, x.a, x.la, x.m, x.k, value);
      fill(dtype, x.b, x.lb, x.k, x.n, value);
      if (x.accumulate) fill(dtype, x.c, { rs: x.ldc, cs: 1 }, x.m, x.n, value);
      const before = u8.slice(BASE, x.end);
      run(x);
      expect(excess(x, new DataView(before.buffer), isExact), JSON.stringify(x)).toBe(0);
      expect(strayWrite(x, before), JSON.stringify(x)).toBeUndefined();
    }
  });
});

/** Matrices by values, laid out anew for each product, whose result comes back as bytes of elements. */
class Values {
  readonly a: readonly number[];
  readonly b: readonly number[];
  constructor(
    readonly dtype: DType,
    readonly m: number,
    readonly n: number,
    readonly k: number,
    random: () => number,
  ) {
    const numbers = (count: number): number[] => Array.from({ length: count * partsOf(dtype) }, () => random() * 2 - 1);
    this.a = numbers(m * k);
    this.b = numbers(k * n);
  }

  /** Rows r0 … r1−1 and columns c0 … c1−1 of the product, the operands in layouts `ka` and `kb`, `shift` scalars off alignment. */
  range([r0, r1]: readonly [number, number], [c0, c1]: readonly [number, number], ka: number, kb: number, shift: number): string[] {
    const { dtype, m, n, k } = this;
    const bytes = bytesOf(dtype);
    const la = layoutOf(ka, m, k);
    const lb = layoutOf(kb, k, n);
    const a = 65536 + shift * partBytes(dtype);
    const b = a + (la.high + 8) * bytes;
    const c = b + (lb.high + 8) * bytes;
    const work = (c + (m * n + 8) * bytes + 63) & ~15;
    const inOrder = (values: readonly number[]): (() => number) => {
      let next = 0;
      return () => values[next++] as number;
    };
    fill(dtype, a, la, m, k, inOrder(this.a));
    fill(dtype, b, lb, k, n, inOrder(this.b));
    kernel.gemm(dtype, r1 - r0, c1 - c0, k, a + r0 * la.rs * bytes, la.rs, la.cs, false, b + c0 * lb.cs * bytes, lb.rs, lb.cs, false, c, n, false, work);
    const element = (i: number, j: number): string => u8.slice(c + (i * n + j) * bytes, c + (i * n + j + 1) * bytes).join();
    return Array.from({ length: r1 - r0 }, (_, i) => Array.from({ length: c1 - c0 }, (_, j) => element(i, j))).flat();
  }
}

describe('bits', () => {
  const inexact = dtypes.filter((dtype) => dtype !== DType.int32);

  test.each(inexact.map((dtype) => [DType[dtype], dtype] as const))('%s: any range, strides and alignment give the same', (_, dtype) => {
    const random = generator(7 + dtype);
    const between = (low: number, high: number): number => low + Math.floor(random() * (high - low + 1));
    for (let t = 0; t < 100; t++) {
      const isLarge = t % 5 === 0;
      const x = new Values(dtype, between(2, isLarge ? 150 : 40), between(2, isLarge ? 200 : 50), between(1, isLarge ? 700 : 90), random);
      const whole = x.range([0, x.m], [0, x.n], 0, 0, 0);
      const r0 = between(0, x.m - 2);
      const c0 = between(0, x.n - 2);
      const rows = [r0, between(r0 + 2, x.m)] as const;
      const columns = [c0, between(c0 + 2, x.n)] as const;
      const expected = (from: number, to: number): string[] =>
        Array.from({ length: to - from }, (_, i) => whole.slice((from + i) * x.n + columns[0], (from + i) * x.n + columns[1])).flat();
      expect(x.range(rows, columns, between(0, 5), between(0, 5), between(0, 7))).toEqual(expected(...rows));
      // A single row keeps them too where the rows of B are contiguous.
      if (x.k > 1) expect(x.range([r0, r0 + 1], columns, between(0, 5), 0, between(0, 7))).toEqual(expected(r0, r0 + 1));
    }
  });
});
