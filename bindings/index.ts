/** The public names. */
import './methods.js';

export { init, type InitOptions } from './module.js';
export { tensor, type TensorLike, type TensorOptions } from './convert.js';
export { Tensor } from './tensor.js';
export { scope } from './scope.js';
export * from './ops/all.js';
export { arange, eye, full, linspace, ones, onesLike, zeros, zerosLike } from './ops/creation.js';
export { einsum } from './ops/einsum.js';
export { concat, stack } from './ops/concat.js';
export * from './ops/lists.js';
export * as random from './random.js';
export { devtoolsFormatter } from './display.js';
export { memory, type MemoryInfo } from './memory.js';
export { gradientsFunction, makeVjp, valueAndGradientsFunction } from './transforms/gradients.js';
