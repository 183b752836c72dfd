/** The memory of nodes: a list that nested tapes share, in chunks that are released together. Knows no tape. */
import { alloc, allocSmall, free, freeSmall } from '../memory/heap';
import { Node } from './node';

const CHUNK: usize = 1 << 14; // bytes of nodes taken from the heap at a time
const CHUNK_HEADER: usize = 16; // next chunk, bytes of this one

/** Nodes in order, and the number of tapes that need them. */
@unmanaged
@final
export class List {
  /** Tapes that span the list. */
  refs: u32;
  /** Examples around which it records, see Note [Examples] in tape/trace. */
  aside: u32;
  last: Node;
  /** The next value number. */
  values: u32;
  chunks: usize;
  top: usize;
  end: usize;
}

const LIST_BYTES = (offsetof<List>() + 15) & ~15;

/** A chunk kept from the last list, so that small tapes don't allocate. */
let spare: usize = 0;

/** The number of lists. */
export let lists = 0;

/** A list whose first value has this number; null when memory is out. */
export function newList(firstNumber: u32): List {
  const list = changetype<List>(allocSmall(LIST_BYTES));
  if (!list) return list;
  list.refs = 0;
  list.aside = 0;
  list.last = changetype<Node>(0);
  list.values = firstNumber;
  list.chunks = 0;
  list.top = 0;
  list.end = 0;
  lists++;
  return list;
}

/** Releases a list whose nodes have released what they hold. */
export function freeList(list: List): void {
  for (let chunk = list.chunks; chunk; ) {
    const next = load<usize>(chunk);
    const bytes = load<usize>(chunk, 4);
    if (!spare && bytes == CHUNK) spare = chunk;
    else free(chunk, bytes);
    chunk = next;
  }
  freeSmall(changetype<usize>(list), LIST_BYTES);
  lists--;
}

/** Where a node of so many bytes goes; 0 when memory is out. */
// @ts-ignore: decorator
@inline
export function roomIn(list: List, bytes: usize): usize {
  if (list.top + bytes > list.end && !addChunk(list, bytes)) return 0;
  const node = list.top;
  list.top += bytes;
  return node;
}

function addChunk(list: List, bytes: usize): bool {
  let chunk: usize;
  let whole = CHUNK;
  if (spare && bytes <= CHUNK - CHUNK_HEADER) {
    chunk = spare;
    spare = 0;
  } else {
    whole = max(CHUNK, bytes + CHUNK_HEADER);
    chunk = alloc(whole);
    if (!chunk) return false;
  }
  store<usize>(chunk, list.chunks);
  store<usize>(chunk, whole, 4);
  list.chunks = chunk;
  list.top = chunk + CHUNK_HEADER;
  list.end = chunk + whole;
  return true;
}
