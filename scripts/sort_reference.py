"""What NumPy, SciPy and PyTorch make of ties, NaN and ends, for test/data/sort.json: `/usr/bin/python3 scripts/sort_reference.py`. Needs them and nothing else."""

import json
import math
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline
import torch

METHODS = ["inverted_cdf", "averaged_inverted_cdf", "interpolated_inverted_cdf", "hazen", "weibull", "linear", "median_unbiased", "normal_unbiased",
           "lower", "higher", "midpoint", "nearest"]


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def plain(v):
    """Lists, with NaN and ∞ as texts."""
    if isinstance(v, dict):
        return {k: plain(w) for k, w in v.items()}
    if isinstance(v, (list, tuple)):
        return [plain(w) for w in v]
    if isinstance(v, np.ndarray):
        return plain(v.tolist())
    if isinstance(v, complex):
        return {"re": plain(v.real), "im": plain(v.imag)}
    if isinstance(v, (float, np.floating)):
        return float(v) if math.isfinite(v) else str(float(v))
    return v.item() if isinstance(v, np.generic) else v


def quantiles():
    line = [3.0, -1.0, 4.0, 1.5, -5.0, 9.0, 2.0, 6.0, 5.0, 3.0, 5.0]
    shares = [0, 0.1, 0.25, 0.3, 0.5, 0.625, 0.75, 0.9, 1]
    found = []
    for n in [1, 2, 3, 4, 8, 10, 11]:
        for method in METHODS:
            found.append({"x": line[:n], "q": shares, "method": camel(method), "y": np.quantile(line[:n], shares, method=method)})
    holes = np.array([[1.0, np.nan, 3.0, 2.0], [np.nan] * 4, [4.0, 1.0, np.nan, np.nan]])
    nans = [{"x": holes, "q": 0.3, "method": camel(m), "y": np.nanquantile(holes, 0.3, axis=1, method=m)} for m in METHODS]
    return {"quantile": found, "nanQuantile": nans, "nanMedian": {"x": holes, "y": np.nanmedian(holes, axis=1)}}


def gradients():
    """Of PyTorch, at ties."""
    found = {}
    for name, f, x in [
        ("median", lambda t: t.quantile(0.5), [1.0, 2.0, 2.0, 5.0]),
        ("quantile", lambda t: t.quantile(0.3), [1.0, 2.0, 2.0, 5.0, 3.0]),
        ("sort", lambda t: (t.sort(stable=True).values * torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)).sum(), [2.0, 1.0, 2.0, 0.0]),
        ("corrcoef", lambda t: torch.corrcoef(t.reshape(2, 3))[0, 1], [1.0, 2.0, 4.0, 3.0, 1.0, 5.0]),
        ("cov", lambda t: torch.cov(t.reshape(2, 3))[0, 1], [1.0, 2.0, 4.0, 3.0, 1.0, 5.0]),
    ]:
        t = torch.tensor(x, dtype=torch.float64, requires_grad=True)
        y = f(t)
        y.backward()
        found[name] = {"x": x, "y": y.item(), "gradient": t.grad.tolist()}
    return found


def order():
    nan, inf = np.nan, np.inf
    z = np.array([complex(1, 2), complex(nan, 0), complex(1, -1), complex(0, nan), complex(-3, 5), complex(nan, nan), complex(-1, nan), complex(1, 2), complex(nan, -4)])
    x = np.array([3.0, nan, -inf, 0.0, 3.0, inf, -2.5, nan])
    line, v = np.array([1.0, 2.0, 2.0, 3.0, nan]), np.array([0.0, 1.0, 2.0, 2.5, 3.0, inf, nan])
    values, index, inverse, counts = np.unique(x, return_index=True, return_inverse=True, return_counts=True)
    rows = np.array([[1, 2], [0, 5], [1, 2], [1, 0]])
    r_values, r_index, r_inverse, r_counts = np.unique(rows, return_index=True, return_inverse=True, return_counts=True, axis=0)
    return {
        "argsort": [{"x": t, "y": np.argsort(t, kind="stable")} for t in (x, z)],
        "searchsorted": [{"line": line, "v": v, "side": side, "y": np.searchsorted(line, v, side)} for side in ("left", "right")],
        "unique": {"x": x, "values": values, "indices": index, "inverse": inverse, "counts": counts},
        "uniqueRows": {"x": rows, "values": r_values, "indices": r_index, "inverse": r_inverse, "counts": r_counts},
    }


