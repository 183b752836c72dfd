/** The same in jax-js, eager, on its WebAssembly backend. Arguments are consumed: `.ref` keeps one for another use. */
import { defaultDevice, grad, init, numpy as np } from '@jax-js/jax';

await init('wasm');
defaultDevice('wasm');
const both = { argnums: [0, 1] };

export function gradient() {
  const g = grad((x, y) => x.ref.mul(x.ref).mul(x.ref).mul(y.ref).sub(x.mul(y.ref).mul(y)), both);
  return () => {
    const [dx, dy] = g(np.array(2), np.array(3));
    return dx.item() + dy.item();
  };
}

export function regression({ x, y, rate }) {
  const [points, labels] = [np.array(x), np.array(y)];
  const gradients = grad((w, b) => {
    const p = np.reciprocal(np.exp(np.matmul(points.ref, w).add(b).mul(-1)).add(1));
    const negative = labels.ref.mul(-1).add(1);
    return np
      .mean(
        np
          .log(p.ref)
          .mul(labels.ref)
          .add(np.log(p.mul(-1).add(1)).mul(negative)),
      )
      .mul(-1);
  }, both);
  let w = np.array([[0], [0]]);
  let b = np.array([0]);
  return () => {
    const [dw, db] = gradients(w.ref, b.ref);
    w = w.sub(dw.mul(rate));
    b = b.sub(db.mul(rate));
    return w.ref.dataSync()[0];
  };
}
