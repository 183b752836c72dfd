/**
 * Numbers that the core and the facade share: dtypes, statuses, record offsets, limits.
 * Legal AssemblyScript and legal TypeScript; holds enums only.
 */

/** Element types. Complex elements are stored interleaved (re, im); bool is one byte, 0 or 1. */
export enum DType {
  float32 = 0,
  float64 = 1,
  complex64 = 2,
  complex128 = 3,
  int32 = 4,
  bool = 5,
}

/** Weak dtypes, for calls that make or cast a tensor. A record has the stored dtype and a flag instead. See Note [Weak numbers] in `tensor/weak.ts` */
export enum Weak {
  real = 6,
  complex = 7,
}

/** Why a call returned 0. The fault record holds the numbers `a`, `b` and `c` of these sentences. */
export enum Status {
  ok = 0,
  /** Operand `a` of the call was released. */
  released = 1,
  /** Operand `a` has dtype `b`, which the op does not take. */
  dtype = 2,
  /** Operands have dtypes `a` and `b`, which do not mix. */
  dtypes = 3,
  /** Shapes do not broadcast, or differ where they must agree: dimension `a` against `b`. */
  shape = 4,
  /** Axis `a` is out of range for rank `b`. */
  axis = 5,
  /** Axis `a` is named twice. */
  axisTwice = 6,
  /** Index `a` is out of range for axis `b` of size `c`. */
  index = 7,
  /** Memory had no `a` bytes, or no `a` KiB when `b` is 1. */
  memory = 8,
  /** A rank of `a` where at most (`c` = 0), at least (1) or exactly (2) `b` is possible. */
  rank = 9,
  /** More gradient functions nested than the tape has levels. */
  depth = 10,
  /** A negative power of a whole number. */
  negativePower = 11,
  /** Integer division by zero. */
  zeroDivision = 12,
  /** Reduction `op` over axis `a` of size 0 has no identity. */
  empty = 13,
  /** Element count beyond 2³¹ − 1. */
  tooLarge = 14,
  /** Inner dimensions of a contraction differ: `a` against `b`. */
  inner = 15,
  /** `a` elements can't take a shape of `b` elements. */
  elements = 16,
  /** Dimension `a` has size `b`, where `c` is needed. */
  dimension = 17,
  /** The result's shape depends on values, and a program is being traced. */
  traced = 18,
  /** The float64 of the words `a` and `b` is not among the whole numbers that an op takes. */
  whole = 19,
  /** A forward sweep reached a node whose gradient rule is JavaScript. */
  rule = 20,
}

/** Byte offsets into a tensor record. */
export enum Record {
  storage = 0,
  data = 4,
  size = 8,
  dtype = 12,
  rank = 16,
  flags = 20,
  generation = 24,
  watchers = 40,
  traced = 56,
  /** The dimensions; as many strides follow. */
  shape = 64,
}

/** Bits of a record's flags. */
export enum Flag {
  contiguous = 1,
  sentinel = 2,
  /** All elements are known to be 1. */
  ones = 4,
  /** The tensor, stored as float64 or complex128, is weak. */
  weak = 8,
}

/** Byte offsets into the call area, where the facade writes attributes and operands (pairs of address and generation). */
export enum CallArea {
  attributes = 16,
  pairs = 2320,
}

/** Word offsets (of 4 bytes) into the fault record. */
export enum Fault {
  status = 0,
  op = 1,
  a = 2,
  b = 3,
  c = 4,
}

export enum Limit {
  /** Highest rank of a tensor that the facade makes. */
  rank = 8,
  /** Highest rank of a tensor that a gradient rule makes. */
  innerRank = 16,
  /** Inputs or outputs of one op. */
  operands = 256,
  /** 32-bit words of attributes of one op. */
  attributes = 64,
  /** Nested recording tapes. */
  tapes = 31,
}

/** Stages of a sweep over several targets. */
export enum Sweep {
  first = 1,
  last = 2,
  /** The run is not swept again. */
  once = 4,
  /** The sweep goes forward, from the tangents of watched values. */
  forward = 8,
  /** The tape goes on recording. */
  open = 16,
}

/** Word offsets (of 4 bytes) into a program. */
export enum ProgramWord {
  arenaBytes = 1,
  inputs = 3,
  results = 4,
  constants = 5,
  placements = 6,
  /** Addresses of tables. An input is a record and the address of its number, a result begins with a record, a placement is a record, a block and an offset. */
  inputsAt = 9,
  resultsAt = 10,
  constantsAt = 11,
  placementsAt = 12,
  codeAt = 13,
  codeBytes = 14,
}

/** Kinds of instructions: the low half of the first word, whose high half is the opcode. The next word holds the counts of inputs and results. */
export enum Code {
  /** One op on whole tensors. */
  op = 0,
  /** Several elementwise ops of one shape, computed tile by tile. */
  run = 1,
  /** In a run: sums, differences and products that are computed in registers. */
  chain = 2,
  /** One op on whole tensors, and the run behind it, which is computed on each finished stretch of that op's result. */
  lead = 3,
}

export enum InstructionWord {
  counts = 1,
  bytes = 3,
  operands = 4,
}

/** Word offsets into a run, whose first word has the number of operands in the high half. */
export enum RunWord {
  size = 1,
  tile = 2,
  bytes = 3,
  slots = 4,
  body = 6,
  operands = 7,
}

/** How a run reads an operand's elements. */
export enum Mode {
  /** The run itself computes them, into a slot. */
  slot = 0,
  /** They are contiguous, and read where they lie. */
  stream = 1,
  /** One element, which fills a slot before the first tile. */
  splat = 2,
  /** They are gathered into a slot. */
  gather = 3,
}

/** Word offsets into a run's operand; instructions name the tile by its distance from the run's start. */
export enum OperandWord {
  mode = 0,
  source = 1,
  slot = 3,
  tile = 7,
  count = 25,
}

/** Links of a chain: the operation on the value so far and an operand. */
export enum Link {
  none = 0,
  add = 1,
  sub = 2,
  /** The operand minus the value. */
  subFrom = 3,
  mul = 4,
}

/** Word offsets into a step of an example, whose operands' values and attributes follow. Counts of values and steps, and two words a value, are in front of all. */
export enum ExampleWord {
  op = 0,
  inputs = 1,
  outputs = 2,
  words = 3,
  /** The first result's value. */
  first = 4,
  elementwise = 5,
  operands = 6,
}

/** The version rises with every change that makes the module and a facade of the version before misread each other. */
export enum Abi {
  version = 1,
}
