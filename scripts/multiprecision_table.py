"""The functions of multiprecision.py, each with the arguments at which it is hard to compute. Contains no sampling and no differentiation."""
import math
import mpmath as m
from mpmath import exp, expm1, log, log1p, mpf, pi, sqrt, tanh
from multiprecision import INF, NAN, Complex, Function, Plane, anything, near, random, spread

LOG2 = float(log(2))
# The double and the float nearest to a multiple of π/2 (Muller, "Elementary Functions", 11.3.2); where methods change.
WORST = (math.ldexp(6381956970095103, 797), math.ldexp(16367173, 72), 1e22, 1e300, 1647099.0, 3294198.0)
EXP_ENDS = (-104, -103.28, -87.34, 88.72, -745.14, -708.4, 709.79, LOG2 / 2, -LOG2 / 2, 17, -17, 40, -40)
LOG_ENDS = (0.7071067811865476, 1.4142135623730951, 1, 2, 10)
HALF_PI, QUARTER_PI = float(pi / 2), float(pi / 4)


def ends(low, high, **more):
    return {-INF: low, INF: high, **more}


def at0(triple, table):
    """A table with an entry for 0, which serves −0 too, as they are equal keys."""
    return {0.0: triple, **table}


RISING = ends((0, 0, 0), (INF, INF, INF))
STEP = ends((0, 0, 0), (1, 0, 0))
ODD_STEP = ends((-1, 0, 0), (1, 0, 0))
GATE = ends((-0.0, 0, 0), (INF, 1, 0))
RAMP = ends((0, 0, 0), (INF, 1, 0))
LINE = ends((-INF, 1, 0), (INF, 1, 0))
SLOW = ends((-INF, 0, 0), (INF, 0, 0))


def erfc(x):
    """erfc x; far out its first asymptotic term, as mpmath cannot evaluate it there."""
    return exp(-x * x) / x / sqrt(pi) if x > 60 else 2 - erfc(-x) if x < -60 else m.erfc(x)


def softplus(x):
    return x + log1p(exp(-x)) if x > 0 else log1p(exp(x))


def sigmoid(x):
    return 1 / (1 + exp(-x))


def gelu_tanh(x):
    return x * sigmoid(2 * sqrt(2 / pi) * (x + mpf('0.044715') * x**3))


def elu(alpha, scale=1):
    return lambda x: scale * (x if x > 0 else alpha * expm1(x))


def least(a, b):
    """The slope at a kink with the slopes a and b on its sides: of the numbers between them the one of least magnitude."""
    return 0 if a * b <= 0 else min(a, b, key=abs)


def elu_specials(alpha, scale=1):
    floor = -mpf(alpha) * mpf(scale)
    return at0((0.0, least(scale, alpha * scale), 0), ends((floor, 0, 0), (INF, scale, 0)))


def celu(alpha):
    return lambda x: x if x > 0 else alpha * expm1(x / alpha)


SELU_SCALE, SELU_ALPHA = mpf('1.0507009873554804934193349852946'), mpf('1.6732632423543772848170429916717')


def hard_sigmoid(x):
    return min(max(x + 3, 0), 6) / 6


def sinc(x):
    return m.mpf(1) if x == 0 else m.sinpi(x) / (pi * x)


SHUT = {}
# Results at NaN where a comparison chooses the slope: the derivatives from there on have no expected value.
KINKED, BENT = (NAN, None, None), (NAN, NAN, None)

