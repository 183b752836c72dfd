/** Work that is worth dividing: a digest of the gradients of a large matrix product, the same bits on every host and with any number of threads. */
import { gradientsFunction, random, sum, tanh } from 'gradtape';

const SIZE = 384;

export function digest() {
  const [a, b] = [1, 2].map((seed) => random.normal(random.key(seed), [SIZE, SIZE]));
  const gradients = gradientsFunction((a, b) => sum(tanh(a.matmul(b))))(a, b);
  let hash = 0x811c9dc5; // FNV-1a, by words
  for (const gradient of gradients) for (const word of new Uint32Array(gradient.data().buffer)) hash = Math.imul(hash ^ word, 0x01000193);
  return (hash >>> 0).toString(16);
}
