/** Iteration over a tensor: yields its slices along the first axis, each made when it is needed. */
import { ArgumentError, refused } from '../errors.js';
import type { Tensor } from '../tensor.js';
import { cut } from './cuts.js';
import { install } from './define.js';
import { squeeze } from './shape.js';

declare module '../tensor.js' {
  interface Tensor {
    /** The slices x[i, …] along the first axis, in order: `for (const row of x)`, `const [a, b] = x`. Views, each made when it is needed. */
    [Symbol.iterator](): IterableIterator<Tensor>;
  }
}

function* rows(x: Tensor, count: number): IterableIterator<Tensor> {
  for (let i = 0; i < count; i++) yield squeeze(cut(x, 0, i, 1, 1), 0);
}

install(Symbol.iterator, function () {
  const [count] = this.shape;
  if (count === undefined) throw refused(ArgumentError, 'iterator', 'a tensor of rank 0 has no axis to iterate along; use x.number(), or x.array() to compare');
  return rows(this, count);
});
