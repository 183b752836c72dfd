/** The app on the relaxed build, reported as `main.js` does. */
import { init } from 'gradtape';
import { answer } from './app.js';

const { report = console.log } = globalThis;
try {
  await init({ build: 'relaxed' });
  report(answer());
} catch (error) {
  report(String(error));
}
