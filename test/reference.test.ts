/** docs/functions.md agrees with the docstrings, and every public function has one. */
import { expect, test } from 'vitest';
import { functions, page, written } from '../scripts/reference.mjs';

const list = functions();

test('every public function says what it is', () => {
  expect(list.length).toBeGreaterThan(200);
  expect(list.filter(({ text }) => text === '').map(({ name }) => name)).toEqual([]);
});

test('docs/functions.md is fresh', () => {
  expect(page(list)).toBe(written()); // else: node scripts/reference.mjs
});
