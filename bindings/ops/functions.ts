/** The rows of the op table that are functions only: their first operand is a list, a choice, or labels, and not what they are about. */
export { where } from './comparison.js';
export { concat, stack } from './concat.js';
export { einsum } from './einsum.js';
export * from './lists.js';
export * from './loss.js';
export { sigmoidCrossEntropy, softmaxCrossEntropy, sparseSoftmaxCrossEntropy } from './nn.js';
