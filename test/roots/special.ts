/** The root that tests import as `gradtape/special`: its functions, on test/root.ts, and a wing that needs no packing. */
import '../root.js';
import { readFileSync } from 'node:fs';
import { Wing } from '../../assembly/shared/wings.js';
import { wingFoundBy } from '../../dist/bindings/library.js';

export * from '../../dist/bindings/special.js';

wingFoundBy(Wing.special, () => readFileSync(new URL('../../dist/build/special.wasm', import.meta.url)));
