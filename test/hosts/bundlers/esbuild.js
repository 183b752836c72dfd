/** esbuild: a module as for a page, with its defaults: ASCII output, the browser's conditions. The others as for Node, where CommonJS is the default. */
import { build } from 'esbuild';

const built = (options) => async (entry, outfile) => {
  const { warnings } = await build({ entryPoints: [entry], outfile, bundle: true, minify: true, logLevel: 'error', ...options });
  if (warnings.length > 0) throw new Error(warnings.map(({ text }) => text).join('\n'));
};

export const formats = {
  esm: built({ format: 'esm' }),
  cjs: built({ platform: 'node' }),
  iife: built({ format: 'iife' }),
  'iife for Node': built({ format: 'iife', platform: 'node' }),
};
