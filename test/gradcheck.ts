/**
 * The gradient ladder: each rung computes a number from an op's gradient and in another way, and throws if they differ. Knows rows, no op.
 *
 * Note [Inner products]. With x̄ = ∂L/∂Re x + i·∂L/∂Im x a cotangent pairs with a tangent by ⟨a, b⟩ = Re Σ conj(a)·b, and a rule is
 * right when ⟨ȳ, J·t⟩ = ⟨x̄, t⟩ for random ȳ and t, in real and complex dtypes alike. So two numbers are compared, not a Jacobian.
 */
import { checkGradients, GradientTape, gradientsFunction, jvp, linearize, scope, type Tensor } from 'gradtape';
import {
  type Case,
  callable,
  casesOf,
  distance,
  drawLike,
  fromTensor,
  isComplex,
  isInexact,
  isSingle,
  label,
  listed,
  moduli,
  referenceOf,
  toTensor,
  widened,
} from './cases.js';
import type { DTypeName, OpInfo } from './opinfo/row.js';
import { type Random, random, seedOf } from './random.js';
import { add, conj, Dual, modulus, mul, type Num, primal, re, tangentOf } from './reference/dual.js';
import type { NdArray } from './reference/ndarray.js';
import * as nd from './reference/ndarray.js';

/** An op at a point: the inputs to differentiate by, and a source of random tangents and cotangents. */
interface Point {
  readonly c: Case;
  /** Indices of the inputs whose dtype has gradients. */
  readonly wanted: readonly number[];
  readonly inputs: readonly NdArray[];
  readonly outputs: readonly NdArray[];
  readonly outputTypes: readonly DTypeName[];
  readonly next: Random;
}

type Vector = readonly NdArray[];
type F = (...tensors: Tensor[]) => Tensor | Tensor[];

/** One rung on all samples of a row. */
export type Rung = (point: Point) => void;

/** Applies a rung at every sample of the row in `dtype`. */
export function climb(op: string, row: OpInfo, dtype: DTypeName, rung: Rung): void {
  for (const c of casesOf(op, row, dtype)) scope(() => rung(pointOf(c)));
}

function pointOf(c: Case): Point {
  const results = listed(callable(c)(...tensorsOf(c, c.inputs)));
  return {
    c,
    wanted: c.inputs.flatMap((_, i) => (isInexact(c.dtypes[i] as DTypeName) && !c.row.constant?.includes(i) ? [i] : [])),
    inputs: c.inputs,
    outputs: results.map(fromTensor),
    outputTypes: results.map((t) => t.dtype),
    next: random(seedOf(c.seed, 'directions')),
  };
}

const tensorsOf = ({ dtypes }: Case, inputs: Vector): Tensor[] => inputs.map((x, i) => toTensor(x, dtypes[i] as DTypeName));
/** Random arrays like the differentiable inputs, and like the outputs. */
const tangents = (p: Point): Vector => p.wanted.map((i) => drawLike(p.inputs[i] as NdArray, p.c.dtypes[i] as DTypeName, p.next));
const cotangents = (p: Point): Vector => p.outputs.map((y, i) => drawLike(y, p.outputTypes[i] as DTypeName, p.next));

/** Gradients of `f` at the inputs, weighted by cotangents: of one output, or of a list. */
function gradients(f: F, wanted: readonly number[], inputs: readonly Tensor[], dy: readonly Tensor[], single: boolean): Tensor[] {
  const g = gradientsFunction(f as never, wanted) as unknown as { withDy(dy: unknown): (...args: Tensor[]) => Tensor[] };
  return g.withDy(single ? dy[0] : dy)(...inputs);
}

/** x̄ = Jᴴ·ȳ by the library. */
function pull(p: Point, dy: Vector, inputs: Vector = p.inputs): Vector {
  const f = callable(p.c);
  return scope(() => gradients(f, p.wanted, tensorsOf(p.c, inputs), seedsOf(p, dy), !isList(p)).map(fromTensor));
}

