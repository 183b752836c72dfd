/** GradBench: the example programs against golden outputs, computed independently, most of them in 50 digits or more. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Json = number | readonly Json[] | { readonly [key: string]: Json };
type Program = Record<string, (input: unknown) => Json>;
/** What leads to the result of `particle`, at one w. */
interface Probe {
  readonly w: number;
  readonly cost: number;
  readonly slope: number;
}
interface Case {
  readonly name: string;
  readonly input: Record<string, unknown>;
  readonly output: Record<string, Json>;
}

const data = new URL('data/gradbench/', import.meta.url);
const programs = readdirSync(new URL('../examples/gradbench/', import.meta.url)).flatMap((file) => (file.endsWith('.mjs') ? [file.replace('.mjs', '')] : []));

/** Two problems end where a descent of steps of 1e-5 does. */
const tolerance = (name: string): number => (name === 'particle' || name === 'saddle' ? 1e-4 : 1e-9);

/** |a − b|/max(1, |a| + |b|) of the numbers that are farthest apart; NaN where the structures differ. */
function distance(a: Json | undefined, b: Json): number {
  if (typeof b === 'number') return typeof a === 'number' ? Math.abs(a - b) / Math.max(1, Math.abs(a) + Math.abs(b)) : Number.NaN;
  if (typeof a !== 'object' || Object.keys(a).length !== Object.keys(b).length) return Number.NaN;
  return Object.entries(b).reduce((far, [key, value]) => {
    const next = distance((a as Record<string, Json>)[key], value);
    return next <= far ? far : next;
  }, 0);
}

test('all twelve are there', () => expect(programs.length).toBe(12));

describe.each(programs)('%s', async (name) => {
  const program = (await import(`../examples/gradbench/${name}.mjs`)) as Program;
  const { cases, models } = JSON.parse(readFileSync(new URL(`${name}.json`, data), 'utf8')) as { readonly cases: Case[]; readonly models?: unknown };
  test.each(cases)('$name', ({ input, output }) => {
    for (const [f, expected] of Object.entries(output)) {
      const given = models ? { ...input, model: (models as Record<string, unknown>)[input.model as string] } : input;
      expect(distance(program[f]?.(given), expected), f).toBeLessThanOrEqual(tolerance(name));
    }
  });
});

test('a derivative in the loop of another: particle, at single points', async () => {
  const { cost, slope } = (await import('../examples/gradbench/particle.mjs' as string)) as Program;
  const { probes } = JSON.parse(readFileSync(new URL('particle.json', data), 'utf8')) as { readonly probes: Probe[] };
  for (const { w, ...expected } of probes) {
    expect(Math.abs((cost?.({ w }) as number) / expected.cost - 1)).toBeLessThan(1e-11);
    expect(Math.abs((slope?.({ w }) as number) / expected.slope - 1)).toBeLessThan(1e-11);
  }
});
