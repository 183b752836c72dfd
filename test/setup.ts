/**
 * Runs the suite on another build than the one that is inlined, when GRADTAPE_BUILD names one: debug, relaxed, sanitize; and on as many
 * threads as GRADTAPE_THREADS says, with everything divided that can be.
 */
import { readFileSync } from 'node:fs';
import { init } from 'gradtape';
import { divideAll } from './threads/core.js';

const { GRADTAPE_BUILD: build, GRADTAPE_THREADS: threads } = process.env;
if (threads) {
  await init({ threads: Number(threads), build: build === 'relaxed' ? build : 'simd' });
  divideAll();
} else if (build) await init({ module: new WebAssembly.Module(readFileSync(new URL(`../build/gradtape.${build}.wasm`, import.meta.url))) });
