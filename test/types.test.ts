/** The inferred types of gradientsFunction. `tsc` checks them; no function here is called. */
import { expectTypeOf, test } from 'vitest';
import type { TensorLike } from '../bindings/convert.js';
import type { Tensor } from '../bindings/tensor.js';
import type { checkGradients as CheckGradients } from '../bindings/transforms/check.js';
import type { Compile } from '../bindings/transforms/compile.js';
import type { implicitGradients as Implicit, implicitValueAndGradients as ImplicitValue } from '../bindings/transforms/implicit.js';
import type { GradientTape } from '../bindings/transforms/tape.js';
import type { variable as MakeVariable, Variable } from '../bindings/transforms/variable.js';
import type { Cotangent, Grad, Gradient, GradientsFunction, ValueAndGrad } from '../bindings/types.js';

declare const gradientsFunction: GradientsFunction;
declare const grad: Grad;
declare const valueAndGrad: ValueAndGrad;
declare const compile: Compile;
declare const x: Tensor;
declare function f(x: Tensor, y: Tensor): Tensor;

type Maybe = Tensor | null;
interface Layer {
  readonly w: Tensor;
  readonly b: readonly Tensor[];
  readonly name: string;
}
declare function layered(layer: Layer, x: Tensor, mode: 'train' | 'test', options: { axis: number }): Tensor;

/** A body for the compiler only. */
const typed = (_: () => void) => undefined;

test('one gradient per argument without params', () =>
  typed(() => {
    expectTypeOf(gradientsFunction(f)(x, x)).toEqualTypeOf<[x: Maybe, y: Maybe]>();
    expectTypeOf(gradientsFunction((x, y) => x.mul(y))(2, 3)).toEqualTypeOf<[x: Maybe, y: Maybe]>();
    expectTypeOf(gradientsFunction((...xs: Tensor[]) => xs)(x, 2)).toEqualTypeOf<Maybe[]>();
    expectTypeOf(gradientsFunction((x: Tensor, n?: Tensor) => x.mul(n ?? 1))(x, 2)).toEqualTypeOf<[x: Maybe, n?: Maybe]>();
    expectTypeOf(gradientsFunction((x, y) => gradientsFunction(f)(x, y)[0])(2, 3)).toEqualTypeOf<[x: Maybe, y: Maybe]>();
  }));

test('the gradient by an argument', () =>
  typed(() => {
    expectTypeOf<Gradient<Tensor | number>>().toEqualTypeOf<Maybe>();
    expectTypeOf<Gradient<boolean>>().toEqualTypeOf<null>();
    expectTypeOf<Gradient<{ re: number; im: number }>>().toEqualTypeOf<Maybe>();
    expectTypeOf<Gradient<number[][]>>().toEqualTypeOf<Maybe>();
    expectTypeOf<Gradient<Float64Array>>().toEqualTypeOf<Maybe>();
    expectTypeOf<Gradient<unknown>>().toEqualTypeOf<Maybe>();
    expectTypeOf<Gradient<string>>().toEqualTypeOf<null>();
    expectTypeOf<Gradient<(x: Tensor) => Tensor>>().toEqualTypeOf<null>();
    expectTypeOf<Gradient<{ axis: number; keepDims: boolean }>>().toEqualTypeOf<{ axis: Maybe; keepDims: null }>();
    expectTypeOf<Gradient<{ mode: string; keepDims?: boolean }>>().toEqualTypeOf<null>();
    expectTypeOf<Gradient<Map<string, Tensor>>>().toEqualTypeOf<null>();
    expectTypeOf<Gradient<Layer>>().toEqualTypeOf<{ w: Maybe; b: Maybe[]; name: null }>();
    expectTypeOf<Gradient<readonly [Tensor, { a: Tensor }]>>().toEqualTypeOf<[Maybe, { a: Maybe }]>();
    expectTypeOf<Gradient<Record<string, Tensor>>>().toEqualTypeOf<Record<string, Maybe>>();
    expectTypeOf<Gradient<Layer, never>>().toEqualTypeOf<{ w: Tensor; b: Tensor[]; name: null }>();
  }));

test('a tree that holds itself', () =>
  typed(() => {
    interface Branch {
      left?: Branch;
      value: Tensor;
    }
    const [gradient] = gradientsFunction((tree: Branch) => tree.value)({ value: x });
    expectTypeOf(gradient.value).toEqualTypeOf<Maybe>();
    expectTypeOf(gradient.left?.left?.value).toEqualTypeOf<Maybe | undefined>();
  }));

