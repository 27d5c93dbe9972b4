"""open, query and their answers, against Python's own loops over exact fractions."""

import datetime
import decimal
import math
import re
import subprocess
import sys
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

import arrcalc
import numpy as np
import oracle
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "datasets" / "samples"
RANDOM = np.random.Generator(np.random.Philox(41))
N = 30_000
KEYS = RANDOM.integers(0, 17, N)
X = RANDOM.standard_normal(N) * 10.0 ** RANDOM.integers(-12, 12, N)
ARRAYS = {"k": KEYS, "x": X}


def expected_groups():
    groups = defaultdict(list)
    for key, value in zip(KEYS.tolist(), X.tolist(), strict=True):
        groups[key].append(value)
    return dict(sorted(groups.items()))


def sources(tmp_path):
    table = pa.table(ARRAYS)
    pq.write_table(table, tmp_path / "t.parquet")
    pq.write_table(table.slice(0, 1000), tmp_path / "head.parquet")
    pq.write_table(table.slice(1000), tmp_path / "tail.parquet")
    wide = np.zeros(N, dtype=[("pad", "i1"), ("k", ">i4"), ("x", "<f8")])
    wide["k"], wide["x"] = KEYS, X
    np.savez(tmp_path / "t.npz", **ARRAYS)
    yield "arrays", ARRAYS
    yield "strided arrays", {"k": np.repeat(KEYS, 2)[::2], "x": np.ascontiguousarray(X[::-1])[::-1]}
    yield "records", wide
    yield "arrow", table
    yield "batches", pa.Table.from_batches(table.to_batches(max_chunksize=777))
    yield "a path", tmp_path / "t.parquet"
    yield "a text", str(tmp_path / "t.parquet")
    yield "npz", tmp_path / "t.npz"
    yield "a list", [tmp_path / "head.parquet", tmp_path / "tail.parquet"]


def test_groups_are_exact_from_any_source(tmp_path):
    groups = expected_groups()
    expected = [
        (
            oracle.to_double(oracle.total(values)),
            oracle.to_double(oracle.mean(values)),
            oracle.to_double(oracle.root(oracle.variance(values, 1))),
        )
        for values in groups.values()
    ]
    for name, source in sources(tmp_path):
        dataset = arrcalc.open(source)
        assert (dataset.rows, len(dataset)) == (N, N), name
        assert dataset.schema["x"] == "float64"
        for threads in (1, 3, None):
            t = dataset.query(["count(*) as n", "sum(x) as s", "mean(x) as m", "std(x) as d"], by="k", threads=threads)
            assert t.columns == ["k", "n", "s", "m", "d"], name
            assert t["k"].tolist() == list(groups)
            assert t["n"].tolist() == [len(values) for values in groups.values()]
            columns = [t["s"], t["m"], t["d"]]
            for row, statistics in enumerate(expected):
                for column, statistic in zip(columns, statistics, strict=True):
                    oracle.same(column[row], statistic)


def test_rows_are_chosen_ordered_and_cut():
    d = arrcalc.open(ARRAYS)
    t = d.query("x, k * 2 as twice", where=["x > 0", "k <> 3"], order_by=["-k", "x"], limit=100, offset=10)
    chosen = sorted((-k, x) for k, x in zip(KEYS.tolist(), X.tolist(), strict=True) if x > 0 and k != 3)[10:110]
    assert t["x"].tolist() == [x for _, x in chosen]
    assert t["twice"].tolist() == [-2 * k for k, _ in chosen]
    assert (len(t), t.rows, t.columns, list(t)) == (100, 100, ["x", "twice"], ["x", "twice"])
    assert "x" in t and "y" not in t
    assert d.query(limit=3)["x"].tolist() == X[:3].tolist()
    assert d.query("count(*) as n", by="k", having="n > 1800", order_by="k desc")["k"].tolist() == [
        k for k in range(16, -1, -1) if (KEYS == k).sum() > 1800
    ]


def test_several_predicates_are_all_meant():
    d = arrcalc.open({"x": np.arange(10)})
    assert d.query(where=["x < 2 or x > 7", "x % 2 = 0"])["x"].tolist() == [0, 8]


