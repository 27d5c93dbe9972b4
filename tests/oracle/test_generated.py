"""1,000 generated data sets against exact integers, under schedules that change from one to the next.

The settings rotate over threads, chunk sizes and levels; the first answer of a set must also be the bytes of a
second schedule, so that a lucky agreement with the oracle cannot hide a difference.
"""

import json
import math
import os
import random
import struct

import numpy as np
import pytest
from comparison import assert_same
from exact import describe_numbers

SETS = int(os.environ.get("ARRCALC_GENERATED_SETS", "1000"))
PER_FILE = 20
THREADS = ["1", "2", "5"]
CHUNK_ROWS = ["1", "2", "3", "1000", None]
LEVELS = ["baseline", None]


def any_float(generator):
    """A double of any bits, NaNs of every payload included."""
    return struct.unpack("<d", generator.getrandbits(64).to_bytes(8, "little"))[0]


def cancelling(generator, n):
    half = [generator.uniform(-1, 1) * 2.0 ** generator.randint(-40, 40) for _ in range(n // 2)]
    values = half + [-v for v in half] + [2.0**-60] * (n % 2)
    generator.shuffle(values)
    return values


FAMILIES = {
    "normal": lambda g, n: [g.gauss(0, 1) for _ in range(n)],
    "shifted": lambda g, n: [1e9 + g.gauss(0, 1e-3) for _ in range(n)],
    "lognormal": lambda g, n: [g.choice([-1, 1]) * g.lognormvariate(0, 2) for _ in range(n)],
    "cancelling": cancelling,
    "wide": lambda g, n: [math.ldexp(g.choice([-1, 1]) * g.uniform(1, 2), g.randint(-1070, 1000)) for _ in range(n)],
    "subnormal": lambda g, n: [math.ldexp(g.randint(-5000, 5000), -1074) for _ in range(n)],
    "huge": lambda g, n: [g.choice([-1, 1]) * g.uniform(0.5, 1) * 1.79e308 for _ in range(n)],
    "overflow": lambda g, n: [1.7976931348623157e308] * n,
    "powers": lambda g, n: [g.choice([-1, 1]) * math.ldexp(1.0, g.randint(-60, 60)) for _ in range(n)],
    "zeros": lambda g, n: [-0.0] * n,
    "mixed zeros": lambda g, n: [g.choice([-0.0, 0.0]) for _ in range(n)],
    "ticks": lambda g, n: [g.randint(-10_000, 10_000) / 100 for _ in range(n)],
    "whole": lambda g, n: [float(g.randint(-(2**53), 2**53)) for _ in range(n)],
    "few": lambda g, n: [g.choice([1.5, 2.5, -3.0]) for _ in range(n)],
    "constant": lambda g, n: [0.1] * n,
    "special": lambda g, n: [g.choice([math.nan, math.inf, 1.0, -0.0]) for _ in range(n)],
    "opposed": lambda g, n: [g.choice([-math.inf, math.inf, 1.0]) for _ in range(n)],
    "bits": lambda g, n: [any_float(g) for _ in range(n)],
    "finite bits": lambda g, n: [v for v in (any_float(g) for _ in range(n + 8)) if math.isfinite(v)][:n] or [1.0],
}
INTEGERS = {
    "int8": (-(2**7), 2**7 - 1),
    "uint16": (0, 2**16 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}


def data_set(index, rows):
    """(column dtype, values as Python numbers) of data set `index`."""
    generator = random.Random(index)
    if index % 5 == 4:
        dtype = list(INTEGERS)[index // 5 % len(INTEGERS)]
        low, high = INTEGERS[dtype]
        return dtype, [generator.choice([low, high, 0, generator.randint(low, high)]) for _ in range(rows)]
    family = list(FAMILIES)[(index - index // 5) % len(FAMILIES)]
    values = FAMILIES[family](generator, rows)
    values = (values * rows)[:rows]
    if index % 7 == 3:
        with np.errstate(all="ignore"):
            return "float32", np.array(values).astype(np.float32).tolist()
    return "float64", values


@pytest.mark.parametrize("first", range(0, SETS, PER_FILE))
def test_generated_sets_are_exact_under_every_schedule(first, tmp_path, run):
    generator = random.Random(first)
    rows = generator.choice([1, 2, 3, 7, 63, 64, 65, 127, 1000, 1023, 1025, 2500])
    sets = {f"s{index}": data_set(index, rows) for index in range(first, min(first + PER_FILE, SETS))}
    table = np.empty(rows, dtype=[(name, dtype) for name, (dtype, _) in sets.items()])
    for name, (dtype, values) in sets.items():
        table[name] = np.array(values, dtype=dtype)
    np.save(tmp_path / "sets.npy", table)

    documents = []
    for turn in range(2):
        schedule = first // PER_FILE + turn * 7
        options = ["--threads", THREADS[schedule % 3]]
        if CHUNK_ROWS[schedule % 5]:
            options += ["--chunk-rows", CHUNK_ROWS[schedule % 5]]
        if LEVELS[schedule % 2]:
            options += ["--level", LEVELS[schedule % 2]]
        done = run("describe", tmp_path / "sets.npy", "--format", "json", *options)
        assert done.returncode == 0, done.stderr
        documents.append(done.stdout)
    assert documents[0] == documents[1], f"sets from {first}: the schedule changed the answer"

    found = {column["name"]: column for column in json.loads(documents[0])["columns"]}
    for name, (dtype, values) in sets.items():
        narrow = dtype == "float32"
        integer = dtype[0] in "iu"
        want = describe_numbers(values, bits=24 if narrow else 53, integer=integer)
        assert_same(found[name], want, f"{name} ({dtype}, {rows} rows)", narrow)
