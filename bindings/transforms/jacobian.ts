/** jacobian, hessian and hvp: linearize and makeVjp along all unit vectors at once, by vmap. Knows trees and dtypes, no tapes. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1, apply2, create } from '../call.js';
import { checkShape, operand, type TensorLike, weak } from '../convert.js';
import { arrayOf, isComplex, isInexact, partsOf } from '../dtype.js';
import { ArgumentError, DTypeError, refused, refuseMore, shown } from '../errors.js';
import { ready } from '../module.js';
import { nameOf } from '../names.js';
import { transpose } from '../ops/all.js';
import { reshaped } from '../ops/define.js';
import { checkArity, checkOptions, isPlainObject, resolveParams } from '../params.js';
import { scope } from '../scope.js';
import { difference, flatten, type Structure, unflatten } from '../structure.js';
import { Tensor } from '../tensor.js';
import type { AnyFunction, GradientOptions, Linearized, VjpResult } from '../types.js';
import type { Hessian, Hvp, Jacobian, JacobianChoice, JacobianOptions } from './blocks.js';
import { valueAndGrad } from './grad.js';
import { gradientsFunction, makeVjp } from './gradients.js';
import { checkFunction, jvp, linearize } from './jvp.js';
import { withScalars } from './record.js';
import { vmap } from './vmap.js';

type Loose = (...args: unknown[]) => unknown;

/** A leaf that has derivatives, as a tensor; null for others. */
type Leaf = Tensor | null;

/** A parameter as a tree. */
interface Param {
  readonly structure: Structure;
  readonly leaves: readonly Leaf[];
}

/** The parameters of a call, and the function of their leaves with derivatives. */
interface Subject {
  readonly params: readonly Param[];
  readonly inputs: readonly Tensor[];
  readonly call: Loose;
}

const J = { re: 0, im: 1 };
const isComplexTensor = (t: Tensor): boolean => isComplex(t.dtypeNumber);
const differentiable = (t: unknown): Leaf => (t instanceof Tensor && isInexact(t.dtypeNumber) ? t : null);
const sizeOf = (leaves: readonly Leaf[]): number => leaves.reduce((n, t) => n + (t ? t.size * partsOf(t.dtypeNumber) : 0), 0);
const times = (by: number | typeof J, t: Tensor): Tensor => apply2(Op.mul, t, weak(by));

function subjectOf(f: AnyFunction, choice: JacobianChoice, args: readonly unknown[], op: string): Subject {
  const chosen = resolveParams(f, choice);
  if (chosen !== null) checkArity(chosen, args.length, nameOf(f));
  const positions = chosen ?? args.map((_, i) => i);
  const inputs: Tensor[] = [];
  const given = new Map(
    positions.map((place) => {
      const found: unknown[] = [];
      const structure = flatten(args[place], found, op);
      return [place, { structure, all: found.map((leaf) => operand(leaf as TensorLike, undefined, op)) }] as const;
    }),
  );
  for (const { all } of given.values()) inputs.push(...all.filter(differentiable));
  const others = args.map((v, i) => (given.has(i) ? v : withScalars(v)));
  const call: Loose = (...xs) => {
    const values = others.slice();
    let next = 0;
    for (const [place, { structure, all }] of given) {
      values[place] = unflatten(
        structure,
        all.map((t) => (differentiable(t) ? xs[next++] : t)),
      );
    }
    return (f as Loose)(...values);
  };
  Object.defineProperty(call, 'name', { value: f.name });
  const params = positions.map((place) => {
    const { structure, all } = given.get(place) as { structure: Structure; all: Tensor[] };
    return { structure, leaves: all.map(differentiable) };
  });
  return { params, inputs, call };
}

/** `derivative` along each unit vector in the space of t, times `by`; each result has these as its last axes, in the shape of t. */
function alongUnits(t: Tensor, by: 1 | typeof J, derivative: (unit: Tensor) => Tensor[]): Tensor[] {
  const { size, shape, dtypeNumber } = t;
  const parts = partsOf(dtypeNumber);
  const data = new (arrayOf(dtypeNumber))(size * size * parts);
  for (let k = 0; k < size; k++) data[(k * size + k) * parts + (by === 1 ? 0 : 1)] = 1;
  const units = reshaped(create(dtypeNumber, [size, size], data), size === 1 ? shape : [size, ...shape]);
  const results = size === 1 ? derivative(units) : (vmap(derivative as never, { outAxes: -1 }) as unknown as typeof derivative)(units);
  return results.map((y) => {
    const whole = [...y.shape.slice(0, size === 1 ? y.rank : -1), ...shape];
    checkShape(whole, 'jacobian');
    return reshaped(y, whole);
  });
}