def test_arrays_are_read_where_they_lie():
    x = np.arange(100_000, dtype=float)
    d = arrcalc.open({"x": x})
    assert d.query("sum(x) as s")["s"][0] == x.sum()
    x[0] = 0.5
    assert d.query("sum(x) as s")["s"][0] == oracle.to_double(oracle.total(x))
    x.flags.writeable = False
    assert d.query("max(x) as m")["m"].tolist() == [99_999.0]
    y = bytearray(80)
    held = arrcalc.open(memoryview(y))
    with pytest.raises(BufferError):  # held: it must not move
        y.extend(b"more")
    del held
    y.extend(b"more")


def test_nan_propagates_or_is_ignored():
    d = arrcalc.open([1.0, math.nan, 2.0])
    assert math.isnan(d.query("sum(values) as s")["s"][0])
    assert d.query("sum(values) as s", nan="ignore")["s"].tolist() == [3.0]
    with pytest.raises(arrcalc.InputError, match="propagate"):
        d.query("sum(values)", nan="skip")


def full_table():
    utc = datetime.timezone.utc
    return pa.table(
        {
            "b": pa.array([True, None, False]),
            "i1": pa.array([-128, 127, None], pa.int8()),
            "i2": pa.array([1, None, -3], pa.int16()),
            "i4": pa.array([None, 2**31 - 1, 5], pa.int32()),
            "i8": pa.array([2**53 + 1, None, -(2**63)], pa.int64()),
            "u1": pa.array([255, 0, None], pa.uint8()),
            "u2": pa.array([1, None, 65535], pa.uint16()),
            "u4": pa.array([1, None, 2**32 - 1], pa.uint32()),
            "u8": pa.array([1, None, 2**64 - 1], pa.uint64()),
            "f4": pa.array([0.1, None, math.inf], pa.float32()),
            "f8": pa.array([0.1, None, -0.0], pa.float64()),
            "s": pa.array(["é", None, ""]),
            "dict": pa.array(["p", None, "q"]).dictionary_encode(),
            "dec": pa.array([decimal.Decimal("1.10"), None, decimal.Decimal("-3.25")], pa.decimal128(9, 2)),
            "d": pa.array([datetime.date(2020, 2, 29), None, datetime.date(1969, 7, 20)]),
            "t": pa.array([datetime.time(1, 2, 3, 4), None, datetime.time(23, 59, 59)]),
            "ts": pa.array([datetime.datetime(2020, 2, 29, 1, 2, 3), None, datetime.datetime(1900, 1, 1)], pa.timestamp("us")),
            "tz": pa.array([datetime.datetime(2020, 2, 29, tzinfo=utc), None, datetime.datetime(1900, 1, 1, tzinfo=utc)]),
            "ns": pa.array([1, None, -1], pa.timestamp("ns")),
            "du": pa.array([datetime.timedelta(seconds=5), None, datetime.timedelta(days=-1)], pa.duration("ms")),
        }
    )


def test_every_type_goes_through_arrow_and_back():
    table = full_table()
    t = arrcalc.open(table).query()
    found = pa.table(t)
    assert found.column_names == table.column_names
    for name in table.column_names:
        expected = table[name].combine_chunks()
        expected = expected.dictionary_decode() if name == "dict" else expected
        assert found[name].combine_chunks().equals(expected), name
        assert found[name].type == expected.type, name
    assert pa.schema(t) == found.schema
    found.validate(full=True)
    # A table that came out goes in again.
    assert arrcalc.open(t).query() == t


