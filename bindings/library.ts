/** The library as roots, wings and tests import it: the public names, the names for wings, and a default export. Doesn't know how the core is found. */
import { core, foundBy, i32, ready } from './module.js';

export * from './extend.js';
export * from './public.js';

/** @internal For roots and tests. */
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
