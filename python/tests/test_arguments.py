"""Wrong arguments are errors of arrcalc's own that name the argument; a bug is an error too."""

import datetime

import arrcalc
import numpy as np
import pytest

X = np.arange(5.0)
TABLE = arrcalc.open({"a": X})

WRONG = {
    "k": lambda bad: arrcalc.top_k(X, bad),
    "n": lambda bad: arrcalc.diff(X, bad),
    "ddof": lambda bad: arrcalc.var(X, ddof=bad),
    "correction": lambda bad: arrcalc.std(X, correction=bad),
    "threads": lambda bad: arrcalc.sum(X, threads=bad),
    "limit": lambda bad: TABLE.query("a", limit=bad),
    "offset": lambda bad: TABLE.query("a", offset=bad),
    "seed": lambda bad: arrcalc.permutation(X, seed=bad),
    "replicates": lambda bad: arrcalc.bootstrap(X, replicates=bad),
}


@pytest.mark.parametrize("bad", [-1, 10**30, -(10**30), 1.5, "a"])
@pytest.mark.parametrize("name", WRONG)
def test_wrong_whole_numbers(name, bad):
    with pytest.raises(arrcalc.InputError, match=rf"^{name} must be") as caught:
        WRONG[name](bad)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, TypeError) == (not isinstance(bad, int))


@pytest.mark.parametrize("name", ["move_sum", "move_median"])
def test_wrong_windows(name):
    for bad in (10**30, 2.5, None):
        with pytest.raises(arrcalc.InputError, match="window"):
            getattr(arrcalc, name)(X, bad)


@pytest.mark.parametrize("clause", ["select", "where", "by", "order_by"])
@pytest.mark.parametrize("bad", [3, [3], ["a", None]])
def test_clauses_are_texts(clause, bad):
    with pytest.raises(arrcalc.DtypeError, match="clause"):
        TABLE.query(**{clause: bad})


def test_freedom_may_be_a_whole_float():
    assert arrcalc.var(X, ddof=1.0) == arrcalc.var(X, ddof=1) == arrcalc.var(X, correction=1) == np.var(X, ddof=1)
    assert arrcalc.nanstd(X, correction=2.0) == arrcalc.std(X, ddof=2)
    with pytest.raises(arrcalc.InputError, match="one of them"):
        arrcalc.var(X, ddof=1, correction=1)


def test_whole_numbers_past_64_bits():
    with pytest.raises(arrcalc.DtypeError, match="past 64 bits"):
        arrcalc.searchsorted(np.array([1, 2], "u1"), 2**64)
    with pytest.raises(arrcalc.DtypeError, match="past 64 bits"):
        arrcalc.sort([2**64, 1])


ODD = [
    True, 3, [], [True, False], [[1, 2], [3, 4]], np.array("a"), np.array(["b", "a"]), np.array([b"b"]), np.array([None]),
    np.array(["NaT", 1], "M8[s]"), np.array([1, 2], "m8[D]"), np.zeros(2, "f2"), np.zeros((0, 3)), np.zeros(2, "c16"),
    np.zeros(2, "i4, f8"), np.array([2**63], "u8"), "abc", None, {}, object(), datetime.date(2020, 1, 1),
]  # fmt: skip
NO_ARRAY = {"BugError", "random", "set_threads", "get_threads", "open", "query", "describe", "sample", "permutation", "bootstrap"}


@pytest.mark.parametrize(
    "name", [n for n in arrcalc.__all__ if n not in NO_ARRAY and not isinstance(getattr(arrcalc, n), type)]
)
@pytest.mark.filterwarnings("ignore")
def test_odd_arrays_give_an_answer_or_an_error(name):
    function = getattr(arrcalc, name)
    for odd in ODD:
        for more in ((), (odd,), (1,), ("<", odd)):
            try:
                function(odd, *more)
            except arrcalc.BugError:
                raise
            except (arrcalc.Error, TypeError, ValueError):
                pass  # and never PanicException, which is no Exception


@pytest.mark.parametrize("function", ["diff", "cumsum", "cummax", "lag", "rank", "shift", "cumcount", "cumprod", "cummin", "lead"])
@pytest.mark.filterwarnings("ignore")
def test_odd_expressions_give_an_answer_or_an_error(function):
    for odd in ODD:
        try:
            arrcalc.evaluate(f"{function}(x)", x=odd)
        except Exception:
            pass  # a panic in the engine is a BugError, and an Exception


@pytest.mark.parametrize(
    ("named", "call"),
    [
        ("side", lambda: arrcalc.searchsorted([1], 1, side=3)),
        ("method", lambda: arrcalc.quantile(X, 0.5, method=3)),
        ("comparison", lambda: arrcalc.find(X, 3)),
        ("kind", lambda: arrcalc.sort(X, kind=3)),
        ("mode", lambda: arrcalc.take(X, [0], mode=3)),
        ("nan", lambda: TABLE.query("a", nan=3)),
        ("expression", lambda: arrcalc.evaluate(3)),
        ("statistic", lambda: arrcalc.bootstrap(X, 3)),
        ("alpha", lambda: arrcalc.ewm_mean(X, alpha="a")),
        ("q", lambda: arrcalc.move_quantile(X, 2, "a")),
        ("confidence", lambda: arrcalc.bootstrap(X, confidence="a")),
        ("axis", lambda: arrcalc.sort(X, axis="a")),
        ("axis", lambda: arrcalc.argsort(X, axis=10**30)),
        ("minlength", lambda: arrcalc.bincount([1], minlength=10**30)),
        ("window", lambda: arrcalc.move_sum(X, "a")),
        ("kth", lambda: arrcalc.argpartition([1], 2**70)),
    ],
)
def test_wrong_arguments_are_named(named, call):
    with pytest.raises(arrcalc.Error, match=named) as caught:
        call()
    assert isinstance(caught.value, (TypeError, ValueError))


@pytest.mark.parametrize(
    "call",
    [
        lambda: arrcalc.quantile([1], "a"),
        lambda: arrcalc.sum([[1, 2], [3]]),
        lambda: arrcalc.random.default_rng(1).random("a"),
        lambda: arrcalc.take([1, 2], [[0], [1, 2]]),
        lambda: arrcalc.sample([1.0, 2.0], 1, weights="ab"),
    ],
)
def test_what_numpy_refuses_is_an_error_of_ours(call):
    with pytest.raises(arrcalc.InputError) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_parameters_of_distributions():
    rng = arrcalc.random.default_rng(1)
    for wrong in (lambda: rng.integers(2**70), lambda: rng.integers("a"), lambda: rng.uniform("a"), lambda: rng.exponential("a")):
        with pytest.raises(arrcalc.InputError, match="must be"):
            wrong()
