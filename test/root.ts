/** The root that tests import as `gradtape`: the library as the file that roots share, so that its internals can be reached, and a core that needs no packing. */
import { readFileSync } from 'node:fs';
import type source from '../bindings/library.js';
import type { Tensor as Inside } from '../bindings/tensor.js';
import * as library from '../dist/bindings/library.js';

export * from '../dist/bindings/library.js';

/** What the library has for its roots and tests; the declarations of users are without it, and without what a handle consists of. */
export const internals = (library as unknown as { readonly default: typeof source }).default;
export const insideOf = (t: library.Tensor): Inside => t as unknown as Inside;

internals.foundBy(() => readFileSync(new URL('../dist/build/core.wasm', import.meta.url)));
