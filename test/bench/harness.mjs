/** Times contestants in turns and tabulates medians and ratios. Knows functions, not libraries or workloads. */

const WARM_UP = 200; // ms of calls before the first figure, so that the engine has optimised
const BATCH = 25; // ms of calls between two readings of the clock
const ROW = 6000; // ms that the rounds of a row may take, where one round does not take longer

/**
 * Median seconds per call of each contestant, timed in turns: round 1 of each, round 2 of each, … The machine's moods thus
 * fall on all alike.
 * @param contestants `[{ name, run }]`; `run()` does the whole work, or gives a promise of it; or `time(calls)` instead, a promise of the
 *   seconds per call that another process has measured
 * @returns `[{ name, seconds, low, high, ratio, calls, times }]`: `times` are seconds per call in each round, `low` and `high` their
 *   quartiles, `ratio` that to the first contestant
 */
export async function race(contestants, rounds) {
  const entries = [];
  for (const { name, run, time = (calls) => timed(run, calls) } of contestants) entries.push({ name, time, times: [], ...(await warmUp(time)) });
  const round = entries.reduce((total, { warm, calls }) => total + warm * calls, 0);
  const count = Math.max(1, Math.min(rounds, Math.floor(ROW / round)));
  for (let i = 0; i < count; i++) {
    for (const entry of entries) entry.times.push(await entry.time(entry.calls));
  }
  return entries.map(({ name, calls, times }) => {
    const [low, seconds, high] = [0.25, 0.5, 0.75].map((q) => quantile(times, q));
    return { name, seconds, low, high, ratio: ratio({ times }, entries[0]), calls, times };
  });
}

/** How many times another's time a result took: the median over rounds, or, where nothing was raced, the ratio of figures. */
export function ratio(result, other) {
  if (result.times === undefined) return result.figure / other.figure;
  return quantile(
    result.times.map((time, round) => time / other.times[round]),
    0.5,
  );
}

/** Calls until warm; gives the ms per call at last, and how many calls fill a batch. */
async function warmUp(time) {
  const start = performance.now();
  let warm = 0;
  let calls = 1;
  while (performance.now() - start < WARM_UP) {
    warm = (await time(calls)) * 1000;
    if (warm * calls < BATCH) calls = Math.min(2 * calls, Math.ceil(BATCH / warm));
  }
  return { warm, calls: Math.max(1, Math.round(BATCH / warm)) };
}

/** Seconds per call over `calls` calls. Only what gives promises pays for awaiting them. */
async function timed(run, calls) {
  const start = performance.now();
  const first = run();
  if (first instanceof Promise) {
    await first;
    for (let i = 1; i < calls; i++) await run();
  } else {
    for (let i = 1; i < calls; i++) run();
  }
  return (performance.now() - start) / calls / 1000;
}

/** Quantile with linear interpolation between order statistics. */
export function quantile(values, q) {
  const sorted = Float64Array.from(values).sort();
  const place = q * (sorted.length - 1);
  const below = Math.floor(place);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
}

/** The numbers of a result: a number, an array of numbers, or a list of such. */
function numbers(result) {
  if (typeof result === 'number') return [result];
  if (ArrayBuffer.isView(result)) return result;
  const parts = result.map(numbers);
  return parts.length === 1 ? parts[0] : parts.flatMap((part) => Array.from(part));
}

/** max |a − b| / max |b|: how far two results are apart, relative to the largest entry. NaN where their lengths differ. */
export function distance(result, expected) {
  const [a, b] = [numbers(result), numbers(expected)];
  if (a.length !== b.length) return NaN;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i] - b[i]));
    scale = Math.max(scale, Math.abs(b[i]));
  }
  return difference === 0 ? 0 : difference / scale;
}

const UNITS = Object.entries({ s: 1, ms: 1e-3, µs: 1e-6, ns: 1e-9 });

/** `1.23 ms`: three digits and a unit. */
export function duration(seconds) {
  const [unit, size] = UNITS.find(([, size]) => seconds >= size) ?? UNITS.at(-1);
  return `${three(seconds / size)} ${unit}`;
}

/** Three significant digits, without an exponent. */
export function three(number) {
  return number >= 100 ? number.toFixed(0) : Number(number.toPrecision(3)).toString();
}

/** A Markdown table. */
export function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}
