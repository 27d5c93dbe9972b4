"""What a person types: forms of questions, files and answers whose results are known by hand."""

import json
import subprocess

import numpy as np
import pytest

ROWS = "a,b,x,s\n2013-01-31,2013-02-02,1.5,p\n2013-03-01,2012-02-29,NaN,q\n2013-03-01,,inf,p\n,2013-01-01,-0.0,\n"


@pytest.fixture
def ask(run, tmp_path):
    """An answer of the four rows above as a list of lists."""
    (tmp_path / "rows.csv").write_text(ROWS)

    def ask(*words, file=None):
        done = run("query", file or tmp_path / "rows.csv", *words, "--format", "json")
        assert done.returncode == 0, done.stderr
        return [list(row.values()) for row in json.loads(done.stdout)]

    return ask


@pytest.mark.parametrize(
    "expression, value",
    [
        ("-2 ** 2", -4),
        ("2 ** 3 ** 2", 512),
        ("-7 // 2", -4),
        ("-7 % 3", 2),
        ("7 % -3", -2),
        ("7 / 2", 3.5),
        ("6 / 3", 2.0),
        ("7 // 0", None),
        ("7 % 0", None),
        ("7 / 0", "Infinity"),
        ("-7.0 // 2", -4.0),
        ("7.5 % -2", -0.5),
        ("1_000 + .5", 1000.5),
        ("2 + 3 * 4 - 5", 9),
        ("10 - 3 - 2", 5),
        ("not true or true", True),
        ("not (true or true)", False),
        ("false and true or true", True),
        ("null and false", False),
        ("null or true", True),
        ("null = null", None),
        ("1 in (2, null)", None),
        ("1 in (1, null)", True),
        ("1 not in (2, null)", None),
        ("nan = nan", False),
        ("nan <> nan", True),
        ("nan < 1", False),
        ("not nan < 1", True),
        ("0.0 = -0.0", True),
        ("round(0.5)", 0.0),
        ("round(1.5)", 2.0),
        ("round(-0.5)", -0.0),
        ("round(2.675, 2)", 2.67),
        ("0.1 + 0.2", 0.1 + 0.2),
        ("9007199254740993 + 0", 2**53 + 1),
        ("9223372036854775807 + 0", 2**63 - 1),
        ("cast(2.9 as int64)", 2),
        ("cast(-2.9 as int64)", -2),
        ("cast('2013-01-31' as date)", "2013-01-31"),
        ("'it''s'", "it's"),
        ("length('äß日😀')", 4),
        ("'abc' like 'a_c'", True),
        ("'abc' like 'a'", False),
        ("'Z' < 'a'", True),
        ("case when null then 1 else 2 end", 2),
        ("case 3 when 1 then 'a' when 3 then 'b' end", "b"),
        ("coalesce(null, 7)", 7),
        ("nullif(7, 7)", None),
        ("greatest(1, null, 3)", 3),
        ("least(1.0, nan)", "NaN"),
        ("sign(-0.0)", -0.0),
        ("sqrt(-1.0)", "NaN"),
        ("sqrt(2)", 2**0.5),
        ("if(true, 1, 9223372036854775807 + 1)", 1),
        ("true or 9223372036854775807 + 1 > 0", True),
    ],
)
def test_constants(ask, expression, value):
    found = ask("-s", f"{expression} as v", "-n", "1")[0][0]
    assert repr(found) == repr(value)


@pytest.mark.parametrize(
    "items, values",
    [
        ("a - b as d", ["-P2D", "P366D", None, None]),
        ("weekday(a)", [3, 4, 4, None]),
        ("month(a) * 100 + day(a)", [131, 301, 301, None]),
        ("date_trunc('month', a)", ["2013-01-01", "2013-03-01", "2013-03-01", None]),
        ("a > '2013-02-01'", [False, True, True, None]),
        ("a = b", [False, False, None, None]),
        ("x is nan", [False, True, False, False]),
        ("x > 1", [True, False, True, False]),
        ("x <> x", [False, True, False, False]),
        ("s is null", [False, False, False, True]),
        ("upper(s)", ["P", "Q", "P", None]),
    ],
)
def test_rows(ask, items, values):
    assert [row[0] for row in ask("-s", items)] == values


