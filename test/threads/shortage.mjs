/**
 * Computes on two threads what leaves pieces, in the last hole of memory, each time 4 KiB wider: at first the result or its workspace doesn't
 * fit, then the room for pieces, at last all does. Prints as JSON how it went: refused, right or wrong; and how live memory has changed.
 */
import { init, matmul, ones, random, scope } from '../../dist/bindings/index.js';
import module from '../../dist/bindings/library.js';

/** What is computed, its workspace in KiB. Pieces take 16 to 32. */
const runs = { totals: [(x) => x.sum(), 0], rows: [(x) => x.sum(0), 0], vector: [(x, v) => matmul(v, x), 260] };
const threshold = (nanoseconds) => module.core.poolThreshold(nanoseconds, 0);

/** What f gives; null where memory is out. */
function tried(f) {
  try {
    return f();
  } catch (error) {
    if (error.name === 'OutOfMemoryError') return null;
    throw error;
  }
}

/** Leaves no block free. */
function fill() {
  for (let bytes = 2 ** 20; bytes >= 64; ) if (!tried(() => ones([bytes / 4]))) bytes /= 2;
}

await init({ threads: 2, memory: 2 ** 25 });
scope(() => {
  const x = random.normal(random.key(1), [4096, 256]);
  const v = random.normal(random.key(2), [1, 4096]);
  const [f, kibibytes] = runs[process.argv[2]];
  threshold(1e12);
  const wanted = scope(() => f(x, v).data());
  threshold(0);
  const before = module.core.memoryLive();
  const went = [];
  for (let wider = 2; wider <= 62; wider += 4)
    scope(() => {
      const hole = ones([(kibibytes + wider) * 256]);
      fill();
      hole.dispose();
      const result = tried(() => f(x, v));
      went.push(result ? (result.data().every((value, i) => value === wanted[i]) ? 'right' : 'wrong') : 'refused');
    });
  console.log(JSON.stringify({ went, grown: module.core.memoryLive() - before }));
});
