"""Writes test/data/elementary-*.json: inputs and correctly rounded outputs of the elementary kernels, by mpmath.

A file holds, for float32 and for float64, one string of hexadecimal bit patterns per argument and one for the result.
Everything is drawn from a fixed seed; the tables are the oracle, never Math.*. Makes no coefficients.
    python3 scripts/multiprecision.py [name …]
"""
import json
import math
import random
import struct
import sys
from pathlib import Path
from mpmath import cbrt, erf, erfc, exp, expm1, isinf, ldexp, log, log1p, mp, mpf, nint, pi, power, sign, sqrt, tanh

mp.prec = 200
COUNT = 100  # random inputs of each kind
INF, NAN = math.inf, math.nan

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
    steps = range(-2, 3) if near & ((1 << (fmt[2] * 4 - 1)) - 1) > 2 else [0]
    return [number(near + i, fmt) for i in steps]


def corners(fmt):
    """±0, ±∞, NaN, the ends of the subnormal and of the normal range, ±1 and what lies beside them."""
    infinity = ((1 << (fmt[2] * 4 - 1)) - 1) >> fmt[3] << fmt[3]
    positive = [0, 1, 2, (1 << fmt[3]) - 1, 1 << fmt[3], (1 << fmt[3]) + 1, infinity - 1, infinity]
    values = [number(p, fmt) for p in positive] + neighbours(1, fmt) + [0.5, 2.0]
    return values + [-v for v in values] + [NAN]


class Row:
    """
    A function of one argument: the interval where it is neither trivial nor saturated, thresholds of its kernel, and
    what arithmetic on mpf cannot give, since that has no −0 and no NaN: values by input, whether f(±0) is ±0 (odd)
    or ±∞ (pole), the least argument where it is defined.
    """

    def __init__(self, f, interval, thresholds=(), special=None, odd=False, pole=False, least=-INF):
        self.f, self.interval, self.thresholds, self.special = f, interval, thresholds, special or {}
        self.odd, self.pole, self.least = odd, pole, least

    def at(self, x, fmt):
        if x != x or x < self.least:
            return NAN
        if x in self.special:
            return self.special[x]
        if x == 0 and (self.odd or self.pole):
            return x if self.odd else math.copysign(INF, x)
        with mp.workprec(1300 if abs(x) < 1e-300 else mp.prec):
            return rounded(self.f(mpf(x)), fmt)

    def inputs(self, fmt):
        yield from ((x,) for x in corners(fmt))
        for x in self.thresholds:
            yield from ((v,) for v in neighbours(x, fmt))
        for _ in range(COUNT):
            yield (rounded(mpf(random.uniform(*self.interval)), fmt),)
            yield (rounded(mpf(random.choice((-1, 1)) * 2 ** random.uniform(-30, 4)), fmt),)
            yield (number(random.getrandbits(fmt[2] * 4), fmt),)


class Power:
    """x^y. Specials by Python's float power, which has C99's table but raises where C divides by zero."""

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
        return rounded(self.f(x, y), fmt)

    def f(self, x, y):
        exponent = mpf(y) * log(abs(mpf(x)), 2)
        magnitude = power(abs(mpf(x)), mpf(y)) if abs(exponent) < 3000 else mpf(2) ** (3000 * sign(exponent))
        return -magnitude if x < 0 and y % 2 == 1 else magnitude

    def inputs(self, fmt):
        always = [0.0, -0.0, INF, -INF, NAN, 1.0, -1.0]
        values = corners(fmt) + [3.0, -3.0, 1e30]
        yield from ((x, y) for x in values[::3] + always for y in values[1::3] + always)
        for _ in range(COUNT):
            x, steep = rounded(mpf(2) ** random.uniform(-20, 20), fmt), rounded(mpf(random.uniform(0.9, 1.1)), fmt)
            for base in (x, steep):
                yield base, rounded(mpf(random.uniform(-1.1, 1.1)) * fmt[5] / (log(mpf(base), 2) or 1), fmt)
            yield -steep, float(random.randint(-2000, 2000))


class LogAddExp:
    """log(e^x + e^y), away from the curve where it is 0."""

    def at(self, x, y, fmt):
        if x != x or y != y or math.isinf(x) or math.isinf(y):
            return NAN if x != x or y != y else max(x, y) + 0.0
        return rounded(self.f(mpf(x), mpf(y)), fmt)

    def f(self, x, y):
        return max(x, y) + log1p(exp(-min(abs(x - y), 3000)))

    def inputs(self, fmt):
        values = [0.0, -0.0, INF, -INF, NAN, 1.0, 1000.0, 1e30, -1e30]
        yield from ((x, y) for x in values for y in values)
        for _ in range(3 * COUNT):
            x = rounded(mpf(random.choice((random.uniform(0, 100), random.uniform(-100, -2)))), fmt)
            yield x, rounded(mpf(x + random.choice((-1, 1)) * min(2 ** random.uniform(-30, 8), abs(x) / 4)), fmt)


