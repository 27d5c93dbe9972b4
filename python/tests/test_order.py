"""min, max, argmin, argmax, median, quantile, percentile, count_nonzero beside NumPy."""

import math

import arrcalc
import numpy as np
import oracle
import pytest

METHODS = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]
PROBABILITIES = [0, 0.001, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.9, 0.95, 0.999, 1]
DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?"]


def sample(dtype, n, seed=0):
    random = np.random.Generator(np.random.Philox(seed + n))
    if dtype == "?":
        return random.random(n) < 0.5
    if dtype.startswith("f"):
        return (random.standard_normal(n) * 100).astype(dtype)
    info = np.iinfo(dtype)
    return random.integers(info.min, info.max, n, dtype=dtype, endpoint=True)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("n", [1, 2, 3, 63, 64, 65, 2049, 20_000])
def test_extrema_and_their_places_are_numpys(dtype, n):
    values = sample(dtype, n)
    for own, numpy in ((arrcalc.min, np.min), (arrcalc.max, np.max)):
        oracle.same(own(values), numpy(values))
    for own, numpy in ((arrcalc.argmin, np.argmin), (arrcalc.argmax, np.argmax)):
        assert own(values) == numpy(values)
        assert isinstance(own(values), np.integer)
    assert arrcalc.count_nonzero(values) == np.count_nonzero(values)
    assert type(arrcalc.count_nonzero(values)) is int


def test_places_are_the_first_of_equals_and_of_nans():
    values = np.array([3.0, 1.0, 1.0, 5.0, 5.0])
    assert (arrcalc.argmin(values), arrcalc.argmax(values)) == (1, 3)
    values[[2, 4]] = math.nan
    assert (arrcalc.argmin(values), arrcalc.argmax(values)) == (2, 2)
    assert np.isnan(arrcalc.min(values)) and np.isnan(arrcalc.max(values))
    assert (arrcalc.nanargmin(values), arrcalc.nanargmax(values)) == (1, 3)


def test_negative_zero_is_the_smaller_zero():
    oracle.same(arrcalc.min([0.0, -0.0]), np.float64(-0.0))
    oracle.same(arrcalc.max([-0.0, 0.0]), np.float64(0.0))
    assert arrcalc.argmin([0.0, -0.0]) == 0  # equal values: the first


def test_places_count_in_c_order_whatever_the_memory_order():
    values = np.random.Generator(np.random.Philox(3)).standard_normal((37, 41, 5))
    for view in (values, values.transpose(2, 0, 1), np.asfortranarray(values), values[::-1, ::2], values[:, :, 3]):
        assert arrcalc.argmin(view) == view.argmin()
        assert arrcalc.argmax(view) == view.argmax()


def test_nan_and_zero_count_as_numpy_counts_them():
    values = np.array([0.0, -0.0, math.nan, 1.0, math.inf])
    assert arrcalc.count_nonzero(values) == 3 == np.count_nonzero(values)


@pytest.mark.parametrize("function", [arrcalc.min, arrcalc.max, arrcalc.argmin, arrcalc.argmax])
def test_extrema_of_nothing_raise(function):
    with pytest.raises(ValueError, match="empty") as caught:
        function(np.zeros(0))
    assert isinstance(caught.value, arrcalc.InputError)


@pytest.mark.parametrize("function", [arrcalc.nanargmin, arrcalc.nanargmax])
def test_the_place_among_only_nans_raises(function):
    with pytest.raises(ValueError, match="NaN"):
        function([math.nan])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["f8", "f4", "i4", "u1"])
def test_quantiles_are_rounded_once_from_the_exact_interpolation(method, dtype):
    for n in (1, 2, 3, 10, 97, 4001):
        values = sample(dtype, n)
        found = arrcalc.quantile(values, PROBABILITIES, method=method)
        assert found.dtype == (np.float32 if dtype == "f4" else np.float64)
        rounded = oracle.to_single if dtype == "f4" else oracle.to_double
        for q, own in zip(PROBABILITIES, found, strict=True):
            oracle.same(own, rounded(oracle.quantile(values, q, method)))


