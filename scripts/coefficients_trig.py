"""Prints every constant table of assembly/kernels/{argument,trig,sinc,arc,hyperbolic}.ts. Makes no test data.

Each table is the minimax polynomial p of a remainder, for instance sin x = x + x*z*p(z) with z = x^2, found by Remez's
exchange in 60 digits with the weight that makes the relative error of the function level.
Usage: python3 scripts/coefficients_trig.py        (needs mpmath)
"""

from coefficients import single
from mpmath import (asin, atan, atanh, cos, cosh, expm1, factorial, floor, log, lu_solve, matrix, mp, mpf, nint, pi, sin, sinh, sqrt,
                    tanh, taylor)

mp.dps = 60


def remez(f, weight, low, high, n):
    """Coefficients c[0..n-1] minimising max |weight * (sum c_i z^i - f)| over [low, high], and that maximum."""
    nodes = [(low + high) / 2 + (high - low) / 2 * cos(pi * (2 * i + 1) / (2 * n + 2)) for i in range(n + 1)][::-1]
    for _ in range(12):
        rows = matrix(n + 1, n + 1)
        right = matrix(n + 1, 1)
        for i, z in enumerate(nodes):
            for j in range(n):
                rows[i, j] = z**j
            rows[i, n] = (-1) ** i / weight(z)
            right[i] = f(z)
        c = list(lu_solve(rows, right))[:n]
        error = lambda z: weight(z) * (sum(c[i] * z**i for i in range(n)) - f(z))
        nodes, worst, least = extrema(error, low, high, n + 1)
        if worst < least * mpf("1.001"):
            break
    return c, worst


def extrema(error, low, high, count):
    """The extremum of `error` between each two sign changes on a Chebyshev grid; and the largest and the least of their sizes."""
    steps = 40 * count
    grid = [(low + high) / 2 - (high - low) / 2 * cos(pi * i / steps) for i in range(steps + 1)]
    values = [error(z) for z in grid]
    runs = [[0]]
    for i in range(1, steps + 1):
        if (values[i] > 0) == (values[i - 1] > 0):
            runs[-1].append(i)
        else:
            runs.append([i])
    peaks = [max(run, key=lambda i: abs(values[i])) for run in runs]
    while len(peaks) > count:
        peaks.remove(min((peaks[0], peaks[-1]), key=lambda i: abs(values[i])))
    assert len(peaks) == count, "the exchange lost its alternation: too few digits or too narrow an interval"
    sizes = [abs(values[i]) for i in peaks]
    return [grid[i] for i in peaks], max(sizes), min(sizes)


def remainder(f, terms):
    """z -> f(z) without its first Taylor terms, divided by z^terms; by Taylor near 0, where the difference cancels."""
    series = taylor(f, 0, 24 + terms)

    def g(z):
        if z < mpf("0.02"):
            return sum(series[i] * z ** (i - terms) for i in range(terms, len(series)))
        return (f(z) - sum(series[i] * z**i for i in range(terms))) / z**terms

    return g


def odd_part(f):
    """z -> f(x) / x with x = sqrt z, and 1 at 0."""
    return lambda z: f(sqrt(z)) / sqrt(z) if z else mpf(1)


def parts(value, bits, count):
    """`value` as a sum: `count` parts of at most `bits` significant bits each, then a double."""
    result = []
    for _ in range(count):
        unit = mpf(2) ** (floor(log(abs(value), 2)) + 1 - bits)
        result.append(nint(value / unit) * unit if bits < 53 else mpf(float(value)))
        value -= result[-1]
    return result + [value]


def show(name, values, note):
    print(f"// {note}\nconst {name} = memory.data<f64>([")
    for value in values:
        print(f"  {float(value)!r},")
    print("], 16);\n")


def fit_singles(name, f, high, n, note):
    """A table of floats for f(z) = 1 + z p(z): each coefficient is rounded before those above it are fitted."""
    rest, fixed = remainder(f, 1), []
    for k in range(n):
        above = lambda z: (rest(z) - sum(c * z**i for i, c in enumerate(fixed))) / z**k
        c, worst = remez(above, lambda z: z ** (1 + k) / f(z), mpf("1e-4"), mpf(high), n - k)
        fixed.append(mpf(single(c[0])))
    show(name, fixed, f"{note}  |error| <= 2^{float(log(worst, 2)):.1f}")


def fit(name, f, terms, weight, high, n, note):
    """One table: the part of f(z) after its first `terms` Taylor terms, over 0 <= z <= high."""
    c, worst = remez(f, weight, mpf(0), mpf(high), n)
    show(name, c, f"{note}  |error| <= 2^{float(log(worst, 2)):.1f}")


