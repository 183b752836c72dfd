"""Writes test/data/elementary-*.json: inputs and correctly rounded outputs of the elementary kernels, by mpmath.

A file holds, for float32 and for float64, one string of hexadecimal bit patterns per argument and one for the result.
Everything is drawn from a fixed seed; the tables are the oracle, never Math.*.
    python3 scripts/multiprecision.py [name …]
"""
import json
import math
import random
import struct
import sys
from pathlib import Path
from mpmath import (cbrt, cosh, erf, erfc, exp, expm1, inf, isinf, ldexp, log, log1p, mp, mpf, nint, pi, power, sign,
                    sqrt, tanh)

mp.prec = 200
INF, NAN = math.inf, math.nan
COUNT = 160  # random inputs of each kind

# format: (pattern of integers, of numbers, digits of hexadecimal, bits of fraction, smallest exponent, exponent of ∞)
FORMATS = {'float32': ('<I', '<f', 8, 23, -149, 128), 'float64': ('<Q', '<d', 16, 52, -1074, 1024)}


def bits(x, fmt):
    return struct.unpack(fmt[0], struct.pack(fmt[1], x))[0]


def number(pattern, fmt):
    return struct.unpack(fmt[1], struct.pack(fmt[0], pattern))[0]


def rounded(y, fmt):
    """y to nearest, ties to even, subnormals included (a conversion by way of 53 bits would round those twice)."""
    if y == 0 or isinf(y) or y != y:
        return float(y)
    least = max(mp.frexp(y)[1] - fmt[3] - 1, fmt[4])
    result = nint(ldexp(abs(y), -least))
    overflows = result * mpf(2) ** least >= mpf(2) ** fmt[5]
    return math.copysign(INF if overflows else math.ldexp(int(result), least), y)


def neighbours(x, fmt):
    """The number nearest to x and two on either side."""
    near = bits(rounded(mpf(x), fmt), fmt)
    return [number(near + i, fmt) for i in range(-2, 3)] if near & ((1 << (fmt[2] * 4 - 1)) - 1) > 2 else [number(near, fmt)]


def corners(fmt):
    """±0, ±∞, NaN, the ends of the subnormal and of the normal range, ±1 and what lies beside them."""
    infinity = ((1 << (fmt[2] * 4 - 1)) - 1) >> fmt[3] << fmt[3]
    positive = [0, 1, 2, (1 << fmt[3]) - 1, 1 << fmt[3], (1 << fmt[3]) + 1, infinity - 1, infinity]
    values = [number(p, fmt) for p in positive] + neighbours(1, fmt) + [0.5, 2.0]
    return values + [-v for v in values] + [float('nan')]


# What a kernel is made of: the function of an mpf, the interval where it is neither trivial nor saturated, thresholds,
# and the results that arithmetic on mpf cannot give (it has no −0 and no NaN): {input: output}.
class Row:
    def __init__(self, f, interval, thresholds=(), special=None, odd=False, pole=False, least=-INF):
        self.f, self.interval, self.thresholds, self.special = f, interval, thresholds, special or {}
        self.odd, self.pole, self.least = odd, pole, least

    def at(self, x, fmt):
        if x != x:
            return x
        if x in self.special:
            return self.special[x]
        if x == 0 and self.odd:
            return x
        if x == 0 and self.pole:
            return math.copysign(INF, x)
        if x < self.least:
            return NAN
        return rounded(self.f(mpf(x)), fmt)

    def inputs(self, fmt):
        yield from ((x,) for x in corners(fmt))
        for x in self.thresholds:
            yield from ((v,) for v in neighbours(x, fmt))
        low, high = self.interval
        for _ in range(COUNT):
            yield (rounded(mpf(random.uniform(low, high)), fmt),)
            yield (rounded(mpf(random.choice((-1, 1)) * 2 ** random.uniform(-30, 4)), fmt),)
            yield (number(random.getrandbits(fmt[2] * 4), fmt),)


EXP_ENDS = (-104, -103.28, -87.34, 88.72, -745.14, -708.4, 709.79, 0.3465735, -0.3465735, 1.0397208, -1.0397208)


class Power:
    """x^y. Specials by Python's float power, which has C99's table (but raises where C divides by zero)."""

    def at(self, x, y, fmt):
        if x == 1 or y == 0:
            return 1.0
        if x != x or y != y or math.isinf(x) or math.isinf(y) or x == 0:
            try:
                return math.pow(x, y)
            except ValueError:
                return math.copysign(INF, x) if abs(y) < 2**53 and y % 2 == 1 else INF
        if x < 0 and y != math.floor(y):
            return NAN
        magnitude = abs(mpf(y)) * abs(log(abs(mpf(x)), 2))
        if magnitude > 3000:
            result = mpf(2) ** (3000 if (y > 0) == (abs(x) > 1) else -3000)
        else:
            result = power(abs(mpf(x)), mpf(y))
        return rounded(-result if x < 0 and y % 2 == 1 else result, fmt)

    def f(self, x, y):
        return sign(x) ** int(y % 2) * power(abs(x), y)

    def inputs(self, fmt):
        values = [v for v in corners(fmt)] + [3.0, -3.0, 2.0**53, 1e300 if fmt[2] == 16 else 1e30]
        yield from ((x, y) for x in values[::2] + [0.0, -0.0, INF, -INF, NAN] for y in values[1::2] + [0.0, -0.0, INF, -INF, NAN])
        for _ in range(COUNT):
            x = rounded(mpf(2) ** random.uniform(-20, 20), fmt)
            yield x, rounded(mpf(random.uniform(-1, 1)) * fmt[5] / log(mpf(x), 2), fmt)
            x = rounded(mpf(random.uniform(0.9, 1.1)), fmt)
            yield x, rounded(mpf(random.uniform(-1.05, 1.05)) * fmt[5] / log(mpf(x), 2), fmt)
            yield -x, float(random.randint(-2000, 2000))


