"""Writes PyTorch's own test samples (OpInfo) of the functions named on the command line, one JSON object a line.

A line has the sample's tensors, arguments, result, cotangent and gradients. What PyTorch computes with it in double precision is the reference
for float32 and complex64, and in its own precision for the others. EXACTLY holds formulas for what PyTorch 1.13 loses there. Needs Debian's
python3-torch.
"""
import base64
import json
import sys
import types
import unittest
import warnings

# torch.testing imports expecttest for what is not used here.
sys.modules['expecttest'] = types.ModuleType('expecttest')
sys.modules['expecttest'].TestCase = unittest.TestCase
sys.modules['expecttest'].ACCEPT = False

import torch  # noqa: E402

warnings.filterwarnings('ignore')
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402

WIDE = {torch.float32: torch.float64, torch.complex64: torch.complex128}
NARROW = {wide: single for single, wide in WIDE.items()}
DTYPES = [torch.float32, torch.float64, torch.complex64, torch.complex128]


def vector_norm(x, ord=2, dim=None, keepdim=False, dtype=None):
    if dtype is not None or isinstance(ord, int) or ord in (0, 1, 2) or ord - ord != 0:
        return torch.linalg.vector_norm(x, ord, dim=dim, keepdim=keepdim, dtype=dtype)
    powers = x.abs() ** ord
    dim = list(range(x.ndim)) if dim is None else dim
    return powers.sum(dim, keepdim) ** (1 / ord)


def logsumexp(x, dim, keepdim=False):
    m = x.detach().amax(dim, True)
    y = m + (x - m).exp().sum(dim, True).log()
    return y if keepdim else y.sum(dim)


def sinc(x):
    if x.is_complex():
        return torch.sinc(x)
    n = x.detach().round()
    return torch.where(x == 0, torch.sinc(x), torch.sin(torch.pi * (x - n)) * (1 - 2 * torch.remainder(n, 2)) / (torch.pi * x))


def product(x, y):
    return (x * y).sum() if x.ndim == 1 and y.ndim == 1 else torch.matmul(x, y)


EXACTLY = {
    # Debian's BLAS gives 0 for products of complex vectors.
    'dot': product,
    'inner': lambda x, y: product(x, y) if x.ndim == 1 and y.ndim == 1 else torch.inner(x, y),
    'matmul': product,
    '__rmatmul__': lambda x, y: product(y, x),
    'vdot': lambda x, y: product(x.conj(), y),
    # An order that is no whole number is rounded to float32.
    'linalg.vector_norm': vector_norm,
    # 1/6 is rounded to float32.
    'nn.functional.hardsigmoid': lambda x: (x + 3).clamp(0, 6) / 6,
    # e^(x − y) with the rounded y.
    'logsumexp': logsumexp,
    # sin of a rounded multiple of π.
    'sinc': sinc,
}


def name_of(dtype):
    return str(dtype)[len('torch.'):]


def encoded(x):
    if isinstance(x, torch.Tensor):
        x = x.detach().resolve_conj().resolve_neg().contiguous()
        data = torch.view_as_real(x) if x.is_complex() else x
        return {'shape': list(x.shape), 'dtype': name_of(x.dtype), 'data': base64.b64encode(data.numpy().tobytes()).decode()}
    if isinstance(x, (list, tuple)):
        return [encoded(v) for v in x]
    if isinstance(x, dict):
        return {k: encoded(v) for k, v in x.items()}
    if isinstance(x, complex):
        return {'re': x.real, 'im': x.imag}
    if isinstance(x, float) and x - x != 0:
        return {'number': str(x)}
    if x is None or isinstance(x, (bool, int, float, str)):
        return x
    raise TypeError


def widened(x, leaves):
    """x in double precision; tensors that may have a gradient are collected."""
    if isinstance(x, torch.Tensor):
        y = x.detach().clone().to(WIDE.get(x.dtype, x.dtype))
        if y.is_floating_point() or y.is_complex():
            y.requires_grad_()
            leaves.append(y)
        return y
    if isinstance(x, (list, tuple)):
        return type(x)(widened(v, leaves) for v in x)
    if isinstance(x, dict):
        return {k: widened(v, leaves) for k, v in x.items()}
    return x


def lines(op, dtype):
    generator = torch.Generator().manual_seed(1)
    for sample in op.sample_inputs('cpu', dtype, requires_grad=False):
        try:
            leaves = []
            given = [sample.input, *sample.args]
            wide, kwargs = widened(given, leaves), widened(sample.kwargs, leaves)
            y = EXACTLY.get(op.name, op)(*wide, **kwargs)
            if not isinstance(y, torch.Tensor):
                continue
            line = {'op': op.name, 'variant': op.variant_test_name, 'dtype': name_of(dtype), 'given': encoded(given), 'kwargs': encoded(sample.kwargs), 'value': encoded(y)}
            if y.requires_grad:
                single = dtype in WIDE and y.dtype in WIDE.values()
                dy = torch.randn(y.shape, generator=generator, dtype=torch.float64)
                dy = dy.to(torch.float32).to(NARROW[y.dtype]) if single else dy.to(y.dtype)
                line['dy'] = encoded(dy)
                line['gradients'] = encoded(torch.autograd.grad(y, leaves, dy.to(y.dtype), allow_unused=True))
            yield line
        except (TypeError, RuntimeError, NotImplementedError):
            continue


def main():
    torch.manual_seed(1)
    names = set(sys.argv[1:])
    for op in op_db:
        if op.name not in names:
            continue
        for dtype in DTYPES:
            if dtype in op.dtypes:
                for line in lines(op, dtype):
                    print(json.dumps(line))


main()
