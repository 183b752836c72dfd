/** The op table's test rows, one for each public op: forgetting one is a type error. */
import { activations } from './opinfo/activation.js';
import { arithmetic } from './opinfo/arithmetic.js';
import { choice } from './opinfo/comparison.js';
import { complex } from './opinfo/complex.js';
import { contractions } from './opinfo/contraction.js';
import { convolutions } from './opinfo/conv.js';
import { indexing } from './opinfo/indexing.js';
import { lists } from './opinfo/lists.js';
import { losses } from './opinfo/loss.js';
import { movement } from './opinfo/movement.js';
import { networks } from './opinfo/nn.js';
import { numbers } from './opinfo/numbers.js';
import { reductions } from './opinfo/reduction.js';
import type { OpInfo } from './opinfo/row.js';
import { sampled } from './opinfo/sampled.js';
import { sort } from './opinfo/sort.js';
import { special } from './opinfo/special.js';
import { structure } from './opinfo/structure.js';
import { transcendental } from './opinfo/transcendental.js';
import type { FamilyName } from './publics.js';

/** Public ops: methods, functions only, and those of sub-paths. */
export type OpName = keyof typeof import('../bindings/ops/all.js') | keyof typeof import('../bindings/ops/functions.js') | FamilyName;

export const opinfo = {
  ...arithmetic,
  ...transcendental,
  ...complex,
  ...choice,
  ...activations,
  ...reductions,
  ...movement,
  ...indexing,
  ...contractions,
  ...convolutions,
  ...lists,
  ...networks,
  ...losses,
  ...structure,
  ...numbers,
  ...sampled,
  ...special,
  ...sort,
} satisfies Record<OpName, OpInfo>;

/** Rows with their names. */
export const rows = Object.entries(opinfo) as readonly (readonly [string, OpInfo])[];
