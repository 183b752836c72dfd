/** Every method of a tensor is a row of the op table: a public, typed and tested function. A row installs its method even if `ops/all.ts` forgets it. */
import * as library from 'gradtape';
import { expect, test } from 'vitest';

/** The members of `Tensor.prototype` that are not rows. */
const OTHERS = ['constructor', 'toString', ...Object.getOwnPropertyNames(library.Tensor.prototype)];

function inherited(): string[] {
  const names: string[] = [];
  for (let at = Object.getPrototypeOf(library.Tensor.prototype); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at));
  }
  return names;
}

test('every method is a public function of that name', () => {
  const names = inherited();
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name) => !OTHERS.includes(name) && typeof (library as Record<string, unknown>)[name] !== 'function')).toEqual([]);
});
