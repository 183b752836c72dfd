/** The app as a command: prints its answer. */
import { answer } from './app.js';

console.log(answer());
