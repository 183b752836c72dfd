"""Prints the coefficient tables of the elementary kernels: minimax polynomials by Remez exchange, in multiprecision.

Not part of the build: the tables in assembly/kernels are its pasted output.
    python3 scripts/coefficients.py [name …]
"""
import struct
import sys
from mpmath import cos, exp, expm1, log, log1p, lu_solve, matrix, mp, mpf, pi, sqrt

mp.dps = 60


def remez(f, weight, low, high, degree):
    """Coefficients c of the polynomial p that minimises max |weight·(p − f)| on [low, high], and that maximum."""
    low, high, unknowns = mpf(low), mpf(high), degree + 2
    count = 64 * unknowns
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * (i + 0.5) / count) for i in range(count)]
    values, weights = [f(t) for t in grid], [weight(t) for t in grid]
    nodes = [round((1 - cos(pi * i / (unknowns - 1))) / 2 * (count - 1)) for i in range(unknowns)]
    for _ in range(40):
        rows = [[grid[k] ** j for j in range(degree + 1)] + [(-1) ** i / weights[k]] for i, k in enumerate(nodes)]
        *c, level = lu_solve(matrix(rows), matrix([values[k] for k in nodes]))
        errors = [w * (horner(c, t) - v) for t, v, w in zip(grid, values, weights)]
        nodes = exchange(errors, unknowns)
        worst = max(map(abs, errors))
        if worst <= abs(level) * mpf('1.001'):
            break
    return c, worst


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
one = lambda t: mpf(1)

# name: (rounding, function, weight, interval, degree)
POLYNOMIALS = {
    # e^r = 1 + r + r²·p(r); the weight makes the error relative to e^r.
    'EXP32': (single, lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), (-0.3467, 0.3467), 4),
    'EXP64': (float, lambda r: (exp(r) - 1 - r) / r**2, lambda r: r**2 / exp(r), (-0.3467, 0.3467), 9),
    # log((1 + s)/(1 − s)) = 2s + s·z·p(z), z = s².
    # 2^r = 1 + r·ln2 + r²·p(r).
    'EXP2_32': (single, lambda r: (2**r - 1 - r * LN2) / r**2, lambda r: r**2 / 2**r, (-0.5, 0.5), 4),
    'EXP2_64': (float, lambda r: (2**r - 1 - r * LN2) / r**2, lambda r: r**2 / 2**r, (-0.5, 0.5), 9),
    # log((1 + s)/(1 − s)) = 2s + s·z·p(z), z = s².
    'LOG32': (single, lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z, lambda z: z / 2, (0, 0.02945), 2),
    'LOG64': (float, lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z, lambda z: z / 2, (0, 0.02945), 6),
    # The same where 0 ≤ log(1 + f) ≤ ln2 without reduction: s ≤ 1/3.
    'UNIT32': (single, lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z, lambda z: z / 2, (0, 0.11112), 3),
    'UNIT64': (float, lambda z: (log((1 + sqrt(z)) / (1 - sqrt(z))) / sqrt(z) - 2) / z, lambda z: z / 2, (0, 0.11112), 9),
}

CONSTANTS = {
    'ln2 f32': parts(LN2, 10, single),
    'ln2 f64': parts(LN2, 33, float),
    '1/ln2': [single(1 / LN2), float(1 / LN2)],
}


def main(names):
    for name, value in CONSTANTS.items():
        if not names or name in names:
            print(name, value)
    for name, (rounding, f, weight, (low, high), degree) in POLYNOMIALS.items():
        if not names or name in names:
            c, worst = remez(f, weight, low, high, degree)
            print(f'{name}  max error 2^{float(log(worst, 2)):.1f}')
            print('  [' + ', '.join(f'{rounding(a):.9g}' if rounding is single else repr(float(a)) for a in c) + ']')


main(sys.argv[1:])