test('params by index', () =>
  typed(() => {
    expectTypeOf(gradientsFunction(f, [1])).returns.toEqualTypeOf<[Maybe]>();
    expectTypeOf(gradientsFunction(f, [])).returns.toEqualTypeOf<[]>();
    expectTypeOf(gradientsFunction(layered, [1, 0, 1, 2])).returns.toEqualTypeOf<[Maybe, { w: Maybe; b: Maybe[]; name: null }, Maybe, null]>();
    expectTypeOf(gradientsFunction(f, { params: [0] })).returns.toEqualTypeOf<[Maybe]>();
    expectTypeOf(gradientsFunction(f, [0] as number[])).returns.toEqualTypeOf<Maybe[]>();
    expectTypeOf(gradientsFunction((...xs: Tensor[]) => xs, [3])).returns.toEqualTypeOf<[Maybe]>();
  }));

test('params by name', () =>
  typed(() => {
    expectTypeOf(gradientsFunction(f, ['y', 'x'])).returns.toEqualTypeOf<[Maybe, Maybe]>();
    expectTypeOf(gradientsFunction(f, { params: ['y'], names: ['x', 'y'] })).returns.toEqualTypeOf<[Maybe]>();
    expectTypeOf(gradientsFunction(f, ['y'] as string[])).returns.toEqualTypeOf<Maybe[]>();
  }));

test('zeros for what is not connected', () =>
  typed(() => {
    const zero = { unconnectedGradients: 'zero' } as const;
    expectTypeOf(gradientsFunction(f, zero)).returns.toEqualTypeOf<[x: Tensor, y: Tensor]>();
    expectTypeOf(gradientsFunction(f, { ...zero, params: ['y'] })).returns.toEqualTypeOf<[Tensor]>();
    expectTypeOf(gradientsFunction(f, { unconnectedGradients: 'none' })).returns.toEqualTypeOf<[x: Maybe, y: Maybe]>();
  }));

test('what stands in for params is refused', () =>
  typed(() => {
    // @ts-expect-error mixed
    gradientsFunction(f, [0, 'x']);
    // @ts-expect-error mixed, in the options
    gradientsFunction(f, { params: [0, 'x'] });
    // @ts-expect-error not a list
    gradientsFunction(f, 1);
    // @ts-expect-error not a list
    gradientsFunction(f, 'x');
    // @ts-expect-error neither index nor name
    gradientsFunction(f, [true]);
    // @ts-expect-error no such option
    gradientsFunction(f, { param: [1] });
    // @ts-expect-error neither 'none' nor 'zero'
    gradientsFunction(f, { unconnectedGradients: 'nonsense' });
  }));

test('what cannot be differentiated is refused', () =>
  typed(() => {
    // @ts-expect-error a promise
    gradientsFunction(async (x: Tensor) => x);
    // @ts-expect-error nothing
    gradientsFunction((x: Tensor) => void x.mul(2));
    // @ts-expect-error a string
    gradientsFunction((x: Tensor) => x.dtype);
  }));

test('a tensor argument takes whatever becomes a tensor', () =>
  typed(() => {
    const g = gradientsFunction(f);
    expectTypeOf(g).toBeCallableWith(2, { re: 1, im: 2 });
    expectTypeOf(g).toBeCallableWith([[1], [2]], new Float32Array(2));
    expectTypeOf(g).toBeCallableWith(true, new Int32Array(2));
    gradientsFunction(layered)({ w: x, b: [x], name: '' }, 1, 'train', { axis: 0 });
    // @ts-expect-error a string is no tensor
    g('x', x);
    // @ts-expect-error too few
    g(x);
    // @ts-expect-error neither mode
    gradientsFunction(layered)({ w: x, b: [], name: '' }, x, 'x', { axis: 0 });
    gradientsFunction(layered)({ w: 1, b: [[1, 2], new Float32Array(2)], name: '' }, x, 'test', { axis: 0 });
    // @ts-expect-error a name is no tensor
    gradientsFunction(layered)({ w: 'x', b: [], name: '' }, x, 'test', { axis: 0 });
  }));

