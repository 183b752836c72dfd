/**
 * The wings' numbers, and their places in the core's memory and function table. The places are fixed, so that an address or an index has one
 * meaning in every instance and thread. Legal AssemblyScript and legal TypeScript; holds enums only.
 */

/** Op families that are modules of their own. */
export enum Wing {
  special = 0,
  nn = 1,
  sort = 2,
}

/** Wing k has `bytes` of memory from `statics + k·bytes` on, and `entries` of the table from `table + k·entries` on. */
export enum Place {
  statics = 0x14000,
  bytes = 0x2000,
  /** The number of wings that there is room for. */
  wings = 8,
  /** The heap begins here, behind the wings' memory. */
  heap = 0x24000,
  table = 768,
  entries = 128,
}
