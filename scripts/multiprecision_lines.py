"""Writes test/data/lines.json: lines of numbers and the values of functions of a whole line, by mpmath.

For each dtype a list of lines: x, weights w, and for each function f(x) its value, its gradient and its Hessian by w, each number as
the nearest float64 and the rest. Derivatives are central differences in two thousand bits, so that no formula is believed.
    python3 scripts/multiprecision_lines.py
"""
import json
import random
import struct
from pathlib import Path
from mpmath import cosh, exp, fsum, log, mp, mpf, sqrt

mp.prec = 2200
STEP = mpf(2) ** -400
EPSILON = mpf(2) ** -10


def softmax(x):
    m = max(x)
    e = [exp(v - m) for v in x]
    return [v / fsum(e) for v in e]


def logsumexp(x):
    m = max(x)
    return m + log(fsum(exp(v - m) for v in x))


def dot(a, b):
    return fsum(p * q for p, q in zip(a, b))


def mean(x):
    return fsum(x) / len(x)


def variance(x):
    m = mean(x)
    return mean([(v - m) ** 2 for v in x])


def cosine(a, b):
    return 1 - dot(a, b) / sqrt(dot(a, a) * dot(b, b))


def divergence(p, q):
    return fsum(u * log(u / v) for u, v in zip(p, q))


# Lines for the softmax family, whose results depend on the distances between elements.
LOGITS = {
    'logsumexp': lambda x, w: logsumexp(x),
    'softmax': lambda x, w: dot(softmax(x), w),
    'logSoftmax': lambda x, w: dot([v - logsumexp(x) for v in x], w),
    'sparseSoftmaxCrossEntropy': lambda x, w: logsumexp(x) - x[0],
    'softmaxCrossEntropy': lambda x, w: dot(w, [logsumexp(x) - v for v in x]),
}

# Lines for functions that divide by a size, and for losses.
NUMBERS = {
    'norm': lambda x, w: sqrt(dot(x, x)),
    'variance': lambda x, w: variance(x),
    'std': lambda x, w: sqrt(variance(x)),
    'layerNorm': lambda x, w: dot([(v - mean(x)) / sqrt(variance(x) + EPSILON) for v in x], w),
    'rmsNorm': lambda x, w: dot([v / sqrt(mean([u * u for u in x]) + EPSILON) for v in x], w),
    'cosineDistance': lambda x, w: cosine(x, w),
    'logCosh': lambda x, w: fsum(log(cosh(v)) for v in x),
}

POSITIVE = {'klDiv': lambda x, w: divergence(w, x)}

KINDS = {'logits': LOGITS, 'numbers': NUMBERS, 'positive': POSITIVE}


def pair(y):
    head = float(y)
    return [head, float(y - mpf(head))]


def moved(x, *steps):
    return [v + fsum(s[i] for s in steps) for i, v in enumerate(x)]


def results(f, x, w):
    size = max(abs(v) for v in x) or mpf(1)
    h = STEP * size
    axes = [[h if j == i else mpf(0) for j in range(len(x))] for i in range(len(x))]
    along = [h * v for v in w]
    back = lambda step: [-v for v in step]
    g = lambda *steps: f(moved(x, *steps), w)
    gradient = [(g(e) - g(back(e))) / (2 * h) for e in axes]
    curvature = [(g(e, along) - g(back(e), along) - g(e, back(along)) + g(back(e), back(along))) / (4 * h * h) for e in axes]
    return {'value': pair(g([mpf(0)] * len(x))), 'gradient': [pair(v) for v in gradient], 'curvature': [pair(v) for v in curvature]}


def rounded(v, dtype):
    return struct.unpack('<f', struct.pack('<f', v))[0] if dtype == 'float32' else v


def lines(kind):
    rng = random.Random(kind)
    if kind == 'logits':
        yield from ([20, 0], [0, 20], [40, 0, 1], [5, 5], [1000, 1001], [1e4, 9999.5, 9990], [-3, -80, 2.5], [0.25] * 5, [60, 0, 0, -5])
        for n in (2, 3, 7):
            for scale in (0.1, 1, 10, 30):
                yield [rng.gauss(0, scale) for _ in range(n)]
    elif kind == 'numbers':
        for n in (2, 3, 6):
            for scale in (1e-3, 0.3, 1, 4):
                yield [rng.gauss(0, scale) for _ in range(n)]
        yield from ([1e-10, -1e-5, 1e-3], [30, -20, 1])
    else:
        for n in (2, 3, 6):
            x = [rng.uniform(0.1, 1) for _ in range(n)]
            yield [v / sum(x) for v in x]


def weights(kind, x, rng):
    if kind == 'positive':
        spread = rng.choice((1e-5, 1e-2, 1))
        return [abs(v * (1 + spread * rng.gauss(0, 1))) for v in x]
    return [rng.gauss(0, 1) for _ in x]


def main():
    out = {}
    for dtype in ('float32', 'float64'):
        out[dtype] = []
        for kind, functions in KINDS.items():
            rng = random.Random(1)
            for line in lines(kind):
                x = [rounded(v, dtype) for v in line]
                w = [rounded(v, dtype) for v in weights(kind, x, rng)]
                exact = [mpf(v) for v in x], [mpf(v) for v in w]
                out[dtype].append({'x': x, 'w': w, 'functions': {name: results(f, *exact) for name, f in functions.items()}})
    path = Path(__file__).resolve().parent.parent / 'test/data/lines.json'
    path.write_text(json.dumps(out, separators=(',', ':')) + '\n')


main()