test('dy has the structure of the output', () =>
  typed(() => {
    const g = gradientsFunction((x: Tensor, y: Tensor) => ({ sum: x, rest: [y, 2] as const }), [1]);
    expectTypeOf(g(x, 2, { dy: { sum: 1, rest: [null, x] } })).toEqualTypeOf<[Maybe]>();
    expectTypeOf(g.withDy({ sum: [1, 2], rest: null })(x, 2)).toEqualTypeOf<[Maybe]>();
    expectTypeOf(gradientsFunction((...xs: Tensor[]) => xs)(x, 2, { dy: [1, 2] })).toEqualTypeOf<Maybe[]>();
    expectTypeOf<Cotangent<Tensor>>().toEqualTypeOf<TensorLike | null>();
    // @ts-expect-error another structure
    g(x, 2, { dy: { sum: 1 } });
    // @ts-expect-error not a cotangent
    gradientsFunction(f).withDy('x');
    // @ts-expect-error dy is the only key
    gradientsFunction(f)(x, x, { dy: 1, axis: 0 });
  }));

test('grad has no null for tensors, and one result', () =>
  typed(() => {
    expectTypeOf(grad(f)(2, x)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad((a, b) => a.mul(b))(2, 3)).toEqualTypeOf<Tensor>();
    expectTypeOf(grad((layer: Layer, t: Tensor) => layer.w.mul(t))({ w: 1, b: [x], name: '' }, 2)).toEqualTypeOf<{ w: Tensor; b: Tensor[]; name: null }>();
    expectTypeOf(valueAndGrad((a: Tensor) => ({ loss: a }))(1)).toEqualTypeOf<{ readonly value: { loss: Tensor }; readonly gradient: Tensor }>();
  }));

test('a parameter typed number is refused, boolean and string are not', () =>
  typed(() => {
    // @ts-expect-error f receives a Tensor
    gradientsFunction((a: Tensor, n: number) => a.mul(n));
    // @ts-expect-error also where it is not differentiated
    gradientsFunction((a: Tensor, n: number) => a.mul(n), [0]);
    // @ts-expect-error and when it is optional
    grad((a: Tensor, n?: number) => a.mul(n ?? 1));
    // @ts-expect-error
    compile((a: Tensor, n: 1 | 2) => a.mul(n));
    compile((a: Tensor, axis: number) => a.sum(axis), { static: [1] });
    gradientsFunction((a: Tensor, n: Tensor | number, training: boolean, mode: string) => (training && mode ? a.mul(n) : a));
    compile((a: Tensor, training: boolean, mode?: 'x') => (training && mode ? a : a.neg()));
  }));

declare const tape: GradientTape;
declare const v: Variable;
declare const implicitGradients: typeof Implicit;
declare const implicitValueAndGradients: typeof ImplicitValue;
declare const checkGradients: typeof CheckGradients;
declare const variable: typeof MakeVariable;

test('the gradients of a tape have the structure of the sources', () =>
  typed(() => {
    expectTypeOf(tape.gradient(x, x)).toEqualTypeOf<Maybe>();
    expectTypeOf(tape.gradient([x, { y: x }], { a: v, list: [x, x], none: null, text: 'x' })).toEqualTypeOf<{
      a: Maybe;
      list: Maybe[];
      none: null;
      text: null;
    }>();
    expectTypeOf(tape.gradient(x, [v, x] as const, { unconnectedGradients: 'zero' })).toEqualTypeOf<[Tensor, Tensor]>();
    expectTypeOf(tape.gradient(x, x, { outputGradients: 2 })).toEqualTypeOf<Maybe>();
    expectTypeOf(tape.jacobian(x, { w: x })).toEqualTypeOf<{ w: Maybe }>();
    expectTypeOf(tape.batchJacobian(x, x, { unconnectedGradients: 'zero' })).toEqualTypeOf<Tensor>();
    expectTypeOf(tape.record(() => [x, 1] as const)).toEqualTypeOf<readonly [Tensor, 1]>();
    expectTypeOf(tape.watchedVariables()).toEqualTypeOf<Variable[]>();
    // @ts-expect-error: no such option
    tape.gradient(x, x, { outputGradient: 1 });
  }));

test('variables are tensors, and implicit gradients pairs', () =>
  typed(() => {
    expectTypeOf(variable(1).assign(2)).toEqualTypeOf<Variable>();
    expectTypeOf(v.add(1)).toEqualTypeOf<Tensor>();
    expectTypeOf(gradientsFunction(f)(v, v)).toEqualTypeOf<[x: Maybe, y: Maybe]>();
    expectTypeOf(implicitGradients(f)(x, 2)).toEqualTypeOf<[gradient: Maybe, variable: Variable][]>();
    expectTypeOf(implicitValueAndGradients((a: Tensor) => ({ a }))(1).value).toEqualTypeOf<{ a: Tensor }>();
    // @ts-expect-error: a tensor is no variable
    x.assign(1);
    checkGradients(f, [1, [2, 3]]);
    // @ts-expect-error: one argument is missing
    checkGradients(f, [1]);
  }));
