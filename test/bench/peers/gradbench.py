"""The twelve problems of GradBench in PyTorch, written as its users would: functions of a case's input, which give plain numbers and lists."""
import math

import torch

F64 = torch.float64


def tensor(values):
    return torch.tensor(values, dtype=F64)


def leaf(values):
    return tensor(values).requires_grad_()


def gradient(f, x):
    (g,) = torch.autograd.grad(f(x), x)
    return g


# hello

def hello_double(case):
    return gradient(lambda x: x * x, leaf(case['x'])).item()


# lse

def log_sum_exp(x):
    largest = x.max()
    return (x - largest).exp().sum().log() + largest


def lse_gradient(case):
    return gradient(log_sum_exp, leaf(case['x'])).tolist()


# llsq

def llsq_gradient(case):
    m = len(case['x'])
    t = torch.linspace(-1, 1, case['n'], dtype=F64)
    powers = torch.cumprod(torch.cat([torch.ones(len(t), 1, dtype=F64), t[:, None].expand(-1, m - 1)], 1), 1)
    s = torch.sign(t)
    return gradient(lambda x: (s - powers @ x).square().sum() / 2, leaf(case['x'])).tolist()


# ode

def ode_gradient(case):
    x, steps = leaf(case['x']), case['s']
    one, h = torch.ones(1, dtype=F64), 2 / steps
    slope = lambda y: x * torch.cat([one, y[:-1]])
    y = torch.zeros(len(x), dtype=F64)
    for _ in range(steps):
        a = slope(y)
        b = slope(y + h / 2 * a)
        c = slope(y + h / 2 * b)
        d = slope(y + h * c)
        y = y + h / 6 * (a + 2 * b + 2 * c + d)
    (g,) = torch.autograd.grad(y[-1], x)
    return g.tolist()


# gmm

