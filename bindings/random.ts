/** `random`: the draws and the functions of keys as one object, which a bundle without random numbers can leave out. */
import {
  bernoulli,
  bits,
  categorical,
  exponential,
  foldIn,
  gumbel,
  integers,
  key,
  normal,
  permutation,
  split,
  threefry,
  truncatedNormal,
  uniform,
} from './draws.js';

type Draws = typeof import('./draws.js');

/** Random tensors from keys: the same key gives the same numbers, bit for bit, on every host. Use a key for one draw, and `random.split` it for more. */
export const random: { readonly [K in keyof Draws]: Draws[K] } = {
  bernoulli,
  bits,
  categorical,
  exponential,
  foldIn,
  gumbel,
  integers,
  key,
  normal,
  permutation,
  split,
  threefry,
  truncatedNormal,
  uniform,
};
