/** The two pictures, by Observable Plot: what the network predicts, and how it came there. Elements in, elements out. */
import * as Plot from '@observablehq/plot';
import { cars, grid, origins } from './cars.js';

const INK = '#1d2430';
const style = { fontFamily: 'inherit', fontSize: '13px', color: INK, background: 'none', overflow: 'visible' };

/** Cars, and over them the predicted mean and the bands of one and two deviations. */
export function fitFigure({ mean, deviation }, width, height) {
  const points = grid.map((power, i) => ({ power, mean: mean[i], deviation: deviation[i] }));
  const band = (deviations, opacity) =>
    Plot.areaY(points, {
      x: 'power',
      y1: (p) => p.mean - deviations * p.deviation,
      y2: (p) => p.mean + deviations * p.deviation,
      fill: INK,
      fillOpacity: opacity,
      clip: true,
    });
  return Plot.plot({
    style,
    width,
    height,
    marginLeft: 44,
    marginBottom: 44,
    marginTop: 26,
    x: { domain: [40, 240], label: 'engine power (hp)', labelAnchor: 'right', ticks: 10 },
    y: { domain: [5, 50], label: 'fuel economy (miles per US gallon)', grid: true, ticks: 9, tickSize: 0 },
    color: { domain: Object.keys(origins), range: Object.values(origins) },
    marks: [
      band(2, 0.07),
      band(1, 0.11),
      Plot.dot(cars, { x: 'power', y: 'economy', fill: 'origin', fillOpacity: 0.75, r: 3.2, stroke: 'white', strokeWidth: 0.6 }),
      Plot.line(points, { x: 'power', y: 'mean', stroke: INK, strokeWidth: 2.5, clip: true }),
      Plot.tip(cars, Plot.pointer({ x: 'power', y: 'economy', title: (c) => `${c.name}, ${c.year}\n${c.power} hp, ${c.economy} mpg` })),
    ],
  });
}

/** Both surprises over the steps so far. */
export function lossFigure(history, steps, width, height) {
  const drawn = history.slice(1); // the state before the first step has no place on a logarithmic axis
  const curves = [
    { y: 'training', stroke: '#5b6472' },
    { y: 'unseen', stroke: '#c2255c' },
  ];
  return Plot.plot({
    style,
    width,
    height,
    marginLeft: 44,
    marginBottom: 44,
    marginTop: 26,
    marginRight: 18,
    x: { type: 'log', domain: [1, steps], label: 'training step (log scale)', labelAnchor: 'right', ticks: [1, 10, 100, 1000], tickFormat: String },
    y: { domain: [2.6, 3.5], label: 'loss (nats per car)', grid: true, ticks: 9, tickSize: 0 },
    marks: [
      ...curves.map(({ y, stroke }) => Plot.line(drawn, { x: 'done', y, stroke, strokeWidth: 2 })),
      ...curves.map(({ y, stroke }) => Plot.dot(drawn.slice(-1), { x: 'done', y, fill: stroke, r: 3.5 })),
    ],
  });
}
