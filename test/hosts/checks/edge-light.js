/** Vercel's edge, as far as it is one: see `edge-light.js`. In a process of its own, whose globals it takes away. */
import { node, run } from '../command.js';
import { answer } from '../expected.js';

export default [{ name: 'edge-light', wants: answer, run: () => run([node(24), 'edge-light.js']) }];
