import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    pool: 'forks',
    setupFiles: ['test/setup.ts'],
    // These choose a build themselves.
    exclude: process.env.GRADTAPE_BUILD || process.env.GRADTAPE_THREADS ? ['test/{mutation,faults}.test.ts'] : [],
    execArgv: process.env.GRADTAPE_BUILD === 'relaxed' ? ['--experimental-wasm-relaxed-simd'] : [],
    // The package runs as its users have it, not through the test runner's transform.
    server: { deps: { external: [/\/dist\//] } },
  },
});