def far_erfc(x):
    """erfc, which mpmath cannot evaluate far out."""
    return mpf(2) ** -3000 if x > 100 else mpf(2) if x < -100 else erfc(x)


def gelu_tanh(x):
    return x / (1 + exp(-2 * sqrt(2 / pi) * (x + mpf('0.044715') * x**3)))


def selu(x):
    scale, alpha = mpf('1.0507009873554804934193349852946'), mpf('1.6732632423543772848170429916717')
    return scale * (x if x > 0 else alpha * expm1(x))


EXP_ENDS = (-104, -103.28, -87.34, 88.72, -745.14, -708.4, 709.79, 0.3465735, -0.3465735, 1.0397208, -1.0397208)
LOG_ENDS = (0.7071067811865476, 1.4142135623730951, 2, 10, 1000)
TO_INFINITY = {-INF: 0.0, INF: INF}
GATE = {-INF: -0.0, INF: INF}

FUNCTIONS = {
    'exp': Row(exp, (-750, 715), EXP_ENDS, TO_INFINITY),
    'expm1': Row(expm1, (-40, 40), EXP_ENDS, {-INF: -1.0, INF: INF}, odd=True),
    'exp2': Row(lambda x: power(2, x), (-1080, 1030), (-150, -149, -126, 128, -1075, -1074, -1022, 1024), TO_INFINITY),
    'log': Row(log, (0, 4), LOG_ENDS, {INF: INF, 0.0: -INF}, least=0),
    'log2': Row(lambda x: log(x, 2), (0, 4), LOG_ENDS, {INF: INF, 0.0: -INF}, least=0),
    'log10': Row(lambda x: log(x, 10), (0, 4), LOG_ENDS, {INF: INF, 0.0: -INF}, least=0),
    'log1p': Row(log1p, (-1, 4), (-0.2928932188, 0.4142135624), {INF: INF, -1.0: -INF}, odd=True, least=-1),
    'sqrt': Row(sqrt, (0, 100), (), {INF: INF}, odd=True, least=0),
    'rsqrt': Row(lambda x: 1 / sqrt(x), (0, 100), (), {INF: 0.0}, pole=True, least=0),
    'cbrt': Row(lambda x: sign(x) * cbrt(abs(x)), (-100, 100), (), {INF: INF, -INF: -INF}, odd=True),
    'pow': Power(),
    'erf': Row(erf, (-6, 6), (1, 3.93, 6), {-INF: -1.0, INF: 1.0}, odd=True),
    'erfc': Row(far_erfc, (-6, 28), (-0.5, 0.5, 10.05, 26.54), {-INF: 2.0, INF: 0.0}),
    'sigmoid': Row(lambda x: 1 / (1 + exp(-x)), (-750, 40), EXP_ENDS, {-INF: 0.0, INF: 1.0}),
    'logSigmoid': Row(lambda x: -log1p(exp(-x)), (-40, 750), EXP_ENDS, {-INF: -INF, INF: -0.0}),
    'softplus': Row(lambda x: log1p(exp(x)), (-750, 40), EXP_ENDS, TO_INFINITY),
    'logaddexp': LogAddExp(),
    'silu': Row(lambda x: x / (1 + exp(-x)), (-760, 40), EXP_ENDS, GATE, odd=True),
    'mish': Row(lambda x: x * tanh(log1p(exp(x))), (-760, 40), EXP_ENDS, GATE, odd=True),
    'gelu': Row(lambda x: x * far_erfc(-x / sqrt(mpf(2))) / 2, (-39, 9), (-13.1, -38.4), GATE, odd=True),
    'geluTanh': Row(gelu_tanh, (-22, 9), (-10.2, -21.2), GATE, odd=True),
    'softsign': Row(lambda x: x / (1 + abs(x)), (-10, 10), (), {-INF: -1.0, INF: 1.0}, odd=True),
    'selu': Row(selu, (-40, 10), EXP_ENDS, {-INF: float(selu(mpf(-1000))), INF: INF}, odd=True),
    'hardSigmoid': Row(lambda x: min(max(x + 3, 0), 6) / 6, (-4, 4), (-3, 3), {-INF: 0.0, INF: 1.0}),
    'hardSwish': Row(lambda x: x * min(max(x + 3, 0), 6) / 6, (-4, 4), (-3, 3), {-INF: 0.0, INF: INF}, odd=True),
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
