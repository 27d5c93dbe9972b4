"""Generated questions about generated tables: the oracle's bits, under every schedule, in every format.

ARRCALC_QUERIES is the number of questions (2,000 take a minute or two); the test command asks fewer. Every question is
answered once with the settings that a person has, compared with the oracle, and then under other threads, chunks,
levels, formats and cuts into files, where it must print the same bytes.
"""

import dataclasses
import os
import random

import generator
import pytest
import tables
from answers import differences
from expressions import Fault

QUESTIONS = int(os.environ.get("ARRCALC_QUERIES", "600"))
SCHEDULES = int(os.environ.get("ARRCALC_QUERY_SCHEDULES", "2"))
A_TABLE = 20
THREADS = ["1", "2", "5"]
CHUNK_ROWS = ["1", "7", "1000", None]
LEVELS = ["baseline", "avx2", None]


@pytest.fixture(scope="session")
def levels(run, samples):
    """Levels that this machine has."""
    names = ["baseline", "avx2", "avx512", "neon"]
    file = samples / "penguins.csv"
    found = [name for name in names if run("query", file, "-s", "count(*)", "--level", name).returncode == 0]
    assert "baseline" in found
    return [*found, None]


def write_forms(table, folder, generator):
    """The same table in every format, whole and in parts: arguments that open it, by name of the form."""
    part = generator.choice([1, 3, 50, 1000])
    part = part if len(table.rows) <= 100 * part else 50
    forms = {}
    for suffix in ("parquet", "arrow", "arrows", "csv"):
        tables.write(table, folder / f"whole.{suffix}", part)
        forms[suffix] = [folder / f"whole.{suffix}"]
    for suffix in ("parquet", "arrow"):
        names = [folder / f"part{index}.{suffix}" for index in range(3)]
        for piece, name in zip(tables.cuts(table, 3), names):
            tables.write(piece, name, part)
        forms[f"3 {suffix}"] = names
    tables.write(tables.cuts(table, 3)[1], folder / "part1.csv")
    forms["mixed"] = [folder / "part0.parquet", folder / "part1.csv", folder / "part2.arrow"]
    return forms


def words(question, form, forms, table):
    """The command's words for the table in a form; a statement names its files by a pattern."""
    files = [str(path) for path in forms[form]]
    if question.statement and len(files) == 3:
        if form == "mixed":
            files = [str(path) for path in forms["3 arrow"]]
        files = [files[0].replace("part0", "part*")]
    given = ["--types", table.csv_types()] if any(name.endswith(".csv") for name in files) else []
    return ["query", *question.arguments(files), "--format", "json", *given]


def schedule(turn, levels):
    """Options of a schedule: all combinations come up as `turn` counts."""
    options = ["--threads", THREADS[turn % 3]]
    if rows := CHUNK_ROWS[turn // 3 % 4]:
        options += ["--chunk-rows", rows]
    if level := levels[turn // 12 % len(levels)]:
        options += ["--level", level]
    return options


def expected(question, table):
    """(types, rows), or the fault."""
    try:
        return question.answer(table), None
    except Fault as fault:
        return None, fault


@pytest.mark.parametrize("first", range(0, QUESTIONS, A_TABLE))
def test_generated_questions_are_answered_exactly(first, run, levels, tmp_path):
    answer_exactly(first, QUESTIONS, generator.question, run, levels, tmp_path)


@pytest.mark.parametrize("first", range(0, QUESTIONS // 2, A_TABLE))
def test_generated_questions_about_the_order_of_rows_are_answered_exactly(first, run, levels, tmp_path):
    make = lambda source: generator.question(source, row_share=0.5)
    answer_exactly(first, QUESTIONS // 2, make, run, levels, tmp_path)


def answer_exactly(first, count, make, run, levels, tmp_path):
    random_table = random.Random(first)
    table = tables.table(random_table)
    forms = write_forms(table, tmp_path, random_table)
    complaints = []
    for index in range(first, min(first + A_TABLE, count)):
        question = make(random.Random(index))
        answer, fault = expected(question, table)
        plain = words(question, "parquet", forms, table)
        done = run(*plain)
        where = f"question {index}: {plain[1:-2]}"
        if wrong := complaint(done, answer, fault, question, table):
            complaints.append(f"{where}: {wrong}")
            continue
        for turn in range(SCHEDULES):
            form = list(forms)[(index + turn) % len(forms)]
            options = schedule(index * SCHEDULES + turn, levels)
            other = run(*words(question, form, forms, table), *options)
            same = other.returncode == done.returncode and other.stdout == done.stdout
            if form == "parquet":
                same = same and other.stderr == done.stderr
            if not same:
                complaints.append(f"{where}: {form} {options}: {other.stdout[:300]}{other.stderr[:300]}")
    assert not complaints, f"{len(complaints)} of {A_TABLE}:\n" + "\n".join(complaints)


def complaint(done, answer, fault, question, table):
    """What is wrong with a run, or None."""
    if fault is None and done.returncode == 4 and question.limit is not None:
        # What lies behind the limit may be computed or not.
        fault = expected(dataclasses.replace(question, limit=None), table)[1]
    if fault is None:
        if done.returncode != 0:
            return f"exit code {done.returncode}: {done.stderr.strip()}"
        return differences(done.stdout, *answer)
    row = getattr(fault, "row", None)
    rows = getattr(fault, "rows", {row})
    if done.returncode != 4 or done.stdout or done.stderr.count("\n") != 1:
        return f"exit code {done.returncode}, expected a fault ({fault}): {done.stderr}{done.stdout[:200]}"
    told = any(f"row {row}:" in done.stderr for row in rows)
    if isinstance(row, int) and question.limit is None and not told:
        return f"the lowest row at fault is {row} ({fault}): {done.stderr}"
    return None
