"""Prints the coefficient tables of the elementary kernels: minimax approximations by Remez exchange, in multiprecision.

Not part of the build: the tables in assembly/kernels are its pasted output.
    python3 scripts/coefficients.py [name …]
"""
import struct
import sys
from mpmath import cbrt, cos, erf, erfc, exp, expm1, log, lu_solve, matrix, mp, mpf, pi, sqrt

mp.dps = 60


def remez(f, weight, low, high, degree, below=0):
    """
    Coefficients of the polynomials p, q, q(0) = 1, of the given degrees, that minimise max |weight·(p/q − f)| on
    [low, high], and that maximum.
    """
    unknowns = degree + below + 2
    count = 64 * unknowns
    middle, radius = (mpf(low) + high) / 2, (mpf(high) - low) / 2
    grid = [middle - radius * cos(pi * (i + 0.5) / count) for i in range(count)]
    values, weights = [f(t) for t in grid], [weight(t) for t in grid]
    nodes = [round((1 - cos(pi * i / (unknowns - 1))) / 2 * (count - 1)) for i in range(unknowns)]
    for _ in range(40):
        p, q, level = levelled(grid, values, weights, nodes, degree, below)
        errors = [w * (horner(p, t) / horner(q, t) - v) for t, v, w in zip(grid, values, weights)]
        worst, nodes = max(map(abs, errors)), exchange(errors, unknowns)
        if worst <= abs(level) * mpf('1.001'):
            break
    return p, q, worst


def levelled(grid, values, weights, nodes, degree, below):
    """p/q whose weighted error is ±level on the nodes; linear but for level·q, which is iterated."""
    q = [mpf(1)] + [mpf(0)] * below
    for _ in range(12 if below else 1):
        rows = [[grid[k] ** j for j in range(degree + 1)] + [-values[k] * grid[k] ** j for j in range(1, below + 1)]
                + [(-1) ** i * horner(q, grid[k]) / weights[k]] for i, k in enumerate(nodes)]
        *c, level = lu_solve(matrix(rows), matrix([values[k] for k in nodes]))
        p, q = c[:degree + 1], [mpf(1)] + c[degree + 1:]
    return p, q, level


def exchange(errors, unknowns):
    """Indices of the extrema of alternating sign, thinned to the required number by dropping the smallest end."""
    extrema = []
    for i, e in enumerate(errors):
        if extrema and (errors[extrema[-1]] > 0) == (e > 0):
            if abs(e) > abs(errors[extrema[-1]]):
                extrema[-1] = i
        else:
            extrema.append(i)
    while len(extrema) > unknowns:
        extrema.pop(0 if abs(errors[extrema[0]]) < abs(errors[extrema[-1]]) else -1)
    return extrema


def horner(c, t):
    total = mpf(0)
    for a in reversed(c):
        total = total * t + a
    return total


def single(x):
    """x rounded to binary32."""
    return struct.unpack('<f', struct.pack('<f', float(x)))[0]


def parts(x, bits, round_last):
    """x as a sum: a head of the given number of bits, and the rest rounded."""
    scale = mpf(2) ** (bits - 1 - int(mp.floor(log(abs(x), 2))))
    head = mp.nint(x * scale) / scale
    return [float(head), round_last(x - head)]


LN2 = log(mpf(2))

def log_series(z):
    """(log((1 + s)/(1 − s)) − 2s)/s³ in z = s²."""
    s = sqrt(z)
    return (log((1 + s) / (1 - s)) / s - 2) / z


def erfcx(a):
    return exp(a * a) * erfc(a)


def erf_series(z):
    """erf(x)/x in z = x²."""
    return erf(sqrt(z)) / sqrt(z)


def normal_tail(a):
    """e^(a²/2)·Φ(−a)."""
    return erfcx(a / sqrt(mpf(2))) / 2


def near_tail(tail, d, e, middle):
    """tail(a)·e^(d·a + e·a²) − 1 in s = a − middle. It compensates the error of ln 2 as a float in n·ln 2."""
    excess = single(LN2) / LN2 - 1
    return lambda s: tail(s + middle) * exp((d + e * (s + middle)) * (s + middle) * (1 - excess)) - 1


def far_tail(scaled, k):
    """2^−63·a·scaled(a) in v = 1/(a² + k)."""
    return lambda v: sqrt(1 / v - k) * scaled(sqrt(1 / v - k)) / mpf(2) ** 63


def flattened(f, k, c):
    """(a + c)·f(a) in q = a/(a + k) − ½."""
    return lambda q: (k * (1 + 2 * q) / (1 - 2 * q) + mpf(c)) * f(k * (1 + 2 * q) / (1 - 2 * q))


def folded(a, k):
    return (mpf(a) - k) / (mpf(a) + k)


ERFC_NEAR = near_tail(erfc, 1.15625, 0.75, 1)
ERFC_FAR = far_tail(erfcx, 1.75)
GELU_NEAR = near_tail(lambda a: erfc(a / sqrt(mpf(2))), 0.8125, 0.375, 1.5)
GELU_FAR = far_tail(normal_tail, 3.625)


