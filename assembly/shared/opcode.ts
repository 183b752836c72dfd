/**
 * The primitives' opcodes, and nothing else. Legal AssemblyScript and legal TypeScript.
 * The order is free: neither files nor other builds store a number.
 */
export enum Op {
  none,

  // Structure
  identity,
  stopGradient,
  cast,
  contiguous,

  // Arithmetic
  add,
  sub,
  mul,
  div,
  neg,
  reciprocal,
  square,
  pow,
  sqrt,
  rsqrt,
  cbrt,
  abs,
  sign,
  maximum,
  minimum,
  remainder,
  floorDiv,
  mulNoNan,
  addProduct,
  divNoNan,
  xdivy,
  xlogy,
  atan2,
  hypot,
  logaddexp,
  copysign,

  // Exponentials and logarithms
  exp,
  expm1,
  exp2,
  log,
  log2,
  log10,
  log1p,

  // Trigonometric and hyperbolic
  sin,
  cos,
  tan,
  asin,
  acos,
  atan,
  sinh,
  cosh,
  tanh,
  asinh,
  acosh,
  atanh,

  // Special
  erf,
  erfc,

  // Complex
  complex,
  real,
  imag,
  conj,
  angle,
  viewAsReal,
  viewAsComplex,

  // Rounding and predicates
  floor,
  ceil,
  round,
  trunc,
  step,
  isNaN,
  isFinite,
  isInf,

  // Comparison and logic
  equal,
  notEqual,
  less,
  lessEqual,
  greater,
  greaterEqual,
  logicalAnd,
  logicalOr,
  logicalNot,
  logicalXor,
  where,
  bitwiseAnd,
  bitwiseOr,
  bitwiseXor,
  leftShift,
  rightShift,

  // Activation
  relu,
  reluGrad,
  relu6,
  prelu,
  elu,
  sigmoid,
  sigmoidGrad,
  tanhGrad,
  softplus,
  softsign,
  silu,
  mish,
  siluGrad,
  gelu,
  geluGrad,
  geluTanh,

  // Reduction
  sumTo,
  sum,
  prod,
  max,
  min,
  all,
  any,
  argmax,
  argmin,
  cumsum,
  cummax,
  cummin,
  recurrence,
  logsumexp,
  softmax,
  logSoftmax,
  variance,
  deviation,
  normalize,
  normalizeGrad,

  // Movement
  reshape,
  transpose,
  broadcastTo,
  stridedSlice,
  pad,
  concat,
  split,
  bandPart,

  // Indexing
  take,
  scatterAdd,
  scatterMax,
  ravelIndex,
  lastWriters,
  positionsSet,
  oneHot,

  // Contraction
  matmul,
  conv,
  convInput,
  convFilter,

  // Pooling
  maxPool,
  maxPoolAdd,
  maxPoolTake,

  // Loss
  softmaxCrossEntropy,
  sparseSoftmaxCrossEntropy,
  crossEntropyGrad,

  // Creation
  fill,
  arange,
  threefry,
  randomBits,
  randomUniform,
  randomNormal,
  randomTruncatedNormal,
  randomExponential,
  randomIntegers,
  randomPermutation,

  count,
}
