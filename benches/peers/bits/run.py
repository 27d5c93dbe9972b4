"""Asks every engine the same question fifteen times and counts the answers.

Sum, mean and sample variance of one column, for three thread counts and five ways of cutting the column
into chunks, files, row groups or batches: whatever the engine's users do to the same numbers. An answer is its 64
bits. See README.md beside this file.
"""

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from itertools import chain, pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import columns  # noqa: E402
import report  # noqa: E402

THREADS = (1, 2, 5)
PIECES = (1, 3, 16, 100, 1000)  # pieces of nearly equal length; 1 is the whole column
QUESTIONS = ("sum", "mean", "var")


def cut(values, pieces):
    edges = np.linspace(0, len(values), pieces + 1).astype(int)
    return [values[a:b] for a, b in pairwise(edges)]


# Each engine: a function of (path, threads, pieces) that returns a dict of question -> callable. What happens
# before the callable is called (loading, cutting) is not timed.


def numpy_pieces(path, threads, pieces):
    """Partial results per piece, merged: what a loop over chunks, dask or a process pool does."""
    parts = cut(np.load(path), pieces)
    rows = sum(map(len, parts))

    def total():
        return float(np.sum([part.sum() for part in parts]))

    def var():
        n, mean, m2 = 0, 0.0, 0.0  # Chan, Golub, LeVeque: the merge of every parallel variance
        for part in parts:
            k, part_mean = len(part), part.mean()
            delta = part_mean - mean
            m2 += part.var() * k + delta * delta * (n * k / (n + k))
            mean += delta * k / (n + k)
            n += k
        return float(m2 / (n - 1))

    return {"sum": total, "mean": lambda: total() / rows, "var": var}


def polars_engine(engine):
    def ask(path, threads, pieces):
        import polars

        assert polars.thread_pool_size() == threads
        parts = [polars.DataFrame({"x": part}) for part in cut(np.load(path), pieces)]
        frame = polars.concat(parts, rechunk=False).lazy()
        column = polars.col("x")
        asked = {"sum": column.sum(), "mean": column.mean(), "var": column.var()}
        return {
            name: (lambda query=frame.select(query): query.collect(engine=engine).item())
            for name, query in asked.items()
        }

    return ask


def duckdb_engine(function):
    def ask(path, threads, pieces):
        import duckdb
        import pyarrow

        connection = duckdb.connect(config={"threads": threads})
        batches = [pyarrow.record_batch({"x": part}) for part in cut(np.load(path), pieces)]
        given = pyarrow.Table.from_batches(batches)  # noqa: F841 (duckdb finds it by name)
        connection.execute("create table t as select x from given")
        asked = {"sum": "sum(x)", "mean": "avg(x)", "var": "var_samp(x)"}
        if function == "fsum":
            asked = {"sum": "fsum(x)", "mean": "favg(x)"}
        return {
            name: (lambda sql=sql: connection.execute(f"select {sql} from t").fetchone()[0])
            for name, sql in asked.items()
        }

    return ask


def pyarrow_compute(path, threads, pieces):
    import pyarrow
    import pyarrow.compute

    pyarrow.set_cpu_count(threads)
    column = pyarrow.chunked_array(cut(np.load(path), pieces))
    return {
        "sum": lambda: pyarrow.compute.sum(column).as_py(),
        "mean": lambda: pyarrow.compute.mean(column).as_py(),
        "var": lambda: pyarrow.compute.variance(column, ddof=1).as_py(),
    }


def math_fsum(path, threads, pieces):
    parts = [part.tolist() for part in cut(np.load(path), pieces)]
    rows = sum(map(len, parts))
    return {
        "sum": lambda: math.fsum(chain.from_iterable(parts)),
        "mean": lambda: math.fsum(chain.from_iterable(parts)) / rows,
    }


def arrcalc_arrays(path, threads, pieces):
    """Any number of pieces cannot be told apart, so each is an array of its own stride: one in `pieces`."""
    import arrcalc

    values = np.load(path)
    if pieces > 1:  # the same values, stored apart
        wide = np.zeros((len(values), 2))
        wide[:, pieces % 2] = values
        values = wide[:, pieces % 2]
    return {
        "sum": lambda: float(arrcalc.sum(values, threads=threads)),
        "mean": lambda: float(arrcalc.mean(values, threads=threads)),
        "var": lambda: float(arrcalc.var(values, ddof=1, threads=threads)),
    }


def arrcalc_batches(path, threads, pieces):
    import arrcalc
    import pyarrow

    batches = [pyarrow.record_batch({"x": part}) for part in cut(np.load(path), pieces)]
    table = arrcalc.open(pyarrow.Table.from_batches(batches))

    def ask(name):
        return lambda: table.query(f"{name}(x) as answer", threads=threads)["answer"][0]

    return {name: ask(name) for name in QUESTIONS}


