/** The public names. */
import './methods.js';

export type { Scalar, TensorLike, TensorOptions } from './convert.js';
export { devtoolsFormatter } from './display.js';
export type { ComplexNumber, DTypeName, TypedArray } from './dtype.js';
export {
  ArgumentError,
  CompileError,
  DTypeError,
  type GradtapeError,
  IndexError,
  InitError,
  ModuleError,
  OutOfMemoryError,
  ParamsError,
  ReleasedError,
  ShapeError,
  TapeError,
} from './errors.js';
export type { TensorJSON } from './json.js';
export { type MemoryInfo, memory } from './memory.js';
export { type InitOptions, init, shutdown } from './module.js';
export * from './ops/all.js';
export { arange, eye, full, linspace, logspace, ones, onesLike, tensor, zeros, zerosLike } from './ops/creation.js';
export * from './ops/functions.js';
export { random } from './random.js';
export { scope } from './scope.js';
export { Tensor } from './tensor.js';
export type { Hessian, Hvp, Jacobian, JacobianOptions } from './transforms/blocks.js';
export { type CheckOptions, checkGradients, type GradientCheck, type GradientReport } from './transforms/check.js';
export { cond, whileLoop } from './transforms/choice.js';
export { type Compile, type Compiled, type CompileOptions, compile } from './transforms/compile.js';
export { customGradient } from './transforms/custom.js';
export { grad, valueAndGrad } from './transforms/grad.js';
export { gradientsFunction, makeVjp, valueAndGradientsFunction } from './transforms/gradients.js';
export { implicitGradients, implicitValueAndGradients, type VariableGradient } from './transforms/implicit.js';
export { hessian, hvp, jacobian } from './transforms/jacobian.js';
export { jvp, linearize } from './transforms/jvp.js';
export { checkpoint, recomputeGradient } from './transforms/recompute.js';
export { scan } from './transforms/scan.js';
export { GradientTape } from './transforms/tape.js';
export { type Variable, type VariableOptions, variable } from './transforms/variable.js';
export { vmap } from './transforms/vmap.js';
export { type Leaf, type LeafOf, type Mapped, type TreeStructure, tree } from './tree.js';
export type {
  Cond,
  CustomGradient,
  Grad,
  GradientOptions,
  GradientsFunction,
  GradOptions,
  Jvp,
  Linearize,
  Linearized,
  MakeVjp,
  RuleGradients,
  Scan,
  ScanOptions,
  SourceGradients,
  Stacked,
  TapeGradientOptions,
  TapeOptions,
  UnconnectedOptions,
  ValueAndGrad,
  ValueAndGradientsFunction,
  VjpResult,
  Vmap,
  VmapOptions,
  WhileLoop,
} from './types.js';