@pytest.mark.parametrize("method", METHODS)
def test_quantiles_are_numpys_within_two_ulps(method):
    # Quarters are exact in binary, so that NumPy's place among the values is the exact one.
    for n in (1, 2, 3, 10, 97, 4001, 50_000):
        values = abs(sample("f8", n))
        found = arrcalc.quantile(values, [0, 0.25, 0.5, 0.75, 1], method=method)
        expected = np.quantile(values, [0, 0.25, 0.5, 0.75, 1], method=method)
        upper = np.sort(values)[np.searchsorted(np.sort(values), expected).clip(max=n - 1)]
        assert (abs(found - expected) <= 2 * np.spacing(upper)).all(), (n, found, expected)


@pytest.mark.parametrize("n", [1, 2, 9, 10, 4096, 100_001])
def test_the_median_is_the_exact_middle(n):
    values = sample("f8", n)
    ordered = sorted(oracle.exact(values))
    middle = (ordered[(n - 1) // 2] + ordered[n // 2]) / 2
    oracle.same(arrcalc.median(values), oracle.to_double(middle))
    oracle.same(arrcalc.median(values), arrcalc.quantile(values, 0.5))
    oracle.same(arrcalc.median(values), arrcalc.percentile(values, 50))


def test_quantiles_have_the_shape_of_q():
    values = sample("f8", 1000)
    assert isinstance(arrcalc.quantile(values, 0.5), np.float64)
    assert arrcalc.quantile(values, [0.5]).shape == (1,)
    assert arrcalc.quantile(values, []).shape == (0,)
    q = np.array([[0.1, 0.2], [0.3, 0.4]])
    found = arrcalc.quantile(values, q)
    assert found.shape == (2, 2)
    assert np.allclose(found, np.quantile(values, q), rtol=1e-12)
    assert arrcalc.percentile(values, q * 100).shape == (2, 2)


def test_a_probability_means_its_shortest_decimal():
    values = np.arange(21.0)
    oracle.same(arrcalc.quantile(values, 0.15), np.float64(3.0))  # 0.15 * 20, though 0.15 < 3/20 in binary
    oracle.same(arrcalc.quantile(values, 0.15, method="lower"), np.float64(3.0))
    oracle.same(arrcalc.percentile(values, 15, method="higher"), np.float64(3.0))


def test_quantiles_of_nan_are_nan_and_those_of_nothing_too():
    values = [1.0, math.nan, 2.0]
    assert np.isnan(arrcalc.median(values))
    assert np.isnan(arrcalc.quantile(values, [0.0, 1.0])).all()
    oracle.same(arrcalc.nanmedian(values), np.float64(1.5))
    with pytest.warns(RuntimeWarning):
        assert np.isnan(arrcalc.nanmedian([math.nan]))


def test_quantiles_between_infinities():
    assert np.isnan(arrcalc.median([-math.inf, math.inf]))
    assert arrcalc.median([-math.inf, 1.0, math.inf]) == 1.0
    assert arrcalc.quantile([1.0, math.inf], 0.5) == math.inf


@pytest.mark.parametrize("q", [-0.1, 1.1, math.nan, [0.5, 2.0], math.inf])
def test_probabilities_outside_0_and_1_raise(q):
    with pytest.raises(arrcalc.InputError, match="from 0 to 1"):
        arrcalc.quantile([1.0, 2.0], q)


def test_percentages_outside_0_and_100_raise():
    with pytest.raises(arrcalc.InputError, match="from 0 to 100"):
        arrcalc.percentile([1.0, 2.0], 100.5)


def test_an_unknown_method_is_named_with_the_known_ones():
    with pytest.raises(arrcalc.InputError, match="median_unbiased"):
        arrcalc.quantile([1.0, 2.0], 0.5, method="lineal")
