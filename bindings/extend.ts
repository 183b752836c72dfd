/** What a wing's facade may use of the library, whose state is there once: the build has it import these names and refuses others. No public names. */
export { namesOf } from './opnames.js';
export { unaryFunction } from './ops/define.js';
export { openWing, register, wingFoundBy } from './wings.js';
