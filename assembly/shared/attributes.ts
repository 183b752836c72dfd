/**
 * Where an op's attributes stand among the words of a call or node: word offsets of 4 bytes, of which a float64 takes two.
 * Legal AssemblyScript and legal TypeScript; holds enums only.
 */

/** reshape, broadcastTo, sumTo. */
export enum ShapeWord {
  rank = 0,
  dims = 1,
}

/** Reductions, scans, softmax: an option, then the axes. */
export enum AxesWord {
  /** A reduction: whether it keeps dimensions. A scan: its flags. A softmax: whether lines with infinite elements have the limit as result, not NaN. */
  option = 0,
  /** −1: all axes. */
  count = 1,
  axes = 2,
}

/** transpose. */
export enum TransposeWord {
  /** −1: the axes in reversed order. */
  count = 0,
  axes = 1,
}

/** stridedSlice; three lists of `rank` words: begins, steps, sizes. */
export enum SliceWord {
  rank = 0,
  lists = 1,
}

/** pad: a value (float64 each part), then the words of a slice of the result, which says where x lies in it, and the sizes of the result. */
export enum PadWord {
  re = 0,
  im = 2,
  slice = 4,
}

/** fill (a value), and the ops that draw random numbers (two parameters). */
export enum FillWord {
  /** A fill's real part, or a draw's first parameter; both are float64. */
  first = 0,
  second = 2,
  dtype = 4,
  rank = 5,
  dims = 6,
}

/** arange: three float64, then two words. */
export enum ArangeWord {
  start = 0,
  step = 2,
  last = 4,
  count = 6,
  dtype = 7,
}

/** cast. */
export enum CastWord {
  dtype = 0,
}

/** concat. */
export enum ConcatWord {
  axis = 0,
}

/** split. */
export enum SplitWord {
  axis = 0,
  sizes = 1,
}

/** take and the scatters. */
export enum TakeWord {
  axis = 0,
  /** The number of leading axes that operand and indices share. */
  batch = 1,
  /** Whether a negative index means no row. */
  drop = 2,
  /** A scatter's size of the axis. */
  size = 3,
}

/** sort, argsort. */
export enum SortWord {
  /** Whether the greatest comes first. */
  descending = 0,
  /** How many places of a line are wanted. */
  count = 1,
}

/** searchsorted. */
export enum SearchWord {
  /** Whether the place is behind equal numbers. */
  right = 0,
}

/** lastWriters. */
export enum WritersWord {
  size = 0,
}

/** Windows of convolution and pooling: the groups, then for each spatial axis the words of `WindowAxisWord`. */
export enum WindowWord {
  groups = 0,
  axes = 1,
}

export enum WindowAxisWord {
  size = 0,
  taps = 1,
  stride = 2,
  dilation = 3,
  /** Zeros before and after. */
  low = 4,
  high = 5,
  count = 6,
}

/** variance: words behind the axes, a float64. */
export enum VarianceWord {
  correction = 0,
  count = 2,
}

/** deviation: words behind the axes, two float64 and one. */
export enum DeviationWord {
  divisor = 0,
  epsilon = 2,
  isCentred = 4,
  count = 5,
}

/** normalize and normalizeGrad: a float64, then the words of `AxesWord`, whose option says whether the mean is subtracted. */
export enum NormalizeWord {
  epsilon = 0,
  axes = 2,
}

/** oneHot: two float64, then two words. */
export enum OneHotWord {
  on = 0,
  off = 2,
  depth = 4,
  dtype = 5,
}

/** whole: the range of what it takes, and what is added to negative numbers. */
export enum WholeWord {
  least = 0,
  /** Unsigned. */
  most = 1,
  wrap = 2,
}

/** bandPart. */
export enum BandWord {
  low = 0,
  high = 1,
}

/** matmul; without attributes where its one word would be 0. */
export enum ProductWord {
  flags = 0,
}

/** A matrix product's word: flags in the low four bits, then two fields. */
export enum Product {
  transposeX = 1,
  transposeY = 2,
  conjX = 4,
  conjY = 8,
}

/** Positions of the fields in a matrix product's word. */
export enum ProductField {
  /** The number of leading batch axes that the result lacks. */
  dropped = 4,
  /** A bit for each batch axis that is summed over. */
  summed = 8,
}
