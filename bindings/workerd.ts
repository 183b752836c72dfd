/** The root in Cloudflare Workers. The core is compiled when the worker is deployed, for they compile nothing when it runs. */
export * from './public.js';

import wasm from '../build/core.wasm';
import library from './library.js';

library.foundBy(() => wasm);