const isList = (p: Point): boolean => Array.isArray(scope(() => callable(p.c)(...tensorsOf(p.c, p.inputs))));
const seedsOf = (p: Point, dy: Vector): Tensor[] => dy.map((y, i) => toTensor(y, p.outputTypes[i] as DTypeName));

const combine = (a: number, x: Vector, b: number, y: Vector): Vector => x.map((xi, i) => nd.map((u, v) => add(mul(a, u), mul(b, v)), xi, y[i] as NdArray));

/** The inputs moved by `h` along a tangent. */
function moved(p: Point, h: number, t: Vector): Vector {
  return p.inputs.map((x, i) => {
    const k = p.wanted.indexOf(i);
    return k < 0 ? x : nd.map((u, v) => add(u, mul(h, v)), x, t[k] as NdArray);
  });
}

/** Re Σ conj(x)·y. See Note [Inner products] */
function inner(xs: Vector, ys: Vector): number {
  return xs.reduce((total, x, k) => total + x.data.reduce((sum: number, u, i) => sum + (primal(re(mul(conj(u), ys[k]?.data[i] as Num))) as number), 0), 0);
}

/** Σ |x||y|, by which rounding errors of the inner product are measured. */
const size = (xs: Vector, ys: Vector): number =>
  xs.reduce((total, x, k) => total + x.data.reduce((sum: number, u, i) => sum + modulus(u) * modulus(ys[k]?.data[i] as Num), 0), 0);

function expectEqual(a: number, b: number, tolerance: number, scale: number, what: string): void {
  if (Math.abs(a - b) <= tolerance * scale || a === b) return;
  throw new Error(`${what}: ${a} against ${b}: ${(Math.abs(a - b) / scale).toExponential(2)} of the terms' size, at most ${tolerance} is allowed`);
}

/** Compares within `tolerance` of the largest element of each array, or of those of `scale`. */
function expectVector(got: Vector, expected: Vector, tolerance: number, what: string, scale: Vector = expected): void {
  expected.forEach((x, k) => {
    const largest = Math.max(0, ...(scale[k] as NdArray).data.map(modulus));
    x.data.forEach((e, i) => {
      const g = got[k]?.data[i] as Num;
      if (!(distance(g, e) <= tolerance * largest || primal(g) === primal(e)))
        throw new Error(
          `${what}: input ${k}, element ${i}: ${JSON.stringify(primal(g))} against ${JSON.stringify(primal(e))}, where the largest is ${largest}`,
        );
    });
  });
}

/** Rung 1: gradients have the shapes and dtypes of inputs, are linear in ȳ, 0 for 0, and the same when asked for one by one. */
export const structure: Rung = (p) => {
  const [a, b] = [cotangents(p), cotangents(p)];
  const f = callable(p.c);
  const tensors = tensorsOf(p.c, p.inputs);
  const raw = gradients(f, p.wanted, tensors, seedsOf(p, a), !isList(p));
  raw.forEach((g, k) => {
    const input = tensors[p.wanted[k] as number] as Tensor;
    if (g.dtype !== input.dtype || g.shape.join() !== input.shape.join())
      throw new Error(`${label(p.c)}: the gradient by input ${k} is [${g.shape}] ${g.dtype}`);
  });
  const u = isSingle(p.c.dtype) ? 2 ** -23 : 2 ** -52;
  const parts = [pull(p, a), pull(p, b)] as const;
  const terms = combine(2, parts[0].map(moduli), 3, parts[1].map(moduli));
  expectVector(pull(p, combine(2, a, -3, b)), combine(2, parts[0], -3, parts[1]), 64 * u, `${label(p.c)} linear in the cotangent`, terms);
  const zeros = p.outputs.map((y) => nd.map(() => 0, y));
  for (const g of pull(p, zeros))
    if (g.data.some((v) => modulus(v) !== 0)) throw new Error(`${label(p.c)}: a cotangent of zeros gives ${JSON.stringify(g.data)}`);
  p.wanted.forEach((i, k) => {
    const alone = gradients(f, [i], tensors, seedsOf(p, a), !isList(p)).map(fromTensor);
    expectVector(alone, [fromTensor(raw[k] as Tensor)], 0, `${label(p.c)} by input ${i} alone`);
  });
};

