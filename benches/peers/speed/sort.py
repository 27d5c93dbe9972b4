"""Sorting of values beside peers: into new arrays, as NumPy's sort does."""

import numpy as np


def questions(data, question):
    """What `sort` and `partition` are measured by; `question` makes one line of the comparison."""
    import arrcalc
    import polars

    def beside(name, a, targets):
        series = polars.Series(a)
        contenders = {
            "arrcalc": lambda: arrcalc.sort(a),
            "numpy": lambda: np.sort(a),
            "polars": lambda: series.sort().to_numpy(),
        }
        return question(name, contenders, targets, tolerance=0, bytes_read=a.nbytes)

    yield beside("sort f64", data.y, {"numpy": 2.5})
    yield beside("sort i64, range 1M", data.k, {"numpy": 5, "polars": 5})
    yield beside("sort i32, range 1000", data.g, {"numpy": 3})
    yield beside("sort f32", data.y.astype("f4"), {})
    yield beside("sort f64, sorted", np.sort(data.y), {})
    middle = data.y.size // 2
    yield question(
        "partition f64 at the middle",
        {
            "arrcalc": lambda: arrcalc.partition(data.y, middle)[middle],
            "numpy": lambda: np.partition(data.y, middle)[middle],
        },
        tolerance=0,
        bytes_read=data.y.nbytes,
    )
