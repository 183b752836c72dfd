/** Every family, once. */
import { defineArithmetic } from './arithmetic';
import { defineContraction } from './contraction';
import { defineIndexing } from './indexing';
import { defineIndices } from './indices';
import { defineMovement } from './movement';
import { definePieces } from './pieces';
import { defineRandom } from './random';
import { defineReduction } from './reduction';
import { defineStructure } from './structure';

export function defineAll(): void {
  defineStructure();
  defineArithmetic();
  defineMovement();
  definePieces();
  defineIndexing();
  defineIndices();
  defineRandom();
  defineReduction();
  defineContraction();
}