/** A GradientTape that watches the inputs gives the bits of gradientsFunction, as often as it is asked, and also when it records the sweep. */
export const taped: Rung = (p) => {
  const tensors = tensorsOf(p.c, p.inputs);
  const f = callable(p.c);
  const dy = seedsOf(p, cotangents(p));
  const sources = p.wanted.map((i) => tensors[i] as Tensor);
  const outputGradients = isList(p) ? dy : dy[0];
  const expected = gradients(f, p.wanted, tensors, dy, !isList(p)).map(fromTensor);
  const tape = new GradientTape({ persistent: true });
  const ask = (y: unknown): Vector => tape.gradient(y, sources, { outputGradients }).map((g) => fromTensor(g as Tensor));
  const [y, inside] = tape.record(() => {
    tape.watch(sources);
    const y = f(...tensors);
    return [y, ask(y)] as const;
  });
  for (const got of [inside, ask(y), ask(y)]) expectVector(got, expected, 0, `${label(p.c)} on a tape`);
  tape.dispose();
};

/** checkGradients finds the gradients right. */
export const checked: Rung = (p) => {
  checkGradients(callable(p.c) as never, tensorsOf(p.c, p.inputs) as never, { order: 1, params: p.wanted });
};

const CUBE_ROOT = Math.cbrt(2 ** -52);

/** Rung 2: ⟨ȳ, J·t⟩ = ⟨x̄, t⟩ with J·t a central difference, exact whatever the step where the op is linear in each input. */
export const adjoint: Rung = (p) => {
  const [t, dy] = [tangents(p), cotangents(p)];
  const f = (inputs: Vector): Vector => scope(() => listed(callable(p.c)(...tensorsOf(p.c, inputs))).map(fromTensor));
  const along = (step: number, direction: Vector): Vector => combine(0.5 / step, f(moved(p, step, direction)), -0.5 / step, f(moved(p, -step, direction)));
  const alone = (k: number): Vector => t.map((x, i) => (i === k ? x : nd.map(() => 0, x)));
  const difference = p.c.row.linear ? t.map((_, k) => along(0.5, alone(k))).reduce((sum, x) => combine(1, sum, 1, x)) : along(CUBE_ROOT, t);
  const x̄ = pull(p, dy);
  expectEqual(
    inner(dy, difference),
    inner(x̄, t),
    p.c.row.linear ? 1e-13 : 1e-8,
    size(dy, difference) + size(x̄, t) + size(dy, p.outputs),
    `${label(p.c)} adjoint`,
  );
};

/** Rung 3: J·t = Im f(x + ih·t)/h by the library's own complex form, h so small that its square vanishes. */
export const complexStep: Rung = (p) => {
  if (p.c.sample.analytic === false) return;
  const h = 1e-100;
  const [t, dy] = [tangents(p), cotangents(p)];
  const turned = p.inputs.map((x, i) => {
    const k = p.wanted.indexOf(i);
    return k < 0 ? x : nd.map((v, dv) => ({ re: primal(v) as number, im: h * (primal(dv) as number) }), x, t[k] as NdArray);
  });
  const dtypes = p.c.dtypes.map((dtype) => (isInexact(dtype) ? 'complex128' : dtype));
  const results = scope(() => listed(callable(p.c)(...tensorsOf({ ...p.c, dtypes }, turned))).map(fromTensor));
  const pushed = results.map((y) => nd.map((v) => (v as { im: number }).im / h, y));
  const x̄ = pull(p, dy);
  expectEqual(inner(dy, pushed), inner(x̄, t), 1e-14, size(dy, pushed) + size(x̄, t), `${label(p.c)} complex step`);
};

/** The inputs as dual numbers along the tangents, one level for each. */
function lifted(p: Point, ...directions: readonly Vector[]): Vector {
  return p.inputs.map((x, i) => {
    const k = p.wanted.indexOf(i);
    if (k < 0) return x;
    return directions.reduce((lift: NdArray, t, d) => nd.map((v, dv) => new Dual(d + 1, v, dv), lift, t[k] as NdArray), x);
  });
}

