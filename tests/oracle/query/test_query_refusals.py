"""Bad questions: one clear line and the documented exit code, never a panic, a hang or memory past the budget."""

import json
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

USAGE, UNREADABLE, FAILED, LIMIT = 2, 3, 4, 5


@pytest.fixture
def refused(run, samples):
    """The line on stderr of a question that must fail with this exit code."""

    def refused(code, *words, file=None, **options):
        done = run("query", file or samples / "flights.parquet", *words, **options)
        assert done.returncode == code, f"{done.returncode}: {done.stderr[:500]}"
        assert done.stdout == "" and done.stderr.count("\n") == 1 and len(done.stderr) < 500, done.stderr[:500]
        assert done.stderr.startswith("arrcalc: ") and "panicked" not in done.stderr, done.stderr
        return done.stderr

    return refused


@pytest.mark.parametrize(
    "words, part",
    [
        (["-s", "mean(dep_dela)"], "did you mean 'dep_delay'"),
        (["-s", "meen(dep_delay)"], "did you mean 'mean'"),
        (["-b", "carier"], "did you mean 'carrier'"),
        (["--order-by", "distanse"], "did you mean 'distance'"),
        (["-s", "carrier + 1"], "string and int64"),
        (["-s", "sum(carrier)"], "string"),
        (["-w", "distance"], "expected a predicate"),
        (["-w", "carrier > 5"], "cannot be compared"),
        (["-w", "not distance"], "int64"),
        (["-s", "carrier = 'UA"], "never closed"),
        (["-s", '"carrier'], "never closed"),
        (["-s", "(1 +"], "expected"),
        (["-s", "1 + / 2"], "expected"),
        (["-s", "distance distance distance"], "expected"),
        (["-s", "mean(mean(distance))"], "aggregate inside an aggregate"),
        (["-w", "mean(distance) > 1"], "having"),
        (["-b", "mean(distance)"], "aggregate"),
        (["-s", "distance, mean(distance)"], "group by it"),
        (["-s", "quantile(distance, 2)"], "0 to 1"),
        (["-s", "quantile(distance, month)"], "constant"),
        (["-s", "quantile(distance, 0.5, 'middle')"], "middle"),
        (["-s", "mean()"], "mean"),
        (["-s", "sum(distance, month)"], "sum"),
        (["-s", "columns('none')"], "no column matches"),
        (["-s", "cast(distance as number)"], "number"),
        (["--having", "month > 1"], "where"),
        (["-s", "lagg(distance)"], "did you mean 'lag'"),
        (["-s", "lag(distanse)"], "did you mean 'distance'"),
        (["-s", "cumsum()"], "cumsum(x)"),
        (["-s", "move_mean(distance)"], "move_mean(x, width[, min_count])"),
        (["-s", "move_mean(distance, 0)"], "at least 1"),
        (["-s", "move_mean(distance, month)"], "constant"),
        (["-s", "move_sum(distance, 3, 4)"], "no window of 3 rows holds 4 values"),
        (["-s", "move_quantile(distance, 3, 2)"], "0 to 1"),
        (["-s", "lag(distance, -1)"], "at least 0"),
        (["-s", "ewm_mean(distance, 1.5)"], "at most 1"),
        (["-s", "rank(distance, 'middle')"], "'dense'"),
        (["-s", "move_sum(carrier, 3)"], "string"),
        (["-s", "cumsum(*)"], "count(*)"),
        (["-s", "lag(distance) filter (where month = 1)"], "belongs to an aggregate"),
        (["-s", "cumsum(sum(distance))"], "not over aggregates"),
        (["-s", "lag(distance), count(*)"], "max(lag(...))"),
        (["-s", "sum(diff(distance))", "-b", "month"], "do not run within groups"),
        (["-s", "count(*)", "-b", "month", "--having", "lag(month) > 1"], "not over groups"),
    ],
)
def test_what_does_not_fit_is_usage(refused, words, part):
    assert part in refused(USAGE, *words)


def test_a_spot_is_shown(refused):
    assert "at column 13" in refused(USAGE, "-s", "distance +  meen(1)")


def test_files_that_are_not_there(run, samples):
    for words in (["nowhere.parquet", "-s", "1"], ["select count(*) from 'nowhere.parquet'"]):
        done = run("query", *words)
        assert (done.returncode, done.stderr.count("\n")) == (UNREADABLE, 1) and "nowhere.parquet" in done.stderr


@pytest.mark.parametrize(
    "expression",
    ["(" * 10_000 + "1" + ")" * 10_000, "not " * 10_000 + "true", "- " * 10_000 + "1", "case when " * 10_000]
    + ["abs(" * 10_000, "1 + " * 30_000 + "1", "(" * 100_000, "distance in (" * 5_000, "[" * 10_000, "'" * 99_999],
    ids=lambda text: text[:6],
)
def test_deep_and_long_texts_are_refused_at_once(refused, expression):
    refused(USAGE, "-s", expression, timeout=10)


def test_long_lists_are_answered(run, samples):
    numbers = ", ".join(str(number) for number in range(15_000))
    done = run(
        "query", samples / "flights.parquet", "-s", "count(*) as n", "-w", f"flight in ({numbers})", "--raw", timeout=20
    )
    assert (done.returncode, done.stdout) == (0, "336776\n"), done.stderr[:500]
    # As many words as the system passes on.
    items = ["-s", ", ".join(f"sum(distance + {number}) as s{number}" for number in range(2_000))]
    done = run("query", samples / "flights.parquet", *items, "--format", "json", "-w", "flight = 1545", timeout=60)
    assert done.returncode == 0, done.stderr[:500]
    assert len(json.loads(done.stdout)[0]) == 2_000


