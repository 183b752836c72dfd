/**
 * Where an op's attributes stand among the words of a call or node: word offsets of 4 bytes, of which a float64 takes two.
 * Legal AssemblyScript and legal TypeScript; holds enums only.
 */

/** reshape, broadcastTo, sumTo. */
export enum ShapeWord {
  rank = 0,
  dims = 1,
}

/** Reductions, scans, softmax: an option first, then the axes. */
export enum AxesWord {
  /** Of a reduction whether it keeps dimensions, of a scan its flags, of softmax whether it has its limit at infinite elements. */
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

/** pad: a value (float64 each part), then a slice's words, for the place of x in the result, and sizes of the result. */
export enum PadWord {
  re = 0,
  im = 2,
  slice = 4,
}

/** fill (a value), and all that draw (two parameters). */
export enum FillWord {
  /** Of a fill the real part, of a draw its first parameter; float64 both. */
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
  /** Of a scatter: the size of the axis. */
  size = 3,
}

/** lastWriters. */
export enum WritersWord {
  size = 0,
}

/** oneHot: two float64, then two words. */
export enum OneHotWord {
  on = 0,
  off = 2,
  depth = 4,
  dtype = 5,
}

/** bandPart. */
export enum BandWord {
  low = 0,
  high = 1,
}

/** matmul, which has none where its one word would be 0. */
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
  /** The bits of the batch axes summed over. */
  summed = 8,
}
