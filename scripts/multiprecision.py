"""Writes test/data/grids/*.json: arguments of elementwise functions, their values and first and second derivatives, by mpmath.

A file holds for each dtype a list of columns: the arguments, then value, first derivatives, second derivatives (of two
arguments: by x, y; by xx, xy, yy). A column is its numbers' bytes in base64; a column of results has as many bytes of rests
behind them: what rounding took away, in 1/256 of the last place, −128 where nothing is claimed. Complex columns have no rests.
Derivatives are central differences in thousands of bits, so that no formula is believed. Functions: multiprecision_table.py.
    python3 scripts/multiprecision.py [name …]
"""
import base64
import json
import math
import random
import struct
import sys
from pathlib import Path
from mpmath import isinf, ldexp, mp, mpc, mpf, nint

mp.prec = 400
INF, NAN = math.inf, math.nan
STEP = 150  # bits between an argument's size and the step of a difference
COUNT = {1: 50, 2: 40, 'complex': 12}  # random arguments of each kind

# format: (code of integers, of numbers, bits, bits of fraction, smallest exponent, exponent of ∞)
FORMATS = {'float32': ('<I', '<f', 32, 23, -149, 128), 'float64': ('<Q', '<d', 64, 52, -1074, 1024)}
COMPLEX = {'complex64': 'float32', 'complex128': 'float64'}


def bits(x, fmt):
    return struct.unpack(fmt[0], struct.pack(fmt[1], x))[0]


def number(pattern, fmt):
    return struct.unpack(fmt[1], struct.pack(fmt[0], pattern))[0]


def rounded(y, fmt):
    """y rounded to nearest, ties to even, subnormals once (a conversion through 53 bits would round them twice); and the rounding error."""
    if y is None:
        return 0.0, -128
    if y == 0 or isinf(y) or y != y:
        return float(y), 0
    least = max(mp.frexp(y)[1] - fmt[3] - 1, fmt[4])
    units = ldexp(abs(y), -least)
    result = nint(units)
    if result * mpf(2) ** least >= mpf(2) ** fmt[5]:
        return math.copysign(INF, y), 0
    rest = max(-127, min(127, int(nint((units - result) * 256))))
    return math.copysign(math.ldexp(int(result), least), y), -rest if y < 0 else rest


def near(x, fmt):
    return rounded(mpf(x), fmt)[0] if x else x


def neighbours(x, fmt):
    """The number nearest to x and two on either side."""
    middle = bits(near(x, fmt), fmt)
    return [number(middle + i, fmt) for i in (range(-2, 3) if middle & ((1 << (fmt[2] - 1)) - 1) > 2 else [0])]


def corners(fmt):
    """±0, ±∞, NaN, the ends of the subnormal and of the normal range, ±1, and the neighbours of these."""
    infinity = ((1 << (fmt[2] - 1)) - 1) >> fmt[3] << fmt[3]
    positive = [0, 1, (1 << fmt[3]) - 1, 1 << fmt[3], infinity - 1, infinity]
    values = [number(p, fmt) for p in positive] + neighbours(1, fmt) + [0.5, 2.0]
    return values + [-v for v in values] + [NAN]


def anything(fmt):
    return number(random.getrandbits(fmt[2]), fmt)


def spread(fmt, low, high):
    """A random number of either sign, its exponent uniform between low and high."""
    return near(mpf(random.choice((-1, 1))) * mpf(2) ** random.uniform(low, high), fmt)


def precision(*xs):
    """Bits that suffice for second differences at arguments of any size."""
    sizes = [abs(math.frexp(v)[1]) for x in xs for v in ((x.real, x.imag) if isinstance(x, complex) else (x,)) if v]
    return 1700 + 4 * max(sizes, default=0)


def step_at(x):
    return ldexp(mpf(1), min(math.frexp(abs(x))[1] if x else 0, 0) - STEP)


class Function:
    """
    f of one argument: an interval where it is neither trivial nor saturated, thresholds of its kernel, kinks and poles, and
    what differences can't give: triples of value and derivatives at some arguments (None: no claim), whether f(±0) is ±0
    (odd) or ±∞ (pole), where it is defined, from where on anything is claimed. Without a triple, derivatives of what is no number claim nothing.
    """

    def __init__(self, f, interval, thresholds=(), special=None, odd=False, pole=False, domain=(-INF, INF), circular=None, nan=(NAN,) * 3, claims=-INF):
        self.f, self.interval, self.thresholds, self.special = f, interval, thresholds, special or {}
        self.odd, self.pole, self.domain, self.circular, self.nan, self.claims = odd, pole, domain, circular, nan, claims

    def at(self, x, fmt):
        if x != x:
            return list(self.nan)
        if x < self.claims:
            return [None] * 3
        if x in self.special:
            triple = list(self.special[x])
        elif not self.domain[0] <= x <= self.domain[1] or math.isinf(x):
            return [NAN, None, None]
        elif x == 0 and self.pole:
            return [math.copysign(INF, x), None, None]
        else:
            with mp.workprec(precision(x)):
                h = step_at(x)
                below, y, above = (self.f(mpf(x) + d) for d in (-h, 0, h))
                triple = [y, (above - below) / (2 * h), (above - 2 * y + below) / h**2]
        return [x if x == 0 and self.odd else triple[0], *triple[1:]]

    def arguments(self, fmt):
        yield from ((x,) for x in corners(fmt))
        for x in self.thresholds:
            yield from ((v,) for v in neighbours(x, fmt))
            yield from ((near(mpf(x) + spread(fmt, -fmt[3], -1), fmt),) for _ in range(4))
        for _ in range(COUNT[1]):
            yield (near(random.uniform(*self.interval), fmt),)
            yield (spread(fmt, -30, 4),)
            yield (anything(fmt),)
            if self.circular:
                turns = random.getrandbits(random.randint(1, 60 if fmt[2] == 64 else 20)) + 1
                yield (random.choice(neighbours(turns * self.circular, fmt)),)
                yield (spread(fmt, 20, fmt[5] - 1),)


