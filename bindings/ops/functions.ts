/** The rows of the op table that are not methods. A bundle leaves out those that it doesn't import. */
export * from './calculus.js';
export { where } from './comparison.js';
export { concat, stack } from './concat.js';
export * from './distances.js';
export { einsum } from './einsum.js';
export * from './floats.js';
export * from './grids.js';
export * from './lists.js';
export * from './nans.js';
export { softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from './nn.js';
export * from './placing.js';
export * from './whole.js';
