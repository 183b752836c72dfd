/** The root on Vercel's edge. `?module` asks the bundler for a compiled core, for this host doesn't compile bytes. */
export * from './public.js';

import wasm from '../build/core.wasm?module';
import library from './library.js';

library.foundBy(() => wasm);
