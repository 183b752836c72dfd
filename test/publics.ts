/** All public functions, of the root and of the op families behind sub-paths, by name. */
import * as gradtape from 'gradtape';
import * as nn from 'gradtape/nn';
import * as sort from 'gradtape/sort';
import * as special from 'gradtape/special';

const families = { ...nn, ...sort, ...special };
export type FamilyName = keyof typeof families;

const all = { ...gradtape, ...families };
export type Publics = typeof all;

export const publics = all as Publics & Readonly<Record<string, (...args: readonly unknown[]) => unknown>>;
