"""Cumulative functions, differences and windows, bit for bit against integers and fractions."""

import math
from fractions import Fraction

import arrcalc
import numpy as np
import oracle
import pytest

WIDTHS = [1, 2, 3, 7, 100, 1000]
UNIT = 1 << 1074  # every finite double is a multiple of 1 / UNIT


def doubles(bits):
    values = np.asarray(bits, dtype=np.uint64).view(np.float64)
    return np.where(np.isfinite(values), values, 1.0)


def singles(bits):
    values = np.asarray(bits, dtype=np.uint32).view(np.float32)
    return np.where(np.isfinite(values), values, np.float32(1.0))


PATTERNS = {
    "normal": lambda r, n: r.normal(size=n),
    "uniform": lambda r, n: 1 + r.random(n),
    "prices": lambda r, n: np.round(100 + r.normal(size=n), 2),
    "whole": lambda r, n: r.integers(-5, 6, n).astype(float),
    "zeros": lambda r, n: r.normal(size=n) * (r.random(n) < 0.05),
    "constant": lambda r, n: np.full(n, 0.1),
    "offset": lambda r, n: 1e9 + r.integers(0, 8, n) / 8,
    "cancelling": lambda r, n: r.choice([1e16, 1.0, -1e16, 3.0], n),
    "far apart": lambda r, n: r.choice([1e300, -1e300, 1.0, 1e-300, 0.1], n),
    "all binades": lambda r, n: doubles(r.integers(0, 2**64, n, dtype=np.uint64)),
    "subnormal": lambda r, n: doubles(r.integers(0, 1 << 53, n, dtype=np.uint64)),
    "tiny": lambda r, n: r.normal(size=n) * 1e-160,
    "huge": lambda r, n: r.normal(size=n) * 1e307,
    "halfway": lambda r, n: r.choice([2.0**53, 1.0, -(2.0**53), 2.0], n),
    "wide": lambda r, n: np.ldexp(r.normal(size=n), r.integers(-60, 60, n)),
}
PATTERNS_32 = {
    "normal": lambda r, n: r.normal(size=n).astype(np.float32),
    "uniform": lambda r, n: (1 + r.random(n)).astype(np.float32),
    "all binades": lambda r, n: singles(r.integers(0, 2**32, n, dtype=np.uint32)),
    "whole": lambda r, n: r.integers(0, 1 << 24, n).astype(np.float32),
}


