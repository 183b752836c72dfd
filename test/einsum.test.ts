/** Einstein sums: every form of product against the definition, the shorthands, the refusals. */
import { describe, expect, test } from 'vitest';
import { einsum, tensor } from '../bindings/index.js';
import { einsumReference } from './reference/einsum.js';
import { doubles, dtypes, expectClose, expectGradients, refusal, sample, samples } from './reference/products.js';

describe('einsum', () => {
  test.each([
    ['ij,jk->ik', '2,3 · 3,4'],
    ['ij,jk->ki', '2,3 · 3,4'],
    ['bij,bjk->bik', '5,2,3 · 5,3,4'],
    ['bhqd,bhkd->bhqk', '2,3,4,5 · 2,3,6,5'],
    ['ii->i', '3,3'],
    ['ii->', '3,3'],
    ['iij->j', '3,3,2'],
    ['iji->j', '3,2,3'],
    ['iii->i', '3,3,3'],
    ['ij->ij', '2,3'],
    ['ij->ji', '2,3'],
    ['ij->j', '2,3'],
    ['ij->', '2,3'],
    ['->', ''],
    [',i->i', ' · 3'],
    ['i,j->ji', '2 · 3'],
    ['i,i->', '4 · 4'],
    ['i,i->i', '4 · 4'],
    ['bi,bi->b', '3,4 · 3,4'],
    ['ij,ij->', '3,4 · 3,4'],
    ['ijk,jil->kl', '2,3,4 · 3,2,5'],
    ['ij,kj->', '2,3 · 4,3'],
    ['ij,k->kij', '2,3 · 4'],
    ['ij,jk,kl->il', '2,3 · 3,4 · 4,5'],
    ['i,ij,j->', '2 · 2,3 · 3'],
    ['ab,bcd,da->c', '2,3 · 3,4,5 · 5,2'],
    ['ij,jk->ik', '2,1 · 3,4'],
    ['bi,ij->bj', '0,3 · 3,4'],
    ['bi,ij->bj', '2,0 · 0,4'],
    ['abcdefgh,abcdefgh->', '2,2,2,2,2,2,2,2 · 2,2,2,2,2,2,2,2'],
    ['abcdefgh,abcdefgi->abcdefhi', '2,2,2,2,2,2,2,2 · 2,2,2,2,2,2,2,2'],
  ])('%s', (equation, text) => {
    for (const dtype of dtypes) {
      const xs = samples(text, dtype);
      expectClose(einsum(equation, ...xs), einsumReference(equation, xs), dtype);
    }
    for (const dtype of doubles) expectGradients((...xs) => einsum(equation, ...xs), samples(text, dtype), equation);
  });

  /** The full equation of the shorthand on the left. */
  test.each([
    ['ij,jk', 'ij,jk->ik', '2,3 · 3,4'],
    ['ba', 'ba->ab', '2,3'],
    ['ii', 'ii->', '3,3'],
    ['bA,bc', 'bA,bc->Ac', '2,3 · 2,4'],
    [' i j , j k -> i k ', 'ij,jk->ik', '2,3 · 3,4'],
    ['...ij,...jk->...ik', 'xyij,yjk->xyik', '5,1,2,3 · 4,3,2'],
    ['...ij,...jk', 'xyij,yjk->xyik', '5,1,2,3 · 4,3,2'],
    ['i...->...i', 'iyz->yzi', '2,3,4'],
    ['...i,i', 'yi,i->y', '5,3 · 3'],
    ['...,...->...', 'y,y->y', '3 · 3'],
    ['...->...', '->', ''],
    ['...ij->ji', 'xyij->ji', '5,2,3,4'],
    ['...i,...i->i', 'xyi,yi->i', '5,2,3 · 2,3'],
    ['...,...->', 'xy,y->', '2,3 · 3'],
  ])('%s is %s', (short, long, text) => {
    const xs = samples(text);
    expectClose(einsum(short, ...xs), einsumReference(long, xs));
  });

  test('arrays stand for tensors', () => {
    expect(
      einsum(
        'ij,j->i',
        [
          [1, 2],
          [3, 4],
        ],
        [1, 10],
      ).array(),
    ).toEqual([21, 43]);
    expect(einsum('i,i->', tensor([1, 2], { dtype: 'float64' }), [3, 4]).dtype).toBe('float64');
  });

  test('the result is a tensor of its own', () => {
    const x = sample([2, 2]);
    einsum('ij->ij', x).dispose();
    expect(x.shape).toEqual([2, 2]);
  });

  test.each([
    ['sizes that differ', 'ij,jk->ik', '2,3 · 2,3', 'ShapeError: einsum: axes labelled j have sizes 3 and 2; operands are [2, 3] float64 and [2, 3] float64'],
    ['sizes under dots that differ', '...,...', '2 · 3', 'ShapeError: einsum: axes labelled ... have sizes 2 and 3; operands are [2] float64 and [3] float64'],
    ['letters for other axes', 'i->i', '2,3', 'ShapeError: einsum: "i->i" does not label operand 0 of shape [2, 3]; operands are [2, 3] float64'],
    ['too few operands', 'ij,jk->ik', '2,3', 'TypeError: einsum: "ij,jk->ik" names 2 operands; got 1'],
    ['a new letter in the result', 'ij->ik', '2,3', 'TypeError: einsum: "ij->ik" has k in the result and in no operand'],
    ['a letter twice in the result', 'ij->iij', '2,3', 'TypeError: einsum: "ij->iij" has i twice in the result'],
    ['what is no letter', 'i-j', '2,3', 'TypeError: einsum: "i-j" can\'t be read at "i-j": operands are letters with at most one "..."'],
    ['two arrows', 'ij->i->j', '2,3', 'TypeError: einsum: "ij->i->j" has more than one arrow'],
    [
      'a result of nine axes',
      'abcde,fghi->abcdefghi',
      '1,1,1,1,1 · 1,1,1,1',
      'ShapeError: einsum: takes at most 8 dimensions; got 9; operands are [1, 1, 1, 1, 1] float64 and [1, 1, 1, 1] float64',
    ],
  ])('refuses %s', (_, equation, text, words) => {
    expect(refusal(() => einsum(equation, ...samples(text)))).toBe(words);
  });
});
