/** The root that tests import as `gradtape/sort`: its functions, on test/root.ts, and a wing that needs no packing. */
import '../root.js';
import { readFileSync } from 'node:fs';
import { Wing } from '../../assembly/shared/wings.js';
import { wingFoundBy } from '../../dist/bindings/library.js';

export * from '../../dist/bindings/sort.js';

wingFoundBy(Wing.sort, () => readFileSync(new URL('../../dist/build/sort.wasm', import.meta.url)));
