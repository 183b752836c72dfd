/** Helpers for tests of gradient functions: gradients as plain values, and the memory before and after a call. Tests nothing. */
import { memory, scope, Tensor } from 'gradtape';
import { expect } from 'vitest';

/** Tensors in trees as plain values. */
export function plain(value: unknown): unknown {
  if (value instanceof Tensor) return value.array();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
  return value;
}

/** Runs `f` and checks that the library holds as much memory afterwards as before. */
export function expectNothingLeft(f: () => unknown): void {
  f();
  const before = memory();
  scope(() => {
    f();
  });
  expect([memory().tensors, memory().held]).toEqual([before.tensors, before.held]);
}
