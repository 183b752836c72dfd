import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const ROOTS = at('test/roots/');
const build = process.env.GRADTAPE_BUILD;
/** Tests that choose a build themselves. */
const choosing = ['test/{mutation,faults,guards,golden.debug,golden.sanitize,float64}.test.ts', 'test/fuzz/{heap,exports}.fuzz.test.ts'];

/** The root that tests import as `gradtape/nn` and the like: its functions, on test/root.ts, and a wing that needs no packing. */
const families = {
  name: 'families',
  enforce: 'pre' as const,
  resolveId: (id: string) => (/^gradtape\/\w+$/.test(id) ? `${ROOTS}${id.slice(9)}.js` : undefined),
  load: (id: string) =>
    id.startsWith(ROOTS)
      ? `import '../root.js';
        import { readFileSync } from 'node:fs';
        import { Wing } from '../../assembly/shared/wings.js';
        import { wingFoundBy } from '../../dist/bindings/library.js';
        export * from '../../dist/bindings/${id.slice(ROOTS.length, -3)}.js';
        wingFoundBy(Wing.${id.slice(ROOTS.length, -3)}, () => readFileSync('${at(`dist/build/${id.slice(ROOTS.length, -3)}.wasm`)}'));`
      : undefined,
};

export default defineConfig({
  plugins: [families],
  resolve: {
    alias: [{ find: /^gradtape$/, replacement: at('test/root.ts') }],
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    setupFiles: ['test/setup.ts'],
    exclude: [
      ...(process.env.SLOW ? [] : ['test/slow/*']),
      ...(build || process.env.GRADTAPE_THREADS ? choosing : []),
      ...(build ? ['test/threads.test.ts'] : []), // its processes choose theirs
      ...(build === 'relaxed' ? ['test/golden.test.ts'] : []),
    ],
    execArgv: build === 'relaxed' ? ['--experimental-wasm-relaxed-simd'] : [],
    // The package runs as its users have it, not through the test runner's transform.
    server: { deps: { external: [/\/dist\//] } },
  },
});
