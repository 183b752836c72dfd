/** Every row of the op table: these are the public functions, and methods of Tensor as far as their first argument is one. */
export * from './activation.js';
export * from './arithmetic.js';
export * from './movement.js';
export * from './bands.js';
export { flip, mirrorPad, pad, roll, slice, split, stridedSlice, unstack } from './pieces.js';
export * from './reduction.js';
export * from './contraction.js';
export * from './comparison.js';
export * from './complex.js';
export * from './transcendental.js';
export { booleanMask, gather, gatherNd, indexAdd, indexPut, oneHot, scatterAdd, scatterNd, segmentMax, segmentSum, take, takeAlongAxis } from './indexing.js';
