/** The names that a wing's facade may import from the library besides the public ones, so that the library's state exists once; the build refuses others. */
export { axesWords, doubleWords } from './attributes.js';
export { applyMany, scalar } from './call.js';
export { operand } from './convert.js';
export { isComplex } from './dtype.js';
export { refused, shown } from './errors.js';
export {
  ALONE,
  ANY,
  COUNT,
  COUNTS,
  FLAG,
  kind,
  listOf,
  NOT_NEGATIVE,
  OPTIONAL,
  oneOf,
  POSITIVE,
  pairOf,
  SIZES,
  TENSOR,
  WHOLE,
  WHOLES,
} from './kinds.js';
export { namesOf } from './opnames.js';
export { axesOf, completed, sizeOf, upTo } from './ops/axes.js';
export { broadcast, functionRow, inexact, inexactBeside, promoted, reshaped, unaryFunction, withAttributes } from './ops/define.js';
export { reducedLosses, reductionsOf, SMOOTHING, smoothed } from './ops/losses.js';
export { openWing, register, wingFoundBy } from './wings.js';
