/** What one writes without a library: typed arrays and their methods. Of order alone. */
const sorted = (x) => x.slice().sort();

const workloads = {
  sort:
    ({ x }) =>
    () =>
      sorted(x),
  argsort:
    ({ x }) =>
    () =>
      Int32Array.from(x.keys()).sort((a, b) => x[a] - x[b]),
  topk:
    ({ x }) =>
    () =>
      sorted(x).subarray(-100).reverse(),
  otherwise: () => 'has no library',
};

export const open = () => [{ name: 'JavaScript', version: process.version, workloads }];
