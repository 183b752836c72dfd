/** Options of losses: reductions, weights of examples and classes, smoothing, ignored labels. Values are those of PyTorch in float64. */
import * as g from 'gradtape';
import { compile, gradientsFunction, softmaxCrossEntropy, sparseSoftmaxCrossEntropy, type Tensor, tensor } from 'gradtape';
import { hinge, mse, sigmoidCrossEntropy } from 'gradtape/nn';
import { describe, expect, test } from 'vitest';
import { plain } from './values.js';

const f64 = (v: number | readonly unknown[]): Tensor => tensor(v as number[], { dtype: 'float64' });
const near = (expected: unknown): unknown => (Array.isArray(expected) ? expected.map(near) : expect.closeTo(expected as number, 11));

const LOGITS = [
  [1, 2, -1],
  [0.5, -0.25, 3],
  [2, 2, 1],
  [-1, 0, 1],
];
const LABELS = [0, 2, 1, -100];
const ignoreIndex = -100;
const classWeights = [0.5, 2, 1.5];

describe('sparseSoftmaxCrossEntropy as torch.nn.functional.cross_entropy', () => {
  const rows: readonly [string, object, number, number, number[], number[]][] = [
    [
      'ignoreIndex',
      {},
      0.7750341868821448,
      2.3251025606464344,
      [1.3490122167681864, 0.11409553981999662, 0.8619948040582511, 0],
      [
        -0.246834513219, 0.235128170899, 0.01170634232, 0.024411331995, 0.011531096742, -0.035942428737, 0.140772932751, -0.192560400583, 0.051787467832, 0, 0,
        0,
      ],
    ],
    [
      'class weights',
      { classWeights },
      0.6424097565576476,
      2.5696390262305906,
      [0.6745061083840932, 0.17114330972999492, 1.7239896081165023, 0],
      [
        -0.092562942457, 0.088173064087, 0.00438987837, 0.027462748494, 0.012972483835, -0.040435232329, 0.211159399126, -0.288840600874, 0.077681201748, 0, 0,
        0,
      ],
    ],
    [
      'smoothing',
      { labelSmoothing: 0.1 },
      0.8611452979932559,
      2.5834358939797677,
      [1.3823455501015198, 0.3057622064866633, 0.8953281373915845, 0],
      [
        -0.224612290997, 0.224017059788, 0.000595231209, 0.013300220883, 0.000419985631, -0.013720206514, 0.129661821639, -0.170338178361, 0.040676356721, 0, 0,
        0,
      ],
    ],
    [
      'class weights and smoothing',
      { classWeights, labelSmoothing: 0.1 },
      0.7410888662567641,
      2.9643554650270563,
      [0.8202571264481088, 0.42757505073299495, 1.7165232878459522, 0],
      [
        -0.078823432867, 0.086201908102, -0.007378475235, 0.022990940177, -0.003838321541, -0.019152618636, 0.199954085822, -0.262545914178, 0.062591828357, 0,
        0, 0,
      ],
    ],
  ];
  test.each(rows)('%s', (_, options, mean, sum, none, gradient) => {
    const loss = (x: Tensor, reduction: 'mean' | 'sum' | 'none'): Tensor => sparseSoftmaxCrossEntropy(LABELS, x, { ...options, ignoreIndex, reduction });
    const x = f64(LOGITS);
    expect(plain(loss(x, 'mean'))).toEqual(near(mean));
    expect(plain(loss(x, 'sum'))).toEqual(near(sum));
    expect(plain(loss(x, 'none'))).toEqual(near(none));
    expect(plain(sparseSoftmaxCrossEntropy(LABELS, x, { ...options, ignoreIndex }))).toEqual(near(none));
    const slopes = gradientsFunction((v: Tensor) => loss(v, 'mean'));
    expect(plain((slopes(x)[0] as Tensor).flatten())).toEqual(near(gradient));
    expect(plain(compile(slopes)(x))).toEqual(plain(slopes(x)));
    // The second derivative against differences of the first.
    const along = (v: Tensor): Tensor => (slopes(v)[0] as Tensor).mul(f64(LOGITS)).sum();
    const second = (gradientsFunction(along)(x)[0] as Tensor).flatten().array() as number[];
    const h = 1e-5;
    const shifted = (k: number, by: number): Tensor => f64(LOGITS.flat().map((v, i) => (i === k ? v + by : v))).reshape([4, 3]);
    second.forEach((v, k) => {
      expect(v).toBeCloseTo((along(shifted(k, h)).number() - along(shifted(k, -h)).number()) / (2 * h), 8);
    });
  });

  test('an example without classes to learn from does not spoil others, whatever its logits', () => {
    const x = f64([
      [1, 2],
      [Infinity, NaN],
    ]);
    const loss = (v: Tensor): Tensor => sparseSoftmaxCrossEntropy([1, 7], v, { ignoreIndex: 7, labelSmoothing: 0.1, reduction: 'mean' });
    expect(loss(x).number()).toBeCloseTo(sparseSoftmaxCrossEntropy([1], [[1, 2]], { labelSmoothing: 0.1 }).number() as number, 6);
    expect(plain((gradientsFunction(loss)(x)[0] as Tensor).slice([1]))).toEqual([[0, 0]]);
  });

  test('all ignored: 0', () => {
    expect(sparseSoftmaxCrossEntropy([7], [[1, 2]], { ignoreIndex: 7, reduction: 'mean' }).item()).toBe(0);
  });

  test('a label out of range is refused unless it is the one ignored', () => {
    expect(() => sparseSoftmaxCrossEntropy([7], [[1, 2]])).toThrow(/^sparseSoftmaxCrossEntropy: index 7 is out of range/);
    expect(() => sparseSoftmaxCrossEntropy([8], [[1, 2]], { ignoreIndex: 7 })).toThrow(/index 8 is out of range/);
  });

  test('class weights of another length', () => {
    expect(() => sparseSoftmaxCrossEntropy([0], [[1, 2]], { classWeights: [1, 2, 3] })).toThrow(
      /^sparseSoftmaxCrossEntropy: classWeights has a weight for each of 2/,
    );
  });
});

