"""Questions with filters, expressions and groups, over columns in memory and over files."""

import numpy as np


def questions(data, question):
    """What `query` is measured by; `question` makes one line of the comparison."""
    import arrcalc
    import duckdb
    import polars

    arrays = {"x": data.x, "y": data.y, "k": data.k, "g": data.g}
    table = arrcalc.open(arrays)
    frame = polars.DataFrame(arrays).lazy()
    x, y = polars.col("x"), polars.col("y")
    connection = duckdb.connect()
    given = polars.DataFrame(arrays).to_arrow()  # noqa: F841 (duckdb finds it by name)
    connection.execute("create table t as select * from given")
    connection.execute("set enable_progress_bar = false")

    def ask(*select, **clauses):
        return lambda: next(iter(table.query(*select, **clauses).to_dict().values()))[0]

    def groups(*select, **clauses):
        return lambda: float(np.sum(table.query(*select, **clauses).to_numpy()["s"]))

    def lazy(plan):
        return lambda: plan.collect().item()

    def grouped(key):
        plan = frame.group_by(key).agg(x.sum().alias("s"))
        return lambda: float(np.sum(plan.collect()["s"].to_numpy()))

    def sql(text):
        return lambda: connection.execute(text).fetchone()[0]

    def sql_groups(key):
        text = f"select {key}, sum(x) s from t group by {key}"
        return lambda: float(np.sum(connection.execute(text).fetchnumpy()["s"]))

    yield question(
        "sum(x) where y > 0.5",
        {
            "arrcalc": ask("sum(x)", where="y > 0.5"),
            "polars": lazy(frame.filter(y > 0.5).select(x.sum())),
            "duckdb": sql("select sum(x) from t where y > 0.5"),
        },
        {"polars": 1.3},
    )
    yield question(
        "sum(x*y + 2*x - y)",
        {
            "arrcalc": ask("sum(x*y + 2*x - y)"),
            "polars": lazy(frame.select((x * y + 2 * x - y).sum())),
            "duckdb": sql("select sum(x*y + 2*x - y) from t"),
        },
        {"polars": 1.2},
    )
    yield question(
        "count(*) where x > 1",
        {
            "arrcalc": ask("count(*)", where="x > 1"),
            "polars": lazy(frame.filter(x > 1).select(polars.len())),
            "duckdb": sql("select count(*) from t where x > 1"),
        },
        {"polars": 1.2},
        tolerance=0,
    )
    yield question(
        "corr(x, y)",
        {
            "arrcalc": ask("corr(x, y)"),
            "polars": lazy(frame.select(polars.corr("x", "y"))),
            "duckdb": sql("select corr(x, y) from t"),
        },
        {"polars": 0.6, "duckdb": 4},
        tolerance=1e-6,
    )
    for key, targets in (("g", {"duckdb": 2}), ("k", {"polars": 3})):
        yield question(
            f"sum(x) by {key}",
            {"arrcalc": groups("sum(x) as s", by=key), "polars": grouped(key), "duckdb": sql_groups(key)},
            targets,
        )
    parquet = data.paths["parquet"]
    file = arrcalc.open(parquet)
    scan = polars.scan_parquet(parquet)
    yield question(
        "sum(x) where y > 0.5, Parquet",
        {
            "arrcalc": lambda: file.query("sum(x) as s", where="y > 0.5").to_dict()["s"][0],
            "polars": lazy(scan.filter(y > 0.5).select(x.sum())),
            "duckdb": sql(f"select sum(x) from '{parquet}' where y > 0.5"),
        },
        {"polars": 1.2},
    )
    both = scan.group_by("g").agg(x.sum().alias("s"), y.mean().alias("m"))
    yield question(
        "sum(x), mean(y) by g, Parquet",
        {
            "arrcalc": lambda: float(np.sum(file.query("sum(x) as s, mean(y) as m", by="g").to_numpy()["s"])),
            "polars": lambda: float(np.sum(both.collect()["s"].to_numpy())),
            # Both columns of the answer are fetched: of one that is not wanted DuckDB would not read the file's column.
            "duckdb": lambda: float(
                np.sum(
                    connection.execute(f"select g, sum(x) s, avg(y) m from '{parquet}' group by g").fetchnumpy()["s"]
                )
            ),
        },
        {"polars": 1.15, "duckdb": 1.15},
    )
    arrow = arrcalc.open(data.paths["arrow"])
    yield question(
        "sum(x), Arrow IPC",
        {
            "arrcalc": lambda: arrow.query("sum(x) as s").to_dict()["s"][0],
            "polars": lazy(polars.scan_ipc(data.paths["arrow"]).select(x.sum())),
        },
        {"polars": 2.5},
    )