def gmm_jacobian(case):
    d, k, n, m, gamma = (case[name] for name in ('d', 'k', 'n', 'm', 'gamma'))
    x = tensor(case['x'])
    unknowns = [leaf(case[name]) for name in ('alpha', 'mu', 'q')] + [tensor(case['l']).reshape(k, d * (d - 1) // 2).requires_grad_()]
    alpha, mu, q, l = unknowns
    columns, rows = torch.triu_indices(d, d, 1)
    lower = torch.zeros(k, d, d, dtype=F64)
    lower[:, rows, columns] = l
    factors = lower + torch.diag_embed(q.exp())
    nu = d + m + 1
    distances = torch.matmul(x - mu[:, None, :], factors.transpose(1, 2)).square().sum(2)
    traces = q.sum(1)
    inner = (alpha + traces)[:, None] - 0.5 * distances
    prior = -gamma**2 / 2 * factors.square().sum() + m * traces.sum()
    constant = -n * d / 2 * math.log(2 * math.pi) + k * (nu * d * math.log(gamma / math.sqrt(2)) - torch.mvlgamma(tensor(nu / 2), d).item())
    value = torch.logsumexp(inner, 0).sum() - n * torch.logsumexp(alpha, 0) + prior + constant
    return dict(zip(('alpha', 'mu', 'q', 'l'), (g.tolist() for g in torch.autograd.grad(value, unknowns))))


# kmeans

def kmeans_dir(case):
    points, centroids = tensor(case['points']), leaf(case['centroids'])
    nearest = (centroids.square().sum(1) - 2 * points @ centroids.T).argmin(1)
    cost = (points - centroids[nearest]).square().sum()
    (slope,) = torch.autograd.grad(cost, centroids, create_graph=True)
    (curvature,) = torch.autograd.grad(slope.sum(), centroids)
    return (slope.detach() / curvature).tolist()


# det

TABLES = {}


def tables(n):
    if n not in TABLES:
        smaller, levels = {0: 0}, []
        bits = lambda s: [i for i in range(n) if s >> i & 1]
        for k in range(1, n + 1):
            sets = [s for s in range(1 << n) if len(bits(s)) == k]
            columns = [bits(s) for s in sets]
            minors = [[smaller[s & ~(1 << c)] for c in bits(s)] for s in sets]
            levels.append((torch.tensor(columns), tensor([(-1) ** i for i in range(k)]), torch.tensor(minors)))
            smaller = {s: i for i, s in enumerate(sets)}
        TABLES[n] = levels
    return TABLES[n]


def det_gradient(case):
    n = case['ell']

    def determinant(a):
        minors = torch.ones(1, dtype=F64)
        for k, (columns, signs, smaller) in enumerate(tables(n)):
            minors = (a[n - 1 - k][columns] * minors[smaller] * signs).sum(1)
        return minors.sum()

    return gradient(determinant, tensor(case['A']).reshape(n, n).requires_grad_()).flatten().tolist()


# lstm

def lstm_jacobian(case):
    unknowns = [leaf(case['main_params']), leaf(case['extra_params'])]
    main, (w_in, w_out, b_out) = unknowns[0], unknowns[1]
    sequence, state = tensor(case['sequence']), list(tensor(case['state']))
    b, layers = sequence.shape[1], len(state) // 2
    gates = [[part.split(b) for part in main[2 * k : 2 * k + 2]] for k in range(layers)]
    total = 0
    for t in range(len(sequence) - 1):
        v = sequence[t] * w_in
        for k, ((wf, wi, wo, wc), (bf, bi, bo, bc)) in enumerate(gates):
            hidden, cell = state[2 * k], state[2 * k + 1]
            cell = cell * torch.sigmoid(v * wf + bf) + torch.sigmoid(hidden * wi + bi) * torch.tanh(hidden * wc + bc)
            v = torch.sigmoid(v * wo + bo) * torch.tanh(cell)
            state[2 * k], state[2 * k + 1] = v, cell
        y = v * w_out + b_out
        total = total + (sequence[t + 1] * (y - torch.log(2 + y.exp().sum()))).sum()
    value = -total / (b * (len(sequence) - 1))
    return [x for g in torch.autograd.grad(value, unknowns) for x in g.flatten().tolist()]


# ba

def rotated(r, d):
    square = (r * r).sum(1, keepdim=True)
    none = square == 0
    angle = torch.where(none, torch.ones_like(square), square).sqrt()
    axis = r / angle
    cosine, sine = angle.cos(), angle.sin()
    turned = d * cosine + torch.cross(axis, d, 1) * sine + axis * (axis * d).sum(1, keepdim=True) * (1 - cosine)
    return torch.where(none, d + torch.cross(r, d, 1), turned)


def ba_jacobian(case):
    n, m, p = case['n'], case['m'], case['p']
    if 'obs' in case:
        obs, cams, points = torch.tensor(case['obs']), tensor(case['cams']), tensor(case['points'])
        weights, features = leaf(case['weights']), tensor(case['feats'])
    else:
        i = torch.arange(p)
        obs = torch.stack([i % n, i % m], 1)
        cams, points = tensor([case['cam']]).expand(n, -1), tensor([case['x']]).expand(m, -1)
        weights, features = torch.full((p,), case['w'], dtype=F64, requires_grad=True), tensor([case['feat']]).expand(p, -1)
    cameras, seen = cams[obs[:, 0]].requires_grad_(), points[obs[:, 1]].requires_grad_()
    turned = rotated(cameras[:, 0:3], seen - cameras[:, 3:6])
    image = turned[:, :2] / turned[:, 2:]
    square = (image * image).sum(1, keepdim=True)
    image = image * (1 + cameras[:, 9:10] * square + cameras[:, 10:11] * square.square())
    errors = (image * cameras[:, 6:7] + cameras[:, 7:9] - features) * weights[:, None]
    unknowns = (cameras, seen, weights)
    blocks = []
    for k in range(2):
        of_camera, of_point, of_weight = torch.autograd.grad(errors[:, k].sum(), unknowns, retain_graph=k == 0)
        blocks.append(torch.cat([of_camera, of_point, of_weight[:, None]], 1))
    vals = torch.stack(blocks, 1).flatten().tolist() + (-2 * weights.detach()).tolist()
    rows = [15 * i for i in range(2 * p + 1)] + [30 * p + i for i in range(1, p + 1)]
    first = 11 * obs[:, :1] + torch.arange(11)
    second = 11 * n + 3 * obs[:, 1:] + torch.arange(3)
    third = 11 * n + 3 * m + torch.arange(p)[:, None]
    row = torch.cat([first, second, third], 1)
    cols = torch.cat([row, row], 1).flatten().tolist() + third.flatten().tolist()
    cut = (lambda x: x) if 'obs' in case else (lambda x: x[:30] + x[-1:])
    return {'rows': cut(rows), 'cols': cut(cols), 'vals': cut(vals)}


# ht

def model_of(data):
    """The model with dense weights."""
    weights = torch.zeros(len(data['base_positions']), len(data['parents']), dtype=F64)
    weights[data['weights']['vertex'], data['weights']['bone']] = tensor(data['weights']['value'])
    return {
        'parents': data['parents'],
        'relatives': tensor(data['base_relatives']),
        'inverse': tensor(data['inverse_base_absolutes']),
        'positions': tensor(data['base_positions']),
        'triangles': torch.tensor(data['triangles']),
        'weights': weights,
        'mirrored': data['is_mirrored'],
    }


def turn(axis, angle):
    one, zero, c, s = torch.ones((), dtype=F64), torch.zeros((), dtype=F64), angle.cos(), angle.sin()
    rows = {
        'x': [one, zero, zero, zero, c, -s, zero, s, c],
        'y': [c, zero, s, zero, one, zero, -s, zero, c],
        'z': [c, -s, zero, s, c, zero, zero, zero, one],
    }[axis]
    return torch.stack(rows).reshape(3, 3)


def axis_rotation(r):
    norm = (r * r).sum().sqrt()
    if norm.item() < 1e-4:
        return torch.eye(3, dtype=F64)
    x, y, z = (r / norm).unbind()
    zero = torch.zeros((), dtype=F64)
    k = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero]).reshape(3, 3)
    return torch.eye(3, dtype=F64) + norm.sin() * k + (1 - norm.cos()) * (k @ k)


