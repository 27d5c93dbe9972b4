"""The order of rows beside its peers: argsort, tables, top-k."""

import numpy as np


def questions(data, question):
    """What issue 4 asks of argsort, table sort and top 100; `question` makes one line of the comparison."""
    import arrcalc
    import duckdb
    import polars

    x, k, g = data.x, data.k, data.g
    arrays = {"x": x, "y": data.y, "k": k, "g": g}
    frame = polars.DataFrame(arrays)
    table = arrcalc.open(arrays)
    connection = duckdb.connect()
    given = frame.to_arrow()  # noqa: F841 (duckdb finds it by name)
    connection.execute("create table t as select * from given")
    connection.execute("set enable_progress_bar = false")
    some = np.linspace(0, len(x) - 1, 1000).astype(np.int64)

    def order(sort, values):
        # Peers need not be stable: the values in their order are what has to agree.
        return lambda: values[np.asarray(sort())[some]]

    for name, values, targets in (
        ("argsort f64", x, {"polars": 6}),
        ("argsort i64", k, {"polars": 6}),
        ("argsort i32", g, {"polars": 4}),
    ):
        series = polars.Series(values)
        yield question(
            name,
            {
                "arrcalc": order(lambda values=values: arrcalc.argsort(values), values),
                "polars": order(series.arg_sort, values),
                "numpy stable": order(lambda values=values: np.argsort(values, kind="stable"), values),
            },
            targets,
            tolerance=0,
        )
    yield question(
        "sort a table of 4 columns by k",
        {
            "arrcalc": lambda: table.sort("k")["x"][some],
            "polars": lambda: frame.sort("k", maintain_order=True)["x"].to_numpy()[some],
        },
        {"polars": 4},
        tolerance=0,
    )
    yield question(
        "sort a table of 4 columns by k, ties in any order",
        {
            "arrcalc": lambda: table.sort("k")["k"][some],
            "polars": lambda: frame.sort("k")["k"].to_numpy()[some],
        },
        {"polars": 4},
        tolerance=0,
    )
    yield question(
        "top 100",
        {
            "arrcalc": lambda: arrcalc.top_k(x, 100)[0],
            "polars": lambda: polars.Series(x).top_k(100).sort(descending=True).to_numpy(),
            "duckdb": lambda: connection.execute("select x from t order by x desc limit 100").fetchnumpy()["x"],
            "numpy": lambda: np.sort(np.partition(x, len(x) - 100)[-100:])[::-1],
        },
        {"duckdb": 1.2},
        tolerance=0,
        bytes_read=x.nbytes,
    )
    yield question(
        "top 100 by query",
        {
            "arrcalc": lambda: table.query("x", order_by="-x", limit=100)["x"],
            "duckdb": lambda: connection.execute("select x from t order by x desc limit 100").fetchnumpy()["x"],
        },
        tolerance=0,
        bytes_read=x.nbytes,
    )
