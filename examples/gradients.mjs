/** The example on TensorFlow's gradients_function page, step by step. Not a tour of the library. */
import assert from 'node:assert/strict';
import { gradientsFunction } from 'gradtape';

// f(x, y) = x³y − xy²
//   ∂f/∂x   = 3x²y − y²
//   ∂f/∂y   = x³ − 2xy
//   ∂²f/∂x² = 6xy
const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));

const x = 2;
const y = 3;
console.log(`f(x, y) = x³y − xy² at x = ${x}, y = ${y}`);

// A function that returns the first derivatives with respect to every argument.
const gradF = gradientsFunction(f);
const [dx, dy] = gradF(x, y);
console.log(`  ∂f/∂x   = ${dx.item()}`);
console.log(`  ∂f/∂y   = ${dy.item()}`);
assert.equal(dx.item(), 3 * x ** 2 * y - y ** 2);
assert.equal(dy.item(), x ** 3 - 2 * x * y);

// The gradient is itself a function of tensors: differentiate it again.
const gradGradF = gradientsFunction((x, y) => gradF(x, y)[0]);
const [dxx] = gradGradF(x, y);
console.log(`  ∂²f/∂x² = ${dxx.item()}`);
assert.equal(dxx.item(), 6 * x * y);

// With respect to some of the arguments: a list of their positions (or of their names).
const gradFy = gradientsFunction(f, [1]);
const [onlyDy] = gradFy(x, y);
console.log(`  ∂f/∂y   = ${onlyDy.item()}   with params [1]`);
assert.equal(onlyDy.item(), x ** 3 - 2 * x * y);
