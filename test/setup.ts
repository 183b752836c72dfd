/** Runs the suite on another build than the one that is inlined, when GRADTAPE_BUILD names one: debug, relaxed, sanitize. */
import { readFileSync } from 'node:fs';
import { init } from 'gradtape';

const build = process.env.GRADTAPE_BUILD;
if (build) init({ module: new WebAssembly.Module(readFileSync(new URL(`../build/gradtape.${build}.wasm`, import.meta.url))) });
