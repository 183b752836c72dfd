/** The tensor record: a strided view of a counted storage block. Knows no ops and no tape, only a value number that the tape writes. */
import { Flag, Record } from '../shared/abi';
import { sizeShift } from './dtype';

@unmanaged
@final
export class Tensor {
  storage: usize;
  /** Address of element 0. */
  data: usize;
  /** Number of elements. */
  size: i32;
  dtype: i32;
  rank: i32;
  flags: i32;
  /** The number that the facade's handle carries; 0 when no handle may use the record. */
  generation: u32;
  refs: u32;
  holds: u32;
  /** Its value number on the list of tapes; 0 when no tape watches it. */
  value: u32;
  /** Bit b: the tensor depends on a value that tape b watches. */
  watchers: u32;
  next: usize;
  prev: usize;
  /** The depth of the scope that owns it; 0 outside all scopes. */
  depth: i32;
  /** Its value number in the open trace; 0 when the trace doesn't have it. Negative: it depends on an input of the trace. */
  traced: i32;
  /** Bytes of the block at whose start the record lies. */
  block: u32;
  // @ts-ignore: decorator
  @inline
  dim(axis: i32): i32 {
    return load<i32>(changetype<usize>(this) + (axis << 2), Record.shape);
  }
  // @ts-ignore: decorator
  @inline
  setDim(axis: i32, size: i32): void {
    store<i32>(changetype<usize>(this) + (axis << 2), size, Record.shape);
  }
  // @ts-ignore: decorator
  @inline
  stride(axis: i32): i32 {
    return load<i32>(changetype<usize>(this) + ((this.rank + axis) << 2), Record.shape);
  }
  // @ts-ignore: decorator
  @inline
  setStride(axis: i32, stride: i32): void {
    store<i32>(changetype<usize>(this) + ((this.rank + axis) << 2), stride, Record.shape);
  }
  /** Address of the dimensions. */
  // @ts-ignore: decorator
  @inline
  get shapeAt(): usize {
    return changetype<usize>(this) + Record.shape;
  }
  /** Address of the strides. */
  // @ts-ignore: decorator
  @inline
  get stridesAt(): usize {
    return changetype<usize>(this) + Record.shape + (this.rank << 2);
  }
  // @ts-ignore: decorator
  @inline
  get isContiguous(): bool {
    return (this.flags & Flag.contiguous) != 0;
  }
  // @ts-ignore: decorator
  @inline
  get bytes(): usize {
    return <usize>this.size << sizeShift(this.dtype);
  }
}

/** The absent tensor, which a call returns after a failure. */
// @ts-ignore: decorator
@inline
export const NONE = changetype<Tensor>(0);
