"""Questions about histograms, over a column in memory."""

import numpy as np


def questions(data, question):
    """What `histogram` is measured by; `question` makes one line of the comparison."""
    import arrcalc
    import polars

    x, y, series = data.x, data.y, data.frame["x"]
    size = x.nbytes
    low, high = float(x.min()), float(x.max())
    edges = np.sort(np.random.Generator(np.random.Philox(4)).random(51)) * (high - low) + low
    few = (x[: len(x) // 10] * 16).astype(np.int8)

    # polars' bins are open below, so its counts differ where values lie on edges: their sum is compared.
    yield question(
        "histogram, 100 bins",
        {
            "arrcalc": lambda: float(arrcalc.histogram(x, 100)[0].sum()),
            "numpy": lambda: float(np.histogram(x, 100)[0].sum()),
            "polars": lambda: float(series.hist(bin_count=100)["count"].sum()),
        },
        {"numpy": 8, "polars": 8},
        tolerance=1e-6,
        bytes_read=2 * size,
    )
    yield question(
        "histogram, 100 bins in a range",
        {
            "arrcalc": lambda: arrcalc.histogram(x, 100, (low, high))[0],
            "numpy": lambda: np.histogram(x, 100, (low, high))[0],
        },
        {"numpy": 8},
        tolerance=0,
        bytes_read=size,
    )
    yield question(
        "histogram, 50 given bins",
        {
            "arrcalc": lambda: arrcalc.histogram(x, edges)[0],
            "numpy": lambda: np.histogram(x, edges)[0],
        },
        {"numpy": 10},
        tolerance=0,
        bytes_read=size,
    )
    yield question(
        "histogram, rule fd",
        {"arrcalc": lambda: arrcalc.histogram(x, "fd")[0], "numpy": lambda: np.histogram(x, "fd")[0]},
        tolerance=0,
    )
    yield question(
        "histogram, 100 bins, weights",
        {
            "arrcalc": lambda: arrcalc.histogram(x, 100, weights=y)[0],
            "numpy": lambda: np.histogram(x, 100, weights=y)[0],
        },
        tolerance=None,
        bytes_read=2 * size,
    )
    yield question(
        "histogram of int8, 20 bins",
        {"arrcalc": lambda: arrcalc.histogram(few, 20)[0], "numpy": lambda: np.histogram(few, 20)[0]},
        tolerance=0,
    )
    yield question(
        "histogram2d, 50 x 50",
        {
            "arrcalc": lambda: arrcalc.histogram2d(x, y, 50)[0].ravel(),
            "numpy": lambda: np.histogram2d(x, y, 50)[0].ravel(),
        },
        tolerance=0,
        bytes_read=4 * size,
    )
