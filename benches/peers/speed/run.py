"""Times arrcalc beside its peers: one process, the same data, taking turns, outputs compared.

Every line is one question. Each contender answers it once per round, in rotating order, for `--rounds` rounds
(at most three where one answer takes longer than `--slow` seconds); the figure is the median, and every claim is
a ratio of two medians of the same run. See README.md beside this file.
"""

import argparse
import gc
import math
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import argsort  # noqa: E402
import bootstrap  # noqa: E402
import chance  # noqa: E402
import columns  # noqa: E402
import histogram  # noqa: E402
import queries  # noqa: E402
import random_draws  # noqa: E402
import report  # noqa: E402
import search  # noqa: E402
import sort  # noqa: E402
import unique  # noqa: E402
import window  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[3]
# Seconds before a call in which the threads of the one before, which some peers (OpenBLAS) let spin for a while, come to rest.
REST = 0.05
QUANTILES = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]


@dataclass
class Question:
    """One line of the comparison; `targets` maps a peer to the least ratio peer / arrcalc."""

    name: str
    contenders: dict
    targets: dict = field(default_factory=dict)
    tolerance: float | None = 1e-9
    bytes_read: int | None = None
    calls: int = 1  # calls per timing, for what takes microseconds


class Data:
    """The columns in every engine's own form, made before any clock starts."""

    def __init__(self, paths):
        import duckdb
        import polars
        import pyarrow

        self.paths = {name: str(path) for name, path in paths.items()}
        self.x, self.y, self.k, self.g = (np.load(self.paths[name]) for name in "xykg")
        self.frame = polars.DataFrame({"x": self.x, "y": self.y})
        self.arrow = pyarrow.array(self.x)
        self.duckdb = duckdb.connect()
        given = pyarrow.table({"x": self.arrow})  # noqa: F841 (duckdb finds it by name)
        self.duckdb.execute("create table t as select x from given")
        self.duckdb.execute("set enable_progress_bar = false")

    def sql(self, query):
        return lambda: self.duckdb.execute(query).fetchall()[0][0]


def arrays(data):
    """Questions over columns in memory."""
    import arrcalc
    import polars
    import pyarrow.compute
    import scipy.stats

    x, y, series = data.x, data.y, data.frame["x"]
    column = polars.col("x")

    def lazy(query):
        return lambda: data.frame.lazy().select(query).collect().item()

    size = x.nbytes
    yield Question(
        "sum",
        {
            "arrcalc": lambda: arrcalc.sum(x),
            "polars lazy": lazy(column.sum()),
            "polars": series.sum,
            "numpy": x.sum,
            "pyarrow": lambda: pyarrow.compute.sum(data.arrow).as_py(),
            "duckdb": data.sql("select sum(x) from t"),
            "duckdb fsum": data.sql("select fsum(x) from t"),
        },
        {"polars lazy": 0.85, "duckdb fsum": 10},
        bytes_read=size,
    )
    yield Question(
        "mean", {"arrcalc": lambda: arrcalc.mean(x), "polars": series.mean, "numpy": x.mean}, bytes_read=size
    )
    yield Question(
        "var",
        {
            "arrcalc": lambda: arrcalc.var(x, ddof=1),
            "polars": series.var,
            "numpy": lambda: x.var(ddof=1),
            "duckdb": data.sql("select var_samp(x) from t"),
        },
        {"polars": 1.5},
        bytes_read=size,
    )
    yield Question(
        "dot", {"arrcalc": lambda: arrcalc.dot(x, y), "numpy": lambda: np.dot(x, y)}, {"numpy": 0.8}, bytes_read=2 * size
    )
    yield Question("min", {"arrcalc": lambda: arrcalc.min(x), "polars": series.min, "numpy": x.min}, bytes_read=size)
    yield Question(
        "argmin",
        {"arrcalc": lambda: arrcalc.argmin(x), "polars": series.arg_min, "numpy": x.argmin},
        tolerance=0,
        bytes_read=size,
    )
    yield Question(
        "sum of int64", {"arrcalc": lambda: arrcalc.sum(data.k), "numpy": data.k.sum}, tolerance=0, bytes_read=size
    )
    yield Question(
        "median",
        {"arrcalc": lambda: arrcalc.median(x), "polars": series.median, "numpy": lambda: np.median(x)},
        {"polars": 4},
        tolerance=1e-15,
        bytes_read=size,
    )
    yield Question(
        "7 quantiles",
        {
            "arrcalc": lambda: arrcalc.quantile(x, QUANTILES),
            "arrcalc, one": lambda: arrcalc.quantile(x, 0.5),
            "numpy": lambda: np.quantile(x, QUANTILES),
            "duckdb": data.sql(f"select quantile_cont(x, {QUANTILES}) from t"),
        },
        {"arrcalc, one": 1 / 1.3, "numpy": 12},
        tolerance=1e-13,
        bytes_read=size,
    )
    yield Question(
        "describe a column",
        {
            "arrcalc": lambda: arrcalc.describe(x),
            "polars": series.describe,
            "scipy": lambda: scipy.stats.describe(x),
        },
        {"polars": 20, "scipy": 8},
        tolerance=None,
        bytes_read=size,
    )
    mapped = np.load(data.paths["x"], mmap_mode="r")
    yield Question(
        "sum of a mapped .npy", {"arrcalc": lambda: arrcalc.sum(mapped), "numpy": mapped.sum}, {"numpy": 2}, bytes_read=size
    )
    yield Question(
        "median of a mapped .npy",
        {"arrcalc": lambda: arrcalc.median(mapped), "numpy": lambda: np.median(mapped)},
        {"numpy": 8},
        tolerance=1e-15,
        bytes_read=size,
    )