/** What `f` returned, and its derivatives by input and by leaf of the result that has derivatives. */
interface Derivatives {
  readonly value: unknown;
  readonly columns: readonly (readonly Tensor[])[];
}

/** The parts of a complex y's derivative by a complex x that are linear in x, from its derivatives along 1 and along i. */
const linearPart = (a: Tensor, b: Tensor): Tensor => times(0.5, apply2(Op.sub, a, times(J, b)));

function pushed({ inputs, call }: Subject): Derivatives {
  const { value, jvp: along, dispose } = (linearize as unknown as (f: Loose) => (...xs: unknown[]) => Linearized)(call)(...inputs);
  const { structure, outputs } = leavesOf(value);
  const columns = inputs.map((x, i) => {
    const derivative = (unit: Tensor): Tensor[] => {
      const tangents: unknown[] = [];
      difference(structure, along(...inputs.map((_, k) => (k === i ? unit : null))), tangents, true);
      return tangents.filter((_, k) => outputs[k]) as Tensor[];
    };
    const first = alongUnits(x, 1, derivative);
    if (!isComplexTensor(x)) return first;
    const second = alongUnits(x, J, derivative);
    return first.map((a, k) => (isComplexTensor(a) ? linearPart(a, second[k] as Tensor) : apply2(Op.add, a, times(J, second[k] as Tensor))));
  });
  dispose();
  return { value, columns };
}

/** From a run of makeVjp. */
function pulled({ inputs }: Subject, { value, vjp }: VjpResult): Derivatives {
  const { structure, outputs } = leavesOf(value);
  const rows = outputs.flatMap((y, i) => {
    if (y === null) return [];
    const derivative = (unit: Tensor): Tensor[] => {
      const weights = outputs.map((other, k) => (k === i ? unit : other && create(other.dtypeNumber, other.shape, null)));
      return vjp(unflatten(structure, weights, true)) as Tensor[];
    };
    const first = alongUnits(y, 1, derivative);
    if (!isComplexTensor(y)) return [first.map((a, k) => outwards(a, (inputs[k] as Tensor).rank))];
    const second = alongUnits(y, J, derivative);
    const whole = first.map((a, k) => {
      const b = second[k] as Tensor;
      return isComplexTensor(a) ? linearPart(apply1(Op.conj, a), times(-1, apply1(Op.conj, b))) : apply2(Op.add, a, times(J, b));
    });
    return [whole.map((a, k) => outwards(a, (inputs[k] as Tensor).rank))];
  });
  return { value, columns: inputs.map((_, k) => rows.map((row) => row[k] as Tensor)) };
}

/** t with its first `rank` axes moved behind the others. */
const outwards = (t: Tensor, rank: number): Tensor =>
  transpose(
    t,
    Array.from({ length: t.rank }, (_, i) => (i + rank) % t.rank),
  );

function leavesOf(value: unknown): { structure: Structure; outputs: readonly Leaf[] } {
  const found: unknown[] = [];
  const structure = flatten(value, found);
  return { structure, outputs: found.map(differentiable) };
}

/** The tree of a parameter, of what `block` gives for each leaf with derivatives. */
const treeOf = ({ structure, leaves }: Param, block: (x: Tensor) => unknown): unknown =>
  unflatten(
    structure,
    leaves.map((x) => x && block(x)),
    true,
  );

/** For each parameter the tree of the result, with that of the parameter in place of each leaf. */
function assembled({ params, inputs }: Subject, { value, columns }: Derivatives): unknown[] {
  const { structure, outputs } = leavesOf(value);
  return params.map((param) => {
    let row = 0;
    const blocks = outputs.map((y) => {
      if (y === null) return null;
      const k = row++;
      return treeOf(param, (x) => (columns[inputs.indexOf(x)] as readonly Tensor[])[k]);
    });
    return unflatten(structure, blocks, true);
  });
}

function checkChoice(f: AnyFunction, choice: unknown, op: string): void {
  checkFunction(f, op);
  if (isPlainObject(choice)) checkOptions(choice, ['params', 'names'], op);
}

const MODES = ['forward', 'reverse', 'auto'];

/**
 * A function of the arguments of `f` that returns its Jacobian by each of `params`: a list as that of gradientsFunction, all arguments when `params`
 * is left out. Each is a tensor of shape [...result, ...param]; for trees the tree of the result, with the tree of the parameter in place of each
 * leaf. Zeros where a result does not depend on a parameter; null for whole numbers, booleans and what is no tensor.
 *
 * `mode` is 'forward' (a derivative along each element of the parameters), 'reverse' (a gradient of each element of the result), or 'auto': the one
 * with fewer. 'auto' runs `f` a second time where that is forward. The values are those of either mode; a rule of customGradient needs 'reverse'.
 *
 * Law: J·ẋ is the tangent of `jvp`; rows are the gradients of makeVjp. Complex: by a real parameter J is ∂y/∂x; of a real result by a complex
 * parameter it is the gradient, ∂y/∂Re x + i·∂y/∂Im x; of a complex result by a complex parameter it is ½(∂y/∂Re x − i·∂y/∂Im x), for a holomorphic
 * `f` its derivative.
 *
 * @throws ParamsError as gradientsFunction does; ArgumentError for another option or mode.
 */
