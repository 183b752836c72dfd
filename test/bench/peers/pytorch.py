"""PyTorch's part of the benchmark, in a process of its own: it does what its lines of input say, and keeps the time itself."""
import base64
import json
import sys
import time
from functools import partial

import numpy
import torch
import torch.nn.functional as nn

from gradbench import PROBLEMS

torch.set_num_threads(1)

NAMES = {
    'reciprocal': torch.reciprocal, 'cbrt': None, 'remainder': torch.remainder, 'floorDiv': torch.floor_divide,
    'logSigmoid': nn.logsigmoid, 'softplus': nn.softplus, 'softsign': nn.softsign, 'silu': nn.silu, 'mish': nn.mish, 'gelu': nn.gelu,
    'relu6': nn.relu6, 'leakyRelu': lambda x: nn.leaky_relu(x, 0.2), 'elu': nn.elu, 'celu': nn.celu, 'selu': nn.selu,
    'hardSigmoid': nn.hardsigmoid, 'hardSwish': nn.hardswish,
}


def prepare(f, kind, dtype, data):
    """A call of a function of tensors that hold the data; None where PyTorch has no such function."""
    function = NAMES[f] if f in NAMES else getattr(torch, f, None) or getattr(nn, f, None)
    if function is None:
        return None
    xs = [torch.from_numpy(numpy.frombuffer(base64.b64decode(d), dtype).copy()) for d in data]
    if kind == 'value':
        return lambda: [function(*xs)]
    ones = torch.ones_like(xs[0])
    for x in xs:
        x.requires_grad_()
    return lambda: torch.autograd.grad(function(*xs), xs, ones)


def numbers(result):
    """All numbers of a result, dictionaries in the order of their keys."""
    if isinstance(result, dict):
        return [x for key in sorted(result) for x in numbers(result[key])]
    return [x for item in result for x in numbers(item)] if isinstance(result, list) else [result]


def main():
    call = None
    for line in sys.stdin:
        message = json.loads(line)
        if message['do'] == 'prepare':
            call = prepare(message['f'], message['kind'], message['dtype'], message['data'])
            answer = call is not None
        elif message['do'] == 'problem':
            call = partial(PROBLEMS[message['name']], message['input'])
            answer = True
        elif message['do'] == 'solve':
            answer = numbers(call())
        elif message['do'] == 'read':
            answer = [base64.b64encode(x.detach().numpy().tobytes()).decode() for x in call()]
        elif message['do'] == 'time':
            start = time.perf_counter()
            for _ in range(message['calls']):
                call()
            answer = (time.perf_counter() - start) / message['calls']
        else:
            answer = torch.__version__
        print(json.dumps(answer), flush=True)


main()
