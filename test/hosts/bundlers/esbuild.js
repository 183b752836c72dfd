/** esbuild with its defaults: ASCII output, the browser's conditions. */
import { build } from 'esbuild';

export default (entry, outfile) => build({ entryPoints: [entry], outfile, bundle: true, minify: true, format: 'esm', logLevel: 'error' });
