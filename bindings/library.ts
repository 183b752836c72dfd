/** All that roots, wings and tests reach of the library: the public names, those that wings use, and a default. Knows not where the core is. */
import { core, foundBy, i32, ready } from './module.js';

export * from './extend.js';
export * from './public.js';

/** @internal What is no name of either. */
export default {
  foundBy,
  ready,
  get core() {
    return core;
  },
  get i32() {
    return i32;
  },
};
