"""Answers of many megabytes, whose memory is kept for the next one."""

import arrcalc
import numpy as np
import pytest

ROWS = 1_200_000  # more than 4 MiB of 4 bytes each


@pytest.fixture(scope="module")
def values():
    return np.random.default_rng(7).normal(size=ROWS).round(3)


QUESTIONS = {
    "sort": (arrcalc.sort, np.sort),
    "argsort": (arrcalc.argsort, lambda x: np.argsort(x, kind="stable")),
    "cummax": (arrcalc.cummax, np.maximum.accumulate),
    "diff": (arrcalc.diff, np.diff),
    "filter, most": (lambda x: arrcalc.filter(x, ">", -2.5), lambda x: x[x > -2.5]),
    "filter, less than half": (lambda x: arrcalc.filter(x, ">", 0.1), lambda x: x[x > 0.1]),
    "filter, few": (lambda x: arrcalc.filter(x, ">", 2.5), lambda x: x[x > 2.5]),
    "filter, none": (lambda x: arrcalc.filter(x, ">", 100), lambda x: x[x > 100]),
    "compress, most": (lambda x: arrcalc.compress(x < 2, x), lambda x: np.compress(x < 2, x)),
    "compress, few": (lambda x: arrcalc.compress(x > 2, x), lambda x: np.compress(x > 2, x)),
    "flatnonzero": (lambda x: arrcalc.flatnonzero(x > 0), lambda x: np.flatnonzero(x > 0)),
    "take": (lambda x: arrcalc.take(x, np.arange(ROWS)[::-1]), lambda x: x[::-1]),
    "searchsorted": (
        lambda x: arrcalc.searchsorted(np.linspace(-3, 3, 99), x),
        lambda x: np.searchsorted(np.linspace(-3, 3, 99), x),
    ),
    "column": (lambda x: arrcalc.open({"x": x}).sort("x")["x"], np.sort),
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_large_answers_are_numpys_again_and_again(name, values):
    ask, oracle = QUESTIONS[name]
    expected = oracle(values)
    first = ask(values)
    for _ in range(3):
        answer = ask(values)
        assert answer.dtype == expected.dtype and answer.flags.writeable
        np.testing.assert_array_equal(answer, expected)
        answer[...] = 0  # what is done to an answer is not seen in others
        del answer
    np.testing.assert_array_equal(first, expected)


def test_two_answers_never_share_memory(values):
    answers = [arrcalc.sort(values) for _ in range(4)]
    assert not any(np.shares_memory(a, b) for a in answers for b in answers if a is not b)


def test_an_answer_outlives_the_array_it_was_a_part_of(values):
    part = arrcalc.sort(values)[10:20]
    others = [arrcalc.cummax(values) for _ in range(3)]
    np.testing.assert_array_equal(part, np.sort(values)[10:20])
    assert len(others) == 3
