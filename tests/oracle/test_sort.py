"""`sort` beside Python's own sort of the rows: every type, any budget, killed at any moment."""

import json
import math
import os
import random
import signal
import subprocess
import time

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

WORDS = ["", "a", "a\0", "ab", "b", "é", "ü", "zz", "z" * 40]


def table(seed, rows):
    """Columns of several types with few and many distinct values, nulls, NaN and zeros of both signs."""
    dice = random.Random(seed)

    def column(make, nulls):
        return [None if dice.random() < nulls else make() for _ in range(rows)]

    return pa.table(
        {
            "id": pa.array(range(rows), pa.int64()),
            "k": pa.array(column(lambda: dice.randrange(-3, 4), 0.1), pa.int32()),
            "x": pa.array(
                column(lambda: dice.choice([0.0, -0.0, math.nan, math.inf, dice.gauss(0, 1)]), 0.05), pa.float64()
            ),
            "s": pa.array(column(lambda: dice.choice(WORDS), 0.1), pa.string()),
            "u": pa.array([dice.getrandbits(64) for _ in range(rows)], pa.uint64()),
        }
    )


def expected(columns, keys):
    """Row numbers in the order of `keys`: (name, descending, nulls first), by one stable sort a key, last key first."""
    order = list(range(len(columns["id"])))
    for name, descending, nulls_first in reversed(keys):
        values = columns[name]

        def is_nan(row, values=values):
            return isinstance(values[row], float) and math.isnan(values[row])

        numbers = [row for row in order if values[row] is not None and not is_nan(row)]
        # Python's sort is stable in reverse, too.
        as_bytes = any(isinstance(value, str) for value in values)
        numbers.sort(key=lambda row: values[row].encode() if as_bytes else values[row], reverse=descending)
        nans = [row for row in order if is_nan(row)]
        nulls = [row for row in order if values[row] is None]
        order = nulls + numbers + nans if nulls_first else numbers + nans + nulls
    return order


def text(keys):
    return ", ".join(
        f"{name}{' desc' if descending else ''}{' nulls first' if first else ''}" for name, descending, first in keys
    )


def write(data, path):
    if path.suffix == ".arrow":
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, data.schema) as writer:
            writer.write_table(data, max_chunksize=7_000)
    else:
        pa.parquet.write_table(data, path, row_group_size=9_000)


def read(path):
    if path.suffix == ".arrow":
        return pa.ipc.open_file(str(path)).read_all()
    return pa.parquet.read_table(path)


LISTS = [
    [("x", False, False)],
    [("k", True, True), ("x", True, False)],
    [("s", False, False), ("k", False, True)],
    [("s", True, True), ("x", False, False), ("k", True, False)],
    [("u", True, False)],
    [("k", False, False)],
]


@pytest.mark.parametrize("seed", range(6))
def test_rows_come_in_the_order_of_python(run, tmp_path, seed):
    rows = [0, 1, 50, 3_000, 40_000, 90_000][seed]
    data = table(seed, rows)
    columns = {name: data[name].to_pylist() for name in data.column_names}
    source = tmp_path / f"in.{'arrow' if seed % 2 else 'parquet'}"
    write(data, source)
    for keys in LISTS:
        order = expected(columns, keys)
        for settings in [[], ["--memory", "2MiB", "--threads", "2"], ["--memory", "3MiB", "--threads", "1"]]:
            out = tmp_path / "out.arrow"
            done = run("sort", source, "--by", text(keys), "-o", out, *settings)
            assert done.returncode == 0, done.stderr
            found = read(out)
            assert found["id"].to_pylist() == order, (keys, settings)
            assert repr(found.to_pydict()) == repr(data.take(pa.array(order, pa.int64())).to_pydict())
    done = run("sort", source, "--by", "x, id desc", "--indices", "-n", "7", "--format", "json")
    assert [row["row"] for row in json.loads(done.stdout)] == expected(columns, [("x", False, False), ("id", True, False)])[:7]


def test_the_output_may_be_the_input_and_several_files_are_one(run, tmp_path):
    parts = [tmp_path / "a.npy", tmp_path / "b.npy"]
    dice = np.random.default_rng(3)
    values = [dice.normal(size=1_000), dice.normal(size=10)]
    for path, array in zip(parts, values):
        np.save(path, array)
    assert run("sort", parts[0], "-o", parts[0]).returncode == 0
    assert np.array_equal(np.load(parts[0]), np.sort(values[0]))
    np.save(parts[1].with_name("a2.npy"), values[1])
    os.rename(parts[1].with_name("a2.npy"), tmp_path / "sub.npy")
    done = run("sort", parts[0], "--by", "-a", "--raw")
    assert [float(line) for line in done.stdout.split()] == np.sort(values[0])[::-1].tolist()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.npy", "b.npy", "sub.npy"]


def test_what_cannot_be_sorted_is_refused(run, samples, tmp_path):
    penguins = samples / "penguins.csv"
    for arguments, code, said in [
        (["--by", "specis"], 2, "did you mean 'species'"),
        (["--by", "species + 1"], 2, "sorted by columns"),
        (["--by", "("], 2, ""),
        (["-c", "nothing"], 2, "nothing"),
    ]:
        done = run("sort", penguins, *arguments)
        assert done.returncode == code and said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    path = tmp_path / "u.npy"
    np.save(path, np.random.default_rng(1).integers(0, 1 << 63, 400_000))
    done = run("sort", path, "-o", tmp_path / "out.npy", "--memory", "2MiB", "--max-temp", "1MB")
    assert done.returncode == 5 and "--max-temp" in done.stderr
    assert [entry.name for entry in tmp_path.iterdir()] == ["u.npy"]


def anonymous_kib(pid):
    try:
        with open(f"/proc/{pid}/status") as status:
            return next((int(line.split()[1]) for line in status if line.startswith("RssAnon:")), 0)
    except (FileNotFoundError, ProcessLookupError):
        return 0


def test_a_file_larger_than_the_budget_keeps_to_it(program, tmp_path):
    """160 MB of words under 32 MiB; ARRCALC_SORT_ROWS makes it larger."""
    rows = int(os.environ.get("ARRCALC_SORT_ROWS", "20_000_000"))
    path, out = tmp_path / "in.npy", tmp_path / "out.npy"
    values = np.random.default_rng(5).integers(0, 1 << 63, rows, dtype=np.uint64)
    np.save(path, values)
    process = subprocess.Popen([program, "sort", path, "-o", out, "--memory", "32MiB"], stderr=subprocess.PIPE)
    peak = 0
    while process.poll() is None:
        peak = max(peak, anonymous_kib(process.pid))
        time.sleep(0.005)
    assert process.returncode == 0, process.stderr.read()
    assert peak < 1.5 * 32 * 1024 + 8 * 1024, f"{peak} KiB"
    found = np.load(out)
    values.sort()
    assert np.array_equal(found, values)


def test_killed_at_any_moment_it_leaves_nothing(program, tmp_path):
    path, out = tmp_path / "in.npy", tmp_path / "out.npy"
    np.save(path, np.random.default_rng(5).integers(0, 1 << 63, 3_000_000))
    dice = random.Random(11)
    killed = 0
    for _ in range(12):
        process = subprocess.Popen(
            [program, "sort", path, "-o", out, "--memory", "4MiB"], stderr=subprocess.DEVNULL
        )
        time.sleep(dice.uniform(0.0, 0.25))
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        names = sorted(entry.name for entry in tmp_path.iterdir())
        assert names in (["in.npy"], ["in.npy", "out.npy"]), names
        if out.exists():
            assert len(np.load(out)) == 3_000_000
            out.unlink()
    assert killed > 0
