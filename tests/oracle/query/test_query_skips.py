"""Row groups that a filter leaves unread: the answer is that of the file without bounds, and `explain` tells how many."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS = 200_000
GROUP_ROWS = 10_000

FILTERS = [
    "t < 5000",
    "t between 99990 and 100009",
    "t >= 195000 and x > 3",
    "15000 > t",
    "t in (7, 150000)",
    "name = 'k07'",
    "name > 'k18'",
    "name is null",
    "half is not null and t > 20000",
    "half is null and half < 3",
    "t < 3 or t > 199990",
    "t > 1000000",
    "not (t > 10)",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("skips")
    table = pa.table(
        {
            "t": pa.array(range(ROWS), pa.int64()),
            "x": pa.array([float(row % 17) for row in range(ROWS)]),
            "name": pa.array([None if row < 10 else f"k{row // GROUP_ROWS:02}" for row in range(ROWS)]),
            "half": pa.array([row if row >= ROWS // 2 else None for row in range(ROWS)], pa.int32()),
        }
    )
    pq.write_table(table, folder / "with.parquet", row_group_size=GROUP_ROWS)
    pq.write_table(table, folder / "without.parquet", row_group_size=GROUP_ROWS, write_statistics=False)
    return folder / "with.parquet", folder / "without.parquet"


@pytest.mark.parametrize("words", [("-s", "count(*), sum(x), min(t), argmax(x)"), ("-s", "count(*), sum(t)", "-b", "x"), ("-s", "t, name")])
@pytest.mark.parametrize("filter", FILTERS)
def test_the_answer_does_not_depend_on_bounds(run, files, filter, words):
    answers = [run("query", file, *words, "-w", filter, "--format", "json") for file in files]
    assert all(done.returncode == 0 for done in answers), answers[0].stderr
    assert answers[0].stdout == answers[1].stdout
    json.loads(answers[0].stdout)


def test_explain_tells_what_is_skipped(run, files):
    words = ("-s", "sum(x)", "-w", "t < 5000")
    done, other = (run("explain", "query", file, *words) for file in files)
    assert done.returncode == 0, done.stderr
    assert "units, whose bounds exclude the filter" in done.stdout
    assert other.returncode == 0 and "exclude the filter" not in other.stdout