/** J·t, or the mixed derivative along several tangents, by the reference in forward mode. */
function push(p: Point, ...directions: readonly Vector[]): Vector {
  const outputs = referenceOf(p.c)(...lifted(p, ...directions));
  return outputs.map((y) => nd.map((v) => directions.reduceRight((w: Num, _, d) => tangentOf(w, d + 1), v), y));
}

/** Rung 4: ⟨ȳ, J·t⟩ = ⟨x̄, t⟩ with J·t from dual numbers. */
export const forwardMode: Rung = (p) => {
  const [t, dy] = [tangents(p), cotangents(p)];
  const pushed = push(p, t);
  const x̄ = pull(p, dy);
  expectEqual(inner(dy, pushed), inner(x̄, t), 1e-13, size(dy, pushed) + size(x̄, t), `${label(p.c)} forward mode`);
};

/** The tangents as the library takes them, null where an input has no gradient. */
const along = (p: Point, t: Vector, inputs: readonly NdArray[] = p.inputs): (Tensor | null)[] =>
  inputs.map((_, i) => {
    const k = p.wanted.indexOf(i);
    return k < 0 ? null : toTensor(t[k] as NdArray, p.c.dtypes[i] as DTypeName);
  });

const jvpOf = jvp as unknown as (f: F) => (primals: readonly Tensor[], tangents: readonly unknown[]) => { tangent: Tensor | Tensor[] };

/** jvp is the transpose of vjp: ⟨ȳ, J·t⟩ = ⟨x̄, t⟩ with J·t by the library; linearize's has the same bits, and so has what an inner run leaves. */
export const pushed: Rung = (p) => {
  const [t, dy] = [tangents(p), cotangents(p)];
  const f = callable(p.c);
  const inputs = tensorsOf(p.c, p.inputs);
  const results = listed(jvpOf(f)(inputs, along(p, t)).tangent).map(fromTensor);
  const x̄ = pull(p, dy);
  const tolerance = isSingle(p.c.dtype) ? 64 * 2 ** -23 : 1e-13;
  expectEqual(inner(dy, results), inner(x̄, t), tolerance, size(dy, results) + size(x̄, t) + size(dy, p.outputs), `${label(p.c)} jvp`);
  const { jvp: derivative, dispose } = (linearize as unknown as (f: F) => (...inputs: Tensor[]) => unknown)(f)(...inputs) as {
    jvp: (...t: unknown[]) => Tensor | Tensor[];
    dispose(): void;
  };
  for (let turn = 0; turn < 2; turn++) expectVector(listed(derivative(...along(p, t))).map(fromTensor), results, 0, `${label(p.c)} linearize`);
  dispose();
};

/** Forward over reverse and reverse over forward give one Hessian: ⟨H·u, v⟩ both ways. */
export const pushedTwice: Rung = (p) => {
  const [u, v, dy] = [tangents(p), tangents(p), cotangents(p)];
  const single = !isList(p);
  const all = tensorsOf(p.c, p.inputs);
  const withWanted = (wanted: readonly Tensor[]): Tensor[] => all.map((x, i) => (p.wanted.includes(i) ? (wanted[p.wanted.indexOf(i)] as Tensor) : x));
  const pulled = (...xs: Tensor[]): Tensor[] =>
    (gradients(callable(p.c), p.wanted, withWanted(xs), seedsOf(p, dy), single) as (Tensor | null)[]).map((g, k) => g ?? (xs[k] as Tensor).mul(0));
  const points = p.wanted.map((i) => all[i] as Tensor);
  const like = (t: Vector): Tensor[] => t.map((x, k) => toTensor(x, p.c.dtypes[p.wanted[k] as number] as DTypeName));
  const Hu = (jvpOf(pulled)(points, like(u)).tangent as Tensor[]).map(fromTensor);
  const sloped = (...xs: Tensor[]): Tensor[] => listed(jvpOf(callable(p.c))(withWanted(xs), along(p, v)).tangent);
  const indices = points.map((_, i) => i);
  const Hv = gradients(sloped, indices, points, seedsOf(p, dy), false).map((g, k) => fromGradient(g, p.inputs[p.wanted[k] as number] as NdArray));
  const mixed = push(p, u, v);
  const scale = size(dy, mixed) + size(Hu, v) + size(Hv, u) + size(dy, push(p, u));
  expectEqual(inner(dy, mixed), inner(Hu, v), 1e-12, scale, `${label(p.c)} jvp of gradient`);
  expectEqual(inner(dy, mixed), inner(Hv, u), 1e-12, scale, `${label(p.c)} gradient of jvp`);
};

