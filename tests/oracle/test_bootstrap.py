"""`bootstrap` beside its definition: NumPy's Philox, counts by exact decimals, means by exact fractions."""

import json
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest


def thresholds():
    """P(X <= k) of a Poisson(1) variable in units of 2^-72, as long as it is not 1."""
    getcontext().prec = 80
    total, term, found = Decimal(0), Decimal(-1).exp(), []
    for k in range(1, 40):
        total += term
        term /= k
        scaled = int((total * 2**72).to_integral_value())
        if scaled < 2**72:
            found.append(scaled)
    return found


def words(seed, replicate, place, size):
    """The first words of `Philox(seed)`, `(replicate + 1) * 2^128 + place * 2^192` blocks on."""
    bits = np.random.Philox(seed)
    state = bits.state
    state["state"]["counter"] = np.array([0, 0, replicate + 1, place], dtype=np.uint64)
    bits.state = state
    return bits.random_raw(size)


def counts(seed, replicate, rows):
    """How often the replicate takes each row."""
    digits = [words(seed, replicate, place, -(-rows // 8)).astype("<u8").view(np.uint8) for place in range(9)]
    limits = thresholds()
    uniform = (int.from_bytes(bytes(int(digit[row]) for digit in digits), "big") for row in range(rows))
    return [sum(limit <= u for limit in limits) for u in uniform]


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    random = np.random.Generator(np.random.Philox(3))
    rows = 700
    x = random.standard_normal(rows) * 10.0 ** random.integers(-5, 5, rows)
    columns = {"x": pa.array(x, mask=random.random(rows) < 0.1), "k": pa.array(random.integers(0, 10, rows))}
    path = tmp_path_factory.mktemp("bootstrap") / "table.parquet"
    pyarrow.parquet.write_table(pa.table(columns), path, row_group_size=150)
    return path, columns["x"].to_pylist(), columns["k"].to_pylist()


def ask(run, path, *arguments):
    done = run("bootstrap", str(path), *arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_rows_are_those_of_the_definition(run, table):
    path, x, k = table
    replicates = 40
    options = ["--replicates", str(replicates), "--seed", "11", "--confidence", "0.9"]
    found = ask(run, path, "-s", "mean(x) as m, sum(k) / count(*) as share", "-w", "k > 2", *options)
    assert [row["name"] for row in found] == ["m", "share"]
    means, shares = [], []
    for replicate in range(replicates):
        taken = [(a, b, n) for a, b, n in zip(x, k, counts(11, replicate, len(x))) if b > 2]
        total = sum(Fraction(a) * n for a, _, n in taken if a is not None)
        means.append(float(total / sum(n for a, _, n in taken if a is not None)))
        shares.append(sum(b * n for _, b, n in taken) / sum(n for _, _, n in taken))
    for row, values in zip(found, (means, shares)):
        low, high = np.quantile(values, [0.05, 0.95])
        assert list(row) == ["name", "estimate", "std_error", "low", "high", "bias"]
        np.testing.assert_allclose([row["low"], row["high"]], [low, high], rtol=1e-14)
        np.testing.assert_allclose(row["std_error"], np.std(values, ddof=1), rtol=1e-11)
        np.testing.assert_allclose(row["bias"], np.mean(values) - row["estimate"], rtol=1e-8, atol=1e-14)


def test_no_schedule_changes_a_byte(run, table, tmp_path):
    path, x, k = table
    arguments = ["-s", "mean(x), median(x), corr(x, k)", "--replicates", "60", "--method", "bca"]
    expected = ask(run, path, *arguments)
    for options in (
        ["--threads", "1"],
        ["--threads", "5", "--chunk-rows", "7"],
        ["--level", "baseline"],
    ):
        assert ask(run, path, *arguments, *options) == expected, options
    # The same rows in two files.
    parts = []
    for name, rows in (("a", slice(0, 333)), ("b", slice(333, None))):
        parts.append(str(tmp_path / f"{name}.parquet"))
        pyarrow.parquet.write_table(pa.table({"x": pa.array(x[rows]), "k": pa.array(k[rows])}), parts[-1])
    done = run("bootstrap", *parts, *arguments, "--format", "json")
    assert json.loads(done.stdout) == expected
    assert ask(run, path, *arguments, "--seed", "1") != expected


def test_refusals(run, table):
    path = str(table[0])
    for arguments, code, said in (
        (["-s", "x"], 2, "aggregates"),
        (["-s", "argmin(x)"], 2, "where rows stand"),
        (["-s", "mean(x)", "--confidence", "95"], 2, "confidence"),
        (["-s", "mean(x)", "--method", "exact"], 2, "percentile"),
        (["-s", "mean(x)", "--replicates", "0"], 2, "replicates"),
        (["-s", "mean("], 2, "select"),
    ):
        done = run("bootstrap", path, *arguments)
        assert done.returncode == code and said in done.stderr, (arguments, done.stderr)


@pytest.mark.parametrize("statistic, alternative", [("mean", "two-sided"), ("median", "greater")])
def test_groups_of_a_file_are_tested_as_two_arrays_are(run, samples, statistic, alternative):
    arrcalc = pytest.importorskip("arrcalc")
    nulls = pa.csv.ConvertOptions(null_values=["NA", ""], strings_can_be_null=True)
    rows = pa.csv.read_csv(samples / "penguins.csv", convert_options=nulls).to_pylist()
    rows = [row for row in rows if row["species"] == "Adelie" and None not in (row["sex"], row["body_mass_g"])]
    first, second = ([float(row["body_mass_g"]) for row in rows if row["sex"] == sex] for sex in ("female", "male"))
    expected = arrcalc.permutation_test(
        first, second, f"{statistic} difference", replicates=499, alternative=alternative, seed=5
    )
    options = ["-c", "body_mass_g", "-b", "sex", "-w", "species = 'Adelie'", "--statistic", statistic]
    options += ["--alternative", alternative, "--replicates", 499, "--seed", 5, "--format", "json"]
    answers = [run("permutation-test", samples / "penguins.csv", *options, "--threads", n).stdout for n in (1, 2, 5)]
    assert answers[0] == answers[1] == answers[2]
    assert json.loads(answers[0]) == [
        {
            "first": "female",
            "second": "male",
            "first_rows": len(first),
            "second_rows": len(second),
            "difference": expected.statistic,
            "p_value": expected.p_value,
        }
    ]


def test_what_is_not_two_groups_is_said(run, samples):
    for options, words in [
        (["-c", "body_mass_g", "-b", "species"], "more than two"),
        (["-c", "body_mass_g", "-b", "sex", "-w", "sex = 'male'"], "one value"),
        (["-c", "mass", "-b", "sex"], "no column 'mass'"),
        (["-c", "body_mass_g", "-b", "sex", "--statistic", "first"], "difference"),
    ]:
        done = run("permutation-test", samples / "penguins.csv", *options)
        assert done.returncode == 2 and words in done.stderr, done.stderr
