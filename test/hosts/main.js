/** The app as a command or a page's script: reports its answer, or why there is none. A page says where to, a console prints. */
import { answer } from './app.js';

const { report = console.log } = globalThis;
try {
  report(answer());
} catch (error) {
  report(String(error));
}
