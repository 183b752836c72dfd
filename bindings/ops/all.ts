/** Every row of the op table. The rows are public functions and, except for those of functions.ts, methods of Tensor. */
export * from './activation.js';
export * from './arithmetic.js';
export * from './bands.js';
export * from './comparison.js';
export * from './complex.js';
export * from './composite.js';
export * from './contraction.js';
export * from './identity.js';
export * from './nn.js';
export * from './reduction.js';
export { cummax, cummin, cumprod, cumsum, type RunningOptions, type ScanOptions } from './scan.js';
export { indexAdd, indexPut, type SegmentOptions, scatterAdd, scatterMax, scatterNd, segmentMax, segmentMean, segmentSum } from './scatter.js';
export * from './shape.js';
export * from './slices.js';
export {
  type DiffOptions,
  diff,
  mean,
  type NormOptions,
  norm,
  type Spread,
  type SpreadOption,
  type SpreadOptions,
  std,
  type TrapzOptions,
  trapz,
  var,
  variance,
} from './statistics.js';
export * from './take.js';
export * from './transcendental.js';
