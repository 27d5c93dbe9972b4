"""describe of files, arrays and tables."""

import json
import math
import os
from fractions import Fraction
from pathlib import Path

import arrcalc
import numpy as np
import oracle
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "datasets" / "samples"
RANDOM = np.random.Generator(np.random.Philox(23))
X = RANDOM.lognormal(0, 3, 5000)
FIELDS = (
    "name type count nulls nans infinities zeros distinct distinct_estimate sum mean std var min q01 q05 q25 median q75 "
    "q95 q99 max skewness kurtosis"
).split()


def without_names(description):
    document = json.loads(description.to_json())
    for column in document["columns"]:
        del column["name"]
    return document


def test_an_array_is_described_exactly():
    column = arrcalc.describe(X)["values"]
    assert list(column)[: len(FIELDS)] == FIELDS
    assert column["type"] == "float64"
    assert (column["count"], column["nulls"], column["nans"], column["zeros"]) == (5000, 0, 0, 0)
    assert column["sum"] == math.fsum(X)
    assert column["mean"] == float(oracle.to_double(oracle.mean(X)))
    assert column["var"] == float(oracle.to_double(oracle.variance(X, 1)))
    assert column["std"] == float(oracle.to_double(oracle.root(oracle.variance(X, 1))))
    assert (column["min"], column["max"]) == (X.min(), X.max())
    for name, q in (("q01", 0.01), ("q05", 0.05), ("q25", 0.25), ("median", 0.5), ("q75", 0.75), ("q95", 0.95), ("q99", 0.99)):
        assert column[name] == arrcalc.quantile(X, q)
    exact = oracle.exact(X)
    mean = sum(exact) / len(exact)
    moment = [sum((v - mean) ** k for v in exact) / len(exact) for k in range(5)]
    assert column["kurtosis"] == float(oracle.to_double(moment[4] / moment[2] ** 2 - 3))
    skewness = oracle.root((moment[3] / moment[2]) ** 2 / moment[2])
    assert column["skewness"] == float(oracle.to_double(skewness)) * (1 if moment[3] >= 0 else -1)
    assert column["distinct"] == len(set(X.tolist()))
    assert abs(column["distinct_estimate"] / column["distinct"] - 1) < 0.05
    assert sum(column["histogram"]) == 5000
    assert column["histogram"] == np.histogram(X, 8)[0].tolist()


def test_nans_are_counted_and_left_out():
    values = np.r_[X, [math.nan] * 7, [math.inf] * 2]
    column = arrcalc.describe(values)["values"]
    assert (column["count"], column["nans"], column["infinities"]) == (5002, 7, 2)
    assert column["max"] == math.inf and column["min"] == X.min()


ARRAYS = {
    "f8": X,
    "big-endian": X.astype(">f8"),
    "fortran": np.asfortranarray(X.reshape(1000, 5)),
    "3-d": X.reshape(10, 20, 25),
    "f4": X.astype("f4"),
    "i2": (X * 10).clip(-3e4, 3e4).astype("i2"),
    "bool": X > 1,
    "text": np.array(["pear", "apple", "pear", "fig"]),
    "dates": np.array(["2020-02-29", "NaT", "1969-07-20"], dtype="M8[D]"),
    "times": np.array(["2020-02-29T12:00:01.5", "NaT", "1969-07-20T20:17:40"], dtype="M8[ms]"),
    "durations": np.array([5, 7, -3], dtype="m8[us]"),
    "fields": np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "<i4"), ("b", ">f8")]),
}


@pytest.mark.parametrize("values", ARRAYS.values(), ids=ARRAYS)
def test_a_file_is_described_as_the_array_it_holds(values, tmp_path):
    np.save(tmp_path / "x.npy", values)
    loaded = np.load(tmp_path / "x.npy")
    expected = arrcalc.describe(tmp_path / "x.npy")
    assert expected.rows == len(values) or values.ndim > 2
    assert without_names(arrcalc.describe(loaded)) == without_names(expected)
    assert without_names(arrcalc.describe(np.load(tmp_path / "x.npy", mmap_mode="r"))) == without_names(expected)
    assert str(tmp_path / "x.npy") in repr(expected)


