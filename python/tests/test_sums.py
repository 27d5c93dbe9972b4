"""sum, mean, var, std, norm, dot are the exact value, rounded once."""

import math
from fractions import Fraction

import arrcalc
import numpy as np
import oracle
import pytest

SETS = [pytest.param(values, id=name) for seed in (1, 2, 3) for name, values in oracle.random_sets(seed, 2)]


def finite_sum(values):
    return oracle.to_double(oracle.total(values))


@pytest.mark.parametrize("values", SETS)
def test_sum_mean_var_std_norm_are_rounded_once_from_the_exact_value(values):
    oracle.same(arrcalc.sum(values), finite_sum(values))
    oracle.same(arrcalc.mean(values), oracle.to_double(oracle.mean(values)))
    for ddof in (0, 1, 2):
        if len(values) > ddof:
            var = oracle.variance(values, ddof)
            oracle.same(arrcalc.var(values, ddof=ddof), oracle.to_double(var))
            oracle.same(arrcalc.std(values, ddof=ddof), oracle.to_double(oracle.root(var)))
    oracle.same(arrcalc.norm(values), oracle.to_double(oracle.root(oracle.dot(values, values))))


@pytest.mark.parametrize("values", SETS)
def test_results_of_float32_are_rounded_once_to_float32(values):
    with np.errstate(all="ignore"):
        values = values.astype(np.float32)
    values = values[np.isfinite(values)]
    if len(values) < 2:
        values = np.float32([1.5, -2.25, 1e-45])
    oracle.same(arrcalc.sum(values), oracle.to_single(oracle.total(values)))
    oracle.same(arrcalc.mean(values), oracle.to_single(oracle.mean(values)))
    oracle.same(arrcalc.var(values, ddof=1), oracle.to_single(oracle.variance(values, 1)))
    oracle.same(arrcalc.std(values), oracle.to_single(oracle.root(oracle.variance(values))))
    oracle.same(arrcalc.dot(values, values), oracle.to_single(oracle.dot(values, values)))
    oracle.same(arrcalc.norm(values), oracle.to_single(oracle.root(oracle.dot(values, values))))


@pytest.mark.parametrize("values", SETS)
def test_dot_is_rounded_once_from_the_exact_value(values):
    other = values[::-1] * 0.75 + 0.1
    other[~np.isfinite(other)] = 2.0
    oracle.same(arrcalc.dot(values, other), oracle.to_double(oracle.dot(values, other)))


def test_dot_products_that_underflow_are_exact():
    a = np.float64([1e-200, 1e-200, 3e-170, -1e-160])
    b = np.float64([1e-180, -1e-180, 1e-160, 1e-165])
    oracle.same(arrcalc.dot(a, b), oracle.to_double(oracle.dot(a, b)))


@pytest.mark.parametrize("n", oracle.LENGTHS)
def test_sums_are_exact_at_every_length(n):
    values = np.random.Generator(np.random.Philox(n)).standard_normal(n) * 1e10
    oracle.same(arrcalc.sum(values), np.float64(math.fsum(values)))
    if n:
        oracle.same(arrcalc.var(values), oracle.to_double(oracle.variance(values)))


def test_a_sum_that_overflows_on_the_way_does_not():
    oracle.same(arrcalc.sum([1.7e308, 1.7e308, -1.7e308]), np.float64(1.7e308))
    oracle.same(arrcalc.sum([1.7e308, 1.7e308]), np.float64(np.inf))
    oracle.same(arrcalc.mean([1.7e308, 1.7e308]), np.float64(1.7e308))


def test_a_million_values_sum_as_fsum_does():
    values = np.random.Generator(np.random.Philox(7)).lognormal(0, 20, 1_000_000)
    values[::3] *= -1
    oracle.same(arrcalc.sum(values), np.float64(math.fsum(values)))
    single = values.clip(-1e30, 1e30).astype("f4")
    oracle.same(arrcalc.sum(single), oracle.to_single(oracle.total(single)))


NAN, INF = math.nan, math.inf
CANONICAL = 0x7FF8000000000000


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([NAN, 1.0], NAN),
        ([INF, 1.0], INF),
        ([-INF, 1.0], -INF),
        ([INF, -INF], NAN),
        ([INF, NAN], NAN),
        ([-0.0, -0.0], -0.0),
        ([-0.0, 0.0], 0.0),
        ([1.0, -1.0], 0.0),
        ([], 0.0),
    ],
)
def test_special_values_sum_as_ieee_says(values, expected):
    values = np.array(values, dtype=np.float64)
    expected = np.float64(expected)
    oracle.same(arrcalc.sum(values), expected)
    with np.errstate(invalid="ignore"):
        oracle.same(arrcalc.sum(values.astype("f4")), np.float32(expected))


