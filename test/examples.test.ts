/** Runs the examples as a newcomer does, in their own process. Not a test of the numbers behind them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/** Runs an example to its end, or interrupts it as Ctrl-C does once its output matches `interruptAt`. */
function run(name: string, args: readonly string[] = [], interruptAt?: RegExp): Promise<Outcome> {
  const path = fileURLToPath(new URL(`../examples/${name}`, import.meta.url));
  const child = spawn(process.execPath, [path, ...args]);
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
    if (!interrupted && interruptAt?.test(stdout)) interrupted = child.kill('SIGINT');
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ stdout, stderr, code }));
  });
}

const scratch = mkdtempSync(join(tmpdir(), 'digits-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** A new directory with the files of `contents`. */
function dataDirectory(name: string, contents: Record<string, Uint8Array>): string {
  const directory = mkdtempSync(join(scratch, `${name}-`));
  for (const [file, bytes] of Object.entries(contents)) writeFileSync(join(directory, file), bytes);
  return directory;
}

const words = (...values: number[]): number[] => values.flatMap((v) => [v >>> 24, (v >>> 16) & 255, (v >>> 8) & 255, v & 255]);
const images = (count: number, stored = count): Uint8Array => Uint8Array.from([...words(0x803, count, 28, 28), ...new Array<number>(stored * 784).fill(0)]);
const labels = (count: number): Uint8Array => Uint8Array.from([...words(0x801, count), ...new Array<number>(count).fill(7)]);

const TRAIN_IMAGES = 'train-images-idx3-ubyte';
const TRAIN_LABELS = 'train-labels-idx1-ubyte';

describe('gradients.mjs', () => {
  it("prints the document's numbers", async () => {
    const { stdout, stderr, code } = await run('gradients.mjs');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout.match(/= (-?\d+)/g)).toEqual(['= 2', '= 3', '= 27', '= -4', '= 36', '= -4']);
  });
});

describe('digits.mjs', () => {
  it('trains, in plain lines where there is no terminal', async () => {
    const { stdout, stderr, code } = await run('digits.mjs', ['--steps', '200']);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toMatch(/∂f\/∂x {3}= 27/);
    expect([...stdout.matchAll(/step (\d+)\/200 {2}loss \d+\.\d+ {2}\d+ steps\/s/g)].map((m) => m[1])).toEqual(['1', '100', '200']);
    expect(stdout).not.toContain('\r');
    expect(stdout).not.toContain('\u001b');
    const accuracy = Number(/accuracy on 10000 test images: ([\d.]+) %/.exec(stdout)?.[1]);
    expect(accuracy).toBeGreaterThan(88);
    expect(stdout).toMatch(/read \d, is \d/);
  }, 60_000);

  it('stops at Ctrl-C with the accuracy so far', async () => {
    const { stdout, stderr, code } = await run('digits.mjs', ['--epochs', '1000'], /step 100\//);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/stopped after \d+ steps\n[\s\S]*accuracy on 10000 test images: \d+\.\d+ %/);
    expect(code).toBe(130);
  }, 60_000);

  it.each([
    ['a missing file', {}, /train-images-idx3-ubyte cannot be read: there is no such file\n$/],
    ['a cut-off file', { [TRAIN_IMAGES]: images(2, 1) }, /train-images-idx3-ubyte is cut off: it has 800 bytes where its header promises 1584\n$/],
    ['a cut-off header', { [TRAIN_IMAGES]: images(2).subarray(0, 9) }, /train-images-idx3-ubyte is cut off: it has 9 bytes, fewer than its header of 16\n$/],
    ['a wrong magic number', { [TRAIN_IMAGES]: labels(999) }, /train-images-idx3-ubyte is no idx file of rank 3: it begins with 0x00000801, not 0x00000803\n$/],
    ['an empty set', { [TRAIN_IMAGES]: images(0) }, /train-images-idx3-ubyte is empty: its shape is \[0, 28, 28\]\n$/],
    ['counts that differ', { [TRAIN_IMAGES]: images(2), [TRAIN_LABELS]: labels(3) }, /the set train has 2 images but 3 labels\n$/],
  ])('says %s in one sentence', async (name, contents, sentence) => {
    const { stderr, code } = await run('digits.mjs', ['--data', dataDirectory(name.replaceAll(' ', '-'), contents)]);
    expect(stderr).toMatch(sentence);
    expect(stderr.trimEnd()).not.toContain('\n');
    expect(code).toBe(1);
  });

  it('says a wrong option in one sentence', async () => {
    const { stderr, code } = await run('digits.mjs', ['--steps', 'many']);
    expect(stderr).toBe('--steps takes 1, 2, 3 …, not many\n');
    expect(code).toBe(1);
  });
});