@pytest.mark.parametrize(
    "items, values",
    [
        ("sum(a - b), mean(a - b), max(a) - min(a), range(a)", ["P364D", "P182D", "P29D", "P29D"]),
        ("mean(a)", ["2013-02-19T08:00:00"]),
        ("min(a), max(b), median(a)", ["2013-01-31", "2013-02-02", "2013-03-01"]),
        ("count(*), count(a), count_null(a), count_nan(x)", [4, 3, 1, 1]),
        ("sum(x), nansum(x), min(x), nanmin(x)", ["NaN", "Infinity", "NaN", -0.0]),
        ("mode(s), first(s), last(s), argmax(x), nanargmax(x)", ["p", "p", "p", 1, 2]),
        ("count(distinct s), distinct(a)", [2, 2]),
        ("count(*) filter (where s = 'p')", [2]),
        ("min(s), max(s)", ["p", "q"]),
        ("any(x > 1), all(x > 1)", [True, False]),
    ],
)
def test_aggregates(ask, items, values):
    assert ask("-s", items) == [values]


@pytest.mark.parametrize(
    "items, values",
    [
        ("lag(a)", [None, "2013-01-31", "2013-03-01", "2013-03-01"]),
        ("lead(s, 2)", ["p", None, None, None]),
        ("diff(a)", [None, "P29D", "PT0S", None]),
        ("lag(x, 0)", [1.5, "NaN", "Infinity", -0.0]),
        ("lag(x, 100)", [None] * 4),
        ("lag(1)", [None, 1, 1, 1]),
        ("cumcount(1) + 1", [2, 3, 4, 5]),
        ("rank(x)", [2.0, 4.0, 3.0, 1.0]),
        ("rank(s)", [1.5, 3.0, 1.5, None]),
        ("rank(s, 'max')", [2, 3, 2, None]),
        ("rank(a, 'dense')", [1, 2, 2, None]),
        ("rank(a, 'ordinal')", [1, 2, 3, None]),
        ("cumsum(x > 1)", [1, 1, 2, 2]),
        ("move_count(s, 2)", [1, 2, 2, 1]),
        ("cummin(b)", ["2013-02-02", "2012-02-29", None, "2012-02-29"]),
        ("case when x > 100 then lag(s) else s end", ["p", "q", "q", None]),
        ("lag(lag(s))", [None, None, "p", "q"]),
        ("cumsum(length(lag(s)))", [None, 1, 2, 3]),
    ],
)
def test_the_order_of_rows(ask, items, values):
    assert repr([row[0] for row in ask("-s", items)]) == repr(values)


def test_a_filter_decides_which_rows_are_before_others(ask):
    """Functions in the filter see all rows, others those that it keeps."""
    assert ask("-s", "a, lag(a) as before", "-w", "s = 'p'") == [["2013-01-31", None], ["2013-03-01", "2013-01-31"]]
    assert ask("-s", "s, lag(s) as before", "-w", "lag(s) = 'p'") == [["q", None], [None, "q"]]
    assert ask("-s", "max(lag(s)), count(lag(s)), count(*)", "-w", "lag(s) is not null") == [["q", 2, 3]]
    assert ask("-s", "count(*)", "-b", "cumsum(s = 'q') as part") == [[0, 1], [1, 2], [None, 1]]
    assert ask("-s", "lead(a)", "-n", "1") == [["2013-03-01"]], "a limit takes nothing from them"
    assert ask("-s", "s", "--order-by", "-cumcount(1)", "-n", "2") == [[None], ["p"]]
    assert ask("-s", "cumsum(x), lag(s), move_mean(x, 2)", "-w", "false") == []


