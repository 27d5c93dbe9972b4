"""Texts, bytes, dates and durations where NumPy takes them."""

import arrcalc
import numpy as np
import pytest

RNG = np.random.default_rng(8)
WORDS = np.array(["pear", "fig", "Apfel", "äpfel", "", "fig", "日本", "z" * 9, "fig"])
BYTES = np.array([b"pear", b"fig", b"", b"fig", b"zz", b"Z"])
DAYS = np.array(["2020-03-01", "1969-12-31", "2020-03-01", "2031-01-09"], "M8[D]")
TICKS = np.array([5, -3, 5, 900, 0], "m8[ms]")
MOMENTS = DAYS.astype("M8[us]").astype(">M8[us]")
ALL = [WORDS, BYTES, DAYS, TICKS, MOMENTS]


@pytest.mark.parametrize("x", ALL, ids=lambda x: x.dtype.str)
def test_as_numpy(x):
    native = x.astype(x.dtype.newbyteorder("="))
    np.testing.assert_array_equal(arrcalc.sort(x), np.sort(native))
    np.testing.assert_array_equal(arrcalc.sort(x, descending=True), np.sort(native)[::-1])
    assert arrcalc.min(x) == np.sort(native)[0] and arrcalc.max(x) == np.sort(native)[-1]
    assert arrcalc.argmin(x) == np.flatnonzero(x == np.sort(native)[0])[0]
    assert arrcalc.argmax(x) == np.flatnonzero(x == np.sort(native)[-1])[0]
    values, index, inverse, counts = arrcalc.unique(x, True, True, True)
    for found, expected in zip((values, index, inverse, counts), np.unique(native, True, True, True), strict=True):
        np.testing.assert_array_equal(found, expected)
    assert arrcalc.count_distinct(x) == len(np.unique(native))
    assert arrcalc.value_counts(x)[1].sum() == len(x)
    for side in ("left", "right"):
        found = arrcalc.searchsorted(np.sort(native), x, side)
        np.testing.assert_array_equal(found, np.searchsorted(np.sort(native), native, side))
    np.testing.assert_array_equal(arrcalc.isin(x, x[1:3]), np.isin(native, native[1:3]))
    np.testing.assert_array_equal(arrcalc.isin(x, x[1:3], invert=True), np.isin(native, native[1:3], invert=True))
    assert arrcalc.searchsorted(np.sort(native), x[0]) == np.searchsorted(np.sort(native), native[0])


def test_times_of_two_units_and_nat():
    days, moments = np.array(["2020-01-01", "2020-01-03", "NaT"], "M8[D]"), np.array(["2020-01-02T12", "NaT"], "M8[s]")
    np.testing.assert_array_equal(arrcalc.searchsorted(days, moments), np.searchsorted(days, moments))
    np.testing.assert_array_equal(arrcalc.isin(days, moments), [False, False, False])
    np.testing.assert_array_equal(arrcalc.isin(days, days), np.isin(days, days))
    np.testing.assert_array_equal(arrcalc.digitize(moments[:1], days[:2]), [1])
    # NaT is null, and left out.
    assert arrcalc.max(days) == days[1] and arrcalc.argmin(days[::-1]) == 2
    assert np.isnat(arrcalc.min(days[2:])) and np.isnat(arrcalc.median(days[2:]))


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_middle_of_times(unit):
    ticks = RNG.integers(-(10**6), 10**6, 101)
    for kind in ("M8", "m8"):
        x = ticks.astype(f"{kind}[{unit}]")
        assert arrcalc.median(x).astype("i8") == np.sort(ticks)[50]
        assert abs(int(arrcalc.mean(x).astype("i8")) - ticks.mean()) <= 0.5
        found = arrcalc.quantile(x, [0.0, 0.25, 1.0])
        assert found.dtype == x.dtype and found.tolist() == np.sort(x)[[0, 25, 100]].tolist()
        assert arrcalc.percentile(x, 50) == arrcalc.median(x)
    assert arrcalc.sum(ticks.astype(f"m8[{unit}]")) == np.timedelta64(int(ticks.sum()), unit)
    # Half a tick goes to the even one.
    assert arrcalc.mean(np.array([1, 2], f"m8[{unit}]")) == np.timedelta64(2, unit)


def test_differences_of_times():
    for x in (MOMENTS, TICKS, DAYS.astype("M8[s]")):
        for n in (0, 1, 2):
            np.testing.assert_array_equal(arrcalc.diff(x, n), np.diff(x.astype(x.dtype.newbyteorder("=")), n))
    holes = np.array([1, "NaT", 3, 4], "M8[s]")
    np.testing.assert_array_equal(arrcalc.diff(holes), np.diff(holes))


@pytest.mark.parametrize("name", ["sum", "mean", "median", "var", "norm", "prod", "cumsum", "count_nonzero"])
@pytest.mark.parametrize("x", [WORDS, BYTES], ids=["text", "bytes"])
def test_what_texts_have_not_is_an_error_of_type(name, x):
    with pytest.raises(arrcalc.DtypeError, match="type"):
        getattr(arrcalc, name)(x)


def test_what_times_have_not_is_an_error_of_type():
    with pytest.raises(arrcalc.DtypeError, match="sum"):
        arrcalc.sum(DAYS)
    for wrong in (lambda: arrcalc.filter(WORDS, ">", "a"), lambda: arrcalc.find(WORDS, "==", "fig"), lambda: arrcalc.find([1], "<", "a")):
        with pytest.raises(arrcalc.DtypeError, match="query|type"):
            wrong()
