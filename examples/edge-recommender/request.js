/** What a request may say, and the sentence for one that says something else. Knows no model. */

const MOST_CLICKS = 100;
const MOST_RANKED = 100;

/** The message is for the sender. */
export class BadRequest extends Error {}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Positions in the catalogue of the titles under `key`. */
function positions(body, key, positionOf) {
  const titles = body[key] ?? [];
  if (!Array.isArray(titles) || titles.some((title) => typeof title !== 'string')) throw new BadRequest(`${key} must be a list of titles`);
  if (titles.length > MOST_CLICKS) throw new BadRequest(`${key} has ${titles.length} titles; at most ${MOST_CLICKS} are taken`);
  for (const title of titles)
    if (!positionOf.has(title)) throw new BadRequest(`${key}: there is no movie ${JSON.stringify(title.slice(0, 80))}; GET /movies lists them`);
  return new Set(titles.map((title) => positionOf.get(title)));
}

/**
 * `{ clicked, skipped, count }` from a JSON text.
 * @param positionOf a Map from titles to their positions
 * @throws BadRequest
 */
export function parse(text, positionOf) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new BadRequest('the body is no JSON');
  }
  if (!isObject(body)) throw new BadRequest('the body must be an object: { "clicked": […], "skipped": […], "count": 10 }');
  const { clicked: _, skipped: __, count = 10, ...others } = body;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw new BadRequest(`${JSON.stringify(unknown.slice(0, 80))} is not among clicked, skipped, count`);
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_RANKED)) throw new BadRequest(`count must be an integer from 1 to ${MOST_RANKED}`);
  const [clicked, skipped] = ['clicked', 'skipped'].map((key) => positions(body, key, positionOf));
  const [both] = clicked.intersection(skipped);
  if (both !== undefined) throw new BadRequest(`${JSON.stringify([...positionOf.keys()][both])} is both clicked and skipped`);
  return { clicked, skipped, count };
}
