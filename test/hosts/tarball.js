/** The packed package, which lies in this folder. */
import { readdirSync } from 'node:fs';

export const tarball = readdirSync('.').find((file) => file.endsWith('.tgz'));
