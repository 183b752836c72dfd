/**
 * A program: its tables and records in one block, its instructions in a vector. Layout only.
 *
 *   block  ┌─────────┬────────┬────────┬─────────┬───────────┬────────────┬───────┬─────────┐
 *          │ Program │ blocks │ inputs │ results │ constants │ placements │ slots │ records │
 *          └─────────┴────────┴────────┴─────────┴───────────┴────────────┴───────┴─────────┘
 *
 * Elements lie in numbered blocks: block 0 is the arena, which exists during a replay only; the blocks of the inputs follow, then those of the
 * results. A placement says where in its block a record's elements begin. The facade reads programs too: their offsets are in `shared/abi.ts`.
 */
import { Vector } from '../memory/vector';
import { Code, Mode, Record } from '../shared/abi';
import { Tensor } from '../tensor/tensor';

@unmanaged
@final
export class Program {
  /** Bytes of this block, and of the arena. */
  bytes: usize;
  arenaBytes: usize;
  /** Address of the arena at the last replay. */
  arena: usize;
  inputs: i32;
  results: i32;
  constants: i32;
  placements: i32;
  /** The placements in the arena come first. */
  arenaPlacements: i32;
  /** Addresses of the tables. */
  blocksAt: usize;
  inputsAt: usize;
  resultsAt: usize;
  constantsAt: usize;
  placementsAt: usize;
  /** The instructions' vector. */
  codeAt: usize;
  codeBytes: usize;
  codeRoom: usize;
  // @ts-ignore: decorator
  @inline
  get code(): Vector {
    return changetype<Vector>(changetype<usize>(this) + offsetof<Program>('codeAt'));
  }
  // @ts-ignore: decorator
  @inline
  input(k: i32): Input {
    return changetype<Input>(this.inputsAt + (k << 3));
  }
  /** The record of result k. */
  // @ts-ignore: decorator
  @inline
  result(k: i32): Tensor {
    return load<Tensor>(this.resultsAt + (k << 3));
  }
  /** Address of the word in which a replay keeps the tensor that it will return as result k. */
  // @ts-ignore: decorator
  @inline
  freshAt(k: i32): usize {
    return this.resultsAt + (k << 3) + 4;
  }
  // @ts-ignore: decorator
  @inline
  constant(k: i32): Tensor {
    return load<Tensor>(this.constantsAt + (k << 2));
  }
  // @ts-ignore: decorator
  @inline
  placement(k: i32): Placement {
    return changetype<Placement>(this.placementsAt + <usize>k * offsetof<Placement>());
  }
  /** Address of block b. */
  // @ts-ignore: decorator
  @inline
  block(b: i32): usize {
    return load<usize>(this.blocksAt + (b << 2));
  }
  // @ts-ignore: decorator
  @inline
  setBlock(b: i32, at: usize): void {
    store<usize>(this.blocksAt + (b << 2), at);
  }
}

/** An input's record, and the address of the number that the facade writes; 0 where the input is a tensor. */
@unmanaged
@final
export class Input {
  record: Tensor;
  slot: usize;
}

@unmanaged
@final
export class Placement {
  record: Tensor;
  block: i32;
  offset: i32;
}

/** Operands follow, inputs before outputs, then attributes. An operand is a record's address; in a run, its distance from the run's start. */
@unmanaged
@final
export class Instruction {
  code: u16;
  op: u16;
  inputs: u16;
  outputs: u16;
  words: u32;
  /** Length of the whole instruction. */
  bytes: u32;
  // @ts-ignore: decorator
  @inline
  operand(i: i32): usize {
    return load<usize>(changetype<usize>(this) + (i << 2), offsetof<Instruction>());
  }
  // @ts-ignore: decorator
  @inline
  setOperand(i: i32, operand: usize): void {
    store<usize>(changetype<usize>(this) + (i << 2), operand, offsetof<Instruction>());
  }
  // @ts-ignore: decorator
  @inline
  get attributes(): usize {
    return changetype<usize>(this) + offsetof<Instruction>() + ((<usize>this.inputs + this.outputs) << 2);
  }
}

/** Appends an instruction whose operands and attributes the caller writes; null when memory is out. */
export function extend(code: Vector, kind: Code, op: u32, inputs: u32, outputs: u32, words: u32): Instruction {
  const bytes = offsetof<Instruction>() + (<usize>(inputs + outputs + words) << 2);
  const to = changetype<Instruction>(code.extend(bytes));
  if (!to) return to;
  to.code = <u16>kind;
  to.op = <u16>op;
  to.inputs = <u16>inputs;
  to.outputs = <u16>outputs;
  to.words = words;
  to.bytes = <u32>bytes;
  return to;
}

/** The steps of a run. Its operands follow, then the strides of those operands that are gathered, then the instructions. */
@unmanaged
@final
export class Run {
  code: u16;
  operands: u16;
  /** Elements of each step's result, and of a tile. */
  size: i32;
  tile: i32;
  bytes: u32;
  /** Offset of the slots in the arena, and their bytes. */
  slots: i32;
  room: u32;
  /** Distance of the instructions from the run's start. */
  body: u32;
  // @ts-ignore: decorator
  @inline
  operand(i: i32): Operand {
    return changetype<Operand>(changetype<usize>(this) + offsetof<Run>() + <usize>i * OPERAND);
  }
}

/** An operand of a run: the tensor that its tiles are parts of. The tile's own record, of rank 1, follows. */
@unmanaged
@final
export class Operand {
  mode: Mode;
  source: Tensor;
  /** Address of the source's elements during a replay. */
  data: usize;
  /** Distance of its slot from the first slot. */
  slot: i32;
  /** For a gathered source: rank and address of the run's dimensions, and the distance of the strides from the run's start. */
  rank: i32;
  dims: usize;
  strides: u32;
  // @ts-ignore: decorator
  @inline
  get tile(): Tensor {
    return changetype<Tensor>(changetype<usize>(this) + offsetof<Operand>());
  }
}

/** Bytes of an operand with its tile's record. */
export const OPERAND: usize = offsetof<Operand>() + Record.shape + 8;