FUNCTIONS = {
    'exp': Function(exp, (-750, 715), EXP_ENDS, RISING),
    'expm1': Function(lambda x: exp(x) - 1, (-40, 40), EXP_ENDS, ends((-1, 0, 0), (INF, INF, INF)), odd=True),
    'exp2': Function(lambda x: exp(x * log(2)), (-1080, 1030), (-150, -126, 127, -1075, -1022, 1023), RISING),
    'log': Function(log, (0, 4), LOG_ENDS, {0.0: (-INF, None, None), INF: (INF, 0, 0)}, domain=(0, INF)),
    'log2': Function(lambda x: log(x) / log(mpf(2)), (0, 4), LOG_ENDS, {0.0: (-INF, None, None), INF: (INF, 0, 0)}, domain=(0, INF)),
    'log10': Function(lambda x: log(x) / log(mpf(10)), (0, 4), LOG_ENDS, {0.0: (-INF, None, None), INF: (INF, 0, 0)}, domain=(0, INF)),
    'log1p': Function(log1p, (-1, 4), (-1, -0.2928932188, 0.4142135624), {-1.0: (-INF, INF, -INF), INF: (INF, 0, 0)}, odd=True, domain=(-1, INF)),
    'sqrt': Function(sqrt, (0, 100), (), {0.0: (0, None, None), INF: (INF, 0, 0)}, odd=True, domain=(0, INF)),
    'rsqrt': Function(lambda x: 1 / sqrt(x), (0, 100), (), {INF: (0, 0, 0)}, pole=True, domain=(0, INF)),
    'cbrt': Function(lambda x: m.sign(x) * m.cbrt(abs(x)), (-100, 100), (), at0((0, INF, None), SLOW), odd=True),
    'reciprocal': Function(lambda x: 1 / x, (-4, 4), (), ends((-0.0, 0, 0), (0, 0, 0)), pole=True),
    'square': Function(lambda x: x * x, (-4, 4), (), ends((INF, -INF, 2), (INF, INF, 2)), nan=KINKED),
    'abs': Function(abs, (-4, 4), (), at0((0.0, 0, 0), ends((INF, -1, 0), (INF, 1, 0))), nan=KINKED),
    'sin': Function(m.sin, (-10, 10), WORST, SHUT, odd=True, circular=pi / 2),
    'cos': Function(m.cos, (-10, 10), WORST, SHUT, circular=pi / 2),
    'tan': Function(m.tan, (-10, 10), WORST, SHUT, odd=True, circular=pi / 2),
    'asin': Function(m.asin, (-1, 1), (0.5, 1, -1), {1.0: (pi / 2, INF, INF), -1.0: (-pi / 2, INF, -INF)}, odd=True, domain=(-1, 1)),
    'acos': Function(m.acos, (-1, 1), (0.5, 1, -1), {1.0: (0.0, -INF, -INF), -1.0: (pi, -INF, INF)}, domain=(-1, 1)),
    'atan': Function(m.atan, (-4, 4), (0.5, 2), ends((-pi / 2, 0, 0), (pi / 2, 0, 0)), odd=True),
    'sinh': Function(lambda x: (exp(x) - exp(-x)) / 2, (-20, 20), (LOG2, 89.4159851, 710.4758600739439),
                     ends((-INF, INF, -INF), (INF, INF, INF)), odd=True),
    'cosh': Function(lambda x: (exp(x) + exp(-x)) / 2, (-20, 20), (LOG2, 89.4159851, 710.4758600739439),
                     ends((INF, -INF, INF), (INF, INF, INF))),
    'tanh': Function(tanh, (-20, 20), (LOG2 / 2, LOG2, 9.01, 10, 19.06, -45, 360), ODD_STEP, odd=True),
    'asinh': Function(m.asinh, (-4, 4), (0.75, 2.0**28), SLOW, odd=True),
    'acosh': Function(m.acosh, (1, 4), (1, 1.25, 2.0**28), {1.0: (0.0, INF, -INF), INF: (INF, 0, 0)}, domain=(1, INF)),
    'atanh': Function(m.atanh, (-1, 1), (1 / 3, 0.5, 1, -1), {1.0: (INF, None, None), -1.0: (-INF, None, None)}, odd=True, domain=(-1, 1)),
    'erf': Function(lambda x: 1 - erfc(x) if x > 60 else erfc(-x) - 1 if x < -60 else m.erf(x), (-6, 6), (1, 3.93, 6, 26.5), ODD_STEP, odd=True),
    'erfc': Function(erfc, (-6, 28), (-0.5, 0.5, 10.05, 26.54), ends((2, 0, 0), (0, 0, 0))),
    'sinc': Function(sinc, (-8, 8), (0.3 / math.pi, 1, 2, -3, 50), ends((0, 0, 0), (0, 0, 0)), circular=mpf(1)),
    'sigmoid': Function(sigmoid, (-750, 40), EXP_ENDS, STEP),
    'logSigmoid': Function(lambda x: -softplus(-x), (-40, 750), EXP_ENDS, ends((-INF, 1, 0), (-0.0, 0, 0))),
    'softplus': Function(softplus, (-750, 40), EXP_ENDS, RAMP),
    'silu': Function(lambda x: x * sigmoid(x), (-760, 40), (*EXP_ENDS, -1.2784645, 2.3993573), GATE, odd=True),
    'mish': Function(lambda x: x * tanh(softplus(x)), (-760, 40), (*EXP_ENDS, -1.1924312), GATE, odd=True),
    'gelu': Function(lambda x: x * erfc(-x / sqrt(mpf(2))) / 2, (-39, 9), (-13.1, -38.4, -0.7517916, 1.4142135, 27), GATE, odd=True),
    'geluTanh': Function(gelu_tanh, (-22, 9), (-10.2, -21.2, -0.7524614), GATE, odd=True),
    'softsign': Function(lambda x: x / (1 + abs(x)), (-10, 10), (), at0((0.0, 1, 0), ODD_STEP), odd=True),
    'relu': Function(lambda x: max(x, 0), (-4, 4), (), at0((0.0, 0, 0), RAMP), nan=KINKED),
    'relu6': Function(lambda x: min(max(x, 0), 6), (-4, 9), (6,), at0((0.0, 0, 0), {6.0: (6, 0, 0), **ends((0, 0, 0), (6, 0, 0))}), nan=KINKED),
    'leakyRelu': Function(lambda x: x if x > 0 else x / 8, (-4, 4), (), at0((0.0, 0.125, 0), ends((-INF, 0.125, 0), (INF, 1, 0))), odd=True, nan=KINKED),
    'elu': Function(elu(mpf(1)), (-40, 10), EXP_ENDS, elu_specials(1), odd=True, nan=BENT),
    'eluHalf': Function(elu(mpf(0.5)), (-40, 10), EXP_ENDS, elu_specials(0.5), odd=True, nan=BENT),
    'selu': Function(elu(SELU_ALPHA, SELU_SCALE), (-40, 10), EXP_ENDS, elu_specials(SELU_ALPHA, SELU_SCALE), odd=True, nan=BENT),
    'celuHalf': Function(celu(mpf(0.5)), (-40, 10), EXP_ENDS, at0((0.0, 1, 0), ends((-0.5, 0, 0), (INF, 1, 0))), odd=True, nan=BENT),
    'hardSigmoid': Function(hard_sigmoid, (-4, 4), (-3, 3), {-3.0: (0.0, 0, 0), 3.0: (1, 0, 0), **STEP}, nan=KINKED),
    'hardSwish': Function(lambda x: x * hard_sigmoid(x) if x > -3 else -0.0, (-4, 4), (-3, 3, -1.5), {-3.0: (-0.0, 0, 0), 3.0: (3, 1, 0), **GATE}, odd=True, nan=KINKED),
}


