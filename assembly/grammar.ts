/** The lengths of WebAssembly's instructions, with which the packer and the unpacker find where each instruction begins. Knows no text. */

/** Opcodes that need special treatment. From 240 on, where WebAssembly has no opcodes, stand those of the unpacker. */
export const END = 0x0b;
export const BR_TABLE = 0x0e;
export const VECTOR = 0xfd;
export const VECTORS = 256; // plus the number after the prefix
export const RAW = 240; // bytes outside the code section
export const HEADER = 241; // the number of groups of locals of a function
export const LOCALS = 242;
export const TARGETS = 243;
export const TYPE = 244;

// @ts-ignore: decorator
@inline
export function among(n: i32, first: i32, last: i32): bool {
  return <u32>(n - first) <= <u32>(last - first);
}

/** The number of immediates of an opcode; a negative number counts bytes. */
export function immediates(op: i32): i32 {
  if (op == 0x43) return -4;
  if (op == 0x44) return -8;
  if (among(op, VECTORS + 12, VECTORS + 13)) return -16;
  if (among(op, VECTORS + 84, VECTORS + 91)) return 3;
  if (op == 0x11 || among(op, 0x28, 0x3e) || among(op, VECTORS, VECTORS + 11) || among(op, VECTORS + 92, VECTORS + 93)) return 2;
  return i32(
    among(op, 0x02, 0x04) || among(op, 0x0c, BR_TABLE) || op == 0x10 || among(op, 0x20, 0x24) || among(op, 0x3f, 0x42) || among(op, 0xfc, VECTOR) ||
      among(op, VECTORS + 21, VECTORS + 34),
  );
}