def test_nothing_gives_counts_and_nulls(ask):
    items = (
        "count(*), count(x), sum(x), mean(x), min(x), var(x), median(x), first(s), argmin(x), corr(x, x), any(x > 1)"
    )
    assert ask("-s", items, "-w", "false") == [[0, 0, 0.0, *[None] * 8]]
    assert ask("-s", "product(x), norm(x), mode(s), dot(x, x)", "-w", "null") == [[1.0, None, None, None]]
    assert ask("-b", "s", "-w", "false") == []


def test_groups_are_sorted_numbers_nan_null(ask, tmp_path):
    (tmp_path / "k.csv").write_text("k,v\nNaN,1\n,2\n0.0,3\n-0.0,4\n-inf,5\nnan,6\n,7\n2,8\n")
    file = tmp_path / "k.csv"
    types = ["--types", "k=float64"]
    expected = [["-Infinity", 5], [0.0, 7], [2.0, 8], ["NaN", 7], [None, 9]]
    assert repr(ask("-b", "k", "-s", "sum(v)", *types, file=file)) == repr(expected)
    down = [expected[index] for index in (2, 1, 0, 3, 4)]
    assert ask("-b", "-k", "-s", "sum(v)", *types, file=file) == down
    assert ask("-b", "k desc", "-s", "sum(v)", *types, file=file) == down
    assert ask("-b", "k desc nulls first", "-s", "sum(v)", *types, file=file) == [
        expected[index] for index in (4, 2, 1, 0, 3)
    ]
    rows = [5, 3, 4, 8, 1, 6, 2, 7]
    assert ask("-s", "v", "--order-by", "k", *types, file=file) == [[v] for v in rows]
    assert ask("-s", "v", "--order-by", "-k, -v", *types, file=file) == [[v] for v in (8, 4, 3, 5, 6, 1, 7, 2)]


def test_short_forms(run, samples):
    def lines(*words):
        done = run("query", samples / "penguins.csv", *words, "--format", "csv")
        assert done.returncode == 0, done.stderr
        return done.stdout.splitlines()

    assert lines("-b", "species")[:2] == ["species,count", "Adelie,152"]
    assert lines("-b", "species") == lines("-b", "species", "-s", "count(*) as count")
    assert lines("-w", "year = 2007", "-n", "1")[1] == "Adelie,Torgersen,39.1,18.7,181,3750,male,2007"
    assert lines("-s", "mean,max")[0].startswith("mean(bill_length_mm),mean(bill_depth_mm)")
    assert lines("-s", "columns('bill_.*')", "-n", "1") == ["bill_length_mm,bill_depth_mm", "39.1,18.7"]
    assert lines("-s", "max(columns('bill_.*'))") == ["max(bill_length_mm),max(bill_depth_mm)", "59.6,21.5"]
    assert lines("-s", "year", "-s", "sex", "-n", "1") == ["year,sex", "2007,male"]
    assert lines("-s", "year, year, year + 1 as year", "-n", "1")[0] == "year,year_1,year_2"
    assert lines("-n", "2", "--offset", "1") == [lines()[0], *lines()[2:4]]


def test_a_statement_is_the_same_question(run, samples):
    file = samples / "penguins.csv"
    text = f"""-- heavy birds
        SELECT species, count(*) AS n, mean(body_mass_g) AS "mean mass" FROM '{file}'
        WHERE year <> 2008 GROUP BY species HAVING count(*) > 50 ORDER BY n DESC LIMIT 2;"""
    words = ["-s", 'count(*) as n, mean(body_mass_g) as "mean mass"', "-w", "year != 2008", "-b", "species"]
    words += ["--having", "n > 50", "--order-by", "-n", "-n", "2"]
    statement = run("query", text.split("\n", 1)[1].strip(), "--format", "json")
    assert statement.returncode == 0, statement.stderr
    assert statement.stdout == run("query", file, *words, "--format", "json").stdout
    assert [row["species"] for row in json.loads(statement.stdout)] == ["Adelie", "Gentoo"]


