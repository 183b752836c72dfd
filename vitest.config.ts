import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const build = process.env.GRADTAPE_BUILD;
/** Tests that choose a build themselves. */
const choosing = ['test/{mutation,faults,guards,golden.debug,golden.sanitize,float64}.test.ts', 'test/fuzz/{heap,exports}.fuzz.test.ts'];

export default defineConfig({
  resolve: {
    alias: [
      { find: /^gradtape$/, replacement: fileURLToPath(new URL('test/root.ts', import.meta.url)) },
      { find: /^gradtape\/(\w+)$/, replacement: fileURLToPath(new URL('test/roots/$1.ts', import.meta.url)) },
    ],
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
