/**
 * The builds of the core that are files beside the package's code: chooses one that this host can use, and loads it. Knows no instance.
 *
 *                one thread                 threads
 *   simd         inlined, the default       simd-threads      same bits everywhere
 *   relaxed      relaxed                    relaxed-threads   faster; bits depend on the processor
 */
import { InitError } from './errors.js';

export type Build = 'simd' | 'relaxed';
export type BuildFile = 'relaxed' | 'simd-threads' | 'relaxed-threads';

/** The build to use for the option `asked`. @throws InitError when this host can't use it. */
export function buildFor(asked: Build | 'auto'): Build {
  if (asked === 'simd') return asked;
  if (asked !== 'relaxed' && asked !== 'auto') throw new InitError(`init: build is 'simd', 'relaxed' or 'auto'; got ${String(asked)}`);
  // A module whose only function swizzles a vector, relaxed.
  const bytes = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 15, 1, 13, 0, 65, 1, 253, 15, 65, 2, 253, 15, 253, 128, 2, 11];
  if (WebAssembly.validate(Uint8Array.from(bytes))) return 'relaxed';
  if (asked === 'auto') return 'simd';
  throw new InitError(
    "init: build 'relaxed' needs relaxed SIMD, which this host lacks: start Node 20 with --experimental-wasm-relaxed-simd, use Node ≥ 22, Chrome ≥ 114 or Firefox ≥ 145, or ask for build 'auto'",
  );
}

/** The file of a build, with or without threads; undefined for the build that is inlined as text. */
export function fileOf(build: Build, isThreaded: boolean): BuildFile | undefined {
  if (isThreaded) return `${build}-threads`;
  return build === 'relaxed' ? build : undefined;
}

/** Bundlers look for these expressions as they are written here, so none is built from parts. */
function urlOf(file: BuildFile): URL {
  if (file === 'relaxed') return new URL('../build/relaxed.wasm', import.meta.url);
  if (file === 'simd-threads') return new URL('../build/simd-threads.wasm', import.meta.url);
  return new URL('../build/relaxed-threads.wasm', import.meta.url);
}

/** A built-in module of Node, Deno or Bun; undefined on other hosts. */
export function builtin<T>(name: string): T | undefined {
  return (globalThis as { process?: { getBuiltinModule?(name: string): T | undefined } }).process?.getBuiltinModule?.(name);
}

/** @internal The compiled file: at once where files can be read, else a promise. */
export function load(file: BuildFile): WebAssembly.Module | Promise<WebAssembly.Module> {
  try {
    const url = urlOf(file);
    const fs = url.protocol === 'file:' ? builtin<{ readFileSync(url: URL): Uint8Array<ArrayBuffer> }>('node:fs') : undefined;
    return fs ? new WebAssembly.Module(fs.readFileSync(url)) : fetched(file, url);
  } catch (error) {
    throw missing(file, error);
  }
}

async function fetched(file: BuildFile, url: URL): Promise<WebAssembly.Module> {
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`status ${response.status} at ${url}`);
    return await WebAssembly.compile(await response.arrayBuffer());
  } catch (error) {
    throw missing(file, error);
  }
}

function missing(file: BuildFile, error: unknown): InitError {
  return new InitError(
    `init: the ${file} build was not found beside the package's code (${(error as Error).message}): a bundler may have left it behind; compile gradtape/${file}.wasm yourself and call init({ module })`,
  );
}
