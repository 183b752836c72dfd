/** Runs the blocks of JavaScript in a page, and compares the numbers in their comments. */
import { readFileSync } from 'node:fs';
import * as gradtape from 'gradtape';
import { Tensor } from 'gradtape';
import { expect } from 'vitest';

/** The blocks of a page, by its path from the root. */
export const blocksOf = (path: string): string[] =>
  [...readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').matchAll(/^```js\n([\s\S]*?)^```$/gm)].map(([, code]) => code as string);

/** As pages write it: a true minus, a complex number as a sum. */
function written(value: unknown): string {
  const v = value instanceof Tensor ? value.array() : value;
  if (typeof v === 'object' && v !== null && 're' in v && 'im' in v) return `${v.re} ${Number(v.im) < 0 ? '−' : '+'} ${Math.abs(Number(v.im))}i`;
  return (typeof v === 'object' ? JSON.stringify(v) : String(v)).replaceAll('-', '−');
}

/** The block as the body of a function: imports become a destructuring, `const [a, b] = …; // 1, 2` and `console.log(a); // 1` are compared. */
const bodyOf = (code: string): string =>
  code
    .replace(/^import (\{[^}]*\}) from 'gradtape';$/gm, 'const $1 = gradtape;')
    .replace(/^const \[([^\]]*)\] = .*; \/\/ ([−\d].*)$/gm, '$&\nexpectWritten([$1], `$2`);')
    .replace(/^console\.log\((.*)\); \/\/ (.*)$/gm, 'expectWritten([$1], `$2`);');

/** Runs a block, and expects each comment with numbers to be compared. */
export async function runBlock(code: string): Promise<void> {
  let compared = 0;
  const expectWritten = (values: readonly unknown[], expected: string): void => {
    expect(values.map(written).join(', ')).toBe(expected);
    compared++;
  };
  const run = new Function('gradtape', 'expectWritten', `return (async () => {\n${bodyOf(code)}\n})()`) as (...args: unknown[]) => Promise<void>;
  await run(gradtape, expectWritten);
  expect(compared).toBe(code.match(/; \/\/ [−\d]|console\.log\(.*\); \/\//gm)?.length ?? 0);
}
