/** Functions of whole lines stay within their bounds beside multiprecision: values and both derivatives, along rows and columns, compiled. */
import { describe, expect, test } from 'vitest';
import { collect } from './found.js';
import { bounds, forms, ORDERS, worstOf } from './lines.js';

const note = collect('lines');

describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
  describe.each(Object.keys(bounds))('%s', (name) => {
    test.each(Object.keys(forms))('%s', (form) => {
      const worst = worstOf(name, dtype, form);
      for (const order of ORDERS) {
        const { multiple, says } = (bounds[name] as (typeof bounds)[string])[order];
        const { error, where } = worst[order];
        note({ op: name, dtype, order, bound: `${multiple}u·${says}`, part: error / multiple, where });
        expect(error, `multiples of u·${says}: ${order} of ${where}`).toBeLessThanOrEqual(multiple);
      }
    });
  });
});
