/**
 * A fresh process: `node process.mjs LIBRARY WORK COUNTS` prints the milliseconds from the work's making to each count of calls, and the first call's
 * number. Counts that would take longer than ten seconds are left out.
 */
import { data } from './data.mjs';

const [library, work, list] = process.argv.slice(2);
const counts = list.split(',').map(Number);
const { [work]: make } = await import(`./${library}.mjs`);

const start = performance.now();
const call = make(data);
const times = [];
let answer;
for (let i = 1; i <= counts.at(-1) && performance.now() - start < 10_000; i++) {
  const number = call();
  answer ??= number;
  if (counts.includes(i)) times.push(performance.now() - start);
}
console.log(JSON.stringify({ times, answer }));
