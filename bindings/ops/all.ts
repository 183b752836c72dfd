/** Every row of the op table: these are the public functions, and methods of Tensor. */
export * from './activation.js';
export * from './arithmetic.js';
export * from './bands.js';
export * from './comparison.js';
export * from './complex.js';
export * from './composite.js';
export { dot, inner, kron, type MatmulOptions, matmul, outer, tensordot, vdot } from './contraction.js';
export {
  type ConvOptions,
  type ConvTransposeOptions,
  conv1d,
  conv2d,
  conv3d,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
  depthwiseConv2d,
} from './conv.js';
export { booleanMask, gather, gatherNd, oneHot, take, takeAlongAxis } from './indexing.js';
export * from './loss.js';
export * from './movement.js';
export * from './nn.js';
export { layerNorm, rmsNorm } from './normalization.js';
export { flip, mirrorPad, pad, reverse, roll, slice, split, stridedSlice, unstack } from './pieces.js';
export * from './pool.js';
export { all, any, argmax, argmin, countNonzero, max, min, prod, sum } from './reduction.js';
export * from './scan.js';
export { indexAdd, indexPut, scatterAdd, scatterMax, scatterNd, segmentMax, segmentMean, segmentSum } from './scatter.js';
export * from './statistics.js';
export * from './structure.js';
export * from './transcendental.js';
export type { DataFormat, Padding, PerAxis, WindowOptions } from './windows.js';
