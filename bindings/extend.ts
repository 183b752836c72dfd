/** The names that a wing's facade may import from the library besides the public ones, so that the library's state exists once; the build refuses others. */
export { axesWords, doubleWords, searchWords, sortWords } from './attributes.js';
export { applyMany, scalar } from './call.js';
export { operand } from './convert.js';
export { isComplex, isInexact } from './dtype.js';
export { refused, shown } from './errors.js';
export {
  ALONE,
  ANY,
  COUNT,
  COUNTS,
  END,
  FLAG,
  INDICES,
  kind,
  listOf,
  NOT_NEGATIVE,
  OPTIONAL,
  oneOf,
  POSITIVE,
  pairOf,
  REAL,
  SIZE,
  SIZES,
  TENSOR,
  WHOLE,
  WHOLES,
  wholeFrom,
} from './kinds.js';
export { namesOf } from './opnames.js';
export { axesOf, axisOf, completed, REDUCE, sizeOf, upTo } from './ops/axes.js';
export { cut } from './ops/cuts.js';
export { broadcast, converted, counted, functionRow, inexact, inexactBeside, promoted, reshaped, unaryFunction, withAttributes } from './ops/define.js';
export { reducedLosses, reductionsOf, SMOOTHING, smoothed } from './ops/losses.js';
export { neighbours } from './ops/statistics.js';
export { scattered } from './ops/taking.js';
export { openWing, register, wingFoundBy } from './wings.js';
