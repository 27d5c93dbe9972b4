"""Shuffles and samples beside peers.

Each has a generator of its own, so answers differ by design: what is compared is their length, and that a shuffle keeps
all elements.
"""

import numpy as np


def questions(data, question):
    """What `permutation`, `shuffle` and `sample` are measured by; `question` makes one line of the comparison."""
    import arrcalc
    import polars

    y, rows = data.y, data.y.size
    generator = np.random.default_rng(1)
    series = polars.Series(y)
    target = {"numpy": 5}
    ours, theirs = y.copy(), y.copy()

    def in_place(shuffle, array):
        shuffle(array)
        return array.size

    yield question(
        "shuffle f64 in place",
        {
            "arrcalc": lambda: in_place(lambda a: arrcalc.shuffle(a, seed=1), ours),
            "numpy": lambda: in_place(generator.shuffle, theirs),
        },
        target,
        tolerance=0,
        bytes_read=y.nbytes,
    )
    assert np.array_equal(np.sort(ours), np.sort(theirs)), "shuffles keep all elements"
    yield question(
        "permutation of f64",
        {
            "arrcalc": lambda: arrcalc.permutation(y, seed=1).size,
            "numpy": lambda: generator.permutation(y).size,
            "polars": lambda: series.shuffle(seed=1).to_numpy().size,
        },
        target,
        tolerance=0,
        bytes_read=y.nbytes,
    )
    yield question(
        "permutation of row numbers",
        {
            "arrcalc": lambda: arrcalc.permutation(rows, seed=1).size,
            "numpy": lambda: generator.permutation(rows).size,
        },
        target,
        tolerance=0,
        bytes_read=y.nbytes,
    )
    count = rows // 50
    yield question(
        "sample of a fiftieth",
        {
            "arrcalc": lambda: arrcalc.sample(y, count, seed=1).size,
            "polars": lambda: series.sample(count, seed=1).to_numpy().size,
            "numpy": lambda: generator.choice(y, count, replace=False, shuffle=False).size,
        },
        {"polars": 2},
        tolerance=0,
        bytes_read=y.nbytes,
    )
    yield question(
        "sample of a fiftieth with replacement",
        {
            "arrcalc": lambda: arrcalc.sample(y, count, replace=True, seed=1, shuffled=True).size,
            "polars": lambda: series.sample(count, with_replacement=True, seed=1).to_numpy().size,
            "numpy": lambda: generator.choice(y, count).size,
        },
        {},
        tolerance=0,
        bytes_read=y.nbytes,
    )