def test_paths_may_be_str_pathlike_or_several(tmp_path):
    np.save(tmp_path / "a.npy", X[:2000])
    np.save(tmp_path / "b.npy", X[2000:])
    whole = without_names(arrcalc.describe(X))
    paths = [tmp_path / "a.npy", str(tmp_path / "b.npy")]
    assert arrcalc.describe(os.fspath(tmp_path / "a.npy")) == arrcalc.describe(tmp_path / "a.npy")
    for order in (paths, paths[::-1], tuple(paths)):
        names = [os.path.join(tmp_path, f"part{i}", "x.npy") for i in range(2)]
        for name, path in zip(names, order, strict=True):
            os.makedirs(os.path.dirname(name), exist_ok=True)
            np.save(name, np.load(path))
        assert without_names(arrcalc.describe(names)) == whole


def test_the_shipped_files_are_described():
    penguins = arrcalc.describe(SAMPLES / "penguins.csv")
    assert penguins.rows == 344
    assert penguins["bill_length_mm"]["nulls"] == 2
    assert penguins["species"]["distinct"] == 3
    assert penguins["species"]["most_frequent"][0] == ("Adelie", 152)
    flights = arrcalc.describe(SAMPLES / "flights.parquet", columns=["dep_delay", "carrier"])
    assert flights.rows == 336_776
    assert list(flights.columns) == ["dep_delay", "carrier"]
    assert flights["carrier"]["mean"] is None
    assert "dep_delay" in str(flights) and "carrier" in flights.full()


def test_columns_are_chosen_by_name():
    both = {"x": X, "k": np.arange(5000)}
    assert list(arrcalc.describe(both).columns) == ["x", "k"]
    assert arrcalc.describe(both, columns=["k"])["k"] == arrcalc.describe(both)["k"]
    with pytest.raises(KeyError):
        arrcalc.describe(both, columns=["k"])["x"]
    with pytest.raises(arrcalc.InputError, match="no column 'z'"):
        arrcalc.describe(both, columns=["z"])


def test_arrays_of_unequal_length_are_no_table():
    with pytest.raises(arrcalc.InputError):
        arrcalc.describe({"x": X, "y": X[1:]})


def test_the_answer_does_not_depend_on_threads():
    values = RANDOM.lognormal(0, 8, 300_000)
    expected = arrcalc.describe(values, threads=1).to_json()
    for threads in (2, 5):
        assert arrcalc.describe(values, threads=threads).to_json() == expected


def test_a_dict_is_the_json_document():
    description = arrcalc.describe(SAMPLES / "penguins.csv")
    document = description.to_dict()
    assert document == json.loads(description.to_json())
    assert [list(column) for column in document["columns"]] == [FIELDS] * len(document["columns"])


def test_results_are_pythons_own_types():
    column = arrcalc.describe(np.float32([0.1, 0.2]))["values"]
    assert type(column["count"]) is int and type(column["mean"]) is float
    assert column["max"] == float(np.float32(0.2))
    assert arrcalc.describe([2**62, 2**62, 2**62])["values"]["sum"] == 3 * 2**62
    dates = arrcalc.describe(np.array(["2020-02-29", "2020-03-01"], dtype="M8[D]"))["values"]
    assert dates["max"] == np.datetime64("2020-03-01") and dates["sum"] is None


def test_a_missing_file_is_a_file_not_found_error(tmp_path):
    with pytest.raises(FileNotFoundError, match="nothing.npy") as caught:
        arrcalc.describe(tmp_path / "nothing.npy")
    assert isinstance(caught.value, arrcalc.Error) and isinstance(caught.value, arrcalc.FileError)
    assert Path(caught.value.filename).name == "nothing.npy" and caught.value.errno == 2


def test_a_malformed_file_is_a_value_error(tmp_path):
    (tmp_path / "bad.npy").write_bytes(b"\x93NUMPY\x01\x00v\x00{'descr': '<f8', 'shape': (1000,), ")
    with pytest.raises(ValueError, match="bad.npy") as caught:
        arrcalc.describe(tmp_path / "bad.npy")
    assert isinstance(caught.value, arrcalc.InputError) and "\n" not in str(caught.value)


@pytest.mark.parametrize("source", [None, object(), {1: X}, [object()]])
def test_what_is_no_table_is_refused(source):
    with pytest.raises((arrcalc.DtypeError, TypeError)):
        arrcalc.describe(source)


# Tables of other libraries, by protocol.

pyarrow = pytest.importorskip("pyarrow", reason="Arrow tables are tested where pyarrow is installed")


def table():
    return pyarrow.table(
        {
            "x": pyarrow.array([1.5, None, math.nan, 4.0]),
            "k": pyarrow.array([3, 4, None, 5], pyarrow.int32()),
            "s": ["a", None, "b", "a"],
            "d": pyarrow.array(["u", "v", "u", None]).dictionary_encode(),
            "b": [True, False, None, True],
            "t": pyarrow.array([0, 86_400_000_000, None, 1], pyarrow.timestamp("us", "UTC")),
        }
    )


