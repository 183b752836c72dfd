/**
 * The workloads in gradtape, as a user writes them: outside any scope, each call in a scope of its own, and compiled; the latter two
 * also on the relaxed build and on two threads, where the host has them.
 */
import { existsSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { numbersOf } from '../gradbench.mjs';
import { modelsWith } from './gradtape-models.mjs';

const f = (x, y) => x.mul(x).mul(x).mul(y).sub(x.mul(y).mul(y));

const chain = (length) => (x) => {
  let y = x;
  for (let i = 0; i < length; i++) y = i % 2 === 0 ? y.mul(x) : y.add(x);
  return y;
};

const both = ([dx, dy]) => [dx.item(), dy.item()];

const adds = (x, y) => {
  let sum = y;
  for (let i = 0; i < 100; i++) sum = sum.add(x);
  return sum;
};

const chain8 = (a, b, c) => a.mul(b).add(c).mul(a).sub(b).mul(c).add(a).mul(b).sub(c);

/**
 * name → (inputs, size) → the function to be timed, or `{ run, read }` where reading the numbers is no part of the work. `wrap` is
 * what a user puts around a function (nothing or `compile`), `inScope` what around a call (nothing or `scope`).
 */
function workloadsWith(library, wrap, inScope) {
  const { argsort, conv2d, depthwiseConv2d, gradientsFunction, layerNorm, maxPool2d, sort, sum, tensor, topk, valueAndGradientsFunction, zerosLike } = library;
  const gradF = gradientsFunction(f);
  const gradGradF = gradientsFunction((x, y) => {
    const [dx, dy] = gradF(x, y);
    return dx.add(dy);
  });
  const convolve = (x, w) => conv2d(x, w, { padding: 'SAME' });
  const gradMlp = gradientsFunction((x, w, b) => sum(x.matmul(w).add(b).tanh()));

  /** `g` on tensors made once: the work leaves a tensor, or a list of them, where it is. */
  const work = (g, ...tensors) => {
    const compute = wrap(g);
    return {
      run: inScope(() => {
        compute(...tensors);
      }),
      read: () => [compute(...tensors)].flat().map((t) => t.data()),
    };
  };
  const unary = (g) => (inputs) => work(g, tensor(inputs.x));
  const call = ({ data }, { kind, f }) => {
    const gradients = gradientsFunction(library[f]);
    const connected = (...xs) => gradients(...xs).map((dx, i) => dx ?? zerosLike(xs[i]));
    return work(kind === 'value' ? library[f] : connected, ...data.map((d) => tensor(d)));
  };
  const rows = (g) => (inputs, shape) => work(g, tensor(inputs.x, { shape }));
  const square = (options) => (inputs, n) => work((a, b) => a.matmul(b, options), ...[inputs.a, inputs.b].map((data) => tensor(data, { shape: [n, n] })));

  const problem = async (input, { name, f }) => {
    const program = await import(`../../../examples/gradbench/${name}.mjs`);
    return { run: inScope(() => program[f](input)), read: () => numbersOf(program[f](input)) };
  };

  return {
    call,
    problem,
    gradient({ x, y }) {
      const g = wrap(gradF);
      return inScope(() => both(g(x, y)));
    },
    secondOrder({ x, y }) {
      const g = wrap(gradGradF);
      return inScope(() => both(g(x, y)));
    },
    mlp16: ({ x, w, b }) => work(gradMlp, tensor(x, { shape: [1, 16] }), tensor(w, { shape: [16, 16] }), tensor(b)),
    mlp16Read(inputs) {
      const g = wrap(gradMlp);
      const x = tensor(inputs.x, { shape: [1, 16] });
      const w = tensor(inputs.w, { shape: [16, 16] });
      const b = tensor(inputs.b);
      return inScope(() => g(x, w, b).map((d) => d.data()));
    },
    add16: ({ x, y }) => work((x, y) => x.add(y), tensor(x), tensor(y)),
    add16Read(inputs) {
      const add = wrap((x, y) => x.add(y));
      const [x, y] = [tensor(inputs.x), tensor(inputs.y)];
      return inScope(() => add(x, y).data());
    },
    adds16(inputs) {
      const compute = wrap(adds);
      const [x, y] = [tensor(inputs.x), tensor(inputs.y)];
      return inScope(() => compute(x, y).data());
    },
    chain({ x }, length) {
      const g = wrap(gradientsFunction(chain(length)));
      return inScope(() => g(x)[0].item());
    },

    gemm: square({}),
    gemmNT: square({ transposeB: true }),
    gemmTN: square({ transposeA: true }),
    batched: ({ a, b }) => work((a, b) => a.matmul(b), tensor(a, { shape: [16, 128, 64] }), tensor(b, { shape: [16, 64, 128] })),
    product: ({ a, b }, [m, k, n]) => work((a, b) => a.matmul(b), tensor(a, { shape: [m, k] }), tensor(b, { shape: [k, n] })),

    exp: unary((x) => x.exp()),
    tanh: unary((x) => x.tanh()),
    gelu: unary((x) => x.gelu()),
    chain8: ({ a, b, c }) => work(chain8, tensor(a), tensor(b), tensor(c)),

    sort: unary((x) => sort(x)),
    argsort: unary((x) => argsort(x)),
    topk: unary((x) => topk(x, 100).values),

    softmax: rows((x) => x.softmax()),
    layerNorm: ({ x, gamma, beta }, shape) => work((x, gamma, beta) => layerNorm(x, gamma, beta), tensor(x, { shape }), tensor(gamma), tensor(beta)),
    sum: rows((x) => x.sum()),
    sum0: rows((x) => x.sum({ axis: 0 })),
    sum1: rows((x) => x.sum({ axis: 1 })),

    conv2d: ({ x, w }, shapes) => work(convolve, tensor(x, { shape: shapes.x }), tensor(w, { shape: shapes.w })),
    conv2dGrad({ x, w, dy }, shapes) {
      const g = valueAndGradientsFunction(convolve);
      const tensors = [tensor(x, { shape: shapes.x }), tensor(w, { shape: shapes.w }), tensor(dy, { shape: shapes.y })];
      const withValue = (x, w, dy) => {
        const { value, gradients } = g.withDy(dy)(x, w);
        return [value, ...gradients];
      };
      return work(withValue, ...tensors);
    },
    depthwise: ({ x, w }, shape) => work((x, w) => depthwiseConv2d(x, w, { padding: 'SAME' }), tensor(x, { shape }), tensor(w, { shape: [3, 3, 32, 1] })),
    maxPool: ({ x }, shape) => work((x) => maxPool2d(x, 2), tensor(x, { shape })),

    ...modelsWith(library, wrap, inScope),
  };
}

const same = (f) => f;

/** Contestants of one instance of the library: each call in a scope, and compiled. */
export function inScopes(library, suffix = '') {
  const scoped = (f) => () => library.scope(f);
  const eager = { name: `in scope${suffix}`, kind: 'eager', workloads: workloadsWith(library, same, scoped) };
  if (!('compile' in library)) return [eager];
  return [eager, { name: `compiled${suffix}`, kind: 'compiled', workloads: workloadsWith(library, library.compile, scoped) }];
}

/** The root and wings in one, of the instance that the query names. */
async function wholeOf(query) {
  const all = await Promise.all(['index', 'nn.index', 'sort.index'].map((file) => import(`../../../dist/bindings/${file}.js${query}`)));
  return Object.assign({}, ...all);
}

export async function open() {
  const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));
  const library = await wholeOf('');
  const relaxed = await instance('relaxed', { build: 'relaxed' });
  const threaded = await instance('simd-threads', { threads: 2 });
  const contestants = [
    { name: 'gradtape', kind: 'eager', workloads: workloadsWith(library, same, same) },
    ...inScopes(library),
    ...(relaxed === null ? [] : inScopes(relaxed, ', relaxed').map((contestant) => ({ ...contestant, kind: 'relaxed' }))),
    ...(threaded === null ? [] : inScopes(threaded, ', 2 threads').map((contestant) => ({ ...contestant, threads: 2 }))),
  ];
  return contestants.map((contestant) => ({ ...contestant, library: 'gradtape', version }));
}

/**
 * A further instance of the library in this process, on the module of that name, as `init` makes it of these options; null where the host
 * has none. An instance belongs to its modules, and modules are one for each address: a query, the name, makes them others.
 */
async function instance(name, options) {
  const hasModule = existsSync(new URL(`../../../dist/build/${name}.wasm`, import.meta.url));
  if (!hasModule || module.registerHooks === undefined) return null; // not built, or Node 20
  const hooks = module.registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context);
      return context.parentURL?.endsWith(`?${name}`) && found.url.includes('/dist/') ? { ...found, url: `${found.url}?${name}` } : found;
    },
  });
  const library = await wholeOf(`?${name}`);
  hooks.deregister();
  await library.init(options);
  return library;
}
