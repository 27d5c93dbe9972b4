"""Many groups of many rows: dictionaries and fractions against every thread count and chunk size."""

import json
import math
import random
from fractions import Fraction

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from exact import round_fraction

ROWS, GROUPS = 150_000, 40_000
VALUES = "count(*) as n, sum(v) as s, min(x) as low, max(x) as high, median(v) as m, first(v) as a, last(v) as z, "
VALUES += "sum(x) as t, mean(x) as u, argmax(v) as top, count(distinct v) as d"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    source = random.Random(3)
    keys = [source.choice([None, source.randrange(GROUPS), source.randrange(50)]) for _ in range(ROWS)]
    v = [source.randint(-5, 5) for _ in range(ROWS)]
    x = [source.choice([-1, 1]) * math.ldexp(source.random(), source.randint(-40, 40)) for _ in range(ROWS)]
    path = tmp_path_factory.mktemp("groups") / "groups.parquet"
    table = pa.table(
        {"k": pa.array(keys, pa.int64()), "v": v, "x": x, "t": pa.array([None if k is None else f"g{k}" for k in keys])}
    )
    pq.write_table(table, path, row_group_size=17_000)
    return path, keys, v, x


def expected(keys, v, x):
    groups = {}
    for row, key in enumerate(keys):
        groups.setdefault(key, []).append(row)
    answers = {}
    for key, rows in groups.items():
        mine = sorted(v[row] for row in rows)
        middle = Fraction(mine[(len(mine) - 1) // 2] + mine[len(mine) // 2], 2)
        total = sum(Fraction(x[row]) for row in rows)
        best = max(v[row] for row in rows)
        answers[key] = {
            "n": len(rows),
            "s": sum(mine),
            "low": min(x[row] for row in rows),
            "high": max(x[row] for row in rows),
            "m": float(middle),
            "a": v[rows[0]],
            "z": v[rows[-1]],
            "t": round_fraction(total),
            "u": round_fraction(total / len(rows)),
            "top": next(row for row in rows if v[row] == best),
            "d": len(set(mine)),
        }
    return answers


def test_many_groups_are_exact_under_every_schedule(run, data):
    path, keys, v, x = data
    answers = expected(keys, v, x)
    order = sorted((key for key in answers if key is not None)) + [None]
    documents = set()
    for options in (
        ["--threads", "1"],
        ["--threads", "5", "--chunk-rows", "1000"],
        ["--threads", "2", "--level", "baseline"],
    ):
        done = run("query", path, "-s", VALUES, "-b", "k", "--format", "json", *options)
        assert done.returncode == 0, done.stderr
        documents.add(done.stdout)
    assert len(documents) == 1
    found = json.loads(documents.pop())
    assert [row.pop("k") for row in found] == order
    for row, key in zip(found, order):
        assert row == answers[key], key


def test_text_keys_and_pairs_of_keys_make_the_same_groups(run, data):
    path, keys, v, x = data
    answers = expected(keys, v, x)
    done = run("query", path, "-s", VALUES, "-b", "t as key", "--format", "json")
    assert done.returncode == 0, done.stderr
    found = {row.pop("key"): row for row in json.loads(done.stdout)}
    assert found == {None if key is None else f"g{key}": answer for key, answer in answers.items()}
    pairs = {}
    for key, value in zip(keys, v):
        pairs[key, value] = pairs.get((key, value), 0) + 1
    done = run("query", path, "-b", "k, v", "--format", "json", "--chunk-rows", "5000")
    found = [((row["k"], row["v"]), row["count"]) for row in json.loads(done.stdout)]
    assert found == sorted(pairs.items(), key=lambda item: (item[0][0] is None, item[0][0] or 0, item[0][1]))


def test_the_order_of_the_answer_and_its_head(run, data):
    path, keys, v, x = data
    counts = {}
    for key in keys:
        counts[key] = counts.get(key, 0) + 1
    rank = lambda item: (-item[1], item[0] is None, item[0] or 0)
    done = run("query", path, "-b", "k", "--order-by", "-count(*)", "-n", "100", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert [(row["k"], row["count"]) for row in json.loads(done.stdout)] == sorted(counts.items(), key=rank)[:100]
    done = run("query", path, "-s", "x", "--order-by", "x desc", "-n", "5", "--offset", "3", "--format", "json")
    assert [row["x"] for row in json.loads(done.stdout)] == sorted(x, reverse=True)[3:8]