EXPECTED = {
    "x": ("float64", 2, 1, 1, 5.5),
    "k": ("int32", 3, 1, None, 12),
    "s": ("string", 3, 1, None, None),
    "d": ("string", 3, 1, None, None),
    "b": ("bool", 3, 1, None, 2),
    "t": ("timestamp[us, UTC]", 3, 1, None, None),
}


def facts(description):
    return {
        name: (column["type"], column["count"], column["nulls"], column["nans"], column["sum"])
        for name, column in description.columns.items()
    }


def test_arrow_tables_come_in_by_capsule():
    assert facts(arrcalc.describe(table())) == EXPECTED
    chunks = pyarrow.concat_tables([table().slice(0, 1), table().slice(1, 0), table().slice(1)])
    assert facts(arrcalc.describe(chunks)) == EXPECTED
    batch = table().combine_chunks().to_batches()[0]
    assert facts(arrcalc.describe(batch)) == EXPECTED
    assert facts(arrcalc.describe(batch.slice(1, 2)))["x"] == ("float64", 0, 1, 1, 0.0)
    reader = pyarrow.RecordBatchReader.from_batches(batch.schema, [batch, batch])
    assert arrcalc.describe(reader)["k"]["sum"] == 24
    assert arrcalc.describe(table().schema.empty_table()).rows == 0


def test_arrow_arrays_are_tables_of_one_column():
    for values in (pyarrow.array(X), pyarrow.chunked_array([X[:7], X[7:]])):
        assert without_names(arrcalc.describe(values)) == without_names(arrcalc.describe(X))


def test_a_table_is_described_as_the_file_it_is_written_to(tmp_path):
    import pyarrow.parquet

    pyarrow.parquet.write_table(table(), tmp_path / "t.parquet")
    with pyarrow.OSFile(str(tmp_path / "t.arrow"), "wb") as sink, pyarrow.ipc.new_file(sink, table().schema) as writer:
        writer.write_table(table())
    expected = arrcalc.describe(table()).to_json()
    assert arrcalc.describe(tmp_path / "t.parquet").to_json() == expected
    assert arrcalc.describe(tmp_path / "t.arrow").to_json() == expected


def test_polars_and_pandas_come_in_by_capsule():
    polars = pytest.importorskip("polars")
    frame = polars.from_arrow(table())
    assert facts(arrcalc.describe(frame)) == EXPECTED
    assert without_names(arrcalc.describe(polars.Series("x", X))) == without_names(arrcalc.describe(X))
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": X, "k": np.arange(5000)})
    assert arrcalc.describe(frame)["x"]["sum"] == math.fsum(X)
    assert arrcalc.describe(frame)["k"]["sum"] == 5000 * 4999 // 2


def test_columns_that_are_not_computed_with_are_shown_without_statistics():
    nested = pyarrow.table({"l": [[1, 2], [3]], "x": [1.5, 2.5]})
    description = arrcalc.describe(nested)
    assert description["l"]["mean"] is None and "list" in description["l"]["type"]
    assert description["x"]["sum"] == 4.0
    assert arrcalc.describe(np.array([1j, 2.0]))["values"]["type"] == "complex128"


def test_a_stream_that_breaks_off_is_an_error():
    schema = pyarrow.schema([("x", pyarrow.float64())])

    def batches():
        yield pyarrow.record_batch({"x": [1.0]})
        raise OSError("the disk is gone")

    with pytest.raises(arrcalc.InputError, match="the disk is gone"):
        arrcalc.describe(pyarrow.RecordBatchReader.from_batches(schema, batches()))


def test_a_stream_is_consumed_once():
    class Once:
        def __init__(self):
            self.capsule = table().__arrow_c_stream__()

        def __arrow_c_stream__(self, requested_schema=None):
            return self.capsule

    once = Once()
    assert arrcalc.describe(once).rows == 4
    with pytest.raises(arrcalc.InputError, match="consumed"):
        arrcalc.describe(once)


def test_pandas_arrays_reduce():
    pandas = pytest.importorskip("pandas")
    assert arrcalc.sum(pandas.Series(X)) == math.fsum(X)
    assert arrcalc.sum(pyarrow.array(X)) == math.fsum(X)
    assert Fraction(float(arrcalc.mean(pandas.Series([1, 2, 4])))) == Fraction(float(Fraction(7, 3)))
