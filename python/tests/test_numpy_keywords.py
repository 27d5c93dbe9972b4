"""Keywords of NumPy's that change nothing, or are there by another way."""

import arrcalc
import numpy as np
import pytest

X = np.array([3.0, -1.0, np.nan, 2.0])


def test_kinds_of_sorts():
    for kind in (None, "quicksort", "mergesort", "heapsort", "stable"):
        np.testing.assert_array_equal(arrcalc.sort(X, kind=kind), np.sort(X, kind=kind))
        np.testing.assert_array_equal(arrcalc.argsort(X, kind=kind), np.argsort(X, kind="stable"))
    np.testing.assert_array_equal(arrcalc.sort(X, stable=True), np.sort(X))
    np.testing.assert_array_equal(arrcalc.partition(X, 1, kind="introselect")[1], np.sort(X)[1])
    for function in (arrcalc.sort, arrcalc.argsort, lambda x, kind: arrcalc.partition(x, 1, kind=kind)):
        with pytest.raises(arrcalc.InputError, match="kind"):
            function(X, kind="bogus")
    with pytest.raises(arrcalc.InputError, match="structured"):
        arrcalc.sort(X, order="x")


@pytest.mark.parametrize("mode", ["wrap", "clip"])
def test_modes_of_take(mode):
    places = np.array([[0, 7, -1], [-9, 4, 3]])
    np.testing.assert_array_equal(arrcalc.take(X, places, mode=mode), np.take(X, places, mode=mode))
    assert arrcalc.take(X, 5, mode=mode) == np.take(X, 5, mode=mode) or mode == "clip"
    assert arrcalc.take([], [], mode=mode).size == 0
    with pytest.raises(arrcalc.InputError, match="empty"):
        arrcalc.take([], [0], mode=mode)


def test_take_refuses_other_modes():
    with pytest.raises(arrcalc.InputError, match="mode"):
        arrcalc.take(X, [0], mode="bogus")
    with pytest.raises(ValueError, match="out of"):
        arrcalc.take(X, [4])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_ends_of_diff(n):
    for x in ([1, 4, 9, 16], X, np.array([1, 5], "u1")):
        for ends in ({"prepend": 0}, {"append": [7, 9]}, {"prepend": x, "append": 1}):
            expected = np.diff(np.asarray(x).astype("f8"), n, **ends)
            np.testing.assert_array_equal(arrcalc.diff(x, n, axis=-1, **ends).astype("f8"), expected)
    with pytest.raises(arrcalc.InputError, match="axis"):
        arrcalc.diff(X, axis=1)


@pytest.mark.parametrize("name", ["sum", "mean", "prod", "var", "std", "cumsum", "cumprod", "nansum", "nancumsum", "nanvar"])
def test_a_dtype_is_refused(name):
    assert getattr(arrcalc, name)([1.0], dtype=None) is not None
    with pytest.raises(arrcalc.InputError, match="takes no dtype"):
        getattr(arrcalc, name)([1.0], dtype="float32")
