/** whileLoop and cond: a loop and a branch by what a tensor says. Know trees, no tapes. */
import { ArgumentError, CompileError, DTypeError, refused, refuseMore, ShapeError } from '../errors.js';
import { ready } from '../module.js';
import { nameOf } from '../names.js';
import { where } from '../ops/comparison.js';
import { scope } from '../scope.js';
import { difference, pathsOf, unflatten } from '../structure.js';
import type { Tensor } from '../tensor.js';
import type { AnyFunction, Cond, WhileLoop } from '../types.js';
import { Carry, truthOf } from './carry.js';
import { packed } from './custom.js';
import { checkFunction } from './jvp.js';

type Branch = (...operands: unknown[]) => unknown;

/**
 * The carry after `while (condition(carry)) carry = body(carry)`, from `init` on.
 *
 * A carry is a tensor or a tree of them, and keeps its tree, shapes and dtypes; a number in `init` takes the dtype of the first carry that `body`
 * returns. `condition` gives a boolean, or a scalar; it has no gradient, so it may read what is differentiated. Gradients are those of the steps that
 * ran. What a step makes is released at its end, unless a tape needs it.
 *
 * @throws CompileError when the condition depends on arguments of a function in `compile`, or on an example in `vmap`: the number of steps is not known.
 * ShapeError, DTypeError, TypeError when a carry changes its shape, dtype or tree. What the functions throw passes unchanged.
 */
export const whileLoop = ((condition: AnyFunction, body: AnyFunction, init: unknown, ...more: unknown[]): unknown => {
  refuseMore('whileLoop(condition, body, init)', 0, more);
  checkFunction(condition, 'whileLoop');
  checkFunction(body, 'whileLoop');
  ready();
  return scope(() => {
    const carry = new Carry(init, 'whileLoop', nameOf(body));
    const goes = (): boolean => {
      let truth: boolean | null = null;
      scope(() => {
        truth = truthOf((condition as (carry: unknown) => unknown)(carry.tree()), 'whileLoop', `what ${nameOf(condition)} returns`);
      });
      if (truth === null)
        throw refused(
          CompileError,
          'whileLoop',
          `${nameOf(condition)} depends on arguments of a function that is being compiled or on an example of a batch, so the number of steps is not known; use scan with the most steps there are and where(condition, x, y) in it, or call whileLoop outside`,
        );
      return truth;
    };
    while (goes()) carry.step((c) => ({ next: (body as (carry: unknown) => unknown)(c), others: [] }));
    return carry.tree();
  });
}) as WhileLoop;

/**
 * `onTrue(...operands)` where `predicate` is true, else `onFalse(...operands)`. Only that branch runs and is differentiated.
 *
 * `predicate` is a boolean or a scalar, and has no gradient. Where only a program knows it, in `compile` and `vmap`, both branches run, and `where`
 * chooses: the branches then return the same tree, shapes and dtypes, and the other branch has zero gradients.
 *
 * @throws TypeError, ShapeError, DTypeError when both run and their results differ in tree, shape or dtype. What a branch throws passes unchanged.
 */
export const cond = ((predicate: unknown, onTrue: AnyFunction, onFalse: AnyFunction, ...operands: unknown[]): unknown => {
  checkFunction(onTrue, 'cond');
  checkFunction(onFalse, 'cond');
  ready();
  const truth = truthOf(predicate, 'cond', 'the predicate');
  const [yes, no] = [onTrue, onFalse] as unknown as readonly [Branch, Branch];
  if (truth !== null) return scope(() => (truth ? yes : no)(...operands));
  return scope(() => {
    const { structure, leaves } = packed(yes(...operands), 'cond');
    const other = no(...operands);
    const found: unknown[] = [];
    const differs = difference(structure, other, found);
    if (differs) throw refused(ArgumentError, 'cond', `both branches run in a program, and return the same tree; ${nameOf(onFalse)} gives result${differs}`);
    const others = packed(unflatten(structure, found), 'cond').leaves;
    const paths = pathsOf(structure);
    return unflatten(
      structure,
      leaves.map((x, i) => {
        const y = others[i] as Tensor;
        const what = `both branches run in a program, and return the same shapes and dtypes; result${paths[i] && `.${paths[i]}`} is`;
        if (String(x.shape) !== String(y.shape)) throw refused(ShapeError, 'cond', `${what} [${x.shape}] and [${y.shape}]`);
        if (x.dtype !== y.dtype) throw refused(DTypeError, 'cond', `${what} ${x.dtype} and ${y.dtype}`);
        return where(predicate as Tensor, x, y);
      }),
    );
  });
}) as Cond;
