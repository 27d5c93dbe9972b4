"""`sample`, `shuffle` and `split` beside their definitions in NumPy: for any threads, chunks, files, formats, budgets."""

import json

import chance
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet
import pytest

ROWS = 20_011


def keys(seed):
    return chance.keys(seed, ROWS)


def order(seed):
    return chance.order(seed, ROWS)


def permutation(seed):
    return chance.permutation(seed, ROWS)


@pytest.fixture(scope="module")
def table():
    row = np.arange(ROWS)
    return pa.table(
        {
            "row": row,
            "g": pa.array([None if i % 13 == 0 else "abcd"[i % 4] for i in range(ROWS)]),
            "h": row // 6,
            "w": (row % 5).astype(float),
            "x": pa.array([None if i % 7 == 0 else i / 3 for i in range(ROWS)]),
        }
    )


@pytest.fixture(scope="module")
def layouts(table, tmp_path_factory):
    """The same rows in other forms, and cut into files at odd places."""
    folder = tmp_path_factory.mktemp("chance")
    pa.parquet.write_table(table, folder / "t.parquet", row_group_size=3_001)
    pa.csv.write_csv(table, folder / "t.csv")
    cuts = [0, 1, 777, 777, 15_000, ROWS]
    parts = []
    for number, (start, end) in enumerate(zip(cuts, cuts[1:])):
        parts.append(folder / f"part-{number}.arrow")
        with pa.OSFile(str(parts[-1]), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table.slice(start, end - start), max_chunksize=4_096)
    return [[folder / "t.parquet"], [folder / "t.csv"], parts]


SETTINGS = [
    ["--threads", "1"],
    ["--threads", "2", "--chunk-rows", "1000"],
    ["--threads", "5", "--chunk-rows", "777", "--memory", "8MiB"],
]


@pytest.fixture(scope="module")
def rows(run, layouts):
    """The numbers of the rows that a command gives, the same for every layout and setting."""

    def rows(command, *options):
        answers = []
        for files in layouts:
            for setting in SETTINGS:
                done = run(command, *files, *options, "-c", "row", "--format", "csv", *setting)
                assert done.returncode == 0, done.stderr
                answers.append(done.stdout)
        assert all(answer == answers[0] for answer in answers)
        lines = answers[0].splitlines()
        assert lines[0].split(",")[0] == "row"
        return [line.split(",") for line in lines[1:]]

    return rows


def numbers(lines):
    return np.array([int(line[0]) for line in lines], dtype=np.int64)


@pytest.mark.parametrize("seed", [0, 1, 2**63 + 5])
def test_samples_are_the_least_keys(rows, seed):
    for count in [0, 1, 1_000, ROWS]:
        found = numbers(rows("sample", "-n", count, "--seed", seed))
        assert np.array_equal(found, np.sort(order(seed)[:count]))
    shuffled = numbers(rows("sample", "-n", 500, "--seed", seed, "--shuffled"))
    assert np.array_equal(shuffled, order(seed)[:500])


def test_fractions_hang_on_each_row_alone(rows):
    for share in [0.0, 0.1, 0.5, 1.0]:
        found = numbers(rows("sample", "--fraction", share, "--seed", 3))
        below = [int(key) < round(share * 2**64) for key in keys(3)]
        assert np.array_equal(found, np.flatnonzero(below))


def test_draws_with_replacement_are_integers_of_the_jumped_stream(rows):
    words = np.random.Philox(4).jumped().random_raw(30_000)
    draws = [int(word) * ROWS >> 64 for word in words]
    # No word of these is replaced against bias.
    assert all(int(word) * ROWS % 2**64 >= 2**64 % ROWS for word in words)
    assert numbers(rows("sample", "-n", 30_000, "--replace", "--seed", 4, "--shuffled")).tolist() == draws
    assert numbers(rows("sample", "-n", 30_000, "--replace", "--seed", 4)).tolist() == sorted(draws)


