/**
 * The door: all that a wing may use of the core's state, and nothing that no wing uses. In the core these are exports, under short names; in
 * a wing's build the same declarations are imports (`scripts/wing.mjs`). What else a wing reaches is compiled into it, and the build
 * refuses it where it holds state of the core's.
 */

export { tile0, tile1, tileDtype, tileOut } from './kernels/tile';
export { inferMap, mapTiles } from './ops/elementwise';
export { pull } from './ops/prim';
export { call1, call2 } from './tape/apply';
export { bit, firstValue, scalar } from './tape/backward';
export { dtypesOf, enroll, enrollKernel } from './tape/registry';

/** A fingerprint of this file and of all that a wing compiles into itself of the core's: `scripts/contract.mjs` writes it. */
export function contract(): i32 {
  return 0;
}