/** Arrays of zeros with a single 1, or i, one for each element. */
function units(xs: Vector, dtypes: readonly DTypeName[]): Vector[] {
  const parts = (k: number): Num[] =>
    isComplex(dtypes[k] as DTypeName)
      ? [
          { re: 1, im: 0 },
          { re: 0, im: 1 },
        ]
      : [1];
  const unit = (k: number, i: number, one: Num): Vector =>
    xs.map((x, j) =>
      nd.array(
        x.shape,
        x.data.map((_, at) => (j === k && at === i ? one : 0)),
      ),
    );
  return xs.flatMap((x, k) => x.data.flatMap((_, i) => parts(k).map((one) => unit(k, i, one))));
}

/** Rung 7: every entry of the Jacobian, from each unit cotangent pulled back and each unit tangent pushed forward. For small arrays. */
export const jacobian: Rung = (p) => {
  const pulled = units(p.outputs, p.outputTypes).map((dy) => [dy, pull(p, dy)] as const);
  const types = p.wanted.map((i) => p.c.dtypes[i] as DTypeName);
  const inputs = p.wanted.map((i) => p.inputs[i] as NdArray);
  const pushed = units(inputs, types).map((t) => [t, push(p, t)] as const);
  const largest = Math.max(0, ...pushed.flatMap(([, v]) => v.flatMap((y) => y.data.map(modulus))));
  for (const [dy, x̄] of pulled) for (const [t, v] of pushed) expectEqual(inner(dy, v), inner(x̄, t), 1e-13, largest, `${label(p.c)} Jacobian`);
};

/** The gradient of ⟨u, x̄⟩ by inputs and by ȳ: H·u and J·u. */
function pullTwice(p: Point, dy: Vector, u: Vector, inputs: Vector = p.inputs): { byInputs: Vector; byCotangents: Vector } {
  const count = p.inputs.length;
  const single = !isList(p);
  const f = (...all: Tensor[]): Tensor[] => gradients(callable(p.c), p.wanted, all.slice(0, count), all.slice(count), single);
  const arrays = [...inputs, ...dy];
  const all = [...tensorsOf(p.c, inputs), ...seedsOf(p, dy)];
  const wanted = [...p.wanted, ...dy.map((_, i) => count + i)];
  const seeds = u.map((x, k) => toTensor(x, p.c.dtypes[p.wanted[k] as number] as DTypeName));
  const results = scope(() => gradients(f, wanted, all, seeds, false).map((g, k) => fromGradient(g, arrays[wanted[k] as number] as NdArray)));
  return { byInputs: results.slice(0, p.wanted.length), byCotangents: results.slice(p.wanted.length) };
}

/** A linear op's gradient does not depend on its input: null stands for zeros. */
const fromGradient = (g: Tensor | null, x: NdArray): NdArray => (g === null ? nd.map(() => 0, x) : fromTensor(g));

