/** Gradient descent with a step that grows and shrinks, whose gradient is taken forward or in reverse; the tensors it computes with may be differentiated. */
import { jvp, stack, tensor, valueAndGrad } from 'gradtape';

export const vector = (x) => tensor(x, { dtype: 'float64' });

const unit = (n, i) => vector(Array.from({ length: n }, (_, k) => (k === i ? 1 : 0)));

/** `{ value, gradient }` of a function from a vector to a number: by a tangent for each element, or by one cotangent. */
export const slopes = {
  f: (f) => (x) => {
    const along = Array.from({ length: x.size }, (_, i) => jvp(f)([x], [unit(x.size, i)]));
    return { value: along[0].value, gradient: stack(along.map(({ tangent }) => tangent)) };
  },
  r: valueAndGrad,
};

const TOLERANCE = 1e-5;
const length = (x) => x.square().sum().sqrt().item();

/** Where `slope`, the value and gradient of a function, leads from `start` downhill. */
export function descended(slope, start) {
  let [x, step, successes] = [start, 1e-5, 0];
  let { value, gradient } = slope(x);
  while (length(gradient) > TOLERANCE) {
    if (successes === 10) [step, successes] = [2 * step, 0];
    const next = x.sub(gradient.mul(step));
    if (length(x.sub(next)) <= TOLERANCE) return x;
    const there = slope(next);
    if (there.value.item() < value.item()) {
      [x, successes] = [next, successes + 1];
      ({ value, gradient } = there);
    } else [step, successes] = [step / 2, 0];
  }
  return x;
}
