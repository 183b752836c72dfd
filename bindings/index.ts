/**
 * The package's root: the library, and after it the core. Bundlers keep the order of evaluation, so the core's text stands behind all code;
 * anywhere else it would part code from code, and gzip find less that repeats.
 */
export * from './library.js';

import { source } from '#wasm';
import library from './library.js';

library.foundBy(source);
