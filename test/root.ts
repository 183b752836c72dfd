/** The root that tests import as `gradtape`: the library as the file that roots share, so that its internals can be reached, and a core that needs no packing. */
import { readFileSync } from 'node:fs';
import library from '../dist/bindings/library.js';

export * from '../dist/bindings/library.js';

library.foundBy(() => readFileSync(new URL('../dist/build/core.wasm', import.meta.url)));
