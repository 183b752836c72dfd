/** The unoptimised build computes the recorded bits: a difference is an error of the compiler, or of code that depends on one. */
import { readFileSync } from 'node:fs';
import { init } from 'gradtape';
import { expectGolden } from './golden.js';
import { wingsOf } from './sanitizer.js';

init({ module: new WebAssembly.Module(readFileSync(new URL('../build/gradtape.debug.wasm', import.meta.url))), wings: wingsOf('debug') });

expectGolden();
