/** webpack 5 in production mode, which minifies with Terser. */
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import webpack from 'webpack';

const built = (options) => async (entry, outfile) => {
  const { output, ...others } = options;
  const stats = await promisify(webpack)({
    mode: 'production',
    entry,
    output: { path: dirname(outfile), filename: basename(outfile), ...output },
    performance: { hints: 'error', maxAssetSize: 1 << 20, maxEntrypointSize: 1 << 20 },
    ...others,
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
};

export const formats = {
  // A module, so that it finds its assets in any runtime.
  esm: built({ target: ['web', 'es2022'], experiments: { outputModule: true }, output: { module: true } }),
  cjs: built({ target: 'node20', output: { library: { type: 'commonjs2' } } }),
  script: built({ target: ['web', 'es2022'] }),
};