def files(data):
    """Questions over files of four columns."""
    import arrcalc
    import duckdb
    import polars

    paths = data.paths
    connection = duckdb.connect()
    connection.execute("set enable_progress_bar = false")

    def summarize(path):
        return lambda: connection.execute(f"summarize select * from '{path}'").fetchall()

    yield Question(
        "describe Arrow IPC, 4 columns",
        {
            "arrcalc": lambda: arrcalc.describe(paths["arrow"]),
            "polars": lambda: polars.scan_ipc(paths["arrow"]).describe(),
        },
        {"polars": 12},
        tolerance=None,
    )
    yield Question(
        "describe Parquet, 4 columns",
        {
            "arrcalc": lambda: arrcalc.describe(paths["parquet"]),
            "polars": lambda: polars.scan_parquet(paths["parquet"]).describe(),
            "duckdb SUMMARIZE": summarize(paths["parquet"]),
        },
        {"polars": 4, "duckdb SUMMARIZE": 15},
        tolerance=None,
    )
    yield Question(
        "describe CSV, 4 columns",
        {
            "arrcalc": lambda: arrcalc.describe(paths["csv"]),
            "polars": lambda: polars.scan_csv(paths["csv"]).describe(),
            "duckdb SUMMARIZE": summarize(paths["csv"]),
        },
        {"polars": 1.5},
        tolerance=None,
    )


def calls(data):
    """What a call costs when there is next to nothing to do."""
    import arrcalc

    for rows in (1, 1_000, 16_000):
        few = data.x[:rows].copy()
        yield Question(
            f"sum of {rows:,}", {"arrcalc": lambda few=few: arrcalc.sum(few), "numpy": lambda few=few: np.sum(few)}, calls=2_000
        )
    few = data.x[:1000].copy()
    yield Question("var of 1,000", {"arrcalc": lambda: arrcalc.var(few), "numpy": lambda: np.var(few)}, calls=500)
    yield Question("median of 1,000", {"arrcalc": lambda: arrcalc.median(few), "numpy": lambda: np.median(few)}, calls=500)


def processes(data):
    """Whole processes, from start to exit."""
    program = os.environ.get("ARRCALC_BENCH_PROGRAM", str(REPOSITORY / "target/release/arrcalc"))
    penguins = str(REPOSITORY / "datasets/samples/penguins.csv")

    def run(*command):
        return lambda: subprocess.run(command, capture_output=True, check=True).returncode

    if Path(program).exists():
        yield Question("arrcalc --version", {"arrcalc": run(program, "--version")})
        yield Question(
            "describe penguins.csv",
            {
                "arrcalc": run(program, "describe", penguins),
                "polars": run(sys.executable, "-c", f"import polars; polars.read_csv({penguins!r}, null_values='NA').describe()"),
            },
        )
    yield Question(
        "import",
        {name: run(sys.executable, "-c", f"import {name}") for name in ("arrcalc", "numpy", "polars", "duckdb")},
    )


