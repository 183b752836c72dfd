/** Installs the op table's functions as methods, `add(a, b)` as `a.add(b)`, and the text of a tensor. Knows no op. */
import type { TensorLike } from './convert.js';
import { display } from './display.js';
import * as ops from './ops/all.js';
import { install, methods, row } from './ops/define.js';
import { Tensor } from './tensor.js';

type Ops = typeof ops;
type Method<F> = F extends (x: infer _, ...rest: infer R) => infer Y ? (...rest: R) => Y : never;
export type Methods = { readonly [K in keyof Ops]: Method<Ops[K]> };

declare module './tensor.js' {
  interface Tensor extends Methods {}
}

for (const [name, f] of Object.entries(ops) as [string, (x: TensorLike) => unknown][]) {
  row(name, f);
}

/** The text of a tensor: in strings, and where Node and Deno print objects. */
for (const name of ['toString', Symbol.for('nodejs.util.inspect.custom'), Symbol.for('Deno.customInspect')]) {
  install(name, function () {
    return display(this);
  });
}

Object.setPrototypeOf(methods, Object.prototype);
Object.setPrototypeOf(Tensor.prototype, methods);
