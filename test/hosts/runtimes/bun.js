/** Bun. */
export default [{ name: 'Bun', command: ['node_modules/.bin/bun', 'run'] }];
