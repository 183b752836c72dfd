/** The same in TensorFlow.js on its backend in JavaScript, which starts first and is faster at this size. */
import * as tf from '@tensorflow/tfjs';

export function gradient() {
  const g = tf.grads((x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y)));
  return () =>
    tf.tidy(() => {
      const [dx, dy] = g([tf.scalar(2), tf.scalar(3)]);
      return dx.dataSync()[0] + dy.dataSync()[0];
    });
}

export function regression({ x, y, rate }) {
  const [points, labels] = [tf.tensor2d(x), tf.tensor2d(y)];
  const gradients = tf.grads((w, b) => {
    const p = points.matMul(w).add(b).sigmoid();
    return p
      .log()
      .mul(labels)
      .add(p.mul(-1).add(1).log().mul(labels.mul(-1).add(1)))
      .mean()
      .mul(-1);
  });
  let w = tf.tensor2d([[0], [0]]);
  let b = tf.tensor1d([0]);
  return () => {
    const before = [w, b];
    [w, b] = tf.tidy(() => {
      const [dw, db] = gradients(before);
      return [w.sub(dw.mul(rate)), b.sub(db.mul(rate))];
    });
    tf.dispose(before);
    return w.dataSync()[0];
  };
}
