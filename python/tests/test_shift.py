"""`shift`, `cum_count`, `nth`, and the cumulative functions without NaN."""

import arrcalc
import numpy as np
import pytest

RNG = np.random.default_rng(5)
DTYPES = ["f8", "f4", "f2", "i8", "u2", "?", "M8[s]", "m8[ms]", "U3", ">f8"]


def array(dtype, n=9):
    return RNG.integers(0, 100, n).astype("i8").astype(dtype)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [0, 1, 3, -1, -4, 9, -9, 40, -40])
def test_shift_moves(dtype, n):
    x = array(dtype)
    fill = np.ones(1, "i8").astype(x.dtype)[0]
    expected = np.full(len(x), fill, x.dtype)
    for place, value in enumerate(x):
        if 0 <= place + n < len(x):
            expected[place + n] = value
    np.testing.assert_array_equal(arrcalc.shift(x, n, fill_value=fill), expected, strict=True)


def test_shift_has_nan_and_nat():
    assert np.isnan(arrcalc.shift(array("f4"), 2)[:2]).all()
    assert np.isnat(arrcalc.shift(array("M8[s]"), -2)[-2:]).all()
    assert arrcalc.shift([1.0, 2.0], fill_value=0).tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("x", "fill"),
    [([1, 2], None), ([1, 2], 1.5), ([1, 2], "a"), (np.array([1], "i1"), 300), (["a"], "abc"), ([True], None), ([1, 2], [3])],
)
def test_shift_refuses_another_value(x, fill):
    with pytest.raises(arrcalc.InputError, match="fill_value"):
        arrcalc.shift(x, fill_value=fill)


@pytest.mark.parametrize("n", [0, 1, 7, 100, 40_000])
def test_cum_count(n):
    x = RNG.random(n)
    x[RNG.random(n) < 0.3] = np.nan
    np.testing.assert_array_equal(arrcalc.cum_count(x), np.cumsum(~np.isnan(x)), strict=True)
    np.testing.assert_array_equal(arrcalc.cum_count(x.astype("f2")), np.cumsum(~np.isnan(x)))
    np.testing.assert_array_equal(arrcalc.cum_count(np.zeros(n, "i2")), np.arange(1, n + 1))
    assert arrcalc.cum_count(np.array(["NaT", "2020", "NaT", "2021"], "M8[D]")).tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i4", "u8", "?"])
@pytest.mark.parametrize("n", [1, 6, 50])
def test_nan_twins_of_cumulative_functions(dtype, n):
    x = RNG.integers(0, 3, n).astype(dtype)
    if x.dtype.kind == "f":
        x[RNG.random(n) < 0.3] = np.nan
    for name in ("nancumsum", "nancumprod"):
        with np.errstate(over="ignore"):
            expected = getattr(np, name)(x.astype("f8" if x.dtype.kind == "f" else "i8"))
        found = getattr(arrcalc, name)(x)
        if np.isfinite(expected).all() and expected.max() < 2000:
            np.testing.assert_array_equal(found, expected)
    assert arrcalc.nancumsum(x).dtype == arrcalc.cumsum(x).dtype


@pytest.mark.filterwarnings("ignore:All-NaN")
def test_nanptp():
    assert arrcalc.nanptp([3.5, np.nan, 1.0]) == 2.5
    assert np.isnan(arrcalc.ptp([3.5, np.nan])) and np.isnan(arrcalc.nanptp([np.nan]))
    assert arrcalc.nanptp([1, 5]) == 4
    with pytest.raises(ValueError, match="empty"):
        arrcalc.nanptp([])


@pytest.mark.parametrize("dtype", [*DTYPES, "S3"])
@pytest.mark.parametrize("n", [1, 2, 17, 300])
def test_nth_is_a_place_of_the_sort(dtype, n):
    x = array(dtype, n)
    for k in {0, n // 2, n - 1, -1, -n}:
        assert arrcalc.nth(x, k) == np.sort(x)[k]
    for k in (n, -n - 1):
        with pytest.raises(arrcalc.InputError, match="out of bounds"):
            arrcalc.nth(x, k)


@pytest.mark.parametrize("name", ["cummin", "cummax"])
def test_running_extrema_keep_the_type(name):
    reference = {"cummin": np.minimum, "cummax": np.maximum}[name].accumulate
    for dtype in ("?", "f2", "f4", "i1", "u8", ">i4"):
        x = array(dtype, 40)
        np.testing.assert_array_equal(getattr(arrcalc, name)(x), reference(x.astype(x.dtype.newbyteorder("="))), strict=True)
