"""Prints the coefficient tables of assembly/kernels/special.ts, by the exchange of coefficients.py.

Not part of the build: the tables are its pasted output.
    python3 scripts/coefficients_special.py
"""
from mpmath import bernoulli, digamma, erfc, exp, findroot, log, loggamma, mp, mpf, pi, polygamma, sin, sqrt

from coefficients import remez

mp.dps = 50


def near(f, x, points):
    """f at x; beside x if x is one of the points at which the quotient is 0/0."""
    away = mpf(10) ** -22
    return f(next((p + away for p in points if abs(x - p) < away), x))


ROOT = findroot(digamma, mpf('1.4616321449683623'))
MIDDLE = mpf('1.5')


def lgamma(s):
    """lgamma(t)/((t − 1)(t − 2)), t = s + 1½."""
    return near(lambda t: loggamma(t) / ((t - 1) * (t - 2)), s + MIDDLE, (1, 2))


def psi(s):
    """digamma(t)/(t − ROOT), t = s + 1½."""
    return near(lambda t: digamma(t) / (t - ROOT), s + MIDDLE, (ROOT,))


def sinpi(z):
    """sin(πr)/r in z = r²."""
    r = sqrt(z)
    return sin(pi * r) / r if z else pi


def excess(q):
    """(a + 1¼)² times e^(a²/2)·∫ Φ(−t) dt over t ≥ a, in q = a/(a + 4½) − ½."""
    a = mpf('4.5') * (1 + 2 * q) / (1 - 2 * q)
    scaled = exp(a * a / 2)
    return (a + mpf('1.25')) ** 2 * (1 / sqrt(2 * pi) - a * scaled * erfc(a / sqrt(mpf(2))) / 2)


def show(name, f, low, high, degree, below=0):
    p, q, worst = remez(f, lambda s: 1 / f(s), low, high, degree, below)
    print(f'{name}: relative error 2^{float(log(worst, 2)):.1f}')
    print('  ', [float(c) for c in p])
    if below:
        print('  ', [float(c) for c in q])


def parts(x, count):
    """x as a sum of `count` numbers; all but the last have 26 bits."""
    found = []
    for _ in range(count - 1):
        scale = mpf(2) ** (25 - int(mp.floor(log(abs(x), 2))))
        found.append(mp.nint(x * scale) / scale)
        x -= found[-1]
    return [float(v) for v in found + [x]]


if __name__ == '__main__':
    show('LGAMMA', lgamma, mpf('-0.8'), mpf('0.8'), 8, 7)
    show('PSI', psi, mpf('-0.5'), mpf('0.5'), 6, 5)
    show('SINPI', sinpi, mpf(0), mpf('0.25'), 8)
    show('EXCESS', excess, mpf('-0.5'), mpf('34.5') / 87, 22)
    print('ROOT', parts(ROOT, 3))
    print('STIRLING', [float(bernoulli(2 * k) / (2 * k * (2 * k - 1))) for k in range(1, 12)])
    print('ASYMPTOTE', [float(bernoulli(2 * k) / (2 * k)) for k in range(1, 12)])
    print('EULER', [float(bernoulli(2 * k) / mp.factorial(2 * k)) for k in range(1, 12)])
    print('LOG PI', float(log(pi)), 'SHIFT', float(log(2 * pi) / 2 - mpf(1) / 2))
