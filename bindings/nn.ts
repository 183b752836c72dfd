/** `gradtape/nn`: the ops that neural networks need besides the root's: convolution, pooling, normalisation, losses. */
import { Op } from '../assembly/shared/opcode.js';
import { Wing } from '../assembly/shared/wings.js';
import { namesOf, register } from './extend.js';

register({ name: 'nn', number: Wing.nn, first: Op.conv, ops: namesOf(Op.conv, Op.maxPoolTake) });

export * from './nn/conv.js';
export * from './nn/loss.js';
export * from './nn/normalization.js';
export * from './nn/pool.js';
export type { DataFormat, Padding, PerAxis, WindowOptions } from './nn/windows.js';
