/** The app as an edge host has it: a request's answer. */
import { answer } from './app.js';

export default { fetch: () => new Response(answer()) };
