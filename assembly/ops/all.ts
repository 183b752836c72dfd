/** Every family, once. */
import { defineArithmetic } from './arithmetic';
import { defineMovement } from './movement';
import { definePieces } from './pieces';
import { defineStructure } from './structure';

export function defineAll(): void {
  defineStructure();
  defineArithmetic();
  defineMovement();
  definePieces();
}