describe('softmaxCrossEntropy of distributions', () => {
  const q = g.softmax(
    f64([
      [1, 0, 2],
      [3, 1, 0],
      [0, 0, 1],
      [1, 2, 3],
    ]),
  );
  test.each<[string, object, number[], number]>([
    ['plain', {}, [2.589463555147449, 2.5947167740232775, 1.4381116888240806, 0.8323955818399388], 1.8636718999586865],
    ['class weights', { classWeights }, [3.5697645204368045, 1.8783968895629333, 2.0658212725211507, 1.2040758555755975], 2.1795146345241214],
    [
      'class weights and smoothing',
      { classWeights, labelSmoothing: 0.2 },
      [3.2822148741542927, 2.0498096556023455, 1.982522299099121, 1.271955608312313],
      2.1466256092920184,
    ],
  ])('%s', (_, options, none, mean) => {
    expect(plain(softmaxCrossEntropy(q, f64(LOGITS), options))).toEqual(near(none));
    expect(plain(softmaxCrossEntropy(q, f64(LOGITS), { ...options, reduction: 'mean' }))).toEqual(near(mean));
    // Along another axis.
    const turned = softmaxCrossEntropy(g.transpose(q), g.transpose(f64(LOGITS)), { ...options, axis: 0 });
    expect(plain(turned)).toEqual(near(none));
  });

  test('whole labels are smoothed, too', () => {
    const labels = tensor([[0, 1]], { dtype: 'int32' });
    expect(softmaxCrossEntropy(labels, [[1, 2]], { labelSmoothing: 0.5 }).number()).toBeCloseTo(softmaxCrossEntropy([[0.25, 0.75]], [[1, 2]]).number(), 6);
  });
});

describe('sigmoidCrossEntropy', () => {
  test('with positive weights as torch.nn.functional.binary_cross_entropy_with_logits', () => {
    const [z, x] = [f64([1, 0, 0.5]), f64([0.3, -2, 40])];
    const options = { positiveWeights: [3, 1, 2] };
    expect(plain(sigmoidCrossEntropy(z, x, options))).toEqual(near([1.6630657334055812, 0.1269280110429727, 20]));
    expect(sigmoidCrossEntropy(z, x, { ...options, reduction: 'mean' }).number()).toBeCloseTo(7.263331248149519, 11);
    expect(plain(sigmoidCrossEntropy(z, x, { positiveWeights: 1 }))).toEqual(near(plain(sigmoidCrossEntropy(z, x))));
  });

  test('smoothing', () => {
    expect(plain(sigmoidCrossEntropy(f64([1, 0]), f64([2, 3]), { labelSmoothing: 0.2 }))).toEqual(
      near(plain(sigmoidCrossEntropy(f64([0.9, 0.1]), f64([2, 3])))),
    );
  });
});

describe('reductions', () => {
  test("'sumByNonzeroWeights' divides by how many weights are not 0", () => {
    expect(mse([0, 0, 0], [1, 2, 3], { weights: [2, 0, 1], reduction: 'sumByNonzeroWeights' }).item()).toBe((2 + 9) / 2);
    expect(mse([0, 0, 0], [1, 2, 3], { reduction: 'sumByNonzeroWeights' }).number()).toBeCloseTo(14 / 3, 6);
    expect(hinge([1, 1], [0, 0.5], { weights: [0, 0], reduction: 'sumByNonzeroWeights' }).item()).toBe(0);
    expect(softmaxCrossEntropy([[1, 0]], [[0, 0]], { weights: [3], reduction: 'sumByNonzeroWeights' }).number()).toBeCloseTo(3 * Math.LN2, 6);
  });

  test('a weighted mean is that of the weighted losses', () => {
    const losses = sparseSoftmaxCrossEntropy([0, 1], LOGITS.slice(0, 2));
    const [a, b] = losses.array() as number[];
    expect(sparseSoftmaxCrossEntropy([0, 1], LOGITS.slice(0, 2), { weights: [1, 3], reduction: 'mean' }).number()).toBeCloseTo(
      ((a as number) + 3 * (b as number)) / 4,
      6,
    );
  });
});

test('axes 0 and −1 of a scalar', () => {
  for (const axis of [0, -1]) {
    for (const f of [g.sum, g.mean, g.prod, g.max, g.min, g.cumsum, g.cumprod, g.cummax, g.logsumexp, g.softmax] as const)
      expect((f as (x: number, axis: number) => Tensor)(3, axis).shape).toEqual([]);
    expect(g.mean(3, axis).item()).toBe(3);
    expect(g.cumprod(3, axis).item()).toBe(3);
    expect(g.std(3, axis).item()).toBe(0);
    expect(g.variance(3, axis).item()).toBe(0);
    expect(g.moments(3, axis).mean.item()).toBe(3);
    expect(gradientsFunction((x: Tensor) => x.mean(axis))(3)[0]?.item()).toBe(1);
    expect(gradientsFunction((x: Tensor) => x.cumprod({ axis }))(3)[0]?.item()).toBe(1);
  }
  for (const f of [g.mean, g.std, g.cumprod]) expect(() => f(3, 1)).toThrow(/axis 1 is out of range for rank 0/);
});
