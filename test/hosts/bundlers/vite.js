/** Vite's build of a module, as of an app without a page. */
import { basename, dirname } from 'node:path';
import { build } from 'vite';

export default (entry, outfile) =>
  build({
    root: dirname(entry),
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: dirname(outfile),
      minify: true,
      rollupOptions: { input: entry, output: { entryFileNames: basename(outfile) } },
    },
  });
