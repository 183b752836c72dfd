/** `gradtape/sort`: order, and what is counted, estimated and interpolated by it. */
import { Op } from '../assembly/shared/opcode.js';
import { Wing } from '../assembly/shared/wings.js';
import { namesOf, register } from './extend.js';

register({ name: 'sort', number: Wing.sort, first: Op.sort, ops: namesOf(Op.sort, Op.searchsorted) });

export * from './sort/count.js';
export * from './sort/curves.js';
export { argsort, type Found, type KthOptions, kthValue, type SortOptions, searchsorted, sort, type TopkOptions, topk } from './sort/order.js';
export * from './sort/quantile.js';
export * from './sort/spread.js';
