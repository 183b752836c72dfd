/** The sanitizer build computes the recorded bits: no result depends on fresh, freed or foreign bytes. */
import { init } from 'gradtape';
import { expectGolden } from './golden.js';
import { compiled, wingsOf } from './sanitizer.js';

init({ module: compiled(), wings: wingsOf('sanitize') });

expectGolden();
