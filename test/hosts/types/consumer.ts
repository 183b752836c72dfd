/** A consumer whose types the compiler checks against the package's own declarations. */
import { gradientsFunction, init, type Tensor, tensor, valueAndGradientsFunction } from 'gradtape';
import module from 'gradtape/core.wasm';

const f = (x: Tensor, y: Tensor) => x.mul(x).mul(y).sum();
const [dx, dy]: [Tensor | null, Tensor | null] = gradientsFunction(f)(2, 3);
const [onlyDy]: [Tensor | null] = gradientsFunction(f, [1])(2, 3);
const { value } = valueAndGradientsFunction((w: Tensor) => w.matmul(tensor([[1], [2]])).mean())(tensor([[3, 4]]));
// @ts-expect-error positions and names do not mix
gradientsFunction(f, [0, 'y']);
export const shapes: readonly (readonly number[])[] = [dx, dy, onlyDy, value].flatMap((t) => (t === null ? [] : [t.shape]));
export const ready: Promise<void> = init({ module });