def bitrep(path, threads, pieces):
    """The crate bitrep through `benches/src/bin/bitrep.rs`: `pieces` accumulators on `threads` threads, merged."""
    program = os.environ.get("ARRCALC_BENCH_BITREP")
    if not program:
        return {}
    out = subprocess.run([program, path, str(threads), str(pieces)], capture_output=True, text=True, check=True)
    answers = json.loads(out.stdout)
    return {name: (lambda name=name: answers[name]) for name in QUESTIONS if name in answers}


ENGINES = {
    "arrcalc, arrays": arrcalc_arrays,
    "arrcalc, tables": arrcalc_batches,
    "NumPy, by pieces": numpy_pieces,
    "Polars, in memory": polars_engine("in-memory"),
    "Polars, streaming": polars_engine("streaming"),
    "DuckDB": duckdb_engine("sum"),
    "DuckDB fsum": duckdb_engine("fsum"),
    "pyarrow": pyarrow_compute,
    "bitrep": bitrep,
    "math.fsum": math_fsum,
}


def work(engine, path, threads):
    """One process: an engine at one thread count, all cuts. Prints a JSON line for each answer."""
    for pieces in PIECES:
        for name, ask in ENGINES[engine](path, threads, pieces).items():
            start = time.perf_counter()
            answer = ask()
            seconds = time.perf_counter() - start
            if isinstance(answer, dict):  # a program that timed itself
                answer, seconds = float.fromhex(answer["hex"]), answer["seconds"]
            print(json.dumps([name, pieces, float(answer).hex(), seconds]), flush=True)


def ask_all(path, engines):
    found = {}
    for engine in engines:
        for threads in THREADS:
            environment = os.environ | {
                "POLARS_MAX_THREADS": str(threads),
                "RAYON_NUM_THREADS": str(threads),
                "OMP_NUM_THREADS": str(threads),
            }
            command = [sys.executable, __file__, "--worker", engine, "--threads", str(threads), "--column", str(path)]
            done = subprocess.run(command, env=environment, capture_output=True, text=True)
            if done.returncode:
                print(f"{engine}: {done.stderr.strip().splitlines()[-1]}", file=sys.stderr)
                break
            for line in done.stdout.splitlines():
                name, pieces, answer, seconds = json.loads(line)
                found.setdefault(engine, {}).setdefault(name, []).append((threads, pieces, answer, seconds))
        print(f"asked {engine}", file=sys.stderr)
    return found


def ulps(count):
    return f"{count:,}" if count < 1_000_000 else f"{count:.0e}".replace("e+0", "e").replace("e+", "e")


def tabulate(found, exact):
    rows = []
    for engine, answers in found.items():
        row = [engine]
        for name in QUESTIONS:
            asked = answers.get(name)
            if not asked:
                row += ["·", "·", "·"]
                continue
            distinct = {answer for _, _, answer, _ in asked}
            worst = max(columns.ulps_off(float.fromhex(answer), exact[name]) for answer in distinct)
            seconds = statistics.median(second for threads, _, _, second in asked if threads == 2)
            row += [len(distinct), ulps(worst), f"{seconds * 1e3:,.1f}"]
        rows.append(row)
    head = ["engine", *(f"{name}{what}" for name in QUESTIONS for what in (": answers", ", ulps off", ", ms"))]
    return report.markdown(head, rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=8_000_000, help="length of the column (default 8,000,000)")
    parser.add_argument("--folder", default="/tmp/arrcalc-peers", help="where the column is kept")
    parser.add_argument("--engines", nargs="*", default=list(ENGINES), metavar="NAME", help="which engines to ask")
    parser.add_argument("--no-record", action="store_true", help="print only")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--threads", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--column", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.column, options.threads)
        return
    path = columns.cached_ledger(options.folder, options.rows)
    exact = columns.exact_answers(np.load(path))
    found = ask_all(path, options.engines)
    table = tabulate(found, exact)
    asked = len(THREADS) * len(PIECES)
    text = (
        f"The same question {asked} times ({options.rows:,} payments; {len(THREADS)} thread counts x {len(PIECES)} "
        f"ways of cutting the column). Answers: how many different results; ulps: the worst distance from the "
        f"correctly rounded one; ms: median at two threads.\n\n{table}"
    )
    print(text)
    if not options.no_record:
        data = {
            "machine": report.machine(),
            "revision": report.revision(),
            "versions": report.versions(["numpy", "polars", "duckdb", "pyarrow"]),
            "rows": options.rows,
            "exact": {name: columns.round_to_double(value).hex() for name, value in exact.items()},
            "answers": found,
        }
        print(f"\nwritten to {report.write('bits', text, data)}", file=sys.stderr)


if __name__ == "__main__":
    main()
