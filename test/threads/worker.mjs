/** A helper thread of which the first does what GRADTAPE_FAULT says instead of its work. The others are good. */
import { parentPort, threadId } from 'node:worker_threads';

const fault = process.env.GRADTAPE_FAULT;
const forever = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);

/** What a thread does once it is ready; `instance` is an instance of its own. */
const faults = {
  'leaves before the first job': () => process.exit(),
  'never answers': forever,
  'dies in a job': ({ drawOne }) => {
    drawOne();
    process.exit();
  },
  'hangs in a job': ({ drawOne }) => {
    drawOne();
    forever();
  },
  'ends its part too late': ({ drawOne, perform, help }) => {
    const job = drawOne();
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2600);
    perform(job);
    help();
  },
};

if (threadId !== 1) await import('../../dist/bindings/worker.js');
else if (fault === 'cannot start') throw new Error('this thread cannot start');
else if (fault === 'leaves before it is ready') process.exit();
else
  parentPort.once('message', ({ module, memory, displacement }) => {
    const { exports } = new WebAssembly.Instance(module, { env: { memory, displacement } });
    exports.start();
    parentPort.postMessage('ready');
    faults[fault](exports);
  });
