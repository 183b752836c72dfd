/** Einstein sums by their definition: a loop for each letter, in float64. The reference of every contraction. Knows no tensors. */
import { isComplex } from '../../bindings/dtype.js';
import type { Tensor } from '../../bindings/index.js';

/** Values in row-major order, complex ones as pairs. */
export interface Dense {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

type Complex = readonly [number, number];

/** An operand: the letters of its axes and its elements. */
class Operand {
  private readonly shape: readonly number[];
  private readonly elements: readonly Complex[];
  constructor(
    private readonly letters: string,
    t: Tensor,
    sign: number,
  ) {
    const data = Array.from(t.data());
    this.shape = t.shape;
    this.elements = isComplex(t.dtypeNumber)
      ? Array.from({ length: t.size }, (_, i) => [data[2 * i] as number, sign * (data[2 * i + 1] as number)])
      : data.map((x) => [x, 0]);
  }

  /** Notes the sizes of its letters; 1 gives way. */
  measure(sizes: Map<string, number>): void {
    this.shape.forEach((size, axis) => {
      const letter = this.letters[axis] as string;
      if (size !== 1 || !sizes.has(letter)) sizes.set(letter, size);
    });
  }

  at(index: ReadonlyMap<string, number>): Complex {
    const offset = this.shape.reduce((from, size, axis) => from * size + (size === 1 ? 0 : (index.get(this.letters[axis] as string) as number)), 0);
    return this.elements[offset] as Complex;
  }
}

/** Visits every value of the letters from the k-th on. */
function loop(letters: readonly string[], k: number, sizes: ReadonlyMap<string, number>, index: Map<string, number>, visit: () => void): void {
  const letter = letters[k];
  if (letter === undefined) visit();
  else
    for (let i = 0; i < (sizes.get(letter) as number); i++) {
      index.set(letter, i);
      loop(letters, k + 1, sizes, index, visit);
    }
}

/** Σ over the letters that the result lacks of the product of all operands, some of them conjugated; sizes of 1 broadcast. */
export function einsumReference(equation: string, tensors: readonly Tensor[], conjugated: readonly boolean[] = []): Dense {
  const [left = '', result = ''] = equation.split('->');
  const operands = left.split(',').map((letters, k) => new Operand(letters, tensors[k] as Tensor, conjugated[k] ? -1 : 1));
  const sizes = new Map<string, number>();
  for (const x of operands) x.measure(sizes);
  const summed = [...sizes.keys()].filter((letter) => !result.includes(letter));
  const index = new Map<string, number>();
  const isPaired = tensors.some((t) => isComplex(t.dtypeNumber));
  const data: number[] = [];
  loop([...result], 0, sizes, index, () => {
    let [re, im] = [0, 0];
    loop(summed, 0, sizes, index, () => {
      const [x, y] = operands.map((operand) => operand.at(index)).reduce(([a, b], [c, d]) => [a * c - b * d, a * d + b * c]);
      re += x;
      im += y;
    });
    data.push(re, ...(isPaired ? [im] : []));
  });
  return { shape: [...result].map((letter) => sizes.get(letter) as number), data };
}
