/** Growth curves as SVG: log-log, a label at each line's end, gradtape strong and its peers quiet. Knows rows, not how they were measured. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { three } from './harness.mjs';

const STRONG = '#c2185b';
const SERIES = {
  'in scope': { label: 'gradtape', color: STRONG },
  compiled: { label: 'gradtape compiled', color: STRONG, dash: '7 4' },
  'in scope, relaxed': { label: 'gradtape relaxed', color: STRONG, dash: '2 4' },
  tfjs: { label: 'tfjs (wasm)', color: '#b08d57' },
  'jax-js': { label: 'jax-js', color: '#9aa5b1' },
  'jax-js jit': { label: 'jax-js jit', color: '#5b7290' },
  'numpy-ts': { label: 'numpy-ts', color: '#7f9f7f' },
  'onnxruntime-web': { label: 'onnxruntime-web', color: '#a48bb0' },
};

const grouped = (n) => n.toLocaleString('en').replaceAll(',', ' ');
const power = (n) => (n >= 2 ** 20 ? `${n / 2 ** 20}M` : n >= 1024 ? `${n / 1024}K` : String(n));

/** The curves: which rows, and what stands at the axes. `without` has lines that say nothing there. */
const CURVES = [
  {
    file: 'benchmarks-gemm.svg',
    name: 'gemm',
    title: 'Matrix product [n, n] · [n, n], float32, one thread',
    x: 'n',
    y: 'GFLOP/s, more is better',
    tick: String,
    without: ['compiled'],
  },
  {
    file: 'benchmarks-chain.svg',
    name: 'chain',
    title: 'Gradient through a chain of N scalar ops, whole call',
    x: 'N',
    y: 'µs an op, less is better',
    tick: grouped,
    without: [],
    ended: 'then its stack overflows',
  },
  {
    file: 'benchmarks-elementwise.svg',
    name: 'exp',
    title: 'exp of a vector, float32, one thread',
    x: 'elements',
    y: 'ns an element, less is better',
    tick: power,
    without: ['compiled'],
  },
];

const SIZE = { width: 860, height: 500, marginLeft: 60, marginRight: 176, marginTop: 84, marginBottom: 48 };
const INNER = SIZE.height - SIZE.marginTop - SIZE.marginBottom;
const LABEL = 15; // px between two labels

/** Moves labels of lines that end together apart, on a log axis: two that stand too close give way in equal parts. */
function apart(labels, [low, high]) {
  const gap = (LABEL / INNER) * Math.log(high / low);
  const placed = labels.toSorted((a, b) => a.y - b.y).map((label) => ({ label, at: Math.log(label.y) }));
  for (let round = 0; round < 100; round++) {
    for (let i = 1; i < placed.length; i++) {
      const short = gap - (placed[i].at - placed[i - 1].at);
      if (short <= 0) continue;
      placed[i].at += short / 2;
      placed[i - 1].at -= short / 2;
    }
  }
  return placed.map(({ label, at }) => ({ ...label, at: Math.exp(at) }));
}

/** The powers of ten inside a range, and the range widened a little. */
function decades(values) {
  const [low, high] = [Math.min(...values) / 1.5, Math.max(...values) * 1.5];
  const ticks = [];
  for (let e = Math.ceil(Math.log10(low)); e <= Math.log10(high); e++) ticks.push(Number(`1e${e}`));
  return { domain: [low, high], ticks };
}

function draw(curve, rows, subtitle) {
  const members = rows.filter((row) => row.name === curve.name);
  const points = members.flatMap(({ size, results }) =>
    results
      .filter(({ name }) => name in SERIES && !curve.without.includes(name))
      .map(({ name, figure }) => ({ name, x: size, y: figure, ...SERIES[name], strong: SERIES[name].color === STRONG })),
  );
  const sizes = members.map(({ size }) => size);
  const y = decades(points.map((p) => p.y));
  const textOf = ({ label, x, y }) => `${label} ${three(y)}${x < sizes.at(-1) ? `, ${curve.ended}` : ''}`;
  const ends = Object.keys(SERIES)
    .flatMap((name) => points.filter((p) => p.name === name).slice(-1))
    .map((end) => ({ ...end, text: textOf(end) }));
  const labels = [...new Set(ends.map(({ x }) => x))].flatMap((x) =>
    apart(
      ends.filter((end) => end.x === x),
      y.domain,
    ),
  );
  const lines = (strong) =>
    Plot.line(
      points.filter((p) => p.strong === strong),
      { x: 'x', y: 'y', z: 'name', stroke: 'color', strokeWidth: strong ? 3 : 1.5, strokeDasharray: 'dash', strokeLinejoin: 'round' },
    );
  /** Right of the last size, or above the point after which a line ends early. */
  const names = (strong, early) =>
    Plot.text(
      labels.filter((label) => label.strong === strong && label.x < sizes.at(-1) === early),
      {
        x: 'x',
        y: 'at',
        text: 'text',
        fill: 'color',
        fontWeight: strong ? 700 : 400,
        textAnchor: 'start',
        ...(early ? { dx: -3, dy: -14 } : { dx: 10 }),
        stroke: 'white',
        strokeWidth: 4,
      },
    );
  const { document } = parseHTML('<html><body></body></html>');
  const svg = Plot.plot({
    document,
    ...SIZE,
    style: { fontFamily: 'system-ui, sans-serif', fontSize: '13px', background: 'white', color: '#333' },
    x: { type: 'log', base: 2, domain: [sizes[0], sizes.at(-1)] },
    y: { type: 'log', domain: y.domain },
    marks: [
      Plot.gridY(y.ticks, { stroke: '#000', strokeOpacity: 0.09 }),
      Plot.axisY({ ticks: y.ticks, tickFormat: three, tickSize: 0, label: null }),
      Plot.axisX({ ticks: sizes, tickFormat: curve.tick, label: null }),
      lines(false),
      lines(true),
      Plot.dot(points, { x: 'x', y: 'y', fill: 'color', r: (p) => (p.strong ? 4 : 2.2) }),
      names(false, true),
      names(false, false),
      names(true, false),
      Plot.text([curve.title], { frameAnchor: 'top-left', dx: -SIZE.marginLeft + 16, dy: -66, fontSize: 18, fontWeight: 700 }),
      Plot.text([subtitle], { frameAnchor: 'top-left', dx: -SIZE.marginLeft + 16, dy: -42, fill: '#777' }),
      Plot.text([curve.y], { frameAnchor: 'top-left', dx: -SIZE.marginLeft + 16, dy: -18, fill: '#333' }),
      Plot.text([curve.x], { frameAnchor: 'bottom', dy: 40 }),
    ],
  });
  svg.querySelector('style').remove(); // for pages that it is part of
  for (const [name, value] of Object.entries({ xmlns: 'http://www.w3.org/2000/svg', role: 'img', 'aria-label': curve.title })) svg.setAttribute(name, value);
  return `${svg.outerHTML}\n`;
}

/** `{ file, title, svg }` of each curve that was measured. */
export function plots({ rows, machine }) {
  const subtitle = `medians, in turns in one process; ${machine.cpu}, Node ${machine.node}`;
  return CURVES.filter(({ name }) => rows.some((row) => row.name === name)).map((curve) => ({ ...curve, svg: draw(curve, rows, subtitle) }));
}
