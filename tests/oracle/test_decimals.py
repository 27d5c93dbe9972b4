"""Columns of decimals beside fractions: order statistics, distinct values, bars, alone and by group."""

import decimal
import json
import random
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.parquet
import pytest

from exact import QUANTILES, describe_numbers, round_fraction


def at(ordered, place):
    """Linear interpolation between sorted fractions."""
    place *= len(ordered) - 1
    low = place.numerator // place.denominator
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def statistics(values):
    ordered = sorted(values)
    median = at(ordered, Fraction(1, 2))
    deviations = sorted(abs(value - median) for value in ordered)
    exact = {
        "median": median,
        "q": at(ordered, Fraction(37, 100)),
        "iqr": at(ordered, Fraction(3, 4)) - at(ordered, Fraction(1, 4)),
        "mad": at(deviations, Fraction(1, 2)),
    }
    found = {name: round_fraction(value) for name, value in exact.items()}
    return found | {"distinct": len(set(ordered))}


def column(dice, precision, scale, rows):
    """Unscaled integers: of the whole range, or small ones, or few different ones; and as a column of Arrow's."""
    limit = 10 ** dice.choice([precision, max(1, precision // 2)]) - 1
    unscaled = [dice.randint(-limit, limit) for _ in range(rows)]
    if dice.random() < 0.3:
        unscaled = [dice.choice(unscaled[:5]) for _ in unscaled]
    unscaled = [None if dice.random() < 0.1 else value for value in unscaled]
    with decimal.localcontext(prec=60):
        texts = [None if value is None else decimal.Decimal(value).scaleb(-scale) for value in unscaled]
    return unscaled, pa.array(texts, pa.decimal128(precision, scale))


@pytest.mark.parametrize("seed", range(12))
def test_order_statistics_are_rounded_once(run, describe, tmp_path, seed):
    dice = random.Random(seed)
    precision = [5, 9, 18, 19, 30, 38][seed % 6]
    scale = dice.choice([0, 2, precision // 2, precision])
    unscaled, decimals = column(dice, precision, scale, dice.choice([1, 7, 100, 3_000, 9_000]))
    groups = [dice.randrange(3) for _ in unscaled]
    file = tmp_path / "decimals.parquet"
    pa.parquet.write_table(pa.table({"d": decimals, "g": groups}), file)
    values = [None if value is None else Fraction(value, 10**scale) for value in unscaled]

    described = describe(file, "--threads", "2", "--chunk-rows", "999")[0]["d"]
    expected = describe_numbers(values)
    for name in ("count", "nulls", "zeros", "distinct"):
        assert described[name] == expected[name], name
    for name in (*QUANTILES, "mean", "var", "std", "skewness", "kurtosis"):
        known = expected[name]
        assert described[name] == (None if known is None else float(known)), name
    estimate = described["distinct_estimate"]
    assert abs(estimate - expected["distinct"]) <= max(3, expected["distinct"] // 20)

    select = "median(d) as median, quantile(d, 0.37) as q, iqr(d) as iqr, mad(d) as mad, distinct(d) as distinct"
    for by in ([], ["-b", "g"]):
        done = run("query", file, "-s", select, *by, "--format", "json", "--memory", "64MiB")
        assert done.returncode == 0, done.stderr
        for row in json.loads(done.stdout):
            group = row.pop("g", None)
            mine = [v for v, g in zip(values, groups) if v is not None and group in (None, g)]
            nothing = {"median": None, "q": None, "iqr": None, "mad": None, "distinct": 0}
            assert row == (statistics(mine) if mine else nothing), (group, len(mine))


def test_a_histogram_is_numpys_of_the_nearest_floats(run, tmp_path):
    dice = random.Random(5)
    for precision, scale, bins in [(9, 2, 7), (18, 5, "fd"), (38, 30, "auto"), (30, 0, "sturges")]:
        unscaled, decimals = column(dice, precision, scale, 2_000)
        file = tmp_path / "decimals.parquet"
        pa.parquet.write_table(pa.table({"d": decimals}), file)
        floats = [round_fraction(Fraction(value, 10**scale)) for value in unscaled if value is not None]
        counts, edges = np.histogram(floats, bins)
        done = run("hist", file, "-c", "d", "--bins", bins, "--format", "json", "--quiet")
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        assert [bin["count"] for bin in found] == counts.tolist()
        assert [bin["low"] for bin in found] + [found[-1]["high"]] == edges.tolist()
