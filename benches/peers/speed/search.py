"""Searching and selecting, over arrays in memory."""

import numpy as np

QUERIES = 10_000_000


def questions(data, question):
    """What `searchsorted` and its kin are measured by; `question` makes one line of the comparison."""
    import arrcalc
    import polars

    random = np.random.Generator(np.random.Philox(4))
    queries = random.standard_normal(QUERIES)
    million, everything = np.sort(data.y[:1_000_000]), np.sort(data.y)
    wanted = polars.Series(queries)
    for name, keys, targets in (
        ("10M random in 1M", million, {"polars": 20}),
        ("10M random in all", everything, {"numpy": 20}),
    ):
        frame = polars.Series(keys)
        yield question(
            f"searchsorted, {name}",
            {
                "arrcalc": lambda keys=keys: arrcalc.searchsorted(keys, queries),
                "polars": lambda frame=frame: frame.search_sorted(wanted, side="left"),
                "numpy": lambda keys=keys: np.searchsorted(keys, queries),
            },
            targets,
            tolerance=0,
        )
    ordered = np.sort(queries)
    yield question(
        "searchsorted, 10M sorted in all",
        {
            "arrcalc": lambda: arrcalc.searchsorted(everything, ordered),
            "numpy": lambda: np.searchsorted(everything, ordered),
        },
        tolerance=0,
    )
    x, series = data.x, data.frame["x"]
    mask, truths = x > 1, data.frame["x"] > 1
    yield question(
        "filter x > 1",
        {
            "arrcalc": lambda: arrcalc.filter(x, ">", 1),
            "polars": lambda: series.filter(series > 1),
            "numpy": lambda: x[x > 1],
        },
        {"polars": 1.3},
        tolerance=0,
    )
    yield question(
        "compress by a mask",
        {
            "arrcalc": lambda: arrcalc.compress(mask, x),
            "polars": lambda: series.filter(truths),
            "numpy": lambda: np.compress(mask, x),
        },
        tolerance=0,
    )
    yield question(
        "flatnonzero of a mask",
        {
            "arrcalc": lambda: arrcalc.flatnonzero(mask),
            "polars": lambda: truths.arg_true(),
            "numpy": lambda: np.flatnonzero(mask),
        },
        tolerance=0,
    )
    places = random.integers(0, len(x), QUERIES)
    given = polars.Series(places)
    yield question(
        "take 10M random",
        {
            "arrcalc": lambda: arrcalc.take(x, places),
            "polars": lambda: series.gather(given),
            "numpy": lambda: np.take(x, places),
        },
        tolerance=0,
    )
    among = random.integers(0, 1_000_000, 1_000)
    keys, elements = polars.Series(data.k), polars.Series(among)
    yield question(
        "isin, k among 1,000",
        {
            "arrcalc": lambda: arrcalc.isin(data.k, among),
            "polars": lambda: keys.is_in(elements.implode()),
            "numpy": lambda: np.isin(data.k, among),
        },
        tolerance=0,
    )
    edges = np.linspace(-4, 4, 101)
    few = data.y[:QUERIES]
    yield question(
        "digitize 10M, 101 edges",
        {"arrcalc": lambda: arrcalc.digitize(few, edges), "numpy": lambda: np.digitize(few, edges)},
        tolerance=0,
    )
    yield question(
        "find what is not there",
        {"arrcalc": lambda: arrcalc.find(x, ">=", 1e300) or -1, "numpy": lambda: int(np.argmax(x >= 1e300)) or -1},
        tolerance=0,
    )
