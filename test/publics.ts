/** All public functions, of the root and of the op families behind sub-paths, by name. */
import * as gradtape from 'gradtape';
import * as special from 'gradtape/special';

export const publics = { ...gradtape, ...special } as unknown as Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
