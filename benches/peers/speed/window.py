"""Questions of cumulative sums and moving windows; bottleneck where it is installed."""

import importlib.util

import numpy as np


def questions(data, question):
    """What issue 4 asks of `cumsum` and of windows; `question` makes one line of the comparison."""
    import arrcalc
    import polars

    x = data.x
    series = data.frame["x"]
    yield question(
        "cumsum",
        {"arrcalc": lambda: arrcalc.cumsum(x), "polars": series.cum_sum, "numpy": lambda: np.cumsum(x)},
        {"polars": 3, "numpy": 3},
        tolerance=None,  # the peers drift
        bytes_read=x.nbytes,
    )
    few = x[: max(1000, x.size // 10)].copy()
    if importlib.util.find_spec("bottleneck") is None:
        return
    import bottleneck

    def pair(name, values, *arguments):
        return {
            "arrcalc": lambda: getattr(arrcalc, name)(values, *arguments),
            "bottleneck": lambda: getattr(bottleneck, name)(values, *arguments),
        }

    for name, values, target in (
        ("move_mean", x, 1.5),
        ("move_sum", x, None),
        ("move_std", few, None),
        ("move_max", few, None),
        ("move_median", few, 2),
        ("move_rank", few[:100_000].copy(), None),
    ):
        targets = {} if target is None else {"bottleneck": target}
        title = f"{name} of 100 in {values.size:,}"
        yield question(title, pair(name, values, 100), targets, tolerance=None, bytes_read=values.nbytes)
