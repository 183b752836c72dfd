/** What the digits example shows: a progress bar or plain lines, a loss curve, digits. Knows no tensors. */
import asciichart from 'asciichart';
import cliProgress from 'cli-progress';

const LINE_EVERY = 100; // steps between two plain lines

/** Progress over `total` steps: a bar on a terminal, a line now and then elsewhere. */
export const progress = (total) => (process.stdout.isTTY ? progressBar(total) : progressLines(total));

function progressBar(total) {
  const bar = new cliProgress.SingleBar(
    {
      format: 'training {bar} {value}/{total} steps  loss {loss}  {rate} steps/s  {eta_formatted} left',
      stream: process.stdout,
      hideCursor: true,
      etaBuffer: 200,
      barsize: 24,
    },
    cliProgress.Presets.shades_classic,
  );
  const rate = stepRate();
  bar.start(total, 0, { loss: '', rate: '' });
  return {
    update: (step, loss) => bar.update(step, { loss: loss.toFixed(3), rate: rate(step).toFixed(0) }),
    stop: () => bar.stop(),
  };
}

function progressLines(total) {
  const rate = stepRate();
  return {
    update(step, loss) {
      if (step % LINE_EVERY !== 0 && step !== 1 && step !== total) return;
      console.log(`step ${step}/${total}  loss ${loss.toFixed(3)}  ${rate(step).toFixed(0)} steps/s`);
    },
    stop() {},
  };
}

/** Mean number of steps per second since the call. */
function stepRate() {
  const start = performance.now();
  return (step) => (1000 * step) / (performance.now() - start);
}

/** Curve of the loss over all steps, each column the mean over the steps it stands for; a terminal only. */
export function drawCurve(losses, width = 64, height = 8) {
  if (!process.stdout.isTTY || losses.length < 2) return;
  const columns = Math.min(width, losses.length);
  const means = Array.from({ length: columns }, (_, i) => {
    const part = losses.slice(Math.floor((i * losses.length) / columns), Math.floor(((i + 1) * losses.length) / columns));
    return part.reduce((a, b) => a + b, 0) / part.length;
  });
  console.log(`\nloss over ${losses.length} steps\n${asciichart.plot(means, { height })}`);
}

/** Prints the images side by side, each under its caption. */
export function drawDigits(set, indices, caption) {
  const drawings = indices.map((i) => [caption(i).padEnd(Math.ceil(set.columns / 2)), ...braille(set, i)]);
  for (let line = 0; line < (drawings[0]?.length ?? 0); line++) {
    console.log(drawings.map((drawing) => drawing[line]).join('  '));
  }
}

const INK = 96; // of 255: darker pixels become a dot
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
]; // bit of each dot in a Braille character, 4 rows of 2

/** Lines of Braille characters, each standing for 4×2 pixels. */
function braille({ rows, columns, pixels }, index) {
  const inked = (r, c) => r < rows && c < columns && pixels[(index * rows + r) * columns + c] > INK;
  const lines = [];
  for (let r = 0; r < rows; r += 4) {
    let line = '';
    for (let c = 0; c < columns; c += 2) {
      const bits = DOTS.flat().filter((_, i) => inked(r + (i >> 1), c + (i & 1)));
      line += String.fromCodePoint(0x2800 + bits.reduce((a, b) => a + b, 0));
    }
    lines.push(line);
  }
  return lines;
}
