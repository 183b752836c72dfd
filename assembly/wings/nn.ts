/** The wing `gradtape/nn`. */
import { defineConv } from '../ops/conv';
import { definePool } from '../ops/pool';

/** Fills its rows of the registry; the main instance calls it once. */
export function initialize(): void {
  defineConv();
  definePool();
}
