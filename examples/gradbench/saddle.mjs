/** GradBench "saddle": the least over x of the greatest over y of |x|² − |y|², each by gradient descent, the outer one through the inner one. */
import { scope } from 'gradtape';
import { descended, slopes, vector } from './shared/descent.mjs';

const f = (x, y) => x.square().sum().sub(y.square().sum());

const found =
  (outer, inner) =>
  ({ start }) =>
    scope(() => {
      const from = vector(start);
      const highest = (x) =>
        descended(
          slopes[inner]((y) => f(x, y).neg()),
          from,
        );
      const x = descended(
        slopes[outer]((x) => f(x, highest(x))),
        from,
      );
      return [...x.array(), ...highest(x).array()];
    });

export const ff = found('f', 'f');
export const fr = found('f', 'r');
export const rf = found('r', 'f');
export const rr = found('r', 'r');
