/** Every row of the op table: these are the public functions, and methods of Tensor. */
export * from './activation.js';
export * from './arithmetic.js';
export * from './bands.js';
export * from './comparison.js';
export * from './complex.js';
export * from './composite.js';
export * from './contraction.js';
export { booleanMask, gather, gatherNd, indexAdd, indexPut, oneHot, scatterAdd, scatterMax, scatterNd, segmentMax, segmentMean, segmentSum, take, takeAlongAxis } from './indexing.js';
export * from './loss.js';
export * from './movement.js';
export * from './nn.js';
export { flip, mirrorPad, pad, reverse, roll, slice, split, stridedSlice, unstack } from './pieces.js';
export { all, any, argmax, argmin, countNonzero, max, min, prod, sum } from './reduction.js';
export * from './scan.js';
export * from './statistics.js';
export * from './structure.js';
export * from './transcendental.js';
