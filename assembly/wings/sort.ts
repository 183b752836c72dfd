/** The wing `gradtape/sort`. */
import { defineSort } from '../ops/sort';

/** Fills its rows of the registry; the main instance calls it once. */
export function initialize(): void {
  defineSort();
}
