/** Every family, once. */
import { defineActivation } from './activation';
import { defineArithmetic } from './arithmetic';
import { defineComparison } from './comparison';
import { defineComplex } from './complex';
import { defineMovement } from './movement';
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
}
