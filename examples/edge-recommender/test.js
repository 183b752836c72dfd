/** The worker in workerd itself, asked over HTTP. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startWorker } from './build.js';

let worker;
let address;
before(async () => {
  worker = await startWorker();
  address = (await worker.ready).origin;
});
after(() => worker.dispose());

const get = async (path) => (await fetch(address + path)).json();
const post = (body) => fetch(address, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) });
const recommend = async (body) => {
  const response = await post(body);
  assert.equal(response.status, 200);
  return response.json();
};
const titlesOf = ({ ranking }) => ranking.map(({ title }) => title);

describe('a ranking', () => {
  test('without clicks is what most people like', async () => {
    const { ranking } = await recommend({});
    assert.equal(ranking.length, 10);
    assert.equal(ranking[0].title, 'The Dark Knight');
    assert.ok(ranking.every(({ because }) => because === null));
  });

  const family = ['Toy Story 2', 'Shrek 2', 'Up', 'Ice Age', 'Madagascar'];
  test('moves toward what was clicked', async () => {
    const place = (all, title) => all.indexOf(title);
    const before = titlesOf(await recommend({ count: 100 }));
    const after = await recommend({ clicked: ['Shrek', 'Finding Nemo'], count: 100 });
    const moved = titlesOf(after);
    for (const title of family) {
      const was = place(before, title) < 0 ? 100 : place(before, title);
      assert.ok(place(moved, title) >= 0 && place(moved, title) < was, `${title}: ${was} → ${place(moved, title)}`);
    }
    assert.ok(place(moved, 'The Departed') < 0 || place(moved, 'The Departed') > place(before, 'The Departed'));
    assert.equal(after.ranking[0].because, 'Kids Fiction');
    assert.ok(after.loss.after < after.loss.before);
  });

  test('moves away from what was skipped', async () => {
    const scoreOf = ({ ranking }, title) => ranking.find((movie) => movie.title === title)?.score ?? 0;
    const [before, after] = await Promise.all([recommend({ count: 100 }), recommend({ skipped: ['Batman Begins', 'Iron Man', 'Spider-Man'], count: 100 })]);
    assert.ok(scoreOf(after, 'Spider-Man 2') < scoreOf(before, 'Spider-Man 2'));
  });

  test('leaves out what the visitor has seen', async () => {
    const titles = titlesOf(await recommend({ clicked: ['Inception'], skipped: ['Titanic'], count: 100 }));
    assert.equal(titles.length, 100);
    assert.ok(!titles.includes('Inception') && !titles.includes('Titanic'));
  });

  test('is the same for the same clicks: nothing is kept between requests', async () => {
    const body = { clicked: ['The Matrix', 'District 9'], count: 20 };
    const first = await recommend(body);
    await recommend({ clicked: ['Shrek'] });
    assert.deepEqual(await recommend(body), first);
  });
});

describe('a bad request', () => {
  for (const [name, body, sentence] of [
    ['no JSON', 'clicked=Shrek', /^the body is no JSON$/],
    ['a list', '[]', /^the body must be an object: /],
    ['a null', 'null', /^the body must be an object: /],
    ['a misspelt key', { cliked: [] }, /^"cliked" is not among clicked, skipped, count$/],
    ['a title alone', { clicked: 'Shrek' }, /^clicked must be a list of titles$/],
    ['numbers', { skipped: [300] }, /^skipped must be a list of titles$/],
    ['an unknown movie', { clicked: ['Shreck'] }, /^clicked: there is no movie "Shreck"; GET \/movies lists them$/],
    ['a name of Object', { clicked: ['constructor'] }, /^clicked: there is no movie "constructor"/],
    ['too many', { clicked: new Array(101).fill('Shrek') }, /^clicked has 101 titles; at most 100 are taken$/],
    ['both ways', { clicked: ['Shrek'], skipped: ['Shrek'] }, /^"Shrek" is both clicked and skipped$/],
    ['a count of 0', { count: 0 }, /^count must be an integer from 1 to 100$/],
    ['a count in words', { count: 'ten' }, /^count must be an integer from 1 to 100$/],
  ]) {
    test(`${name} is a 400 with one sentence`, async () => {
      const response = await post(body);
      assert.equal(response.status, 400);
      assert.match((await response.json()).error, sentence);
    });
  }

  test('another path is a 404, another method a 405', async () => {
    assert.equal((await fetch(`${address}/film`)).status, 404);
    const response = await fetch(address);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
  });
});

test('the catalogue is listed', async () => {
  const titles = await get('/movies');
  assert.equal(titles.length, 300);
  assert.ok(titles.includes('Inception'));
});

test('requests run in flat memory', async () => {
  const titles = await get('/movies');
  const ask = (i) => recommend({ clicked: [titles[i % 300], titles[(i + 7) % 300]], skipped: [titles[(i + 13) % 300]] });
  for (let i = 0; i < 20; i++) await ask(i);
  const before = await get('/memory');
  for (let i = 0; i < 400; i++) await ask(i);
  const { tensors, held, reserved } = await get('/memory');
  assert.deepEqual({ tensors, held, reserved }, { tensors: before.tensors, held: before.held, reserved: before.reserved });
  assert.ok(reserved < 8 * 2 ** 20, `${reserved} bytes of linear memory`);
});
