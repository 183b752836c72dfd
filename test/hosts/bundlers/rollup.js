/** Rollup, which finds packages by its plugin only, and Terser. */
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

const written = (format, exportConditions) => async (input, file) => {
  const onLog = (level, { message }) => {
    if (level === 'warn') throw new Error(message);
  };
  const bundle = await rollup({ input, plugins: [resolve({ exportConditions }), terser()], onLog });
  await bundle.write({ file, format });
  await bundle.close();
};

export const formats = {
  esm: written('es'),
  cjs: written('cjs', ['node']),
  iife: written('iife'),
  'iife for Node': written('iife', ['node']),
};
