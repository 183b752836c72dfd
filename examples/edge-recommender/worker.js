/**
 * A Cloudflare Worker that learns a visitor's taste from the clicks in the request and answers a ranking. It keeps nothing between
 * requests: the weights start from those of all visitors and take a few gradient steps, so there is no profile to store.
 */
import { memory } from 'gradtape';
import catalogue from './build/catalogue.json';
import { fit } from './model.js';
import { BadRequest, parse } from './request.js';

const { titles, names, rows, prior, scores } = catalogue;
const positionOf = new Map(titles.map((title, position) => [title, position]));
const descent = { pull: 0.02, steps: 20, rate: 1 };
const NOTICEABLE = 0.05; // of a logit: a smaller gain is no reason

/** What was clicked is liked, what was skipped is not, and the rest together counts as one click for the scores it had. */
function evidence({ clicked, skipped }) {
  const said = clicked.size + skipped.size;
  const share = 1 / (said + 1);
  return {
    labels: scores.map((score, i) => (clicked.has(i) ? 1 : skipped.has(i) ? 0 : score)),
    confidence: scores.map((_, i) => (clicked.has(i) || skipped.has(i) ? share : share / (titles.length - said))),
  };
}

/** The feature that the clicks raised this movie by most, in words; nothing when none did noticeably. */
function reason(row, weights) {
  const gains = row.map((x, j) => (names[j] === null ? 0 : x * (weights[j] - prior[j])));
  const most = Math.max(...gains);
  const j = gains.indexOf(most);
  return most > NOTICEABLE ? names[j][row[j] < 0 ? 'less' : 'more'] : null;
}

function recommend(request) {
  const { clicked, skipped, count } = request;
  const { weights, scores, losses } = fit({ rows, ...evidence(request), prior, ...descent });
  const ranking = titles
    .map((title, i) => ({ title, score: scores[i], because: reason(rows[i], weights) }))
    .filter((_, i) => !clicked.has(i) && !skipped.has(i))
    .sort((a, b) => b.score - a.score)
    .slice(0, count);
  return { ranking, loss: { before: losses[0], after: losses.at(-1) } };
}

const json = (body, status = 200, headers = {}) => Response.json(body, { status, headers });

/** Path → method → answer. */
const routes = {
  '/': { POST: async (request) => recommend(parse(await request.text(), positionOf)) },
  '/movies': { GET: () => titles },
  '/memory': { GET: () => memory() },
};

export default {
  async fetch(request) {
    const route = routes[new URL(request.url).pathname];
    if (route === undefined) return json({ error: 'there are POST /, GET /movies and GET /memory' }, 404);
    const { method } = request;
    if (!Object.hasOwn(route, method)) return json({ error: `this path takes ${Object.keys(route)}` }, 405, { allow: Object.keys(route).join() });
    try {
      return json(await route[method](request));
    } catch (error) {
      if (error instanceof BadRequest) return json({ error: error.message }, 400);
      throw error;
    }
  },
};