def test_every_type_as_numpy():
    arrays = arrcalc.open(full_table()).query().to_numpy()
    for name, kind in {"b": "?", "i1": "i1", "i2": "i2", "i4": "i4", "i8": "i8", "u1": "u1", "u2": "u2", "u4": "u4", "u8": "u8"}.items():
        array = arrays[name]
        assert isinstance(array, np.ma.MaskedArray) and array.dtype == kind, name
        assert array.tolist() == full_table()[name].to_pylist()
    for name in ("f4", "f8"):
        assert arrays[name].dtype == name and not isinstance(arrays[name], np.ma.MaskedArray)
        expected = [math.nan if v is None else v for v in full_table()[name].to_pylist()]
        np.testing.assert_array_equal(arrays[name], np.array(expected, name))
    assert np.signbit(arrays["f8"][2])
    assert arrays["d"].dtype == "M8[D]" and arrays["ts"].dtype == "M8[us]" and arrays["du"].dtype == "m8[ms]"
    assert arrays["ns"].dtype == "M8[ns]" and arrays["tz"].dtype == "M8[us]"
    assert [np.isnat(v) for v in arrays["d"]] == [False, True, False]
    assert arrays["d"][0] == np.datetime64("2020-02-29") and arrays["du"][2] == np.timedelta64(-1, "D")
    for name in ("s", "dict", "dec", "t"):
        assert arrays[name].dtype == object
        assert arrays[name].tolist() == full_table()[name].to_pylist()
    assert all(array.flags.writeable for array in arrays.values())


def test_python_values():
    values = arrcalc.open(full_table()).query().to_dict()
    for name in ("b", "i1", "i8", "u8", "f8", "s", "dict", "dec", "t"):
        assert values[name] == full_table()[name].to_pylist(), name
    assert values["d"] == [np.datetime64("2020-02-29"), None, np.datetime64("1969-07-20")]
    assert type(values["i8"][0]) is int and type(values["f8"][0]) is float and type(values["b"][0]) is bool


def test_no_rows_have_columns_still():
    t = arrcalc.open(full_table()).query(where="i8 = 1")
    assert len(t) == 0 and t.columns == full_table().column_names
    assert pa.table(t).num_rows == 0
    assert pa.table(t).column_names == t.columns
    assert [array.shape for array in t.to_numpy().values()] == [(0,)] * len(t.columns)
    assert t.to_dict()["s"] == [] and repr(t)


def test_large_answers_are_streamed_in_batches():
    n = (1 << 20) + 5
    x = np.arange(n)
    t = arrcalc.open({"x": x}).query("x, x / 2 as half")
    reader = pa.RecordBatchReader.from_stream(t)
    batches = list(reader)
    assert [batch.num_rows for batch in batches] == [1 << 20, 5]
    np.testing.assert_array_equal(np.concatenate([batch["x"] for batch in batches]), x)
    np.testing.assert_array_equal(pa.table(t)["half"].to_numpy(), x / 2)
    reader = pa.RecordBatchReader.from_stream(t)
    del t
    assert reader.read_next_batch()["x"][7].as_py() == 7  # the stream owns what it lends


def test_a_stream_that_nobody_reads_is_released():
    t = arrcalc.open({"x": [1, 2]}).query()
    capsules = [t.__arrow_c_stream__(), t.__arrow_c_stream__(None), t.__arrow_c_schema__()]
    assert all("arrow" in repr(capsule) for capsule in capsules)
    del capsules
    assert pa.table(t)["x"].to_pylist() == [1, 2]


def test_a_table_is_shown_as_a_table():
    t = arrcalc.open({"k": ["a", "b"], "x": [0.5, 2.25]}).query()
    assert [line.split() for line in repr(t).splitlines()] == [["k", "x"], ["string", "float64"], ["a", "0.5"], ["b", "2.25"]]
    shown = repr(arrcalc.open({"x": np.arange(5000)}).query())
    assert len(shown.splitlines()) < 30 and "5000" in shown
    assert repr(arrcalc.open({"x": [1]})) == "<arrcalc.Dataset of 1 row: x: int64>"


def test_a_whole_statement(tmp_path):
    pq.write_table(pa.table(ARRAYS), tmp_path / "t.parquet")
    t = arrcalc.query(f"select k, sum(x) as s from '{tmp_path / 't.parquet'}' where k < 3 group by k order by k desc limit 2")
    groups = expected_groups()
    assert t["k"].tolist() == [2, 1]
    assert t["s"].tolist() == [oracle.to_double(oracle.total(groups[k])) for k in (2, 1)]
    with pytest.raises(FileNotFoundError):
        arrcalc.query("select 1 as one from '/nowhere/x.csv'")
    for wrong in ("", "  ", "selec x from 'y'", "select x"):
        with pytest.raises(arrcalc.InputError):
            arrcalc.query(wrong)