def rivals(data):
    """Rows and record of the crates that keep arrcalc's promise, in a process of their own, arrcalc in turn."""
    program = os.environ.get("ARRCALC_BENCH_BITREP", str(REPOSITORY / "target/release/bitrep"))
    if not Path(program).exists():
        return [], []
    command = [program, "--compare", data.paths["x"], data.paths["y"]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = {}
    for line in done.stdout.splitlines():
        question, contender, milliseconds = line.split("\t")
        found.setdefault(question, {})[contender] = [float(milliseconds) / 1e3]
    questions = [Question(name, {}, {"bitrep": 10} if name.startswith("sum, as") else {}) for name in found]
    table = [row for question, times in zip(questions, found.values(), strict=True) for row in rows_of(question, times)]
    record = [{"question": q.name, "seconds": found[q.name], "targets": q.targets} for q in questions]
    return table, record


def agree(question, answers):
    """Fails where a peer's answer is not arrcalc's within the peer's own rounding."""
    if question.tolerance is None:
        return
    own = np.asarray(answers["arrcalc"], dtype=float)
    for name, answer in answers.items():
        other = np.asarray(answer, dtype=float)
        if other.shape == own.shape and not np.allclose(own, other, rtol=question.tolerance, atol=0):
            raise SystemExit(f"{question.name}: arrcalc says {own}, {name} says {other}")


def measure(question, rounds, slow):
    """Seconds of every contender, taking turns."""
    names = list(question.contenders)
    answers, seconds = {}, {name: [] for name in names}
    for name in names:  # warm up, and see who is slow
        start = time.perf_counter()
        answers[name] = question.contenders[name]()
        seconds[name].append(time.perf_counter() - start)
    agree(question, answers)
    del answers
    wanted = {name: min(rounds, 3) if seconds[name][0] > slow else rounds for name in names}
    for name in names:
        if seconds[name][0] <= slow:
            seconds[name].clear()
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            if len(seconds[name]) >= wanted[name]:
                continue
            ask = question.contenders[name]
            gc.collect()
            time.sleep(REST)
            start = time.perf_counter()
            for _ in range(question.calls):
                ask()
            seconds[name].append((time.perf_counter() - start) / question.calls)
    return seconds


def unit(seconds):
    return f"{seconds * 1e6:.2f} us" if seconds < 1e-4 else f"{seconds * 1e3:,.1f} ms"


def rows_of(question, seconds):
    """Table rows: one a peer."""
    median = {name: statistics.median(values) for name, values in seconds.items()}
    own = median["arrcalc"]
    rate = f"{question.bytes_read / own / 1e9:.1f} GB/s" if question.bytes_read else ""
    peers = [name for name in median if name != "arrcalc"] or [None]
    for index, name in enumerate(peers):
        first = [question.name, unit(own), rate] if index == 0 else ["", "", ""]
        if name is None:
            yield [*first, "", "", "", ""]
            continue
        ratio = median[name] / own
        target = question.targets.get(name)
        verdict = "" if target is None else f"{'met' if ratio >= target else 'MISSED'} ({target:.3g}x)"
        yield [*first, name, unit(median[name]), f"{ratio:.2f}x", verdict]


def roof(x):
    """Seconds of reading x once on every core: the plain float sum of two halves, the loop that memory bounds."""
    from concurrent.futures import ThreadPoolExecutor

    cores = report.machine()["cores"]
    parts = np.array_split(x, cores)
    with ThreadPoolExecutor(cores) as pool:
        times = []
        for _ in range(9):
            start = time.perf_counter()
            math.fsum(pool.map(np.add.reduce, parts))
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def family(module):
    """The questions of a file beside this one."""
    return lambda data: module.questions(data, Question)


FAMILIES = {
    "arrays": arrays,
    "queries": family(queries),
    "argsort": family(argsort),
    "windows": family(window),
    "histograms": family(histogram),
    "unique": family(unique),
    "search": family(search),
    "sort": family(sort),
    "random": family(random_draws),
    "chance": family(chance),
    "bootstrap": family(bootstrap),
    "files": files,
    "calls": calls,
    "processes": processes,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000_000, help="length of the columns (default 50,000,000)")
    parser.add_argument("--csv-rows", type=int, default=None, help="rows of the CSV (default a tenth)")
    parser.add_argument("--rounds", type=int, default=7, help="answers per contender (default 7)")
    parser.add_argument("--slow", type=float, default=5.0, help="seconds from which three answers do (default 5)")
    parser.add_argument("--folder", default="/tmp/arrcalc-peers", help="where the data is kept")
    known = [*FAMILIES, "rivals"]
    parser.add_argument("--only", nargs="*", choices=known, default=known, help="which families")
    parser.add_argument("--match", default="", help="only questions whose name contains this")
    parser.add_argument("--no-record", action="store_true", help="print only")
    options = parser.parse_args()

    csv_rows = options.csv_rows or max(1, options.rows // 10)
    data = Data(columns.cached_table(options.folder, options.rows, csv_rows))
    head = ["question", "arrcalc", "rate", "peer", "peer's time", "peer / arrcalc", "target"]
    table, record = [], []
    roof_rate = data.x.nbytes / roof(data.x) / 1e9
    for family in (name for name in FAMILIES if name in options.only):
        for question in FAMILIES[family](data):
            if options.match not in question.name:
                continue
            seconds = measure(question, options.rounds, options.slow)
            rows = list(rows_of(question, seconds))
            table += rows
            record.append({"question": question.name, "seconds": seconds, "targets": question.targets})
            for row in rows:
                print("  ".join(cell for cell in row if cell), flush=True)
    if "rivals" in options.only:
        rows, times = rivals(data)
        table += rows
        record += times
    packages = ["numpy", "polars", "duckdb", "pyarrow", "scipy"]
    versions = report.versions(packages)
    machine = report.machine()
    text = (
        f"{options.rows:,} rows ({csv_rows:,} in the CSV), {machine['cores']} cores of {machine['cpu']}; plain float sums "
        f"on all cores read memory at {roof_rate:.1f} GB/s. Medians of {options.rounds} answers in one process, taking "
        f"turns ({', '.join(f'{name} {version}' for name, version in versions.items())}).\n\n"
        + report.markdown(head, table)
    )
    print("\n" + text)
    if not options.no_record:
        facts = {"machine": machine, "revision": report.revision(), "versions": versions}
        facts |= {"rows": options.rows, "csv_rows": csv_rows, "roof_gb_per_s": roof_rate, "questions": record}
        print(f"\nwritten to {report.write('speed', text, facts)}", file=sys.stderr)


if __name__ == "__main__":
    main()
