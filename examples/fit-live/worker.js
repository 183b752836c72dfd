/**
 * Trains off the page's thread, a few steps at a time: it posts what it has learnt and waits to be asked for more, so the page draws
 * each state and a page that stops asking costs nothing. Between page and worker go miles per gallon; the network sees standardised numbers.
 */
import { column, curve, initialState, step, surprises } from './model.js';

const STEPS = 1500;
const FIRST = 40; // steps that are shown one by one
const STEPS_A_FRAME = 5; // after those

/** `{ center, scale }` of some numbers. */
function spread(numbers) {
  const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
  const center = mean(numbers);
  return { center, scale: Math.sqrt(mean(numbers.map((v) => (v - center) ** 2))) };
}

/** Yields what the page shows: at the start, and after every few steps. */
function* training({ train, heldOut, grid }) {
  const [x, y] = [spread(train.x), spread(train.y)];
  const standard = (numbers, { center, scale }) => column(numbers.map((v) => (v - center) / scale));
  const sets = [train, heldOut].map((set) => ({ x: standard(set.x, x), y: standard(set.y, y) }));
  const places = standard(grid, x);
  let state = initialState();
  for (let done = 0; ; done++) {
    if (done < FIRST || done % STEPS_A_FRAME === 0) {
      // A density per mile per gallon is 1/scale times that per standard unit.
      const [training, unseen] = surprises(state, sets).map((nats) => nats + Math.log(y.scale));
      const { mu, sigma } = curve(state, places);
      yield { done, steps: STEPS, training, unseen, mean: mu.map((v) => v * y.scale + y.center), deviation: sigma.map((v) => v * y.scale) };
    }
    if (done === STEPS) return;
    state = step(state, sets[0]);
  }
}

let frames;
globalThis.onmessage = ({ data }) => {
  if (data !== 'next') frames = training(data);
  const { value } = frames.next();
  if (value !== undefined) postMessage(value);
};
