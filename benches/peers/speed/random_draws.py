"""Random numbers: NumPy's streams bit for bit, and normals."""

import numpy as np


def questions(data, question):
    """What `random` is measured by; `question` makes one line of the comparison."""
    import arrcalc

    rows, own = data.x.size, arrcalc.random

    def numpys(stream):
        return np.random.Generator(stream(42))

    yield question(
        "uniforms, Philox",
        {
            "arrcalc": lambda: own.Philox(42).random(rows),
            "numpy": lambda: numpys(np.random.Philox).random(rows),
        },
        {"numpy": 4},
        tolerance=0,
    )
    yield question(
        "uniforms, default_rng",
        {
            "arrcalc": lambda: own.default_rng(42).random(rows),
            "numpy": lambda: np.random.default_rng(42).random(rows),
        },
        tolerance=0,
    )
    for name, targets, mine, theirs in (
        ("normals", {"numpy PCG64": 5}, lambda r: r.normal(size=rows), lambda r: r.standard_normal(rows)),
        ("integers below 1000", {}, lambda r: r.integers(0, 1000, rows), lambda r: r.integers(0, 1000, rows)),
        ("exponentials", {}, lambda r: r.exponential(size=rows), lambda r: r.standard_exponential(rows)),
        ("poisson(10)", {}, lambda r: r.poisson(10, rows), lambda r: r.poisson(10, rows)),
        ("gamma(2.5)", {}, lambda r: r.gamma(2.5, size=rows), lambda r: r.standard_gamma(2.5, rows)),
    ):
        yield question(
            name,
            {
                "arrcalc": lambda mine=mine: mine(own.Philox(42)),
                "numpy PCG64": lambda theirs=theirs: theirs(numpys(np.random.PCG64)),
                "numpy Philox": lambda theirs=theirs: theirs(numpys(np.random.Philox)),
            },
            targets,
            tolerance=None,
        )
