/**
 * The wings by number, and their places in the core's memory and table: fixed, so that an address or an index means the same in every
 * instance and thread. Legal AssemblyScript and legal TypeScript; holds enums only.
 */

/** Op families that are modules of their own. */
export enum Wing {
  special = 0,
}

/** Wing k has `bytes` of memory from `statics + k·bytes` on, and `entries` of the table from `table + k·entries` on. */
export enum Place {
  statics = 0x14000,
  bytes = 0x2000,
  /** At most so many. */
  wings = 8,
  /** Where the heap begins, behind them. */
  heap = 0x24000,
  table = 768,
  entries = 128,
}
