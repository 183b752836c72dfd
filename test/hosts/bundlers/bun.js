/** Bun's bundler. */
import { bin, run } from '../command.js';

const built = (format, target) => (entry, outfile) =>
  run([bin('bun'), 'build', entry, '--minify', `--format=${format}`, `--target=${target}`, `--outfile=${outfile}`]);

export const formats = {
  esm: built('esm', 'browser'),
  cjs: built('cjs', 'node'),
  iife: built('iife', 'browser'),
};
