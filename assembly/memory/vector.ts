/** A sequence of bytes that grows at its end. Knows bytes only. */
import { alloc, free } from './heap';

const LEAST: usize = 1024; // bytes

@unmanaged
@final
export class Vector {
  /** Changes when the vector grows, so addresses inside it are valid until the next `extend` only. */
  start: usize;
  /** Bytes in use. */
  length: usize;
  private room: usize;

  /** Appends `bytes` bytes and returns their address; 0 when memory is out. */
  extend(bytes: usize): usize {
    const length = this.length;
    if (length + bytes > this.room && !this.grow(length + bytes)) return 0;
    this.length = length + bytes;
    return this.start + length;
  }

  private grow(bytes: usize): bool {
    return this.move(max(LEAST, max(bytes, this.room << 1)));
  }

  /** Frees the bytes that are not in use; false when memory is out. */
  trim(): bool {
    return !this.length || this.move(this.length);
  }

  private move(room: usize): bool {
    const block = alloc(room);
    if (!block) return false;
    if (this.room) {
      memory.copy(block, this.start, this.length);
      free(this.start, this.room);
    }
    this.start = block;
    this.room = room;
    return true;
  }

  clear(): void {
    if (this.room) free(this.start, this.room);
    this.start = 0;
    this.length = 0;
    this.room = 0;
  }
}
