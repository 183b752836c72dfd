"""How NumPy writes arrays, for test/data/display.json: `python3 scripts/numpy_text.py > test/data/display.json`. Needs NumPy."""

import json

import numpy as np

DTYPES = {"float32": np.float32, "float64": np.float64, "complex64": np.complex64, "complex128": np.complex128, "int32": np.int32}


def array(shape, dtype, modulus, offset, scale):
    """Element k is (7919·k mod modulus − offset) · scale; a complex one has the next number as its imaginary part. The tests make the same."""
    parts = 2 if dtype.startswith("complex") else 1
    numbers = np.array([(k * 7919 % modulus - offset) * scale for k in range(parts * int(np.prod(shape)))])
    if parts == 2:
        numbers = numbers[0::2] + 1j * numbers[1::2]
    return numbers.astype(DTYPES[dtype]).reshape(shape)


def text(a, dtype):
    body = np.array2string(a, separator=", ", prefix="Tensor(", suffix=",", max_line_width=75)
    body = body.replace("j", "i")
    head = f"Tensor({body},"
    tail = f"shape=[{', '.join(map(str, a.shape))}], dtype={dtype})"
    full = len(head) - head.rfind("\n") + len(tail) > 75
    return head + ("\n" + " " * 7 if full else " ") + tail


def main():
    recipes = []
    for dtype in DTYPES:
        is_int = dtype == "int32"
        for scale in [1] if is_int else [1, 0.25, 0.1, 1 / 3, 1.7e-3, 1.3e-5, 1e6, 2.5e-30, 3.3e30]:
            for modulus, offset in [(11, 5), (1999, 0), (4001, 2000)]:
                for shape in [(), (1,), (3,), (23,), (4, 3), (2, 17), (2, 3, 2), (2, 1, 2, 2)]:
                    recipes.append((shape, dtype, modulus, offset, scale))
    recipes = recipes[::7]  # a sample is enough
    for dtype in DTYPES:
        for shape in [(1001,), (40, 40), (7, 7, 30), (2, 500, 2)]:
            recipes.append((shape, dtype, 997, 498, 1 if dtype == "int32" else 0.5))
    recipes.append(((1000,), "float32", 997, 498, 0.5))  # the largest that is written whole
    cases = []
    for shape, dtype, modulus, offset, scale in recipes:
        a = array(shape, dtype, modulus, offset, scale)
        cases.append({"shape": shape, "dtype": dtype, "modulus": modulus, "offset": offset, "scale": scale, "text": text(a, dtype)})
    print("[\n" + ",\n".join(json.dumps(case) for case in cases) + "\n]")


main()
