/** The app's first answers from CommonJS without a bundler, whose `require` takes modules. */
const { gradientsFunction } = require('gradtape');
const { conv1d } = require('gradtape/nn');
const { lgamma } = require('gradtape/special');

const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));
const convolved = (x) => conv1d([[[2], [7]]], x.mul([[[-1]], [[1]]])).sum();
const [dx, dy] = gradientsFunction(f)(2, 3);
const [dxx] = gradientsFunction((x, y) => gradientsFunction(f)(x, y)[0], [0])(2, 3);
const values = [dx, dy, dxx, lgamma(3), ...gradientsFunction(lgamma)(3), ...gradientsFunction(convolved)(3)];
console.log(values.map((gradient) => gradient.item()).join(' '));