def test_forms_of_answers_say_the_same(run, tmp_path):
    (tmp_path / "rows.csv").write_text(ROWS)
    words = ["query", tmp_path / "rows.csv", "-s", "a, x, x > 1 as t, s, x / 3 as y"]
    document = json.loads(run(*words, "--format", "json").stdout)
    lines = run(*words, "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == document
    text = run(*words, "--format", "csv").stdout.splitlines()
    assert text == ["a,x,t,s,y", "2013-01-31,1.5,true,p,0.5", "2013-03-01,NaN,false,q,NaN", *text[3:]]
    assert run(*words).stdout.splitlines() == text, "a pipe gets CSV"
    hexadecimal = [row["y"] for row in json.loads(run(*words, "--format", "json", "--float", "hex").stdout)]
    assert float.fromhex(hexadecimal[0]) == 0.5
    for suffix in ("parquet", "arrow", "csv", "json"):
        out = tmp_path / f"out.{suffix}"
        done = run(*words, "-o", out)
        assert done.returncode == 0 and done.stdout == "", done.stderr
        if suffix != "json":
            assert json.loads(run("query", out, "--format", "json").stdout) == document, suffix


def test_arrays_are_tables(run, program, tmp_path):
    np.save(tmp_path / "one.npy", np.arange(10.0))
    np.save(tmp_path / "two.npy", np.arange(6).reshape(3, 2))
    np.savez(tmp_path / "z.npz", x=np.arange(5), y=np.arange(5.0) * 2)
    np.save(tmp_path / "fields.npy", np.array([(1, 2.5), (3, 4.5)], dtype=[("k", ">i2"), ("v", "f4")]))
    asked = {
        ("one.npy", "sum(one), mean(one)"): "45.0\t4.5",
        ("two.npy", "sum(c0 * c1)"): "26",
        ("z.npz", "dot(x, y)"): "60.0",
        ("z.npz:y", "max(y)"): "8.0",
        ("one.npy[2:8:2]", "sum(one)"): "12.0",
        ("fields.npy", "sum(k), sum(v)"): "4\t7.0",
    }
    for (file, items), answer in asked.items():
        done = run("query", tmp_path / file, "-s", items, "--raw")
        assert done.stdout.strip() == answer, f"{file} {items}: {done.stdout}{done.stderr}"
    command = [str(program), "query", "-", "-s", "sum(x)", "--raw"]
    piped = subprocess.run(command, input="x\n5\n6\n", capture_output=True, text=True, timeout=20)
    assert piped.stdout.strip() == "11", piped.stderr


def test_values_of_a_file_are_a_list(run, tmp_path):
    np.save(tmp_path / "ids.npy", np.array([2, 3, 3, 99]))
    (tmp_path / "t.csv").write_text("k\n1\n2\n\n3\n4\n")
    where = f"k in file('{tmp_path / 'ids.npy'}')"
    assert run("query", tmp_path / "t.csv", "-w", where, "--raw").stdout.split() == ["2", "3"]
    assert run("query", tmp_path / "t.csv", "-w", f"not {where}", "--raw").stdout.split() == ["1", "4"]


def test_a_limit_counts_kept_rows(run, tmp_path):
    (tmp_path / "t.csv").write_text("x\n1\n0\n0\n1\n0\n1\n")
    for chunk in ("1", "2", "7"):
        done = run("query", tmp_path / "t.csv", "-s", "x", "-w", "x > 0", "-n", "2", "--raw", "--chunk-rows", chunk)
        assert done.stdout.split() == ["1", "1"]


def test_rows_behind_a_limit_have_no_say(run, tmp_path):
    (tmp_path / "t.csv").write_text("w\n1\n2\n9223372036854775807\n")
    answers = {
        (done.returncode, done.stdout)
        for chunk in ("1", "2", "1000")
        for done in [run("query", tmp_path / "t.csv", "-s", "w * 2", "-n", "1", "--raw", "--chunk-rows", chunk)]
    }
    assert len(answers) == 1, answers
