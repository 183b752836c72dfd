/**
 * Uses, in a bundle, the builds that are files beside the package's code: reports `found`, or is refused and then passes `init` the module and the
 * worker, one after the other. It has no top-level await, which only modules may have.
 */
import { init, shutdown } from 'gradtape';
import { digest } from './product.js';

const fs = process.getBuiltinModule('node:fs');
const folder = 'node_modules/gradtape/dist';
const module = new WebAssembly.Module(fs.readFileSync(`${folder}/build/simd-threads.wasm`));
const worker = fs.realpathSync(`${folder}/bindings/worker.js`);

async function tried(options) {
  try {
    await init(options);
    return 'found';
  } catch ({ name, message }) {
    return /handed over|call init\(/.test(message) ? name : message;
  }
}

async function answer() {
  const outcomes = [];
  for (const options of [{}, { module }, { module, worker }]) {
    if (outcomes.includes('found')) break;
    outcomes.push(await tried({ threads: 2, ...options }));
  }
  const found = digest();
  await shutdown();
  return [...outcomes, found].join(' ');
}

answer().then(console.log, (error) => console.log(String(error)));