def bins():
    x = np.array([0.0, 0.1, 0.25, 0.5, 0.5, 0.75, 1.0, 1.0, -0.5, 2.0])
    w = np.arange(1.0, 11.0)
    cases = [{}, {"bins": 4}, {"bins": 4, "range": [0, 1]}, {"bins": [0, 0.5, 1]}, {"bins": 3, "density": True}, {"bins": 4, "range": [0, 1], "weights": w.tolist()},
             {"bins": [0, 0.5, 0.5, 2], "weights": w.tolist()}, {"bins": 2, "range": [1, 1]}]
    found = [{"x": x, "options": o, "counts": h, "edges": e} for o in cases for h, e in [np.histogram(x, **o)]]
    i = np.array([1, 3, 1, 0, 7])
    return {"histogram": found, "bincount": [{"x": i, "weights": None, "minLength": 0, "y": np.bincount(i)},
                                             {"x": i, "weights": [0.5, 1, 2, 4, 8], "minLength": 10, "y": np.bincount(i, [0.5, 1, 2, 4, 8], 10)}]}


def spread():
    m = np.array([[1.0, 2.0, 4.0, 3.0], [2.0, -1.0, 0.5, 7.0], [0.0, 1.0, 1.0, 3.0]])
    z = m[:2] + 1j * m[1:]
    f, a = [1, 2, 0, 3], [0.5, 1.0, 2.0, 0.25]
    cases = [{}, {"correction": 0}, {"rowvar": False}, {"fweights": f}, {"aweights": a}, {"fweights": f, "aweights": a, "correction": 2}]
    names = {"correction": "ddof"}
    return {
        "cov": [{"x": m, "options": o, "y": np.cov(m, **{names.get(k, k): v for k, v in o.items()})} for o in cases]
        + [{"x": z, "options": {}, "y": np.cov(z)}, {"x": m[0], "options": {}, "y": np.cov(m[0])}],
        "corrcoef": [{"x": m, "y": np.corrcoef(m)}, {"x": z, "y": np.corrcoef(z)}],
    }


def curves():
    xp, fp = np.array([0.0, 0.5, 2.0, 3.0, 4.5, 5.0]), np.array([1.0, -2.0, 0.5, 3.0, 1.5, 1.0])
    x = np.array([-1.0, 0.0, 0.2, 0.5, 1.9, 2.0, 3.3, 4.9, 5.0, 6.25])
    interp = [{"x": x, "xp": xp, "fp": fp, "options": o, "y": np.interp(x, xp, fp, **o)} for o in ({}, {"left": -7, "right": 9}, {"period": 4})]
    interp.append({"x": x, "xp": xp, "fp": fp + 1j * fp**2, "options": {}, "y": np.interp(x, xp, fp + 1j * fp**2)})
    types = {"notAKnot": "not-a-knot", "natural": "natural", "clamped": "clamped", "periodic": "periodic"}
    splines = []
    for n in [2, 3, 4, 5, 6]:
        for name, bc in types.items():
            f = fp[:n].copy()
            if name == "periodic":
                f[-1] = f[0]
            for nu in [0, 1, 2, 3, 4]:
                if nu and n not in (2, 6):
                    continue
                splines.append({"x": x, "xp": xp[:n], "fp": f, "bcType": name, "nu": nu, "y": CubicSpline(xp[:n], f, bc_type=bc)(x, nu)})
    p = [2.0, -1.0, 0.5, 3.0]
    return {"interp": interp, "cubicSpline": splines, "polyval": [{"p": p[:n], "x": x, "y": np.polyval(p[:n], x)} for n in [0, 1, 4]]}


def main():
    found = {**quantiles(), "gradients": gradients(), **order(), **bins(), **spread(), **curves()}
    path = Path(__file__).parent.parent / "test/data/sort.json"
    path.write_text(json.dumps(plain(found), separators=(",", ":")).replace('},{"', '},\n{"').replace('],"', '],\n"') + "\n")


main()
