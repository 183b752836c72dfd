/** The root in Cloudflare Workers, which compile the core when the worker is deployed and compile nothing while it runs. */
export * from './public.js';

import wasm from '../build/core.wasm';
import library from './library.js';

library.foundBy(() => wasm);
