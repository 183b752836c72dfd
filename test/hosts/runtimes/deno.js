/** Deno without any permission. */
export default [{ name: 'Deno', command: ['node_modules/.bin/deno', 'run', '--no-prompt', '--no-config', '--node-modules-dir=manual'] }];
