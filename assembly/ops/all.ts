/** Every family, once. */
import { defineArithmetic } from './arithmetic';
import { defineContraction } from './contraction';
import { defineMovement } from './movement';
import { defineStructure } from './structure';

export function defineAll(): void {
  defineStructure();
  defineArithmetic();
  defineMovement();
  defineContraction();
}
