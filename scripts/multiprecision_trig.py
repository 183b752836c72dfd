"""Writes test/data/trig-*.json: inputs and correctly rounded outputs of the circular and hyperbolic kernels, by mpmath.

The format is that of multiprecision.py: for float32 and for float64 one string of hexadecimal bit patterns per argument
and one for the result, from a fixed seed. Makes no coefficients.
    python3 scripts/multiprecision_trig.py [name …]
"""
import json
import math
import random
import sys
from pathlib import Path
from mpmath import acosh, asinh, atan, atanh, acos, asin, cos, cosh, hypot, log, mp, mpf, pi, sin, sinh, tan, tanh
from mpmath import atan2 as mpatan2
from multiprecision import FORMATS, INF, NAN, bits, corners, neighbours, number, rounded

mp.prec = 300
COUNT = 110  # random inputs of each kind

# The double and the float nearest to a multiple of π/2 (Muller, "Elementary Functions", 11.3.2); where methods change.
WORST = [math.ldexp(6381956970095103, 797), math.ldexp(16367173, 72), 1e22, 1e300, 1647099.0, 3294198.0]


def anything(fmt):
    return number(random.getrandbits(fmt[2] * 4), fmt)


def spread(fmt, low, high):
    """Both signs, all magnitudes between 2^low and 2^high alike."""
    return rounded(mpf(random.choice((-1, 1)) * random.uniform(1, 2)) * mpf(2) ** random.randint(low, high), fmt)


def near_quarter_turn(fmt):
    """One of the numbers next to n·π/2, for n of up to 60 (up to 20) bits."""
    n = random.getrandbits(random.randint(1, 60 if fmt[2] == 16 else 20)) + 1
    return random.choice(neighbours(n * pi / 2, fmt))


class Row:
    """A function of one argument: where it is defined, thresholds of its kernel, values that mpf cannot express."""

    def __init__(self, f, domain, interval, thresholds=(), special=None, odd=False, circular=False):
        self.f, self.domain, self.interval, self.thresholds = f, domain, interval, thresholds
        self.special, self.odd, self.circular = special or {}, odd, circular

    def at(self, x, fmt):
        if x in self.special:
            return self.special[x]
        if x == 0 and self.odd:
            return x
        if not self.domain[0] <= x <= self.domain[1]:
            return NAN
        return rounded(self.f(mpf(x)), fmt)

    def inputs(self, fmt):
        yield from ((x,) for x in corners(fmt))
        for t in self.thresholds:
            yield from ((v,) for x in (t, -t) for v in neighbours(x, fmt))
        for _ in range(COUNT):
            yield (rounded(mpf(random.uniform(*self.interval)), fmt),)
            yield (spread(fmt, -30, 4),)
            yield (anything(fmt),)
            if self.circular:
                yield (near_quarter_turn(fmt),)
                yield (spread(fmt, 20, 1023 if fmt[2] == 16 else 127),)


class Plane:
    """A function of two arguments."""

    def __init__(self, f, at_infinity):
        self.f, self.at_infinity = f, at_infinity

    def at(self, y, x, fmt):
        if math.isinf(x) or math.isinf(y) or math.isnan(x) or math.isnan(y) or x == 0 or y == 0:
            return self.at_infinity(y, x, fmt)
        exact = self.f(mpf(y), mpf(x))
        return math.copysign(rounded(exact, fmt), exact)  # a result that underflows keeps its sign

    def inputs(self, fmt):
        edges = [0.0, -0.0, 1.0, -1.0, number(1, fmt), INF, -INF, NAN, rounded(mpf(2) ** (1023 if fmt[2] == 16 else 127), fmt)]
        yield from ((y, x) for y in edges for x in edges)
        for _ in range(COUNT):
            yield (random_pair(fmt, random.uniform(-4, 4)))
            yield (random_pair(fmt, random.uniform(-1, 1)))
            yield (anything(fmt), anything(fmt))


def random_pair(fmt, gap):
    """Two numbers of any size, one about 2^gap times the other."""
    high = 1000 if fmt[2] == 16 else 120
    x = spread(fmt, -high, high)
    return rounded(mpf(x) * mpf(2) ** gap, fmt), x


def direction(y, x, fmt):
    """C99 F.9.1.4, by the C library where it is exact, correctly rounded where it is a multiple of π/4."""
    if y != y or x != x:
        return NAN
    quarters = round(math.atan2(y, x) / (math.pi / 4))
    return math.copysign(rounded(abs(quarters) * pi / 4, fmt), y)


def length(y, x, fmt):
    """C99 F.9.4.3."""
    if math.isinf(x) or math.isinf(y):
        return INF
    return abs(x) + abs(y)


EVERYWHERE, ENDS = (-math.inf, math.inf), {INF: INF, -INF: -INF}
SHUT = {INF: NAN, -INF: NAN}
HALF_LN2 = float(log(2) / 2)

FUNCTIONS = {
    'sin': Row(sin, EVERYWHERE, (-10, 10), WORST, SHUT, odd=True, circular=True),
    'cos': Row(cos, EVERYWHERE, (-10, 10), WORST, SHUT, circular=True),
    'tan': Row(tan, EVERYWHERE, (-10, 10), WORST, SHUT, odd=True, circular=True),
    'asin': Row(asin, (-1, 1), (-1, 1), (0.5,), odd=True),
    'acos': Row(acos, (-1, 1), (-1, 1), (0.5,)),
    'atan': Row(atan, EVERYWHERE, (-4, 4), (0.5, 2), odd=True,
                special={INF: pi / 2, -INF: -pi / 2}),
    'sinh': Row(sinh, EVERYWHERE, (-20, 20), (2 * HALF_LN2, 89.4159851, 710.4758600739439), ENDS, odd=True),
    'cosh': Row(cosh, EVERYWHERE, (-20, 20), (2 * HALF_LN2, 89.4159851, 710.4758600739439), {INF: INF, -INF: INF}),
    'tanh': Row(tanh, EVERYWHERE, (-20, 20), (HALF_LN2, 2 * HALF_LN2, 9.01, 10, 19.06), {INF: 1.0, -INF: -1.0}, odd=True),
    'asinh': Row(asinh, EVERYWHERE, (-4, 4), (0.75, 2.0**28), ENDS, odd=True),
    'acosh': Row(acosh, (1, math.inf), (1, 4), (1.25, 2.0**28), {INF: INF}),
    'atanh': Row(atanh, (-1, 1), (-1, 1), (1 / 3, 0.5), {1.0: INF, -1.0: -INF}, odd=True),
    'atan2': Plane(mpatan2, direction),
    'hypot': Plane(hypot, length),
}


def main(names):
    folder = Path(__file__).parent.parent / 'test' / 'data'
    for name in names or FUNCTIONS:
        random.seed(name)
        table = {}
        for dtype, fmt in FORMATS.items():
            rows = []
            for x in FUNCTIONS[name].inputs(fmt):
                y = NAN if any(v != v for v in x) and name != 'hypot' else FUNCTIONS[name].at(*x, fmt)
                rows.append((*x, y if isinstance(y, float) else rounded(y, fmt)))
            table[dtype] = [''.join(f'{bits(v, fmt):0{fmt[2]}x}' for v in column) for column in zip(*rows)]
        (folder / f'trig-{name}.json').write_text(json.dumps(table, indent=1) + '\n')


if __name__ == '__main__':
    main(sys.argv[1:])
