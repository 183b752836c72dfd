/** The built page in Chromium: it fits, stops, goes on, and looks as it should; the screenshot goes to `build/`. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';

const root = fileURLToPath(new URL('.', import.meta.url));
let server;
let browser;
let page;
const complaints = []; // of the console

before(async () => {
  await build({ root, logLevel: 'error' });
  server = await preview({ root, logLevel: 'error', preview: { port: 0, host: '127.0.0.1' } });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  page = await browser.newPage({ viewport: { width: 1180, height: 690 } });
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(server.resolvedUrls.local[0]);
});
after(async () => {
  await browser?.close();
  await server?.close();
});

const state = (name) => page.waitForSelector(`body[data-state=${name}]`, { timeout: 60_000 });
const steps = async () => Number.parseInt(await page.textContent('#count'), 10);
const number = async (id) => Number(await page.textContent(id));

test('stops where it is asked to, and goes on from there', async () => {
  await page.waitForFunction(() => document.querySelector('progress').value >= 20);
  await page.click('text=Stop');
  await state('stopped');
  await page.waitForTimeout(300); // for the state that was under way
  const stopped = await steps();
  await page.waitForTimeout(300);
  assert.equal(await steps(), stopped);
  assert.ok(stopped < 1500);
  await page.click('text=Go on');
  await page.waitForFunction((stopped) => document.querySelector('progress').value > stopped, stopped);
});

/** −log likelihood of a straight line with one deviation for all, on the cars that a fit does not see. */
function ofLine() {
  const cars = JSON.parse(readFileSync(`${root}node_modules/vega-datasets/data/cars.json`)).filter(
    (car) => car.Horsepower !== null && car.Miles_per_Gallon !== null,
  );
  const pairs = (some) => some.map((car) => [car.Horsepower, car.Miles_per_Gallon]);
  const [seen, unseen] = [pairs(cars.filter((_, i) => i % 5 !== 4)), pairs(cars.filter((_, i) => i % 5 === 4))];
  const mean = (f, all = seen) => all.reduce((sum, pair) => sum + f(pair), 0) / all.length;
  const [mx, my] = [mean(([x]) => x), mean(([, y]) => y)];
  const slope = mean(([x, y]) => (x - mx) * (y - my)) / mean(([x]) => (x - mx) ** 2);
  const square = ([x, y]) => (y - my - slope * (x - mx)) ** 2;
  const variance = mean(square);
  return mean(square, unseen) / (2 * variance) + Math.log(2 * Math.PI * variance) / 2;
}

test('fits cars that it has not seen better than a straight line does', async () => {
  await state('done');
  assert.equal(await steps(), 1500);
  assert.equal(await page.textContent('#toggle'), 'Fit again');
  const line = ofLine();
  const unseen = await number('#unseen');
  assert.ok(unseen < line - 0.2, `${unseen} nats against the line's ${line}`);
  assert.ok((await number('#training')) < unseen + 0.2);
});

test('shows every car, the mean and both bands', async () => {
  assert.equal(await page.locator('#fit circle').count(), 392);
  assert.equal(await page.locator('#fit [aria-label=area] path').count(), 2);
  assert.equal(await page.locator('#fit [aria-label=line] path').count(), 1);
  assert.equal(await page.locator('#loss [aria-label=line] path').count(), 2);
  const picture = await page.screenshot({ path: `${root}build/screenshot.png` });
  assert.ok(picture.length > 20_000, 'a picture of something');
});

test('names the car under the pointer', async () => {
  await page.locator('#fit circle').first().hover();
  await page.waitForFunction(() => /chevrolet chevelle malibu, 1970/.test(document.querySelector('#fit [aria-label=tip]')?.textContent));
});

test('fits again from the start, to the same numbers', async () => {
  const before = [await number('#training'), await number('#unseen')];
  await page.click('text=Fit again');
  await state('running');
  await state('done');
  assert.deepEqual([await number('#training'), await number('#unseen')], before);
});

test('the console is silent', () => assert.deepEqual(complaints, []));