def inverse(f, slope, guess):
    """w with f(w) = y, by Newton's method from an approximate guess."""
    def at(y):
        w = guess(y)
        for _ in range(40):
            step = (f(w) - y) / slope(w)
            w -= step
            if abs(step) < abs(w) * mpf(2) ** -(m.mp.prec // 2 + 8) or step == 0:
                break
        return w
    return at


def bell(x):
    return 2 / sqrt(pi) * exp(-x * x)


def rough(q):
    """An approximate w > 0 with erfc w = q ≤ ½."""
    w = sqrt(max(-log(q), mpf('0.3')))
    for _ in range(8):
        w = sqrt(max(-log(q * w * sqrt(pi)) if q * w * sqrt(pi) < 1 else mpf('0.3'), mpf('0.2')))
    return w


# For a small q Newton's method solves log erfc w = log q, which converges from any guess.
def erfcinv(q):
    if q > 1:
        return -erfcinv(2 - q)
    if q == 1:
        return mpf(0)
    if q > mpf('0.1'):
        return inverse(m.erfc, lambda w: -bell(w), lambda q: sqrt(pi) / 2 * (1 - q))(q)
    return inverse(lambda w: log(m.erfc(w)), lambda w: -bell(w) / m.erfc(w), lambda l: rough(exp(l)))(log(q))


def erfinv(y):
    if abs(y) > mpf('0.9'):
        return m.sign(y) * erfcinv(1 - abs(y))
    return inverse(m.erf, bell, lambda y: sqrt(pi) / 2 * y)(y)


def ndtr(x):
    return erfc(-x / sqrt(mpf(2))) / 2


def log_ndtr(x):
    return log1p(-ndtr(-x)) if x > 0 else log(ndtr(x))


def lgamma(x):
    return m.re(m.loggamma(x)) if x > 0 else log(abs(pi / m.sinpi(x))) - m.loggamma(1 - x)


def no_number(count):
    return [NAN] * count


def power(x, y):
    magnitude = exp(y * log(abs(x)))
    return -magnitude if x < 0 and m.nint(y) % 2 == 1 else magnitude


def power_specials(x, y, _):
    """C99's table, by Python's float power, which raises where C divides by zero."""
    nothing = [None] * 5
    if x == 1 and y == y and not math.isinf(y) and y != 0:
        return None
    if x == 1 or y == 0:
        return [1.0, *nothing]
    if x != x or y != y or math.isinf(x) or math.isinf(y) or x == 0:
        try:
            return [math.pow(x, y), *nothing]
        except ValueError:
            return [math.copysign(INF, x) if abs(y) < 2**53 and y % 2 == 1 else INF, *nothing]
    if x < 0:
        if y != math.floor(y):
            return [NAN, *nothing]
        with m.workprec(4000):  # only by x: y has no neighbours there
            X, Y = mpf(x), mpf(y)
            value = power(X, Y)
            return [value, Y * value / X, None, Y * (Y - 1) * value / X**2, None, None]
    return None


def power_pairs(fmt):
    x, steep = near(mpf(2) ** random.uniform(-20, 20), fmt), near(random.uniform(0.9, 1.1), fmt)
    for base in (x, steep):
        yield base, near(mpf(random.uniform(-1.1, 1.1)) * fmt[5] / (log(mpf(base), 2) or 1), fmt)
    yield -steep, float(random.randint(-2000, 2000))
    yield near(random.uniform(0.2, 4), fmt), near(random.uniform(-3, 3), fmt)


def logaddexp_specials(x, y, _):
    if x != x or y != y:
        return no_number(6)
    if math.isinf(x) or math.isinf(y):
        same = x == y
        by_x = (0 if x < 0 else None) if same else 1 if x > y else 0
        by_y = (0 if x < 0 else None) if same else 1 - by_x
        return [max(x, y) + 0.0, by_x, by_y, *([None if same and x > 0 else 0] * 3)]
    return None


def logaddexp_pairs(fmt):
    """Two numbers away from the curve on which the function is 0."""
    for _ in range(2):
        x = near(random.choice((random.uniform(0, 100), random.uniform(-100, -2))), fmt)
        yield x, near(x + random.choice((-1, 1)) * min(2 ** random.uniform(-30, 8), abs(x) / 4), fmt)
    yield near(random.uniform(1, 9), fmt), near(random.uniform(-700, 700), fmt)


def pair_apart(fmt, gap):
    """Two numbers of any size, one about 2^gap times the other."""
    high = fmt[5] - 24
    x = spread(fmt, -high, high)
    return near(mpf(x) * mpf(2) ** gap * random.choice((1, -1)), fmt), x


def any_pairs(fmt):
    yield pair_apart(fmt, random.uniform(-4, 4))
    yield pair_apart(fmt, random.uniform(-1, 1))
    yield near(random.uniform(-3, 3), fmt), near(random.uniform(-3, 3), fmt)


def direction_specials(y, x, _):
    """C99 F.9.1.4; correctly rounded where the result is a multiple of π/4."""
    if y != y or x != x:
        return no_number(6)
    if 0 in (x, y) or math.isinf(x) or math.isinf(y):
        quarters = round(math.atan2(y, x) / (math.pi / 4))
        value = math.copysign(1, y) * abs(quarters) * pi / 4 if quarters else math.copysign(0.0, y)
        return [value, *[None] * 5]
    return None


def length_specials(y, x, _):
    """C99 F.9.4.3; the derivatives are 0 at the origin, which is a kink."""
    if math.isinf(x) or math.isinf(y):
        return [INF, *[None] * 5]
    if y != y or x != x:
        return no_number(6)
    if x == 0 and y == 0:
        return [0.0, 0, 0, None, None, None]
    if x == 0 or y == 0:
        return [abs(x) + abs(y), math.copysign(1, y) if y else 0, math.copysign(1, x) if x else 0, *[None] * 3]
    return None


def xlogy_specials(x, y, _):
    if y != y or (x != x):
        return [NAN if x != 0 else None, *[None] * 5]
    if x == 0:
        return [None, log(mpf(y)) if 0 < y < INF else None, *[None] * 4]
    if y == 1:
        return [x * 0.0, 0, x, *[None] * 3]
    return [None] * 6 if math.isinf(x) or math.isinf(y) or y <= 0 else None


def xlogy_pairs(fmt):
    yield near(random.uniform(-4, 4), fmt), near(random.uniform(0, 4), fmt)
    yield spread(fmt, -20, 20), abs(spread(fmt, -20, 20))


FUNCTIONS |= {
    'pow': Plane(power, power_specials, power_pairs),
    'logaddexp': Plane(lambda x, y: max(x, y) + softplus(-abs(x - y)), logaddexp_specials, logaddexp_pairs),
    'atan2': Plane(m.atan2, direction_specials, any_pairs),
    'hypot': Plane(lambda x, y: sqrt(x * x + y * y), length_specials, any_pairs),
    'xlogy': Plane(lambda x, y: x * log(y), xlogy_specials, xlogy_pairs),
}

FUNCTIONS |= {
    'erfinv': Function(erfinv, (-1, 1), (0.84, 0.5, 1, -1), {1.0: (INF, INF, INF), -1.0: (-INF, INF, -INF)}, odd=True, domain=(-1, 1)),
    'erfcinv': Function(erfcinv, (0, 2), (0.16, 1, 2, 1e-10, 1e-30), {0.0: (INF, -INF, None), 2.0: (-INF, -INF, None)}, domain=(0, 2)),
    'ndtr': Function(ndtr, (-9, 9), (-38.4, -14.1, -1, 1), STEP),
    'ndtri': Function(lambda p: -sqrt(mpf(2)) * erfcinv(2 * p), (0, 1), (0.08, 0.5, 1, 1e-10, 1e-30), {0.0: (-INF, INF, None), 1.0: (INF, INF, None)}, domain=(0, 1)),
    'logNdtr': Function(log_ndtr, (-9, 9), (-39, -1, 0.5, 8), {-INF: (-INF, None, None), INF: (-0.0, 0, 0)}),
    'lgamma': Function(lgamma, (0, 20), (0.7, 0.9, 1, 1.4616321, 2, 2.3, 8, 0.5), {0.0: (None, None, None), INF: (INF, INF, None)}, claims=0),
    'digamma': Function(m.digamma, (0, 20), (1, 1.4616321, 2, 8, 0.5), {0.0: (None, None, None), INF: (INF, None, None)}, claims=0),
    'logit': Function(lambda x: log(x) - log(1 - x), (0, 1), (0.25, 0.5, 0.75, 1, 1e-10, 1e-30), {0.0: (-INF, None, None), 1.0: (INF, INF, None)}, domain=(0, 1)),
    'entropy': Function(lambda x: -x * log(x), (0, 20), (0.36787944117144233, 1, 0.5, 1e-10), {INF: (-INF, None, None)}, claims=math.ldexp(1, -1022)),
}

POLES, UNIT = (1j, -1j), (1 + 0j, -1 + 0j)


def complex_acosh(z):
    return log(z + sqrt(z - 1) * sqrt(z + 1))


COMPLEX_FUNCTIONS = {
    'exp': Complex(exp, (), 6),
    'expm1': Complex(lambda z: exp(z) - 1, (0j,), 6),
    'exp2': Complex(lambda z: exp(z * log(mpf(2))), (), 6),
    'log': Complex(log, (1 + 0j,), 100),
    'log2': Complex(lambda z: log(z) / log(mpf(2)), (1 + 0j,), 100),
    'log10': Complex(lambda z: log(z) / log(mpf(10)), (1 + 0j,), 100),
    'log1p': Complex(lambda z: log(1 + z), (0j, -1 + 0j), 100),
    'sqrt': Complex(sqrt, (), 100),
    'rsqrt': Complex(lambda z: 1 / sqrt(z), (), 30),
    'cbrt': Complex(lambda z: exp(log(z) / 3), (), 100),
    'reciprocal': Complex(lambda z: 1 / z, (), 30),
    'square': Complex(lambda z: z * z, (), 30),
    'sin': Complex(m.sin, (), 6),
    'cos': Complex(m.cos, (), 6),
    'tan': Complex(m.tan, (QUARTER_PI + 1j, HALF_PI + 0j), 7),
    'asin': Complex(lambda z: -1j * log(1j * z + sqrt(1 - z) * sqrt(1 + z)), UNIT, 30),
    'acos': Complex(lambda z: pi / 2 + 1j * log(1j * z + sqrt(1 - z) * sqrt(1 + z)), UNIT, 30),
    'atan': Complex(lambda z: 0.5j * (log(1 - 1j * z) - log(1 + 1j * z)), POLES, 30),
    'sinh': Complex(m.sinh, (), 6),
    'cosh': Complex(m.cosh, (), 6),
    'tanh': Complex(m.tanh, (1 + QUARTER_PI * 1j, HALF_PI * 1j), 7),
    'asinh': Complex(lambda z: log(z + sqrt(1 - 1j * z) * sqrt(1 + 1j * z)), POLES, 30),
    'acosh': Complex(complex_acosh, UNIT, 30),
    'atanh': Complex(lambda z: (log(1 + z) - log(1 - z)) / 2, UNIT, 30),
    'sinc': Complex(sinc, (1 + 0j, 2 + 0j), 5),
}