/** Rung 5: the ladder on (x, ȳ) ↦ x̄, whose gradient along u is H·u and J·u. */
export const secondOrder: Rung = (p) => {
  const [u, v, dy] = [tangents(p), tangents(p), cotangents(p)];
  const { byInputs: Hu, byCotangents: Ju } = pullTwice(p, dy, u);
  const { byInputs: Hv } = pullTwice(p, dy, v);
  const mixed = push(p, u, v);
  const pushed = push(p, u);
  const scale = size(dy, mixed) + size(Hu, v) + size(Hv, u) + size(dy, pushed);
  expectVector(Ju, pushed, 1e-12, `${label(p.c)} gradient by the cotangent`);
  expectEqual(inner(dy, mixed), inner(Hu, v), 1e-12, scale, `${label(p.c)} Hessian`);
  expectEqual(inner(Hu, v), inner(Hv, u), 1e-12, scale, `${label(p.c)} Hessian symmetric`);
  const difference = combine(0.5 / CUBE_ROOT, pull(p, dy, moved(p, CUBE_ROOT, v)), -0.5 / CUBE_ROOT, pull(p, dy, moved(p, -CUBE_ROOT, v)));
  expectEqual(inner(u, difference), inner(Hu, v), 1e-7, scale + size(u, pull(p, dy)) + size(u, difference), `${label(p.c)} Hessian by differences`);
};

/** J·u, as the gradient of ⟨u, x̄⟩ by ȳ, is linear in u: its gradient along w is x̄ for ȳ = w. Nothing where x̄ is 0 whatever ȳ. */
export const transposed: Rung = (p) => {
  const [u, dy, w] = [tangents(p), cotangents(p), cotangents(p)];
  const inputs = tensorsOf(p.c, p.inputs);
  const along = u.map((x, k) => toTensor(x, p.c.dtypes[p.wanted[k] as number] as DTypeName));
  const indices = (list: Vector): number[] => list.map((_, i) => i);
  const pulled = (...cotangents: Tensor[]): Tensor[] => gradients(callable(p.c), p.wanted, inputs, cotangents, !isList(p));
  const pushed = (...tangents: Tensor[]): Tensor[] => gradients(pulled, indices(dy), seedsOf(p, dy), tangents, false);
  if (pushed(...along).includes(null as never)) return;
  const back = gradients(pushed, indices(u), along, seedsOf(p, w), false).map((g, k) => fromGradient(g, u[k] as NdArray));
  expectVector(back, pull(p, w), 1e-12, `${label(p.c)} pushed and pulled back`);
};

/** The third derivative along three directions, by three gradient functions inside each other. */
export const thirdOrder: Rung = (p) => {
  const [u, v, w, dy] = [tangents(p), tangents(p), tangents(p), cotangents(p)];
  const tensorsLike = (t: Vector): Tensor[] => t.map((x, k) => toTensor(x, p.c.dtypes[p.wanted[k] as number] as DTypeName));
  const first = (...xs: Tensor[]): Tensor[] => gradients(callable(p.c), p.wanted, xs, seedsOf(p, dy), !isList(p));
  const second = (...xs: Tensor[]): Tensor[] => gradients(first, p.wanted, xs, tensorsLike(u), false);
  const third = gradients(second, p.wanted, tensorsOf(p.c, p.inputs), tensorsLike(v), false).map((g, k) =>
    fromGradient(g, p.inputs[p.wanted[k] as number] as NdArray),
  );
  const mixed = push(p, u, v, w);
  expectEqual(inner(dy, mixed), inner(third, w), 1e-11, size(dy, mixed) + size(third, w), `${label(p.c)} third order`);
};

/** The gradient in 32-bit parts is the 64-bit one, rounded: within as many ulps of its largest element. */
export const precision: Rung = (p) => {
  const dy = cotangents(p);
  const wide: Case = { ...p.c, dtype: widened(p.c.dtype), dtypes: p.c.dtypes.map(widened) };
  expectVector(pull(p, dy), pull({ ...p, c: wide, outputTypes: p.outputTypes.map(widened) }, dy), 48 * 2 ** -23, `${label(p.c)} as in 64 bits`);
};

/** An op of order 0 is not connected to its inputs. */
export const unconnected: Rung = (p) => {
  if (p.wanted.length === 0) return;
  const g = gradientsFunction(callable(p.c) as never, p.wanted) as unknown as (...args: Tensor[]) => unknown[];
  for (const gradient of g(...tensorsOf(p.c, p.inputs))) if (gradient !== null) throw new Error(`${label(p.c)}: has no gradient, but gives ${gradient}`);
};
