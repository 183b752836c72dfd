/**
 * The root where the host has nothing better: the library, and the core as text, so that there is no file to find or to leave behind.
 * Bundlers keep the order of evaluation, so the text stands behind all code; anywhere else it would part code from code, and gzip find less
 * that repeats.
 */
export * from './public.js';

import library from './library.js';
import { source, unpacked } from './packed.js';

library.foundBy(source, unpacked);
