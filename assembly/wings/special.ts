/** The wing `gradtape/special`. */
import { defineSpecial } from '../ops/special';

/** Fills the wing's rows of the registry. The main instance calls it once. */
export function initialize(): void {
  defineSpecial();
}
