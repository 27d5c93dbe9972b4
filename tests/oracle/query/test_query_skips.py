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
    "f > 5 and t < 60000",
    "f > 11.5",
    "name like 'k1%' and x > 15",
    "t % 40000 = 17",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("skips")
    table = pa.table(
        {
            "t": pa.array(range(ROWS), pa.int64()),
            "x": pa.array([float(row % 17) for row in range(ROWS)]),
            "name": pa.array([None if row < 10 else f"k{row // GROUP_ROWS:02}" for row in range(ROWS)]),
            "f": pa.array([float("nan") if row % 1009 == 0 else row / 16000 for row in range(ROWS)]),
            "word": pa.array([f"row {row}" if row % 7 else None for row in range(ROWS)]),
            "list": pa.array([[row] * (row % 3) for row in range(ROWS)]),
            "half": pa.array([row if row >= ROWS // 2 else None for row in range(ROWS)], pa.int32()),
        }
    )
    pq.write_table(table, folder / "with.parquet", row_group_size=GROUP_ROWS)
    pq.write_table(table, folder / "without.parquet", row_group_size=GROUP_ROWS, write_statistics=False)
    names = ["without", "with"]
    for version in ("1.0", "2.0"):
        for dictionary in (["name"], False):
            for indexed in (True, False):
                names.append(f"pages-{version}-{bool(dictionary)}-{indexed}")
                pq.write_table(
                    table,
                    folder / f"{names[-1]}.parquet",
                    row_group_size=ROWS // 2,
                    data_page_size=4096,
                    write_batch_size=500,
                    data_page_version=version,
                    use_dictionary=dictionary,
                    write_statistics=indexed,
                    write_page_index=indexed,
                )
    return [folder / f"{name}.parquet" for name in names]


@pytest.mark.parametrize("words", [("-s", "count(*), sum(x), min(t), argmax(x)"), ("-s", "count(*), sum(t)", "-b", "x"), ("-s", "t, name"), ("-s", "word, half, name, f")])
@pytest.mark.parametrize("filter", FILTERS)
def test_the_answer_does_not_depend_on_bounds(run, files, filter, words):
    answers = [run("query", file, *words, "-w", filter, "--format", "json") for file in files]
    assert all(done.returncode == 0 for done in answers), answers[0].stderr
    for done, file in zip(answers, files):
        assert done.stdout == answers[0].stdout, file
    json.loads(answers[0].stdout)


def test_explain_tells_what_is_skipped(run, files):
    words = ("-s", "sum(x)", "-w", "t < 5000")
    other, done = (run("explain", "query", file, *words) for file in files[:2])
    assert done.returncode == 0, done.stderr
    assert "row groups, whose bounds exclude the filter" in done.stdout
    assert other.returncode == 0 and "exclude the filter" not in other.stdout