export const jacobian = ((f: AnyFunction, params?: JacobianChoice, options: JacobianOptions = {}, ...more: unknown[]) => {
  refuseMore('jacobian(f, params, { mode })', 0, more);
  checkChoice(f, params, 'jacobian');
  checkOptions(options, ['mode'], 'jacobian');
  const mode = options.mode ?? 'auto';
  if (!MODES.includes(mode)) throw refused(ArgumentError, 'jacobian', `mode is ${MODES.map(shown).join(' or ')}; got ${shown(mode)}`);
  return (...args: unknown[]) => {
    ready();
    return scope(() => {
      const subject = subjectOf(f, params, args, 'jacobian');
      if (mode === 'forward') return assembled(subject, pushed(subject));
      const run = (makeVjp as unknown as (f: Loose, options: GradientOptions) => (...xs: unknown[]) => VjpResult)(subject.call, {
        unconnectedGradients: 'zero',
      })(...subject.inputs);
      const isForward = mode === 'auto' && sizeOf(subject.inputs) <= sizeOf(leavesOf(run.value).outputs);
      const derivatives = isForward ? null : pulled(subject, run);
      run.dispose();
      return assembled(subject, derivatives ?? pushed(subject));
    });
  };
}) as Jacobian;

/**
 * A function of the arguments of `f` that returns its second derivatives: for each of `params` a list with one for each of `params`, in which the
 * entry at i, j has shape [...paramᵢ, ...paramⱼ]; for trees the tree of parameter i, with the tree of parameter j in place of each leaf. Outputs of `f`
 * are summed, as in gradientsFunction. Derivatives along each element of the gradient, at once.
 *
 * For products with a vector alone `hvp` is cheaper.
 *
 * @throws DTypeError for complex parameters, whose second derivatives are no single matrix: use `hvp`, or parameters of real and imaginary parts.
 */
export const hessian = ((f: AnyFunction, params?: JacobianChoice, ...more: unknown[]) => {
  refuseMore('hessian(f, params)', 0, more);
  checkChoice(f, params, 'hessian');
  return (...args: unknown[]) => {
    ready();
    return scope(() => {
      const subject = subjectOf(f, params, args, 'hessian');
      const complex = subject.inputs.find(isComplexTensor);
      if (complex)
        throw refused(
          DTypeError,
          'hessian',
          `the second derivatives by ${complex.dtype} parameters are no single matrix; use hvp, or pass real and imaginary parts as parameters`,
        );
      const slope = gradientsFunction(subject.call as never, { unconnectedGradients: 'zero' }) as unknown as Loose;
      const { columns } = pushed({ ...subject, call: slope });
      const { params: chosen, inputs } = subject;
      return chosen.map((row) =>
        chosen.map((column) => treeOf(row, (y) => treeOf(column, (x) => (columns[inputs.indexOf(x)] as readonly Tensor[])[inputs.indexOf(y)]))),
      );
    });
  };
}) as Hessian;

/**
 * A function of x and v, like x, that returns `{ value, gradient, hvp }`: what `f` returns for x, its gradient, and the derivative of the gradient
 * along v, which is the Hessian times v. x may be a tree; null in v stands for zeros. Forward over reverse: about twice the cost of the gradient,
 * whatever the size of x. Complex: the derivative of ∂/∂Re + i·∂/∂Im along v.
 *
 * @throws TapeError where `f` does not depend on x; as `jvp` when v is not like x.
 */
export const hvp = ((f: AnyFunction, ...more: unknown[]) => {
  refuseMore('hvp(f)', 0, more);
  checkFunction(f, 'hvp');
  return (x: unknown, v: unknown, ...others: unknown[]) => {
    refuseMore('hvp(f)(x, v)', 0, others);
    return scope(() => {
      let structure: Structure;
      const slope = (x: unknown): unknown => {
        const { value, gradient } = (valueAndGrad(f as never) as unknown as Loose)(x) as { value: unknown; gradient: unknown };
        const leaves: unknown[] = [];
        structure = flatten(gradient, leaves);
        return [value, leaves];
      };
      const { value, tangent } = (jvp(slope as never) as unknown as Loose)([x], [v]) as Record<'value' | 'tangent', [unknown, Tensor[]]>;
      return { value: value[0], gradient: unflatten(structure, value[1]), hvp: unflatten(structure, tangent[1]) };
    });
  };
}) as Hvp;
