/** The floors of both houses: which files a file may import, how long it may be, and that it begins with a sentence. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { wings } from '../scripts/wings.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Floors from the lowest to the highest, each a list of rooms: folders or files. Rooms of one floor may import each other, without a cycle. */
const FLOORS: Record<string, readonly (readonly string[])[]> = {
  assembly: [
    ['shared', 'grammar'],
    ['memory'],
    ['tensor'],
    ['simd', 'parallel'],
    ['kernels'],
    ['tape'],
    ['ops'],
    ['program', 'wings'],
    ['host'],
    ['index', 'extend', 'sanitize', 'threads', 'unpack'],
  ],
  bindings: [
    ['errors', 'dtype', 'attributes', 'spelling', 'features', 'json', 'opnames', 'packed', 'types', 'tokenizer', 'worker'],
    ['builds'],
    ['pool'],
    ['module', 'names'],
    ['wings'],
    ['fault', 'ring', 'params', 'elements'],
    ['tensor'],
    ['call', 'memory'],
    ['convert'],
    ['kinds', 'form'],
    ['structure', 'display'],
    ['scope'],
    ['ops', 'draws', 'random'],
    ['tree', 'transforms', 'methods'],
    ['public', 'extend'],
    ['library', 'families'],
    ['index', 'node', 'workerd', 'edge'],
  ],
};

/** The paths outside of a house that it may import: the facade reads the core's shared lists, and the build's outputs. */
const DOORS: Record<string, readonly string[]> = { assembly: [], bindings: ['assembly/shared/', 'build/core'] };

/** Tables of functors and rules may be longer. */
const LIMITS = [
  { under: 'assembly/kernels', lines: 450 },
  { under: '', lines: 300 },
];

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(folder: string): Source[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => {
      const path = join(folder, name);
      const text = readFileSync(join(root, path), 'utf8');
      const imports = [...text.matchAll(/^(?:import|export)\s(?!type\b)(?:[^;']*?from )?'(\.[^']+)'/gm)].map(
        ([, target]) => `${relative(root, join(root, dirname(path), (target as string).replace(/\.js$/, '')))}.ts`,
      );
      return { path, text, imports };
    });
}

/** The room that a path stands in: its folder under the house, or the file itself; the facades of all wings are one room. */
function roomOf(path: string): string {
  const [house, name] = path.split('/') as [string, string];
  const room = name.replace(/\.ts$/, '');
  return house === 'bindings' && wings().includes(room) ? 'families' : room;
}

describe.each(Object.keys(FLOORS))('%s', (house) => {
  const files = sources(house);
  const floors = FLOORS[house] as readonly (readonly string[])[];
  const floorOf = (path: string): number => floors.findIndex((rooms) => rooms.includes(roomOf(path)));

  test('every file stands on a floor', () => {
    expect(files.map(({ path }) => path).filter((path) => floorOf(path) < 0)).toEqual([]);
  });

  test('a file imports its own floor or a lower one', () => {
    const upward = files.flatMap(({ path, imports }) =>
      imports.filter((to) => to.startsWith(`${house}/`) && floorOf(to) > floorOf(path)).map((to) => `${path} → ${to}`),
    );
    expect(upward).toEqual([]);
  });

  test('a file imports its own house, and of another what stands at its door', () => {
    const doors = [`${house}/`, ...(DOORS[house] as readonly string[])];
    const outside = files.flatMap(({ path, imports }) => imports.filter((to) => !doors.some((door) => to.startsWith(door))).map((to) => `${path} → ${to}`));
    expect(outside).toEqual([]);
  });

  test('docs/ARCHITECTURE.md prints these floors', () => {
    expect(readFileSync(join(root, 'docs/ARCHITECTURE.md'), 'utf8')).toContain(`${house}/`.padEnd(12) + floors.map((rooms) => rooms.join(', ')).join(' < '));
  });

  test('there are no cycles', () => {
    const graph = new Map(files.map(({ path, imports }) => [path, imports]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (path: string, trail: readonly string[]): void => {
      if (trail.includes(path)) cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
      if (done.has(path) || trail.includes(path)) return;
      for (const to of graph.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    };
    for (const { path } of files) visit(path, []);
    expect(cycles).toEqual([]);
  });

  test('a file begins with a sentence that says what it is', () => {
    expect(files.filter(({ text }) => !text.startsWith('/**')).map(({ path }) => path)).toEqual([]);
  });

  test('files stay short', () => {
    const long = files
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > (LIMITS.find(({ under }) => path.startsWith(under)) as { lines: number }).lines);
    expect(long).toEqual([]);
  });
});

test('what kernels and ops write to is each thread’s own', () => {
  const shared = ['kernels', 'ops'].flatMap((room) =>
    sources(`assembly/${room}`).flatMap(({ path, text }) => [...text.matchAll(/^.*memory\.data\((?!.*\bOWN\b).*$/gm)].map(([line]) => `${path}: ${line}`)),
  );
  expect(shared).toEqual([]); // see Note [Scratch] in assembly/memory/scratch.ts
});

test('kernels know no tensors, the tape no operations', () => {
  const files = sources('assembly');
  const imports = (from: string, to: string): string[] =>
    files.filter(({ path, imports }) => path.startsWith(from) && imports.some((i) => i.startsWith(to))).map(({ path }) => path);
  expect(imports('assembly/kernels', 'assembly/tensor/tensor')).toEqual([]);
  expect(imports('assembly/tape', 'assembly/ops')).toEqual([]);
});
