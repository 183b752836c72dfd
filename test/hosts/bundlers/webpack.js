/** webpack 5 in production mode, which minifies with Terser. A module, so that it finds its assets in any runtime. */
import { basename, dirname } from 'node:path';
import { promisify } from 'node:util';
import webpack from 'webpack';

export default async (entry, outfile) => {
  const stats = await promisify(webpack)({
    mode: 'production',
    target: ['web', 'es2022'],
    experiments: { outputModule: true },
    entry,
    output: { path: dirname(outfile), filename: basename(outfile), module: true },
    performance: { hints: 'error', maxAssetSize: 1 << 20, maxEntrypointSize: 1 << 20 },
  });
  if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString({ all: false, errors: true, warnings: true }));
};