def test_weights_are_exponential_keys(rows):
    weights = np.arange(ROWS) % 5
    share = np.minimum((keys(5) | np.uint64(1)).astype(float) / 2.0**64, 1 - 2.0**-53)
    with np.errstate(divide="ignore"):
        exponential = np.where(weights > 0, -np.log1p(-share) / weights, np.inf)
    expected = np.argsort(exponential, kind="stable")[:2_000]
    assert np.array_equal(numbers(rows("sample", "-n", 2_000, "--weights", "w", "--seed", 5)), np.sort(expected))
    drawn = numbers(rows("sample", "-n", 2_000, "--weights", "w", "--seed", 5, "--replace", "--shuffled"))
    doubles = np.random.Generator(np.random.Philox(5).jumped()).random(2_000)
    sums = np.cumsum(weights)
    assert np.array_equal(drawn, np.searchsorted(sums.astype(float), doubles * sums[-1], side="right"))


def group(row):
    return None if row % 13 == 0 else "abcd"[row % 4]


def test_groups_give_their_first_of_the_permutation(rows):
    left, expected = {}, []
    for row in permutation(6).tolist():
        left[group(row)] = left.get(group(row), 0) + 1
        if left[group(row)] <= 100:
            expected.append(row)
    assert numbers(rows("sample", "-n", 100, "-b", "g", "--seed", 6)).tolist() == sorted(expected)


@pytest.mark.parametrize("seed", [0, 9])
def test_shuffles_are_permutations(run, layouts, seed):
    for files in layouts:
        for setting in SETTINGS:
            done = run("shuffle", *files, "--seed", seed, "-c", "row", "--raw", *setting)
            assert done.returncode == 0, done.stderr
            assert np.array_equal(np.array(done.stdout.split(), dtype=np.int64), permutation(seed))


def test_a_shuffle_beyond_the_memory_keeps_rows_whole(run, table, layouts, tmp_path):
    expected = table.take(pa.array(permutation(8)))
    written = []
    for memory, files in [("1GiB", layouts[0]), ("2MiB", layouts[0]), ("2MiB", layouts[2])]:
        output = tmp_path / "shuffled.parquet"
        done = run("shuffle", *files, "--seed", 8, "-o", output, "--memory", memory, "-v")
        assert done.returncode == 0, done.stderr
        assert ("temporary file" in done.stderr) == (memory == "2MiB")
        assert "seed 8" in done.stderr
        assert pa.parquet.read_table(output).to_pydict() == expected.to_pydict()
        written.append(output.read_bytes())
    assert written[0] == written[1] == written[2]


def test_test_and_train_are_ranks(rows, run, layouts, tmp_path):
    count = round(0.2 * ROWS)
    expected = np.full(ROWS, "train", dtype=object)
    expected[order(10)[:count]] = "test"
    lines = rows("split", "--test", 0.2, "--seed", 10)
    assert numbers(lines).tolist() == list(range(ROWS))
    assert [line[1] for line in lines] == expected.tolist()
    for files in layouts:
        done = run("split", *files, "--test", 0.2, "--seed", 10, "-o", tmp_path / "{}.parquet", "--threads", 2)
        assert done.returncode == 0, done.stderr
        for part in ["test", "train"]:
            found = pa.parquet.read_table(tmp_path / f"{part}.parquet").column("row").to_numpy()
            assert np.array_equal(found, np.flatnonzero(expected == part))


