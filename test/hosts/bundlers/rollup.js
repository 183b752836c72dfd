/** Rollup, which finds packages by its plugin only, and Terser. */
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

export default async (entry, file) => {
  const bundle = await rollup({ input: entry, plugins: [resolve(), terser()] });
  await bundle.write({ file, format: 'es' });
  await bundle.close();
};
