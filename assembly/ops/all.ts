/** Every family, once. */
import { defineActivation } from './activation';
import { defineArithmetic } from './arithmetic';
import { defineContraction } from './contraction';
import { defineComparison } from './comparison';
import { defineComplex } from './complex';
import { defineMovement } from './movement';
import { definePieces } from './pieces';
import { defineReduction } from './reduction';
import { defineStructure } from './structure';
import { defineTranscendental } from './transcendental';

export function defineAll(): void {
  defineStructure();
  defineArithmetic();
  defineTranscendental();
  defineComplex();
  defineComparison();
  defineActivation();
  defineMovement();
  definePieces();
  defineReduction();
  defineContraction();
}
