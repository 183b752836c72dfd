/**
 * Runs the suite on the build that GRADTAPE_BUILD names (debug, relaxed, sanitize) instead of the inlined one, and on GRADTAPE_THREADS threads, which
 * then divide every call that can be divided. After each file that ran on the sanitizer build, the guards around every block of its heap must be
 * intact.
 */
import { readFileSync } from 'node:fs';
import { init } from 'gradtape';
import { afterAll, expect } from 'vitest';
import { internals as module } from './root.js';
import { damageOf, isSanitized, wingsOf } from './sanitizer.js';
import { divideAll } from './threads/core.js';

const { GRADTAPE_BUILD: build, GRADTAPE_THREADS: threads } = process.env;
if (threads) {
  await init({ threads: Number(threads), build: build === 'relaxed' ? build : 'simd' });
  divideAll();
} else if (build)
  await init({ module: new WebAssembly.Module(readFileSync(new URL(`../build/gradtape.${build}.wasm`, import.meta.url))), wings: wingsOf(build) });

afterAll(() => {
  if (isSanitized(module.core)) expect(damageOf(module.core)).toBe('none');
});
