"""cov, corr, ptp, prod, any, all against exact rationals and NumPy."""

import math
from fractions import Fraction

import arrcalc
import numpy as np
import oracle
import pytest

RANDOM = np.random.Generator(np.random.Philox(47))
LENGTHS = [1, 2, 3, 7, 64, 129, 1000, 16_385]


def centred(x, y):
    x, y = oracle.exact(x), oracle.exact(y)
    n = len(x)
    return sum((a * b for a, b in zip(x, y, strict=True)), Fraction(0)) - sum(x) * sum(y) / n


@pytest.mark.parametrize("n", LENGTHS)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_covariance_and_correlation_are_rounded_once(n, dtype):
    x = (1e6 + RANDOM.standard_normal(n)).astype(dtype)
    y = (x * 3 + RANDOM.standard_normal(n)).astype(dtype)
    to = oracle.ROUND[np.dtype(dtype)]
    for ddof in (0, 1, 2):
        if n > ddof:
            oracle.same(arrcalc.cov(x, y, ddof=ddof), to(centred(x, y) / (n - ddof)))
    if n > 1 and len(set(x.tolist())) > 1:
        c, square = centred(x, y), centred(x, x) * centred(y, y)
        oracle.same(arrcalc.corr(x, y), to(oracle.root(c * c / square) * (1 if c >= 0 else -1)))
        assert arrcalc.corr(x, x) == 1 and arrcalc.corr(x, -x) == -1
        assert np.isclose(arrcalc.cov(x, y), np.cov(x.astype("f8"), y.astype("f8"))[0, 1], rtol=1e-5)


def test_covariance_of_integers_and_mixed_types():
    i, x = np.arange(10), np.linspace(0, 1, 10)
    assert arrcalc.cov(i, i) == arrcalc.var(i, ddof=1)
    oracle.same(arrcalc.cov(i, x), oracle.to_double(centred(i, x) / 9))
    assert type(arrcalc.cov(np.float32([1, 2]), np.float64([1, 2]))) is np.float64
    for function in (arrcalc.cov, arrcalc.corr):
        with pytest.raises(arrcalc.InputError, match="shape"):
            function(np.zeros(3), np.zeros(4))
        with pytest.raises(arrcalc.DtypeError):
            function(np.array(["a"]), np.zeros(1))
        with pytest.warns(RuntimeWarning):
            assert math.isnan(function([1.0], [2.0]))
        assert math.isnan(function([1.0, math.nan], [2.0, 3.0]))
        assert function(i, x, threads=2) == function(i, x)


@pytest.mark.parametrize("n", LENGTHS)
def test_ptp_is_the_exact_range(n):
    x = RANDOM.standard_normal(n) * 10.0 ** RANDOM.integers(-9, 9, n)
    oracle.same(arrcalc.ptp(x), oracle.to_double(Fraction(float(x.max())) - Fraction(float(x.min()))))
    for dtype in ("i1", "u1", "i8", "u8"):
        info = np.iinfo(dtype)
        i = RANDOM.integers(info.min, info.max, n, dtype=dtype, endpoint=True)
        found = arrcalc.ptp(i)
        assert type(found) is int and found == int(i.max()) - int(i.min())


def test_ptp_of_special_values():
    assert math.isnan(arrcalc.ptp([1.0, math.nan]))
    assert arrcalc.ptp([1.0, math.inf]) == math.inf
    with pytest.raises(ValueError, match="empty"):
        arrcalc.ptp([])


def test_products():
    assert arrcalc.prod([]) == 1.0
    assert arrcalc.prod(np.zeros(0, int)) == 1
    assert arrcalc.prod([2, 3, -7]) == -42
    assert arrcalc.prod([2**62, 2**62, 0]) == 0
    assert arrcalc.prod([True, True]) == 1
    with pytest.raises(arrcalc.InputError, match="int64"):
        arrcalc.prod([2**62, 2])
    x = RANDOM.uniform(0.9, 1.1, 50_000)
    assert arrcalc.prod(x, threads=1) == arrcalc.prod(x, threads=3)
    exact = math.prod(Fraction(v) for v in x[:500].tolist())
    assert abs(Fraction(float(arrcalc.prod(x[:500]))) / exact - 1) < 500 * 2**-53
    powers = 2.0 ** RANDOM.integers(-3, 4, 1000)  # nothing is rounded
    assert arrcalc.prod(powers.reshape(10, 100)) == np.prod(powers)
    assert type(arrcalc.prod(np.float32([1, 2]))) is np.float32
    assert math.isnan(arrcalc.prod([1.0, math.nan])) and arrcalc.nanprod([2.0, math.nan, 3.0]) == 6.0


@pytest.mark.parametrize("dtype", ["?", "i4", "u1", "f8", "f4", "f2"])
@pytest.mark.parametrize("n", [0, 1, 5, 1000, 20_000])
def test_any_and_all_are_numpys(n, dtype):
    for x in (np.zeros(n, dtype), np.ones(n, dtype), (RANDOM.integers(0, 2, n)).astype(dtype)):
        for name in ("any", "all"):
            found, expected = getattr(arrcalc, name)(x), getattr(np, name)(x)
            assert type(found) is np.bool_ and found == expected, (name, x)


def test_nan_and_negative_zero_are_what_they_are_to_numpy():
    assert arrcalc.any([-0.0, 0.0]) == np.any([-0.0, 0.0]) == False  # noqa: E712
    assert arrcalc.all([math.nan, 1.0]) == np.all([math.nan, 1.0]) == True  # noqa: E712
