/** Cloudflare Workers: the answer, and the isolate's memory after a training. */
import { once } from '../command.js';
import { answer } from '../expected.js';
import { heapBytes, startWorker } from '../workerd.js';

const MB = 2 ** 20;
const LIMIT = 32; // MB, of the 128 that Cloudflare gives an isolate

/** What one worker answers and takes. */
const worked = once(async () => {
  const worker = await startWorker('worker.js');
  try {
    const get = async (path) => (await worker.dispatchFetch(`http://gradtape.test${path}`)).text();
    return { answer: await get('/'), linear: Number(await get('/train')) / MB, heap: (await heapBytes(worker)) / MB };
  } finally {
    await worker.dispose();
  }
});

async function memory() {
  const { linear, heap } = await worked();
  const text = `${linear.toFixed(1)} MB of linear memory, ${heap.toFixed(1)} MB of heap`;
  if (!(linear > 0 && heap > 0 && linear + heap < LIMIT)) throw new Error(`${text}: more than ${LIMIT} MB`);
  return text;
}

export default [
  { name: 'workerd', wants: answer, run: async () => (await worked()).answer },
  { name: 'workerd, memory', run: memory },
];
