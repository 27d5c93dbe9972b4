"""Generated questions against DuckDB where both mean the same: an oracle of another make, within rounding.

Left out is what the two define differently: floored and rounded division, NaN, rounding half to even, binary32,
statistics with another correction, orders among equals. A sum of no rows is 0 here and null there.
"""

import datetime
import json
import math
import os
import random
import re

import duckdb
import generator
import pytest
import tables
from comparison import SPECIAL

QUESTIONS = int(os.environ.get("ARRCALC_DUCKDB_QUERIES", "150"))
APART = re.compile(
    r"//|%|\*\*|round|sqrt|skewness|kurtosis|mode|first|last|arg|mad|iqr|norm|rms|sum_squares|product|range|weighted|"
    r"dot|upper|mean\(d\)|intercept|cov|corr|slope|r2|weekday|\b[fhqyz]\b|count_n|cast|trunc|median|quantile\(.*'|"
    r"var_pop|std_pop|limit|sign"
)
RENAMED = {
    "quantile(": "quantile_cont(",
    "std(": "stddev_samp(",
    "var(": "var_samp(",
    "mean(": "avg(",
}


def shared():
    """Questions whose text both understand alike, as whole statements, without an order."""
    made, seed = [], 0
    while len(made) < QUESTIONS:
        question = generator.question(random.Random(1_000_000 + seed))
        question.order, question.limit = [], None
        question.descending = [False] * len(question.by)
        if not APART.search(question.text("t")):
            made.append((seed, question))
        seed += 1
    return made


def translated(text):
    for ours, theirs in RENAMED.items():
        text = re.sub(rf"\b{re.escape(ours)}", theirs, text)
    text = re.sub(r"count_distinct\(", "count(distinct ", text)
    return text


def plain(value):
    """JSON's value or DuckDB's as one Python value."""
    if isinstance(value, datetime.date):
        return value.isoformat()
    return SPECIAL.get(value, value) if isinstance(value, str) else value


def alike(ours, theirs):
    if isinstance(ours, bool) or isinstance(theirs, bool) or isinstance(ours, str):
        return ours == theirs
    if ours is None or theirs is None:
        return ours == theirs or {ours, theirs} == {None, 0}
    if ours != ours or theirs != theirs:
        return ours != ours and theirs != theirs
    return ours == theirs or math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-7)


def row_key(row):
    """An order of rows that rounding does not change; rows that are nearly alike are in that of their values."""
    rounded = [(value is None, f"{value:.6e}" if isinstance(value, float) else str(value)) for value in row]
    return rounded, [value for value in row if isinstance(value, float) and value == value]


@pytest.fixture(scope="module")
def peer(tmp_path_factory):
    """A table of 1,000 rows as a Parquet file and as DuckDB's view, integers of 64 bits."""
    source = random.Random(7)
    while len((table := tables.table(source)).rows) < 1000:
        pass
    path = tmp_path_factory.mktemp("peer") / "t.parquet"
    tables.write(table, path)
    connection = duckdb.connect()
    columns = ", ".join(
        f'cast("{name}" as bigint) as "{name}"' if "int" in type else f'"{name}"'
        for name, type in table.types.items()
        if type != "uint64"
    )
    connection.execute("set threads = 1")
    connection.execute(f"create table t as select {columns} from '{path}'")
    return path, connection


def test_generated_questions_agree_with_duckdb(run, peer):
    path, connection = peer
    complaints, compared = [], 0
    for seed, question in shared():
        done = run("query", question.text(path), "--format", "json")
        theirs = translated(question.text("t").replace("'t'", "t", 1))
        try:
            expected = connection.execute(theirs).fetchall()
        except (duckdb.OutOfRangeException, duckdb.ConversionException):
            continue
        if done.returncode == 4 and "fit" in done.stderr + "overflow":
            continue  # their integers have 128 bits
        assert done.returncode == 0, f"{question.text('t')}: {done.stderr}"
        found = [[plain(value) for value in row.values()] for row in json.loads(done.stdout)]
        expected = [[plain(value) for value in row] for row in expected]
        if question.by:
            found, expected = sorted(found, key=row_key), sorted(expected, key=row_key)
        compared += 1
        same = len(found) == len(expected) and all(
            len(a) == len(b) and all(map(alike, a, b)) for a, b in zip(found, expected)
        )
        if not same:
            wrong = [pair for pair in zip(found, expected) if not all(map(alike, *pair))][:2]
            complaints.append(f"{seed}: {question.text('t')}\n  {len(found)} and {len(expected)} rows, {wrong}")
    assert not complaints, "\n".join(complaints)
    assert compared > QUESTIONS * 0.7
