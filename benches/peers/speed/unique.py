"""Questions about distinct values, over columns in memory."""

import numpy as np

ROWS = 10_000_000


def questions(data, question):
    """What distinct values are measured by; `question` makes one line of the comparison."""
    import arrcalc
    import duckdb
    import polars

    k, series = data.k, polars.Series("k", data.k)
    table = arrcalc.open({"k": k})
    connection = duckdb.connect()
    given = series.to_frame().to_arrow()  # noqa: F841 (duckdb finds it by name)
    connection.execute("create table t as select * from given")
    connection.execute("set enable_progress_bar = false")

    def sql(text):
        return lambda: connection.execute(text).fetchone()[0]

    def ask(select):
        return lambda: next(iter(table.query(select).to_dict().values()))[0]

    yield question(
        "distinct count of int64, range 1,000,000",
        {
            "arrcalc": lambda: arrcalc.count_distinct(k),
            "polars": series.n_unique,
            "duckdb": sql("select count(distinct k) from t"),
        },
        {"polars": 5},
        tolerance=0,
    )
    yield question(
        "query count_distinct(k)",
        {"arrcalc": ask("count_distinct(k)"), "polars": series.n_unique},
        {"polars": 5},
        tolerance=0,
    )
    yield question(
        "query distinct_estimate(k)",
        {"arrcalc": ask("distinct_estimate(k)"), "duckdb": sql("select approx_count_distinct(k) from t")},
        {"duckdb": 2},
        tolerance=0.5,
    )
    yield question(
        "query mode(k)",
        {"arrcalc": ask("mode(k)"), "duckdb": sql("select mode(k) from t")},
        tolerance=None,
    )
    yield question(
        "distinct count of float64",
        {"arrcalc": lambda: arrcalc.count_distinct(data.x), "polars": data.frame["x"].n_unique},
        {"polars": 5},
        tolerance=0,
    )
    yield question(
        "value counts of int64",
        {
            "arrcalc": lambda: arrcalc.value_counts(k)[1],
            "polars": lambda: series.value_counts(sort=True)["count"].to_numpy(),
        },
        {"polars": 2},
        tolerance=0,
    )
    yield question(
        "bincount", {"arrcalc": lambda: arrcalc.bincount(k), "numpy": lambda: np.bincount(k)}, tolerance=0
    )
    yield question(
        "bincount with weights",
        {"arrcalc": lambda: arrcalc.bincount(k, data.y), "numpy": lambda: np.bincount(k, data.y)},
        tolerance=1e-6,
    )

    random = np.random.Generator(np.random.Philox(7))
    apart = random.integers(-(2**63), 2**63, ROWS)
    few = random.integers(0, 1000, ROWS)
    for name, x, targets in [
        ("10M distinct int64", apart, {"": 15, "counts": 4, "inverse": 4}),
        ("1,000 of 10M int64", few, {"": 5, "counts": 4, "inverse": 4}),
        ("1,000 of 10M float64", few * 1e9 + 0.5, {"": 5, "counts": 4, "inverse": 4}),
    ]:
        values = polars.Series(x)
        yield question(
            f"unique, {name}",
            {
                "arrcalc": lambda x=x: arrcalc.unique(x),
                "numpy": lambda x=x: np.unique(x),
                "polars": lambda values=values: values.unique().sort().to_numpy(),
            },
            {"numpy": targets[""], "polars": 2},
            tolerance=0,
        )
        yield question(
            f"unique with counts, {name}",
            {
                "arrcalc": lambda x=x: arrcalc.unique(x, return_counts=True)[1],
                "numpy": lambda x=x: np.unique(x, return_counts=True)[1],
            },
            {"numpy": targets["counts"]},
            tolerance=0,
        )
        yield question(
            f"unique with inverse, {name}",
            {
                "arrcalc": lambda x=x: arrcalc.unique(x, return_inverse=True)[1],
                "numpy": lambda x=x: np.unique(x, return_inverse=True)[1],
            },
            {"numpy": targets["inverse"]},
            tolerance=0,
        )