# name: (rounding, function, weight, interval, degree, degree of the denominator)
APPROXIMATIONS = {
    # e^r = 1 + r + r²·p(r); the weight makes the error relative to e^r in f32, to e^r − 1 in f64.
    'EXP32': (single, lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), (-0.3467, 0.3467), 4),
    'EXP64': (float, lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / abs(expm1(r)), (-0.3467, 0.3467), 10),
    'DECAY32': (single, lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), (-0.3467, 0.3467), 3),
    # 2^r = 1 + r·ln2 + r²·p(r), and a polynomial for 2^r itself, for f64 lanes that will be rounded to f32.
    'EXP2_32': (single, lambda r: (2**r - 1 - r * LN2) / r**2, lambda r: r**2 / 2**r, (-0.5, 0.5), 4),
    'EXP2_64': (float, lambda r: (2**r - 1 - r * LN2) / r**2, lambda r: r**2 / 2**r, (-0.5, 0.5), 9),
    'BRIEF': (float, lambda r: 2**r, lambda r: 1 / 2**r, (-0.5, 0.5), 6),
    # log((1 + s)/(1 − s)) = 2s + s·z·p(z), z = s², s ≤ (√2 − 1)/(√2 + 1); the brief one to be rounded to f32.
    'LOG32': (single, log_series, lambda z: z / 2, (0, 0.02945), 2),
    'LOG64': (float, log_series, lambda z: z / 2, (0, 0.02945), 6),
    'BRIEF_LOG': (float, lambda z: log_series(z) / LN2, lambda z: z / 2 * LN2, (0, 0.02945), 3),
    # The same where 0 ≤ log(1 + f) ≤ ln2 without reduction: s ≤ 1/3.
    'UNIT32': (single, log_series, lambda z: z / 2, (0, 0.11112), 3),
    'UNIT64': (float, log_series, lambda z: z / 2, (0, 0.11112), 9),
    # The same after the terms 2s + 2/3·s·z.
    'LOG_POW': (float, lambda z: (log_series(z) - mpf(2) / 3) / z, lambda z: z**2 / 2, (0, 0.02945), 6),
    # ρ^(−2/3) where ρ is 1 within the error of a cube root guessed from the exponent.
    'CBRT': (float, lambda r: 1 / cbrt(r) ** 2, lambda r: cbrt(r) ** 2, (0.9, 1.11), 6),
    # The same in f32: erfc a and 2Φ(−a) as e^(−d·a − e·a²)·(1 + p(a − c/2)) for a ≤ c, as e^(−a²)·p(1/(a² + k))/a and so on beyond.
    'ERFC_NEAR': (single, ERFC_NEAR, lambda s: 1 / (1 + ERFC_NEAR(s)), (-1, 1), 8),
    'ERFC_FAR': (single, ERFC_FAR, lambda v: 1 / ERFC_FAR(v), (1 / mpf(106), 1 / mpf(5.75)), 5),
    'GELU_NEAR': (single, GELU_NEAR, lambda s: 1 / (1 + GELU_NEAR(s)), (-1.5, 1.5), 8),
    'GELU_FAR': (single, GELU_FAR, lambda v: 1 / GELU_FAR(v), (1 / mpf(208), 1 / mpf(12.625)), 5),
    # e^(a²)·erfc a and e^(a²/2)·Φ(−a) for f64, as p(a/(a + k) − ½)/(a + c).
    'ERFC64': (float, flattened(erfcx, 3.5, 0.5), lambda q: 1 / flattened(erfcx, 3.5, 0.5)(q), (-0.5, folded(27.3, 3.5) / 2), 22),
    'GELU64': (float, flattened(normal_tail, 5.5, 0.75), lambda q: 1 / flattened(normal_tail, 5.5, 0.75)(q),
               (-0.5, folded(39, 5.5) / 2), 22),
    # erf x = x·p(x²)/q(x²), x ≤ 3.93, and x + x·p(x²), x ≤ 1.
    'ERF32': (float, erf_series, lambda z: 1 / erf_series(z), (0, 15.5), 6, 5),
    'ERF64': (float, lambda z: erf_series(z) - 1, lambda z: 1 / erf_series(z), (0, 1), 12),
}

CONSTANTS = {
    'LN2_32': parts(LN2, 10, single),
    'LN2_64': parts(LN2, 33, float),
    'LOG2E': [single(1 / LN2), float(1 / LN2)],
    'BASE2_32': [single(1 / LN2), single(1 / LN2 - 1)],
    'BASE2_64': [1, 0] + parts(1 / LN2, 32, float),
    'BASE10_32': [single(1 / log(mpf(10))), single(1 / log(mpf(10)) - 0.5), 0.5] + parts(log(mpf(2), 10), 12, single),
    'BASE10_64': parts(log(mpf(2), 10), 33, float) + parts(1 / log(mpf(10)), 32, float),
    'TWO_THIRDS': parts(mpf(2) / 3, 53, float),
    'TANH': [part for pair in zip(parts(2 * sqrt(2 / pi), 53, float), parts(2 * sqrt(2 / pi) * mpf('0.044715'), 53, float))
             for part in pair],
}


def main(names):
    for name, value in CONSTANTS.items():
        if not names or name in names:
            print(f'{name}  [' + ', '.join(shortest(x, single if '32' in name else float) for x in value) + ']')
    for name, (rounding, f, weight, (low, high), *rest) in APPROXIMATIONS.items():
        if not names or name in names:
            p, q, worst = remez(f, weight, low, high, *rest)
            print(f'{name}  max error 2^{float(log(worst, 2)):.1f}')
            for c in (p, q)[:1 if len(q) == 1 else 2]:
                print('  [' + ', '.join(shortest(rounding(a), rounding) for a in c) + ']')


def shortest(x, rounding):
    return f'{x:.9g}' if rounding is single else repr(float(x))


if __name__ == '__main__':
    main(sys.argv[1:])
