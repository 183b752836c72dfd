/** Defines the ops of every family of the core. */
import { defineActivation } from './activation';
import { defineArithmetic } from './arithmetic';
import { defineContraction } from './contraction';
import { defineComparison } from './comparison';
import { defineComplex } from './complex';
import { defineIndexing } from './take';
import { defineIndices } from './indices';
import { defineMovement } from './shape';
import { defineSoftmax } from './nn';
import { defineNormalization } from './normalization';
import { definePieces } from './slices';
import { defineRandom } from './random';
import { defineReduction } from './reduction';
import { defineScan } from './scan';
import { defineStructure } from './identity';
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
  defineIndexing();
  defineIndices();
  defineRandom();
  defineReduction();
  defineScan();
  defineSoftmax();
  defineNormalization();
  defineContraction();
}
