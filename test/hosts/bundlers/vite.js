/** Vite: a module as of an app without a page; the others as of a library. */
import { basename, dirname } from 'node:path';
import { build, createLogger } from 'vite';

const logger = createLogger('warn', { allowClearScreen: false });
logger.warn = (message) => {
  // Removes what Vite itself writes in front of files that it inlines into a library.
  if (!message.includes('EMPTY_IMPORT_META')) throw new Error(message);
};

const built = (options) => (entry, outfile) =>
  build({
    root: dirname(entry),
    configFile: false,
    customLogger: logger,
    logLevel: 'warn',
    build: { outDir: dirname(outfile), emptyOutDir: true, minify: true, ...options(entry, basename(outfile)) },
  });
const library = (format) => built((entry, file) => ({ lib: { entry, formats: [format], name: 'app', fileName: () => file } }));

export const formats = {
  esm: built((input, entryFileNames) => ({ rollupOptions: { input, output: { entryFileNames } } })),
  cjs: library('cjs'),
  iife: library('iife'),
};