class Plane:
    """f of two arguments. `special` returns six results, or None where differences may be taken; `pairs` are arguments besides the corners."""

    def __init__(self, f, special, pairs):
        self.f, self.special, self.pairs = f, special, pairs

    def at(self, x, y, fmt):
        known = self.special(x, y, fmt)
        if known:
            return known
        with mp.workprec(precision(x, y)):
            X, Y, h, k = mpf(x), mpf(y), step_at(x), step_at(y)
            f = {(i, j): self.f(X + i * h, Y + j * k) for i in (-1, 0, 1) for j in (-1, 0, 1)}
            z, (left, right, low, high) = f[0, 0], (f[-1, 0], f[1, 0], f[0, -1], f[0, 1])
            mixed = (f[1, 1] - f[1, -1] - f[-1, 1] + f[-1, -1]) / (4 * h * k)
            second = [(left - 2 * z + right) / h**2, mixed, (low - 2 * z + high) / k**2]
            return [z, (right - left) / (2 * h), (high - low) / (2 * k), *second]

    def arguments(self, fmt):
        edges = [0.0, -0.0, 1.0, -1.0, number(1, fmt), INF, -INF, NAN, 1000.0]
        yield from ((x, y) for x in edges for y in edges)
        for _ in range(COUNT[2]):
            yield from self.pairs(fmt)
            yield anything(fmt), anything(fmt)


class Complex:
    """An analytic f, sampled around certain points, along the axes, and at arguments of any size up to 2^most."""

    def __init__(self, f, points=(), most=4):
        self.f, self.points, self.most = f, points, most

    def at(self, z, fmt):
        # If z lies on an axis, differences along that axis stay on one side of a cut; the sign of z's zero part decides the side.
        with mp.workprec(precision(z) + 3000):
            re, im = (ldexp(math.copysign(1, v), -2000) if v == 0 else mpf(v) for v in (z.real, z.imag))
            h = step_at(abs(z)) * (mpc(0, 1) if z.real == 0 and z.imag else 1)
            w = mpc(re, im)
            below, y, above = self.f(w - h), self.f(w), self.f(w + h)
            return [y, (above - below) / (2 * h), (above - 2 * y + below) / h**2]

    def arguments(self, fmt):
        for _ in range(COUNT['complex']):
            yield complex(near(random.uniform(-3, 3), fmt), near(random.uniform(-3, 3), fmt))
            yield complex(spread(fmt, -30, self.most), spread(fmt, -30, self.most))
            zero = random.choice((0.0, -0.0))
            yield random.choice((complex(spread(fmt, -4, 3), zero), complex(zero, spread(fmt, -4, 3))))
            for p in self.points:
                yield complex(near(p.real + spread(fmt, -20, -1), fmt), near(p.imag + spread(fmt, -20, -1), fmt))


def encoded(values, fmt, rests=()):
    numbers = b''.join(struct.pack(fmt[1], v) for v in values)
    return base64.b64encode(numbers + struct.pack(f'{len(rests)}b', *rests)).decode()


def real_columns(function, fmt):
    arguments = list(function.arguments(fmt))
    results = [[rounded(y, fmt) for y in function.at(*x, fmt)] for x in arguments]
    yield from (encoded(x, fmt) for x in zip(*arguments))
    for of_kind in zip(*results):
        values, rests = zip(*of_kind)
        yield encoded(values, fmt, rests)


def complex_columns(function, fmt):
    arguments = list(function.arguments(fmt))
    results = zip(*(function.at(z, fmt) for z in arguments))
    for parts in (arguments, *results):
        yield encoded((near(v, fmt) for z in parts for v in (z.real, z.imag)), fmt)


def main(names):
    from multiprecision_table import COMPLEX_FUNCTIONS, FUNCTIONS
    folder = Path(__file__).parent.parent / 'test' / 'data' / 'grids'
    folder.mkdir(exist_ok=True)
    for name in names or dict.fromkeys([*FUNCTIONS, *COMPLEX_FUNCTIONS]):
        table = {}
        random.seed(name)
        if name in FUNCTIONS:
            for dtype, fmt in FORMATS.items():
                table[dtype] = list(real_columns(FUNCTIONS[name], fmt))
        if name in COMPLEX_FUNCTIONS:
            for dtype, real in COMPLEX.items():
                table[dtype] = list(complex_columns(COMPLEX_FUNCTIONS[name], FORMATS[real]))
        (folder / f'{name}.json').write_text(json.dumps(table, indent=1) + '\n')


if __name__ == '__main__':
    main(sys.argv[1:])
