/** The root that tests import as `gradtape`: the library's file, whose internals tests can reach, and a core that isn't packed. */
import { readFileSync } from 'node:fs';
import type source from '../bindings/library.js';
import type { Tensor as Inside } from '../bindings/tensor.js';
import * as library from '../dist/bindings/library.js';

export * from '../dist/bindings/library.js';

/** The library's internals for roots and tests, which users' declarations lack. */
export const internals = (library as unknown as { readonly default: typeof source }).default;
export const insideOf = (t: library.Tensor): Inside => t as unknown as Inside;

internals.foundBy(() => readFileSync(new URL('../dist/build/core.wasm', import.meta.url)));
