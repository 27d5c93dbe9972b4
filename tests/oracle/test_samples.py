"""Every numeric column of the shipped files, in every format that can hold it, against exact fractions."""

import csv
import math

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.ipc as ipc
import pyarrow.parquet as pq
import pytest
from comparison import assert_same
from exact import describe_numbers, describe_text

NULLS = {"", "NA", "null", "NULL"}


def read_csv(path):
    """Columns of a CSV by Python's csv module; ints where all are ints, floats where all are numbers."""
    with open(path, newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    columns = {}
    for index, name in enumerate(header):
        cells = [None if row[index] in NULLS else row[index] for row in rows]
        for convert in (int, float, str):
            try:
                columns[name] = [None if cell is None else convert(cell) for cell in cells]
                break
            except ValueError:
                continue
    return columns


def expect(values):
    """The oracle's statistics of a column of Python values."""
    kinds = {type(v) for v in values if v is not None}
    if kinds <= {int}:
        return describe_numbers(values, integer=True)
    if kinds == {float}:
        return describe_numbers(values)
    return describe_text(values)


@pytest.fixture(scope="module")
def flights(samples):
    table = pq.read_table(samples / "flights.parquet")
    return table, {name: expect(table[name].to_pylist()) for name in table.column_names}


@pytest.mark.parametrize("name", ["penguins.csv", "weather.csv"])
def test_csv_samples_are_exact(name, samples, describe):
    columns = read_csv(samples / name)
    found, rows = describe(samples / name)
    assert rows == len(next(iter(columns.values())))
    assert list(found) == list(columns)
    for column, values in columns.items():
        if found[column]["type"].startswith("timestamp"):
            assert found[column]["count"] == len(values)
            continue
        assert_same(found[column], expect(values), f"{name} {column}")


def test_flights_are_exact(samples, describe, flights):
    _, expected = flights
    found, rows = describe(samples / "flights.parquet")
    assert rows == 336_776
    assert list(found) == list(expected)
    for column, want in expected.items():
        assert_same(found[column], want, f"flights {column}")


def write_arrow(table, path, compression=None):
    options = ipc.IpcWriteOptions(compression=compression)
    with pa.OSFile(str(path), "wb") as sink, ipc.new_file(sink, table.schema, options=options) as writer:
        writer.write_table(table, max_chunksize=50_000)


def write_stream(table, path):
    with pa.OSFile(str(path), "wb") as sink, ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table, max_chunksize=10_000)


WRITERS = {
    "plain.arrow": lambda table, path: write_arrow(table, path),
    "lz4.arrow": lambda table, path: write_arrow(table, path, "lz4"),
    "zstd.arrow": lambda table, path: write_arrow(table, path, "zstd"),
    "stream.arrows": write_stream,
    "snappy.parquet": lambda table, path: pq.write_table(table, path, compression="snappy", row_group_size=7_001),
    "plain.parquet": lambda table, path: pq.write_table(
        table, path, compression="none", use_dictionary=False, data_page_version="2.0"
    ),
    "brotli.parquet": lambda table, path: pq.write_table(table, path, compression="brotli"),
    "again.csv": lambda table, path: pc.write_csv(table, path),
}


@pytest.mark.parametrize("name", WRITERS)
def test_flights_are_exact_in_every_format(name, tmp_path, describe, flights):
    table, expected = flights
    WRITERS[name](table, tmp_path / name)
    found, _ = describe(tmp_path / name)
    for column, want in expected.items():
        if column != "time_hour":  # CSV reads it as timestamps
            assert_same(found[column], want, f"{name} {column}")


@pytest.mark.parametrize("suffix", ["arrow", "parquet", "csv"])
def test_converted_flights_describe_alike(suffix, samples, tmp_path, run, describe, flights):
    _, expected = flights
    out = tmp_path / f"flights.{suffix}"
    done = run("convert", samples / "flights.parquet", "-o", out)
    assert done.returncode == 0, done.stderr
    found, _ = describe(out)
    for column, want in expected.items():
        if column != "time_hour" or suffix != "csv":
            assert_same(found[column], want, f"{out.name} {column}")


def test_npy_and_npz_hold_the_same_columns(samples, tmp_path, describe):
    columns = {
        name: values
        for name, values in read_csv(samples / "weather.csv").items()
        if any(isinstance(v, float) for v in values)
    }
    arrays = {name: np.array([math.nan if v is None else v for v in values]) for name, values in columns.items()}
    np.savez(tmp_path / "stored.npz", **arrays)
    np.savez_compressed(tmp_path / "deflated.npz", **arrays)
    table = np.rec.fromarrays(list(arrays.values()), names=list(arrays))
    np.save(tmp_path / "fields.npy", table)
    np.save(tmp_path / "swapped.npy", table.astype(table.dtype.newbyteorder(">")))
    for file in ["stored.npz", "deflated.npz", "fields.npy", "swapped.npy"]:
        found, _ = describe(tmp_path / file)
        for name, array in arrays.items():
            assert_same(found[name], describe_numbers(array.tolist()), f"{file} {name}")


@pytest.mark.parametrize(
    "name", ["Lew", "Lottery", "Mavro", "Michelso", "NumAcc1", "NumAcc2", "NumAcc3", "NumAcc4", "PiDigits"]
)
def test_nist_sets_are_exact(name, corpora, describe):
    path = corpora / "nist-strd" / f"{name}.values.csv"
    (values,) = read_csv(path).values()
    found, _ = describe(path)
    assert_same(next(iter(found.values())), expect(values), name)