def main():
    quarter, half = (pi / 4 * mpf("1.0001")) ** 2, (pi / 2 * mpf("1.0001")) ** 2
    ln2 = log(2)

    def table(name, f, terms, high, n, note):
        """Relative error of f(z) = first terms + z^terms p(z)."""
        g = remainder(f, terms)
        fit(name, g, terms, lambda z: (z**terms if z else mpf(10) ** -30) / f(z), high, n, note)

    sine, cosine = odd_part(sin), lambda z: cos(sqrt(z))
    table("SIN", sine, 1, quarter, 6, "sin x = x + x z p(z), |x| <= pi/4.")
    table("COS", cosine, 2, quarter, 6, "cos x = 1 - z/2 + z^2 p(z), |x| <= pi/4.")
    table("SIN32", sine, 1, half, 5, "sin x = x + x z p(z), |x| <= pi/2, for f32.")
    fit_singles("SIN_SINGLE", sine, half, 4, "the same in f32 lanes; the first is -1/8 and the rest of it.")
    table("SIN_TAN32", sine, 1, quarter, 3, "sin, |x| <= pi/4, for f32 tan.")
    table("COS_TAN32", cosine, 2, quarter, 3, "cos, |x| <= pi/4, for f32 tan.")
    table("ATAN", odd_part(atan), 1, mpf("0.25"), 13, "atan t = t + t z p(z), |t| <= 1/2.")
    fit_singles("ATAN32", odd_part(atan), 1, 8, "the same for f32, |t| <= 1.")
    table("ASIN", odd_part(asin), 1, mpf("0.25"), 13, "asin s = s + s z p(z), |s| <= 1/2.")
    fit_singles("ASIN32", odd_part(asin), mpf("0.25"), 5, "the same for f32.")
    sine_pi = odd_part(lambda x: sin(pi * x) / pi)
    fit_singles("SINE32", sine_pi, mpf("0.25"), 4, "sin(pi r) / pi = r + r z p(z), |r| <= 1/2, for f32.")
    table("SINE64", sine_pi, 1, mpf("0.25"), 8, "the same for f64.")
    table("SINE_BRIEF", sine_pi, 1, mpf("0.25"), 5, "the same in f64 lanes for f32.")
    slope = lambda z: sum((-1) ** m * pi ** (2 * m) * z ** (m - 1) * 2 * m / factorial(2 * m + 1) for m in range(1, 40))
    fit("SLOPE64", slope, 0, lambda z: 1 / slope(z), mpf("0.25"), 9, "sinc' x = x p(z), |x| <= 1/2.")
    fit("SLOPE_BRIEF", slope, 0, lambda z: 1 / slope(z), mpf("0.25"), 5, "the same for f32.")
    cell = (ln2 * mpf("1.0001")) ** 2
    table("SINH", odd_part(sinh), 1, cell, 7, "sinh r = r + r z p(z), |r| <= ln 2.")
    table("COSH", lambda z: cosh(sqrt(z)), 1, cell, 7, "cosh r = 1 + z p(z), |r| <= ln 2.")
    table("SINH32", odd_part(sinh), 1, cell, 3, "the same for f32.")
    table("COSH32", lambda z: cosh(sqrt(z)), 1, cell, 4, "the same for f32.")
    third = mpf("0.11112")
    table("ATANH", odd_part(atanh), 1, third, 11, "atanh s = s + s z p(z), |s| <= 1/3.")
    step = (ln2 / 2 * mpf("1.001")) ** 2
    table("COTH32", lambda z: sqrt(z) / tanh(sqrt(z)) if z else mpf(1), 1, step, 3, "r coth r = 1 + z p(z), 0 <= r <= ln 2 / 2, for f32.")

    show("HALF_PI", parts(pi / 2, 33, 2), "pi/2 in two parts of 33 bits and a double")
    show("PI", parts(pi, 33, 1), "pi in one part of 33 bits and a double")
    show("LN2", parts(ln2, 42, 1), "ln 2 in one part of 42 bits and a double")
    show("HALF_LN2", [ln2 / 2], "ln 2 / 2")
    show("QUARTER_PI", parts(pi / 4, 48, 1), "pi/4 in one part of 48 bits and a double")
    show("PI64", [pi, pi / 2, pi / mpf(float(pi)) - 1], "pi, pi/2, and what a double of them lacks, relatively")
    show("PI32", [pi, pi / 2, pi / mpf(single(pi)) - 1], "the same for f32")
    show("PI_SINGLE", parts(pi, 16, 2), "pi in two parts of 16 bits and a float")
    show("RECIPROCALS", [2 / pi, 1 / pi, 1 / ln2, 2 / ln2], "2/pi, 1/pi, 1/ln 2, 2/ln 2")

    mp.prec = 1400
    bits = int(floor(2 / pi * mpf(2) ** 1280))
    print("// the first 1280 bits of 2/pi, most significant word first")
    for i in range(20):
        print(f"  0x{(bits >> (1216 - 64 * i)) & (2**64 - 1):016x},")


if __name__ == "__main__":
    main()
