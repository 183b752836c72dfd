/** Another build of gradtape, a package at the path in GRADTAPE_BEFORE: what a function took before. */

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { inScopes } from './gradtape.mjs';

export async function open() {
  const path = process.env.GRADTAPE_BEFORE;
  if (path === undefined) throw Object.assign(new Error('no path'), { code: 'ERR_MODULE_NOT_FOUND', hint: 'GRADTAPE_BEFORE=path of a built package' });
  const library = await import(pathToFileURL(resolve(path, 'dist/bindings/index.js')).href);
  return [{ ...inScopes(library)[0], name: 'before', library: 'gradtape before', version: process.env.GRADTAPE_BEFORE_NAME ?? path }];
}