def test_a_megabyte_of_conditions(run, samples):
    words = [
        word
        for index in range(12)
        for word in ("-s", ", ".join(f"{index} + {n} as c{index}_{n}" for n in range(4_000)))
    ]
    assert sum(map(len, words)) > 900_000
    done = run("query", samples / "penguins.csv", *words, "-n", "1", timeout=60)
    assert done.returncode in (0, USAGE) and "panicked" not in done.stderr, done.stderr[:500]


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """70,000 rows of which 41,234 and some later ones overflow."""
    path = tmp_path_factory.mktemp("faulty") / "w.parquet"
    w = np.arange(70_000)
    w[[41_234, 41_235, 60_000, 69_999]] = 2**62
    text = np.array([str(n) for n in w], dtype=object)
    text[50_000] = "ten"
    pq.write_table(pa.table({"w": w, "g": w % 7, "text": text}), path, row_group_size=9_000)
    return path


@pytest.mark.parametrize("threads", ["1", "2", "5"])
@pytest.mark.parametrize("chunk", ["7", "1000", None])
def test_the_lowest_row_is_reported(refused, faulty, threads, chunk):
    options = ["--threads", threads] + (["--chunk-rows", chunk] if chunk else [])
    for words in (["-s", "w * 2"], ["-s", "sum(w * 2)"], ["-s", "count(*)", "-b", "w * 2 % 5"], ["-w", "w + w > 7"]):
        line = refused(FAILED, *words, *options, file=faulty)
        assert "row 41234:" in line and "4611686018427387904" in line and "overflows int64" in line, line
    line = refused(FAILED, "-s", "sum(cast(text as int64))", *options, file=faulty)
    assert "row 50000:" in line and "'ten'" in line, line
    line = refused(FAILED, "-s", "max(w) * 2 as m", *options, file=faulty)
    assert "overflows int64" in line, line
    assert "sum" in refused(FAILED, "-s", "sum(w)", "-w", "w > 100000", *options, file=faulty)


@pytest.mark.parametrize("threads", ["1", "2", "5"])
@pytest.mark.parametrize("chunk", ["7", "1000", None])
def test_the_lowest_row_of_a_function_over_rows_is_reported(refused, faulty, threads, chunk):
    options = ["--threads", threads] + (["--chunk-rows", chunk] if chunk else [])
    # The sum of all rows fits until a second huge one joins.
    for words in (["-s", "cumsum(w)"], ["-s", "max(cumsum(w))"], ["-w", "cumsum(w) > 0", "-s", "count(*)"]):
        assert "row 41235:" in refused(FAILED, *words, *options, file=faulty)
    assert "row 60000:" in refused(FAILED, "-s", "cumsum(w)", "-w", "cumcount(1) <> 41236", *options, file=faulty)
    assert "row 41234:" in refused(FAILED, "-s", "lag(w * 2)", "-n", "3", *options, file=faulty)
    assert "row 41234:" in refused(FAILED, "-s", "if(w < 9, 0, move_max(w * 2, 3))", *options, file=faulty)


def test_guarded_rows_do_not_fail(run, faulty):
    guarded = "sum(case when w < 100000 then w * 2 end) as a, sum(if(w < 100000, w * 2, 0)) as b, "
    guarded += "sum(w * 2) filter (where w < 100000) as c"
    done = run("query", faulty, "-s", guarded, "--format", "json")
    exact = sum(2 * w for w in range(70_000) if w not in (41_234, 41_235, 60_000, 69_999))
    assert json.loads(done.stdout) == [{"a": exact, "b": exact, "c": exact}], done.stderr


@pytest.fixture(scope="module")
def many_groups(tmp_path_factory):
    path = tmp_path_factory.mktemp("groups") / "g.parquet"
    n = 1_000_000
    keys = (np.arange(n) * 7_919) % n
    pq.write_table(pa.table({"k": keys, "x": keys / 4}), path, row_group_size=100_000)
    return path


PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=100)
print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, len(done.stdout.splitlines()))
print(done.stderr)
"""


@pytest.mark.parametrize(
    "values",
    [
        "count(*)",
        "sum(x)",
        "median(x)",
        "count_distinct(x)",
        "quantile(x, 0.9), kurtosis(x)",
    ],
)
def test_a_million_groups_in_little_memory(program, many_groups, values):
    """The right answer or a refusal; either way memory stays near the budget (and the file's own columns)."""
    command = [str(program), "query", str(many_groups), "-s", values, "-b", "k", "--memory", "64MiB", "-n", "10"]
    out = subprocess.run([sys.executable, "-c", PEAK, *command], capture_output=True, text=True, timeout=120).stdout
    numbers, _, error = out.partition("\n")
    code, peak, lines = map(int, numbers.split())
    error = error.strip()
    assert code in (0, LIMIT), error
    if code == LIMIT:
        assert "--memory" in error and error.count("\n") == 0, error
    else:
        assert lines == 11
    assert peak < (64 * 110 // 100 + 32 + 64) * 1024, f"peak {peak // 1024} MiB: {error}"
