/** The catalogue and the weights that every visitor starts from, made when the worker is built. Reads the movies of vega-datasets. */
import { readFileSync } from 'node:fs';
import { fit } from './model.js';

const SIZE = 300; // movies to recommend: those with the most votes
const COMMON = 8; // a genre, type or source of fewer movies is no feature
const LIKED = 0.9; // quantile of the ratings from which a movie counts as liked

const movies = JSON.parse(readFileSync(new URL('../data/movies.json', import.meta.resolve('vega-datasets')), 'utf8'));

const kinds = ['Major Genre', 'Creative Type', 'Source'];
/** Features that are numbers; a movie has `more` of one than most, or `less`. */
const measures = [
  { more: 'long', less: 'short', of: (movie) => movie['Running Time min'] },
  { more: 'praised by critics', less: 'not for critics', of: (movie) => movie['Rotten Tomatoes Rating'] },
  { more: 'widely known', less: 'little known', of: (movie) => Math.log(movie['IMDB Votes']) },
];

const isComplete = (movie) =>
  ['Title', 'IMDB Rating', 'IMDB Votes', 'Running Time min', 'Rotten Tomatoes Rating', ...kinds].every((key) => movie[key] !== null);

const mean = (values) => values.reduce((a, b) => a + b, 0) / values.length;
const rounded = (values) => values.map((value) => Number(value.toFixed(4)));

/** x ↦ (x − μ) / 2σ, so that numbers weigh as much as features that are 0 or 1. */
function standardizer(values) {
  const center = mean(values);
  const scale = 2 * Math.sqrt(mean(values.map((v) => (v - center) ** 2)));
  return (value) => (value - center) / scale;
}

/** `{ names, row }`: what a visitor is told of each feature, nothing of the constant one; and the features of a movie. */
function featuresOf(all) {
  const columns = kinds.flatMap((kind) => {
    const values = all.map((movie) => movie[kind]);
    const isCommon = (value) => values.filter((v) => v === value).length >= COMMON;
    return [...new Set(values)].filter(isCommon).map((value) => ({ name: { more: value }, of: (movie) => Number(movie[kind] === value) }));
  });
  for (const { more, less, of } of measures) {
    const standard = standardizer(all.map(of));
    columns.push({ name: { more, less }, of: (movie) => standard(of(movie)) });
  }
  columns.push({ name: null, of: () => 1 });
  return { names: columns.map(({ name }) => name), row: (movie) => rounded(columns.map(({ of }) => of(movie))) };
}

/** `{ titles, names, rows, prior, scores }`: the prior tells by their features which movies are liked, and scores are its probabilities. */
export function makeCatalogue() {
  const all = movies.filter(isComplete).sort((a, b) => b['IMDB Votes'] - a['IMDB Votes']);
  const { names, row } = featuresOf(all);
  const ratings = all.map((movie) => movie['IMDB Rating']);
  const threshold = ratings.toSorted((a, b) => a - b)[Math.floor(LIKED * ratings.length)];
  const { weights, scores } = fit({
    rows: all.map(row),
    labels: ratings.map((rating) => Number(rating >= threshold)),
    confidence: ratings.map(() => 1 / ratings.length),
    prior: names.map(() => 0),
    pull: 0.01,
    steps: 300,
    rate: 0.5,
  });
  const shown = all.slice(0, SIZE);
  return {
    titles: shown.map((movie) => String(movie.Title)), // some are numbers in the file
    names,
    rows: shown.map(row),
    prior: rounded(weights),
    scores: rounded(scores.slice(0, SIZE)),
  };
}
