/**
 * The contract between core and wings: every function and variable of the core that a wing may use, and none that no wing uses. In the core's
 * build they are exports, under short names; in a wing's build `scripts/wing.mjs` makes the same declarations imports. Other code that a wing
 * calls is compiled into the wing; the build refuses code that holds state of the core.
 */

export { copyDense } from './kernels/copy';
export { forgetTold, tell } from './kernels/progress';
export { tile0, tile1, tileDtype, tileOut } from './kernels/tile';
export { alloc, free } from './memory/heap';
export { dense, freeDense } from './ops/dense';
export { inferMap, mapTiles } from './ops/elementwise';
export { pull } from './ops/prim';
export { isShared, keepWhole, share, start } from './parallel/share';
export { apply, call1, call2 } from './tape/apply';
export { bit, expands, fillLike, firstValue, scalar, shaped, slots } from './tape/backward';
export { begin } from './tape/call';
export { accumulate } from './tape/cotangent';
export { fail } from './tape/fault';
export { dtypesOf, enroll, enrollKernel } from './tape/registry';
export { newRecord } from './tensor/tensor';

/** A fingerprint of this file and of the core's code that wings compile into themselves. `scripts/contract.mjs` writes it. */
export function contract(): i32 {
  return 0;
}
