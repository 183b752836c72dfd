/**
 * Runs every check of `checks`, or those whose names contain one of the arguments, in this folder, which has the packed tarball installed.
 * A check is `{ name, run, wants }`: its run's text must be as wanted, or where nothing is, it must not throw.
 * Ends with one line, `N passed, N failed`.
 */
import { readdirSync } from 'node:fs';

const asked = process.argv.slice(2).map((name) => name.toLowerCase());
const isAsked = ({ name }) => asked.length === 0 || asked.some((part) => name.toLowerCase().includes(part));
const isWanted = (text, wants) => wants === undefined || (wants instanceof RegExp ? wants.test(text) : text === wants);

async function passes({ name, run, wants }) {
  const start = performance.now();
  const [passed, text] = await run().then(
    (text) => [isWanted(text, wants), text],
    (error) => [false, error.stack],
  );
  const time = `${Math.round(performance.now() - start)} ms`;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${name.padEnd(36)} ${time.padStart(8)}  ${passed ? text : `\n${text}`}`);
  return passed;
}

const checks = (await Promise.all(readdirSync('checks').map((file) => import(`./checks/${file}`)))).flatMap((module) => module.default);
let passed = 0;
let failed = 0;
for (const check of checks.filter(isAsked)) (await passes(check)) ? passed++ : failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exit(passed > 0 && failed === 0 ? 0 : 1);
