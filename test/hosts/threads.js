/** The digest by two threads, reported as `main.js` does. */
import { init } from 'gradtape';
import { digest } from './product.js';

const { report = console.log } = globalThis;
try {
  await init({ threads: 2 });
  report(digest());
} catch (error) {
  report(String(error));
}
