/** The sanitizer build gives the bits on record: none of them comes from fresh, freed or foreign bytes. */
import { init } from 'gradtape';
import { expectGolden } from './golden.js';
import { compiled, wingsOf } from './sanitizer.js';

init({ module: compiled(), wings: wingsOf('sanitize') });

expectGolden();
