/** The cars of vega-datasets, and which of them the network may see. */
import all from './node_modules/vega-datasets/data/cars.json';

/** Two colours can be told apart by everybody who sees only two of three primaries, three of these as well. */
export const origins = { USA: '#3b6fb6', Europe: '#e08214', Japan: '#1b9e77' };

/** `{ name, year, origin, power, economy }`, in horsepower and miles per gallon. Some cars lack one of the two. */
export const cars = all
  .filter((car) => car.Horsepower !== null && car.Miles_per_Gallon !== null)
  .map((car) => ({
    name: car.Name,
    year: Number(car.Year.slice(0, 4)),
    origin: car.Origin,
    power: car.Horsepower,
    economy: car.Miles_per_Gallon,
  }));

const set = (some) => ({ x: some.map(({ power }) => power), y: some.map(({ economy }) => economy) });

/** Every fifth car is held out, to see what the network makes of cars it does not know. */
export const train = set(cars.filter((_, i) => i % 5 !== 4));
export const heldOut = set(cars.filter((_, i) => i % 5 === 4));

const powers = cars.map(({ power }) => power);
/** Where the curve is drawn. */
export const grid = Array.from({ length: 121 }, (_, i) => Math.min(...powers) + (i / 120) * (Math.max(...powers) - Math.min(...powers)));