def integer(value):
    numerator, denominator = float(value).as_integer_ratio()
    return numerator * (UNIT // denominator)


def quotient(numerator, denominator, dtype):
    if dtype == np.float32:
        return oracle.to_single(Fraction(numerator, denominator))
    return oracle.to_double(Fraction(numerator, denominator))


def moments(values, width, dtype):
    """Sum, mean, variance and deviation of every window of finite values that holds at least one."""
    whole = [integer(v) for v in values]
    first, second = [0], [0]
    for v in whole:
        first.append(first[-1] + v)
        second.append(second[-1] + v * v)
    for row in range(len(whole)):
        start = max(0, row + 1 - width)
        n = row + 1 - start
        s, q = first[row + 1] - first[start], second[row + 1] - second[start]
        spread = Fraction(n * q - s * s, n * n * UNIT * UNIT)
        yield quotient(s, UNIT, dtype), quotient(s, n * UNIT, dtype), oracle.ROUND[np.dtype(dtype)](spread), spread


def same(found, expected):
    """Bit for bit; NaNs are all one, and a sum of zeros has its own rule."""
    found, expected = np.asarray(found), np.asarray(expected, dtype=found.dtype)
    view = np.uint32 if found.dtype == np.float32 else np.uint64
    equal = (found.view(view) == expected.view(view)) | (np.isnan(found) & np.isnan(expected))
    equal |= (found == 0) & (expected == 0)
    wrong = np.flatnonzero(~equal)
    assert wrong.size == 0, (wrong[:5], found[wrong[:5]], expected[wrong[:5]])


def data(pattern, seed, length, dtype):
    table = PATTERNS_32 if dtype == np.float32 else PATTERNS
    return table[pattern](np.random.default_rng(seed), length)


CASES = [(p, np.float64) for p in PATTERNS] + [(p, np.float32) for p in PATTERNS_32]


@pytest.mark.parametrize(("pattern", "dtype"), CASES)
def test_moving_moments_are_the_rounded_exact_values(pattern, dtype):
    for seed, width in enumerate(WIDTHS):
        length = [600, 640, 513, 777, 600, 1600][seed]
        values = data(pattern, seed, length, dtype)
        sums, means, variances, spreads = zip(*moments(values, width, dtype), strict=True)
        same(arrcalc.move_sum(values, width, 1), sums)
        same(arrcalc.move_mean(values, width, min_count=1), means)
        same(arrcalc.move_var(values, width, 1), variances)
        found = arrcalc.move_std(values, width, 1)
        picked = range(0, length, 37)
        roots = [oracle.ROUND[np.dtype(dtype)](oracle.root(spreads[row])) for row in picked]
        same(found[list(picked)], roots)


@pytest.mark.parametrize(("pattern", "dtype"), CASES)
def test_cumulative_sums_are_the_rounded_exact_prefixes(pattern, dtype):
    for seed, length in enumerate([0, 1, 7, 8, 127, 128, 129, 511, 512, 513, 1025, 3000]):
        values = data(pattern, 100 + seed, length, dtype)
        expected, total = [], 0
        for value in values:
            total += integer(value)
            expected.append(quotient(total, UNIT, dtype))
        found = arrcalc.cumsum(values)
        assert found.dtype == dtype
        same(found, expected)


def test_no_number_of_threads_shows():
    r = np.random.default_rng(7)
    values = np.ldexp(r.normal(size=300_000), r.integers(-30, 30, 300_000))
    holes = np.where(r.random(values.size) < 0.01, np.nan, values)
    calls = [
        lambda t: arrcalc.cumsum(values, threads=t),
        lambda t: arrcalc.cumsum(holes, threads=t),
        lambda t: arrcalc.move_mean(holes, 100, 1, threads=t),
        lambda t: arrcalc.move_std(values, 70_000, threads=t),
        lambda t: arrcalc.move_median(holes, 33, 1, threads=t),
        lambda t: arrcalc.move_max(holes, 1000, 1, threads=t),
        lambda t: arrcalc.move_rank(values, 50, threads=t),
    ]
    for call in calls:
        first = call(1)
        for threads in (2, 5):
            assert call(threads).tobytes() == first.tobytes()
    same(arrcalc.cumsum(values)[-1:], [oracle.to_double(oracle.total(values))])
    same(arrcalc.cumsum(values)[150_000:150_001], [oracle.to_double(oracle.total(values[:150_001]))])


def test_infinities_and_nan_by_the_rules_of_addition():
    inf, nan = np.inf, np.nan
    found = arrcalc.cumsum([1.0, inf, 1.0, -inf, 2.0])
    same(found, [1.0, inf, inf, nan, nan])
    assert (found[3:].view(np.uint64) == 0x7FF8000000000000).all()
    same(arrcalc.cumsum([1.0, nan, 2.0]), [1.0, nan, nan])
    zeros = arrcalc.cumsum([-0.0, -0.0, 0.0, -0.0])
    assert np.signbit(zeros).tolist() == [True, True, False, False]
    assert arrcalc.cumsum([1.7e308, 1.7e308, -1.7e308])[1:].tolist() == [inf, 1.7e308]
    values = np.random.default_rng(3).normal(size=2000)
    values[500], values[503], values[1200] = inf, -inf, inf
    found = arrcalc.move_sum(values, 5)
    assert found[502] == inf and np.isnan(found[503]) and np.isnan(found[504]) and found[505] == -inf
    assert np.isfinite(found[508:1200]).all() and (found[1200:1205] == inf).all() and np.isfinite(found[1205:]).all()
    assert np.isnan(arrcalc.move_var(values, 5)[500:508]).all()


def test_nan_is_missing_in_windows():
    r = np.random.default_rng(11)
    for density in (0.001, 0.2, 0.9):
        values = np.where(r.random(700) < density, np.nan, r.normal(size=700))
        for width, min_count in ((1, 1), (4, 2), (50, None), (300, 150)):
            least = width if min_count is None else min_count
            kept = [[v for v in values[max(0, i + 1 - width) : i + 1] if v == v] for i in range(values.size)]

            def each(function, least=least, kept=kept):
                return [function(window) if len(window) >= least else math.nan for window in kept]

            same(arrcalc.move_mean(values, width, min_count), each(lambda w: oracle.to_double(oracle.mean(w))))
            same(arrcalc.move_var(values, width, min_count), each(lambda w: oracle.to_double(oracle.variance(w))))
            same(arrcalc.move_min(values, width, min_count), each(min))
            same(arrcalc.move_max(values, width, min_count), each(max))
            same(
                arrcalc.move_median(values, width, min_count),
                each(lambda w: oracle.to_double(oracle.quantile(w, 0.5, "linear"))),
            )
            same(
                arrcalc.move_quantile(values, width, 0.3, min_count),
                each(lambda w: oracle.to_double(oracle.quantile(w, 0.3, "linear"))),
            )
            assert arrcalc.move_count(values, width).tolist() == [len(window) for window in kept]


def test_windows_as_bottleneck_has_them():
    bottleneck = pytest.importorskip("bottleneck")
    r = np.random.default_rng(5)
    for dtype in (np.float64, np.float32):
        for few in (False, True):
            values = r.normal(size=3000).astype(dtype)
            if few:
                values = np.round(values * 2)
            values[r.random(3000) < 0.05] = np.nan
            for width in (1, 2, 5, 64, 1000):
                for min_count in (None, 1):
                    for name in ("sum", "mean", "var", "std", "min", "max", "median", "rank"):
                        own = getattr(arrcalc, f"move_{name}")(values, width, min_count)
                        theirs = getattr(bottleneck, f"move_{name}")(values, width, min_count)
                        assert own.dtype == theirs.dtype
                        # The peer drifts; the root of a variance that it should give as 0 shows it most.
                        rtol, atol = (1e-3, 1e-2) if dtype == np.float32 else (1e-9, 1e-6)
                        np.testing.assert_allclose(own, theirs, rtol=rtol, atol=atol, err_msg=f"{name} {width}")


def test_exponential_weights():
    r = np.random.default_rng(9)
    values = r.normal(size=200)
    values[r.random(200) < 0.1] = np.nan
    found = arrcalc.ewm_mean(values, alpha=0.25)
    for row in (0, 1, 50, 199):
        weights = {k: Fraction(3, 4) ** (row - k) for k in range(row + 1) if not np.isnan(values[k])}
        if weights:
            exact = sum(w * Fraction(values[k]) for k, w in weights.items()) / sum(weights.values())
            assert math.isclose(found[row], exact, rel_tol=1e-12, abs_tol=1e-13)
    assert arrcalc.ewm_mean(values, span=7).tobytes() == found.tobytes()
    assert math.isclose(arrcalc.ewm_mean([1.0, 0.0], halflife=1)[1], 1 / 3)
    pandas = pytest.importorskip("pandas")
    for keywords in ({"alpha": 0.3}, {"span": 10}, {"halflife": 4}):
        theirs = pandas.Series(values).ewm(**keywords).mean().to_numpy()
        np.testing.assert_allclose(arrcalc.ewm_mean(values, **keywords), theirs, rtol=1e-12, atol=1e-13)


def test_integers_widen_and_never_wrap():
    for dtype in (np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.bool_):
        values = np.array([1, 0, 1, 1], dtype=dtype)
        found = arrcalc.cumsum(values)
        assert found.dtype == (np.uint64 if np.dtype(dtype).kind == "u" else np.int64)
        assert found.tolist() == [1, 1, 2, 3]
        assert arrcalc.cumprod(values).tolist() == [1, 0, 0, 0]
        assert arrcalc.diff(values).tolist() == [-1, 1, 0]
        assert arrcalc.cummin(values).tolist() == [1, 0, 0, 0]
    with pytest.raises(arrcalc.Error, match="element 2"):
        arrcalc.cumsum([1, 2**63 - 2, 1])
    with pytest.raises(arrcalc.Error, match="element 1"):
        arrcalc.cumprod(np.array([2**40, 2**40], dtype=np.uint64))
    with pytest.raises(arrcalc.Error, match="element 0"):
        arrcalc.diff(np.array([0, 2**64 - 1], dtype=np.uint64))


def test_products_extrema_and_differences_as_numpy_has_them():
    r = np.random.default_rng(2)
    for dtype in (np.float64, np.float32):
        values = (1 + r.normal(size=500) / 10).astype(dtype)
        same(arrcalc.cumprod(values), np.cumprod(values))
        same(arrcalc.cummin(values), np.minimum.accumulate(values))
        same(arrcalc.cummax(values), np.maximum.accumulate(values))
        for n in (0, 1, 2, 3, 499, 500, 501):
            with np.errstate(over="ignore", invalid="ignore"):
                theirs = np.diff(values, n)
            same(arrcalc.diff(values, n), theirs)
        values[100] = np.nan
        same(arrcalc.cummax(values), np.maximum.accumulate(values))
    grid = r.integers(-9, 9, (20, 30))
    assert (arrcalc.cumsum(grid) == np.cumsum(grid)).all()
    assert (arrcalc.cumsum(grid.T) == np.cumsum(grid.T)).all()


def test_any_layout_is_read():
    values = np.random.default_rng(4).normal(size=400)
    expected, median = arrcalc.cumsum(values[::2].copy()), arrcalc.move_median(values[::-1].copy(), 9)
    assert (arrcalc.cumsum(values[::2]) == expected).all()
    assert (arrcalc.cumsum(values.astype(">f8")[::2]) == expected).all()
    packed = np.zeros(200, dtype=[("a", "i1"), ("x", "f8")])
    packed["x"] = values[::2]
    assert (arrcalc.cumsum(packed["x"]) == expected).all()
    same(arrcalc.move_median(values[::-1], 9), median)
    half = values.astype(np.float16)
    assert arrcalc.cumsum(half).dtype == np.float32
    same(arrcalc.cumsum(half), arrcalc.cumsum(half.astype(np.float32)))
    same(arrcalc.move_mean(np.arange(10), 4), arrcalc.move_mean(np.arange(10.0), 4))


def test_what_is_wrong_is_said():
    values = np.arange(5.0)
    for wrong in (lambda: arrcalc.move_sum(values, 0), lambda: arrcalc.move_sum(values, 6),
                  lambda: arrcalc.move_sum(values, 2, 3), lambda: arrcalc.move_sum(values, 2, 0),
                  lambda: arrcalc.move_sum(values.reshape(1, 5), 1), lambda: arrcalc.move_sum(values, 2, axis=1),
                  lambda: arrcalc.cumsum(values, axis=0), lambda: arrcalc.ewm_mean(values),
                  lambda: arrcalc.ewm_mean(values, alpha=1.5), lambda: arrcalc.ewm_mean(values, alpha=0.5, span=3),
                  lambda: arrcalc.move_quantile(values, 2, 1.5), lambda: arrcalc.cumsum(np.array(["a"]))):  # fmt: skip
        with pytest.raises(arrcalc.InputError):
            wrong()