def test_describe_of_a_dataset_is_describe(tmp_path):
    path = SAMPLES / "penguins.csv"
    d = arrcalc.open(path)
    assert d.describe() == arrcalc.describe(path)
    assert list(d.describe(["island"]).columns) == ["island"]
    assert arrcalc.open(ARRAYS).describe() == arrcalc.describe(ARRAYS)
    assert arrcalc.open(pa.table(ARRAYS)).describe() == arrcalc.describe(ARRAYS)


def test_what_is_wrong_is_said():
    d = arrcalc.open({"price": [1.0, 2.0], "s": ["a", "b"], "i": [2**62, 2**62]})
    for call, match in [
        (lambda: d.query("sum(prise)"), "price"),
        (lambda: d.query("sum(price"), "select"),
        (lambda: d.query("sum(s)"), "string"),
        (lambda: d.query("sum(i)"), "int64"),
        (lambda: d.query(where="price +"), "where"),
        (lambda: d.query(order_by="nothing"), "nothing"),
        (lambda: d.query("price", threads=0), "threads"),
        (lambda: arrcalc.open({"a": [1], "b": [1, 2]}), "rows"),
    ]:
        with pytest.raises(ValueError, match=match) as caught:
            call()
        assert isinstance(caught.value, arrcalc.Error)
        assert "\n" not in str(caught.value)
    with pytest.raises(KeyError, match="cost"):
        d.query()["cost"]
    with pytest.raises(FileNotFoundError):
        arrcalc.open("/nowhere/x.parquet")
    with pytest.raises(TypeError):
        d.query(5)
    with pytest.raises(arrcalc.InputError, match="limit"):
        d.query(limit=-1)


def test_frames_of_libraries_that_are_there():
    t = arrcalc.open(full_table()).query()
    for name, convert in (("pandas", t.to_pandas), ("polars", t.to_polars)):
        try:
            __import__(name)
        except ImportError:
            with pytest.raises(ModuleNotFoundError, match=f"pip install {name}"):
                convert()
            continue
        frame = convert()
        assert list(frame.columns) == t.columns and len(frame) == 3
        assert frame["s"][0] == "é" and frame["i8"][0] == 2**53 + 1
        assert frame["dec"][0] == decimal.Decimal("1.10")
        assert frame["tz"][0] == datetime.datetime(2020, 2, 29, tzinfo=datetime.timezone.utc)
    with_nulls = arrcalc.open({"x": [1.0, 2.0]}).query("x")
    assert with_nulls == arrcalc.open({"x": [1.0, 2.0]}).query("x")


CTRL_C = """
import os, signal, threading, time
import numpy as np
import arrcalc

signal.signal(signal.SIGINT, signal.default_int_handler)
d = arrcalc.open({"x": np.broadcast_to(np.float64(0.1), (40_000_000_000,))})  # far longer than the test
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.perf_counter()
try:
    d.query("sum(x * x + 1) as s", where="x > 0")
except KeyboardInterrupt:
    print("interrupted", time.perf_counter() - start < 5)
print(arrcalc.open([1.0, 2.0]).query("sum(values) as s")["s"][0])
"""


def test_ctrl_c_stops_a_query_and_the_next_one_works():
    done = subprocess.run([sys.executable, "-c", CTRL_C], capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n")[:2] == ["interrupted True", "3.0"]


def test_a_file_that_changes_is_noticed(tmp_path):
    path = tmp_path / "x.npy"
    np.save(path, np.arange(1000.0))
    d = arrcalc.open(path)
    assert d.query("sum(x) as s")["s"][0] == 499_500
    np.save(path, np.arange(1000.0) + 1)
    with pytest.raises(OSError, match="changed") as caught:
        d.query("sum(x) as s")
    assert isinstance(caught.value, arrcalc.FileError) and re.search("x.npy", str(caught.value))


def test_fractions_agree_with_a_hand_written_case():
    t = arrcalc.open({"p": [0.1, 2.5, 0.2], "q": [3, 1, 2]}).query("sum(p * q) as total")
    # The products are rounded, as NumPy's are; their sum is exact.
    expected = sum((Fraction(p * q) for p, q in ((0.1, 3), (2.5, 1), (0.2, 2))), Fraction(0))
    oracle.same(t["total"][0], oracle.to_double(expected))