LOG_ENDS = (0.7071067811865476, 1.4142135623730951, 2, 10, 1000)
POSITIVE = {0.0: -INF, INF: INF}
SATURATING = {-INF: 0.0, INF: INF}


def far_erfc(x):
    """erfc, which mpmath cannot evaluate far out."""
    return mpf(2) ** -3000 if x > 100 else mpf(2) if x < -100 else erfc(x)


def gelu_tanh(x):
    return x / (1 + exp(-2 * sqrt(2 / pi) * (x + mpf('0.044715') * x**3)))


FUNCTIONS = {
    'exp': Row(exp, (-750, 715), EXP_ENDS, SATURATING),
    'expm1': Row(expm1, (-40, 40), EXP_ENDS, {-INF: -1.0, INF: INF}, odd=True),
    'exp2': Row(lambda x: power(2, x), (-1080, 1030), (-150, -149, -126, 128, -1075, -1074, -1022, 1024), SATURATING),
    'log': Row(log, (0, 4), LOG_ENDS, POSITIVE, least=0),
    'log2': Row(lambda x: log(x, 2), (0, 4), LOG_ENDS, POSITIVE, least=0),
    'log10': Row(lambda x: log(x, 10), (0, 4), LOG_ENDS, POSITIVE, least=0),
    'log1p': Row(log1p, (-1, 4), (-0.2928932188134524, 0.4142135623730951), {-1.0: -INF, INF: INF}, odd=True,
                 least=-1),
    'sqrt': Row(sqrt, (0, 100), (), {INF: INF}, odd=True, least=0),
    'rsqrt': Row(lambda x: 1 / sqrt(x), (0, 100), (), {INF: 0.0}, least=0, pole=True),
    'cbrt': Row(lambda x: sign(x) * cbrt(abs(x)), (-100, 100), (), {INF: INF, -INF: -INF}, odd=True),
    'sigmoid': Row(lambda x: 1 / (1 + exp(-x)), (-750, 40), EXP_ENDS, {-INF: 0.0, INF: 1.0}),
    'logSigmoid': Row(lambda x: -log1p(exp(-x)), (-40, 750), EXP_ENDS, {-INF: -INF, INF: -0.0}),
    'softplus': Row(lambda x: log1p(exp(x)), (-750, 40), EXP_ENDS, {-INF: 0.0, INF: INF}),
    'silu': Row(lambda x: x / (1 + exp(-x)), (-760, 40), EXP_ENDS, {-INF: -0.0, INF: INF}, odd=True),
    'mish': Row(lambda x: x * tanh(log1p(exp(x))), (-760, 40), EXP_ENDS, {-INF: -0.0, INF: INF}, odd=True),
    'softsign': Row(lambda x: x / (1 + abs(x)), (-10, 10), (), {-INF: -1.0, INF: 1.0}, odd=True),
    'erf': Row(erf, (-6, 6), (1, 3.93, 6), {-INF: -1.0, INF: 1.0}, odd=True),
    'erfc': Row(far_erfc, (-6, 28), (-0.5, 0.5, 10.05, 26.54), {-INF: 2.0, INF: 0.0}),
    'gelu': Row(lambda x: x * far_erfc(-x / sqrt(mpf(2))) / 2, (-39, 9), (-13.1, -38.4), {-INF: -0.0, INF: INF}, odd=True),
    'geluTanh': Row(gelu_tanh, (-22, 9), (-10.2, -21.2), {-INF: -0.0, INF: INF}, odd=True),
    'pow': Power(),
}


def main(names):
    folder = Path(__file__).parent.parent / 'test' / 'data'
    for name in names or FUNCTIONS:
        random.seed(name)
        table = {}
        for dtype, fmt in FORMATS.items():
            rows = [(*x, FUNCTIONS[name].at(*x, fmt)) for x in FUNCTIONS[name].inputs(fmt)]
            table[dtype] = [''.join(f'{bits(v, fmt):0{fmt[2]}x}' for v in column) for column in zip(*rows)]
        (folder / f'elementary-{name}.json').write_text(json.dumps(table, indent=1) + '\n')


if __name__ == '__main__':
    main(sys.argv[1:])
