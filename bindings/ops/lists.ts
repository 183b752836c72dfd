/** Ops on lists of tensors. They are not methods, as their first argument is a list. */
import { Op } from '../../assembly/shared/opcode.js';
import { apply1 } from '../call.js';
import type { TensorLike } from '../convert.js';
import { ArgumentError, refused } from '../errors.js';
import { ANY, TENSORS } from '../kinds.js';
import type { Tensor } from '../tensor.js';
import { add } from './arithmetic.js';
import { where } from './comparison.js';
import { counted, functionRow } from './define.js';

/** The sum of a list, with broadcasting. f32 f64 c64 c128 i32. Gradient ȳ for each. @throws TypeError for an empty list. */
export const addN: (tensors: readonly TensorLike[]) => Tensor = /* @__PURE__ */ functionRow('addN', { tensors: TENSORS }, (given) => {
  const [first, ...rest] = given as readonly Tensor[];
  return rest.reduce<Tensor>((sum, x) => add(sum, x), apply1(Op.identity, counted(first as Tensor)));
});

/**
 * For each element the choice whose condition is the first to hold, else `otherwise`, which is 0; all broadcast together.
 * Gradient ȳ to the chosen one, 0 to the others whatever they are. @throws TypeError unless there is a choice for each condition.
 */
export const select: (conditions: readonly TensorLike[], choices: readonly TensorLike[], otherwise?: TensorLike) => Tensor = /* @__PURE__ */ functionRow(
  'select',
  { conditions: TENSORS, choices: TENSORS, otherwise: [ANY, 0] },
  (conditions, choices, otherwise: TensorLike) => {
    if (conditions.length !== choices.length)
      throw refused(ArgumentError, 'select', `takes a choice for each condition; got ${conditions.length} conditions and ${choices.length} choices`);
    return conditions.reduceRight<TensorLike>((rest, condition, i) => where(condition, choices[i] as TensorLike, rest), otherwise) as Tensor;
  },
);
