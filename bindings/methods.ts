/** Installs the methods of tensors: the rows of the op table, `add(a, b)` as `a.add(b)`, and `toString`. Knows no op. */
import { display } from './display.js';
import './ops/all.js';
import type { AxisOption } from './ops/axes.js';
import { install, methods } from './ops/define.js';
import type { Pieces } from './ops/slices.js';
import './ops/rows.js';
import { Tensor } from './tensor.js';

type Ops = Omit<typeof import('./ops/all.js'), keyof typeof import('./ops/functions.js')>;
/** Methods whose result type depends on the type of an argument. */
interface Inferred {
  split<const P extends number | readonly number[]>(parts: P, options?: AxisOption): Pieces<P>;
}
type Method<F> = F extends (x: infer _, ...rest: infer R) => infer Y ? (...rest: R) => Y : never;
export type Methods = { readonly [K in keyof Ops]: K extends keyof Inferred ? Inferred[K] : Method<Ops[K]> };

/** The methods of a file whose exports `all.ts` lists by name. Taken from the file itself, they keep their documentation. */
type Rows<File> = { readonly [K in keyof File as K extends keyof Ops ? K : never]: Method<File[K]> };

declare module './tensor.js' {
  interface Tensor extends Rows<typeof import('./ops/scan.js')>, Rows<typeof import('./ops/scatter.js')>, Rows<typeof import('./ops/statistics.js')>, Methods {
    /** `variance` under NumPy's name. */
    readonly var: Methods['variance'];
  }
}

/** The text of a tensor, in strings and in the consoles of Node and Deno. */
for (const name of ['toString', Symbol.for('nodejs.util.inspect.custom'), Symbol.for('Deno.customInspect')]) {
  install(name, function () {
    return display(this);
  });
}

Object.setPrototypeOf(methods, Object.prototype);
Object.setPrototypeOf(Tensor.prototype, methods);
