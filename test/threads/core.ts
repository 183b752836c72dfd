/** What tests ask of a threaded build besides the public functions. */
import module from '../../dist/bindings/library.js';

/** The exports of builds with threads. */
export interface ThreadedCore {
  poolThreshold(nanoseconds: number, elements: number): void;
  poolIsOff(): number;
}

export const threaded = (): ThreadedCore => module.core as unknown as ThreadedCore;

/** Divides whatever has two steps. */
export const divideAll = (): void => threaded().poolThreshold(0, 0);
