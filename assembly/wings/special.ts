/** The wing `gradtape/special`. */
import { defineSpecial } from '../ops/special';

/** Fills its rows of the registry; the main instance calls it once. */
export function initialize(): void {
  defineSpecial();
}
