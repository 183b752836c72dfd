/** `npm start`: the worker on http://127.0.0.1:8787, after one request to it that shows how it is asked. Ctrl-C ends it. */
import { startWorker } from './build.js';

const worker = await startWorker(8787);
const address = (await worker.ready).origin;
const clicked = ['Shrek', 'Finding Nemo'];
const body = JSON.stringify({ clicked, skipped: ['The Dark Knight'], count: 5 });
const { ranking } = await (await fetch(address, { method: 'POST', body })).json();

console.log(`curl ${address} -d '${body}'\n`);
for (const { title, score, because } of ranking) console.log(`${score.toFixed(3)}  ${title.padEnd(24)} ${because}`);
console.log(`\nGET ${address}/movies lists the catalogue. Ctrl-C ends.`);
process.on('SIGINT', async () => {
  await worker.dispose();
  process.exit();
});
