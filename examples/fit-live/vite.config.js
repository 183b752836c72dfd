/** Workers are modules here, in the built page too. */
export default { build: { outDir: 'build', target: 'es2022' }, worker: { format: 'es' } };