def test_a_nan_result_is_the_canonical_nan():
    odd = np.array([0xFFF0000000000001], dtype=np.uint64).view(np.float64)
    for result in (arrcalc.sum(odd), arrcalc.mean(odd), arrcalc.min(odd), arrcalc.median(odd), arrcalc.norm(odd)):
        assert oracle.bits(result) == CANONICAL


def test_moments_of_infinities_are_nan():
    assert np.isnan(arrcalc.var([INF, 1.0]))
    assert np.isnan(arrcalc.std([1.0, NAN]))
    assert arrcalc.norm([INF, -INF]) == INF
    assert arrcalc.mean([INF, 1.0]) == INF


@pytest.mark.parametrize("dtype", ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"])
def test_integer_sums_are_python_integers_of_any_size(dtype):
    info = np.iinfo(dtype)
    random = np.random.Generator(np.random.Philox(info.bits))
    values = random.integers(info.min, info.max, 5000, dtype=dtype, endpoint=True)
    expected = [int(v) for v in values]
    found = arrcalc.sum(values)
    assert type(found) is int and found == sum(expected)
    extremes = np.full(300, info.max, dtype=dtype)
    assert arrcalc.sum(extremes) == 300 * int(info.max)
    assert arrcalc.dot(values, values) == sum(v * v for v in expected)
    oracle.same(arrcalc.mean(values), oracle.to_double(oracle.mean(values)))
    oracle.same(arrcalc.var(values), oracle.to_double(oracle.variance(values)))
    oracle.same(arrcalc.std(values, ddof=1), oracle.to_double(oracle.root(oracle.variance(values, 1))))
    oracle.same(arrcalc.norm(values), oracle.to_double(oracle.root(oracle.dot(values, values))))


def test_truth_values_count_as_integers():
    values = np.arange(1000) % 3 == 0
    assert arrcalc.sum(values) == 334 and type(arrcalc.sum(values)) is int
    oracle.same(arrcalc.mean(values), oracle.to_double(Fraction(334, 1000)))
    oracle.same(arrcalc.var(values), oracle.to_double(oracle.variance(values.astype(int))))
    assert arrcalc.dot(values, values) == 334


def test_half_precision_gives_single_precision():
    values = np.linspace(-2, 7, 999).astype(np.float16)
    oracle.same(arrcalc.sum(values), oracle.to_single(oracle.total(values)))
    oracle.same(arrcalc.mean(values), oracle.to_single(oracle.mean(values)))


def test_empty_arrays_answer_as_numpy_does():
    empty = np.zeros((0, 3))
    oracle.same(arrcalc.sum(empty), np.float64(0))
    assert arrcalc.sum(empty.astype(int)) == 0
    oracle.same(arrcalc.norm(empty), np.float64(0))
    oracle.same(arrcalc.dot(empty, empty), np.float64(0))
    for mean in (arrcalc.mean, arrcalc.var, arrcalc.std, arrcalc.median):
        with pytest.warns(RuntimeWarning):
            assert np.isnan(mean(empty))


def test_too_few_values_for_the_degrees_of_freedom_give_nan_and_a_warning():
    with pytest.warns(RuntimeWarning, match="[Dd]egrees of freedom"):
        assert np.isnan(arrcalc.var([1.0], ddof=1))
    with pytest.warns(RuntimeWarning, match="[Dd]egrees of freedom"):
        assert np.isnan(arrcalc.std([1.0, 2.0], ddof=3))


def test_nan_twins_leave_nans_out():
    values = np.random.Generator(np.random.Philox(5)).standard_normal(3000)
    kept = values.copy()
    values[::7] = NAN
    kept = np.delete(kept, np.s_[::7])
    oracle.same(arrcalc.nansum(values), arrcalc.sum(kept))
    oracle.same(arrcalc.nanmean(values), arrcalc.mean(kept))
    oracle.same(arrcalc.nanvar(values, ddof=1), arrcalc.var(kept, ddof=1))
    oracle.same(arrcalc.nanstd(values), arrcalc.std(kept))
    oracle.same(arrcalc.nanmin(values), arrcalc.min(kept))
    oracle.same(arrcalc.nanmax(values), arrcalc.max(kept))
    oracle.same(arrcalc.nanmedian(values), arrcalc.median(kept))
    assert arrcalc.nanargmin(values) == np.nanargmin(values)
    assert arrcalc.nanargmax(values) == np.nanargmax(values)
    found = arrcalc.nanquantile(values, [0.1, 0.9])
    assert found.tolist() == arrcalc.quantile(kept, [0.1, 0.9]).tolist()
    oracle.same(arrcalc.nansum([NAN, NAN]), np.float64(0))
    with pytest.warns(RuntimeWarning):
        assert np.isnan(arrcalc.nanmean([NAN]))


def test_nan_twins_take_integers_too():
    assert arrcalc.nansum([1, 2, 3]) == 6
    assert arrcalc.nanmax(np.int8([1, 5, 2])) == 5
