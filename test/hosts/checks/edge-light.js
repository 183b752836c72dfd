/** A simulation of Vercel's edge: see `edge-light.js`. It runs in a process of its own, whose globals it removes. */
import { node, run } from '../command.js';
import { answer } from '../expected.js';

export default [{ name: 'edge-light', wants: answer, run: () => run([node(24), 'edge-light.js']) }];
