/** GradBench's twelve problems as lines of the benchmark: the first case of each, as a program gets it and gives it. Knows no library. */
import { readFileSync } from 'node:fs';

/** What is asked of each. The two last find a minimum by thousands of steps, with gradients in them. */
const PROBLEMS = {
  hello: 'double',
  lse: 'gradient',
  llsq: 'gradient',
  det: 'gradient',
  ode: 'gradient',
  gmm: 'jacobian',
  kmeans: 'dir',
  lstm: 'jacobian',
  ba: 'jacobian',
  ht: 'jacobian',
  particle: 'rr',
  saddle: 'rr',
};

/** The input of a problem's first case, with its model where it names one. */
export function inputOf(name) {
  const { cases, models } = JSON.parse(readFileSync(new URL(`../data/gradbench/${name}.json`, import.meta.url), 'utf8'));
  const { input } = cases[0];
  return models ? { ...input, model: models[input.model] } : input;
}

/** All numbers of a result, objects in the order of their keys. */
export function numbersOf(result) {
  if (typeof result === 'number') return [result];
  return (
    Array.isArray(result)
      ? result
      : Object.keys(result)
          .sort()
          .map((key) => result[key])
  ).flatMap(numbersOf);
}

export const gradbench = Object.entries(PROBLEMS).map(([name, f]) => ({
  name: `gradbench ${name}`,
  key: 'problem',
  problem: { name, f },
  group: 'gradbench',
  title: () => `${name}, ${f}`,
  contestants: ['in scope', 'PyTorch'],
  inputs: () => inputOf(name),
  tolerance: name === 'particle' || name === 'saddle' ? 1e-4 : 1e-9,
  unit: 'ms',
  amount: () => 1e-3,
}));