def pose(model, theta):
    angles = {}
    for f in range(5):
        angles[2 + 4 * f] = {'x': theta[6 + 4 * f], 'z': theta[7 + 4 * f]}
        angles[3 + 4 * f] = {'x': theta[8 + 4 * f]}
        angles[4 + 4 * f] = {'x': theta[9 + 4 * f]}
    absolutes = []
    for b, parent in enumerate(model['parents']):
        local = model['relatives'][b]
        if b in angles:
            r = torch.eye(3, dtype=F64)
            for axis in ('z', 'y', 'x'):
                if axis in angles[b]:
                    r = r @ turn(axis, angles[b][axis])
            local = local @ torch.block_diag(r, torch.ones(1, 1, dtype=F64))
        absolutes.append(local if parent < 0 else absolutes[parent] @ local)
    transforms = torch.stack(absolutes) @ model['inverse']
    posed = torch.einsum('vb,bij,vj->vi', model['weights'], transforms[:, :3, :], model['positions'])
    if model['mirrored']:
        posed = posed * tensor([-1.0, 1.0, 1.0])
    return posed @ axis_rotation(theta[:3]).T + theta[3:6]


def ht_jacobian(case):
    model, points, correspondences = model_of(case['model']), tensor(case['points']), torch.tensor(case['correspondences'])
    complicated = len(case['us']) > 0
    us = tensor(case['us']) if complicated else None

    def errors(theta, u=None):
        vertices = pose(model, theta)
        if u is None:
            return (points - vertices[correspondences]).flatten()
        weights = torch.cat([u, 1 - u.sum(1, keepdim=True)], 1)
        return (points - (weights[:, :, None] * vertices[model['triangles'][correspondences]]).sum(1)).flatten()

    theta = leaf(case['theta'])
    if not complicated:
        return torch.autograd.functional.jacobian(errors, theta).tolist()
    us.requires_grad_()
    value = errors(theta, us)
    rows = []
    for i in range(len(value)):
        of_u, of_theta = torch.autograd.grad(value[i], (us, theta), retain_graph=True)
        rows.append(of_u[i // 3].tolist() + of_theta.tolist())
    return rows


# particle and saddle

def descend(f, start):
    tolerance, step, counter, x = 1e-5, 1e-5, 0, start

    def value_and_slope(x):
        x = x.detach().requires_grad_()
        value = f(x)
        (slope,) = torch.autograd.grad(value, x)
        return value.item(), slope

    value, slope = value_and_slope(x)
    while True:
        if slope.norm().item() <= tolerance:
            return x
        if counter == 10:
            step, counter = 2 * step, 0
            continue
        following = x - step * slope
        if (x - following).norm().item() <= tolerance:
            return x
        v, s = value_and_slope(following)
        if v < value:
            x, value, slope, counter = following, v, s, counter + 1
        else:
            step, counter = step / 2, 0


def particle_rr(case):
    def cost(w):
        charges = torch.stack([torch.stack([tensor(10.0), tensor(0.0)]), torch.stack([tensor(10.0), 10 - w[0]])])
        x, v, dt = tensor([0.0, 8.0]).requires_grad_(), tensor([0.75, 0.0]), 0.1
        while True:
            potential = (1 / (x - charges).square().sum(1).sqrt()).sum()
            (slope,) = torch.autograd.grad(potential, x, create_graph=True)
            x = x + dt * v
            if x[1].item() <= 0:
                break
            v = v - dt * slope
        return (x - x[1] / v[1] * v)[0].square()

    return descend(cost, tensor([case['w']])).item()


def saddle_rr(case):
    start = tensor(case['start'])

    def argmax(x):
        y, step, counter = start.clone().requires_grad_(), 1e-5, 0
        phi = lambda y: y.square().sum() - x.square().sum()
        slope_of = lambda y: torch.autograd.grad(phi(y), y, create_graph=True)[0]
        value, slope = phi(y).item(), slope_of(y)
        while True:
            if slope.norm().item() <= 1e-5:
                return y
            if counter == 10:
                step, counter = 2 * step, 0
                continue
            following = y - step * slope
            if (y - following).norm().item() <= 1e-5:
                return y
            v = phi(following).item()
            if v < value:
                y, value, slope, counter = following, v, slope_of(following), counter + 1
            else:
                step, counter = step / 2, 0

    x = descend(lambda x: x.square().sum() - argmax(x).square().sum(), start)
    return x.tolist() + argmax(x).tolist()


PROBLEMS = {
    'hello': hello_double,
    'lse': lse_gradient,
    'llsq': llsq_gradient,
    'ode': ode_gradient,
    'gmm': gmm_jacobian,
    'kmeans': kmeans_dir,
    'det': det_gradient,
    'lstm': lstm_jacobian,
    'ba': ba_jacobian,
    'ht': ht_jacobian,
    'particle': particle_rr,
    'saddle': saddle_rr,
}
