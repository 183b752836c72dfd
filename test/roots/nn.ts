/** The root that tests import as `gradtape/nn`: its functions, on test/root.ts, and a wing that needs no packing. */
import '../root.js';
import { readFileSync } from 'node:fs';
import { Wing } from '../../assembly/shared/wings.js';
import { wingFoundBy } from '../../dist/bindings/library.js';

export * from '../../dist/bindings/nn.js';

wingFoundBy(Wing.nn, () => readFileSync(new URL('../../dist/build/nn.wasm', import.meta.url)));
