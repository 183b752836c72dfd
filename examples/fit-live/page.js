/** The page: asks the worker for the next state, draws it, and lets one stop and go on. Trains nothing itself. */
import '@fontsource-variable/inter';
import './style.css';
import { cars, grid, heldOut, origins, train } from './cars.js';
import { fitFigure, lossFigure } from './figures.js';

const at = (id) => document.getElementById(id);
const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
let state; // 'running', 'stopped' or 'done'
let history = [];

function enter(next) {
  state = next;
  document.body.dataset.state = next;
  at('toggle').textContent = { running: 'Stop', stopped: 'Go on', done: 'Fit again' }[next];
}

function begin() {
  history = [];
  enter('running');
  worker.postMessage({ train, heldOut, grid });
}

function draw() {
  const last = history.at(-1);
  const { done, steps, training, unseen } = last;
  for (const [id, figure] of [
    ['fit', fitFigure],
    ['loss', (_, ...size) => lossFigure(history, steps, ...size)],
  ]) {
    const { clientWidth, clientHeight } = at(id);
    at(id).replaceChildren(figure(last, clientWidth, clientHeight));
  }
  at('progress').max = steps;
  at('progress').value = done;
  at('count').textContent = `${done} of ${steps} steps`;
  at('training').textContent = training.toFixed(3);
  at('unseen').textContent = unseen.toFixed(3);
}

worker.onmessage = ({ data }) => {
  history.push(data);
  // Once a frame at most; a hidden page draws no frames and its worker rests.
  requestAnimationFrame(() => {
    draw();
    if (data.done === data.steps) enter('done');
    else if (state === 'running') worker.postMessage('next');
  });
};
worker.onerror = ({ message }) => {
  at('count').textContent = message;
};

at('toggle').onclick = () => {
  if (state === 'done') return begin();
  enter(state === 'running' ? 'stopped' : 'running');
  if (state === 'running') worker.postMessage('next');
};
window.onresize = () => history.length > 0 && draw();
at('origins').innerHTML = Object.entries(origins)
  .map(([origin, color]) => `<li><i class="dot" style="background:${color}"></i>${origin}</li>`)
  .join('');
at('cars').textContent = cars.length;
begin();