def test_folds_are_ranks_and_strata_are_dealt_in_turn(rows):
    rank = np.empty(ROWS, dtype=np.int64)
    rank[order(11)] = np.arange(ROWS)
    folds = [int(line[1]) for line in rows("split", "--folds", 7, "--seed", 11)]
    assert np.array_equal(folds, rank * 7 // ROWS)
    # Text in its order, null last; then by place in the permutation.
    rank[permutation(11)] = np.arange(ROWS)
    line = sorted(range(ROWS), key=lambda row: (group(row) is None, group(row) or "", rank[row]))
    place = np.empty(ROWS, dtype=np.int64)
    place[line] = np.arange(ROWS)
    folds = [int(row[1]) for row in rows("split", "--folds", 7, "--stratify", "g", "--seed", 11)]
    assert np.array_equal(folds, place % 7)
    parts = [row[1] for row in rows("split", "--test", 0.3, "--stratify", "g", "--seed", 11)]
    count = round(0.3 * ROWS)
    assert parts == ["test" if p * count % ROWS < count else "train" for p in place.tolist()]


def mix(word):
    """SplitMix64's output function: the hash of an integer."""
    word = (word + 0x9E3779B97F4A7C15) % 2**64
    word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9 % 2**64
    word = (word ^ (word >> 27)) * 0x94D049BB133111EB % 2**64
    return word ^ (word >> 31)


def test_groups_go_together_by_a_hash_of_their_value(rows):
    philox = np.random.Philox(12).jumped(2)
    state = philox.state

    def word(index):
        philox.state = state
        philox.advance(index // 4)
        return int(philox.random_raw(index % 4 + 1)[-1])

    groups = np.unique(np.arange(ROWS) // 6).tolist()
    line = sorted(groups, key=lambda value: (word(mix(value)), value))
    rank = {value: place for place, value in enumerate(line)}
    folds = [int(row[1]) for row in rows("split", "--folds", 4, "--group", "h", "--seed", 12)]
    assert folds == [rank[row // 6] * 4 // len(groups) for row in range(ROWS)]


def test_standard_input_is_sampled_as_the_file_is(program, layouts):
    import subprocess

    file = layouts[1][0]
    answers = []
    for source, data in [(file, None), ("-", file.read_bytes())]:
        command = [str(program), "sample", str(source), "-n", "50", "--seed", "3"]
        answers.append(subprocess.run(command, input=data, capture_output=True, check=True).stdout)
    assert answers[0] == answers[1]


def test_what_cannot_be_sampled_is_said(run, samples, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("a,b\n")
    penguins = samples / "penguins.csv"
    weights = tmp_path / "weights.csv"
    weights.write_text("w\n1\n-2\n")
    for arguments, code, words in [
        (["sample", penguins, "-n", 345], 2, "344"),
        (["sample", empty, "-n", 1], 2, "0"),
        (["sample", penguins, "--fraction", 1.5], 2, "1.5"),
        (["sample", penguins], 2, "--rows"),
        (["sample", weights, "-n", 1, "--weights", "w"], 2, "-2"),
        (["sample", penguins, "-n", 1, "--weights", "bill_length_mm"], 2, "null"),
        (["sample", penguins, "-n", 1, "--weights", "species"], 2, "species"),
        (["sample", penguins, "-n", 1, "-b", "specie"], 2, "species"),
        (["split", penguins, "--folds", 1], 2, "folds"),
        (["split", penguins, "--folds", 345], 2, "344"),
        (["split", penguins, "--folds", 10**12, "-o", tmp_path / "{}.csv"], 2, "folds"),
        (["split", penguins, "--folds", 4, "--group", "species"], 2, "3 groups"),
        (["split", penguins, "--test", -0.5], 2, "test"),
        (["split", penguins, "--test", 0.5, "-o", tmp_path / "{}.json"], 2, "parquet"),
        (["shuffle", penguins, "-c", "specie"], 2, "species"),
    ]:
        done = run(*arguments)
        assert done.returncode == code, (arguments, done.stderr)
        assert words in done.stderr, (arguments, done.stderr)
    for arguments in [
        ["sample", empty, "-n", 0],
        ["sample", empty, "--fraction", 1],
        ["shuffle", empty],
        ["sample", empty, "-n", 3, "-b", "a"],
    ]:
        done = run(*arguments)
        assert (done.returncode, done.stdout) == (0, "a,b\n"), (arguments, done.stderr)
    done = run("split", empty, "--test", 0.5)
    assert (done.returncode, done.stdout) == (0, "a,b,part\n")


def test_inclusion_is_uniform(run, tmp_path):
    """Chi-square of which of 6 rows are in samples of 3: 20 subsets, 2,000 seeds; 19 degrees of freedom."""
    import itertools

    subsets = {subset: 0 for subset in itertools.combinations(range(6), 3)}
    for seed in range(2_000):
        found = tuple(sorted(chance.order(seed, 6)[:3].tolist()))
        subsets[found] += 1
    expected = 2_000 / len(subsets)
    # 0.1 % of the chi-square distribution with 19 degrees of freedom: 43.82 (NIST handbook, section 1.3.6.7.4).
    assert sum((count - expected) ** 2 / expected for count in subsets.values()) < 43.82
    # The formula is what the program does, also for so few rows.
    data = tmp_path / "six.csv"
    data.write_text("row\n0\n1\n2\n3\n4\n5\n")
    for seed in range(20):
        done = run("sample", data, "-n", 3, "--seed", seed, "--format", "json")
        assert [row["row"] for row in json.loads(done.stdout)] == sorted(chance.order(seed, 6)[:3].tolist())
