"""Histograms: edges, counts and types are NumPy's; sums of weights are exact, as fractions say."""

import itertools
import math
import warnings
from fractions import Fraction

import arrcalc
import numpy as np
import oracle
import pytest

FLOATS = ["f8", "f4", "f2"]
INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
RULES = ["auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"]
SIZES = [0, 1, 2, 3, 7, 8, 9, 63, 100, 1000, 1023, 1025, 5000]


def arrays(random, dtype, size):
    """Arrays of many shapes of data: on edges, in lumps, in huge, tiny and shifted ranges."""
    dtype = np.dtype(dtype)
    if dtype.kind == "f":
        top = 1e4 if dtype.itemsize == 2 else 1e30
        yield random.standard_normal(size).astype(dtype)
        yield (random.integers(0, 81, size) / 10).astype(dtype)  # on edges
        yield (random.random(size) * top).astype(dtype)
        yield (random.random(size) + (1000 if dtype.itemsize == 2 else 1e6)).astype(dtype)
        yield random.exponential(3, size).astype(dtype)
        yield np.full(size, 0.1, dtype)
        yield np.round(random.standard_normal(size) * 3).astype(dtype)
        if dtype.itemsize == 8:
            yield random.random(size) * 1e-300
            yield random.integers(0, 1000, size) * 5e-324
            yield random.standard_normal(size) * 10.0 ** random.integers(-50, 50, size)
    else:
        info = np.iinfo(dtype)
        yield random.integers(info.min, info.max, size, dtype=dtype, endpoint=True)
        yield random.integers(0, 101, size).astype(dtype)
        yield random.integers(0, 4, size).astype(dtype)
        yield (info.max - random.integers(0, 50, size).astype(dtype)).astype(dtype)
        yield np.minimum(random.geometric(0.2, size), 100).astype(dtype)


def numpys(function, *arguments, **keywords):
    """NumPy's answer, or None where it raises (or is full of NaN, which is how it overflows)."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            answer = function(*arguments, **keywords)
        except (ValueError, IndexError, OverflowError, MemoryError):
            return None
    last = answer[-1] if isinstance(answer, tuple) else answer
    return answer if np.isfinite(last).all() else None


def same(ours, theirs, what):
    for own, other in zip(ours, theirs, strict=True):
        assert own.dtype == other.dtype, what
        assert own.shape == other.shape, (what, own.shape, other.shape)
        assert own.tobytes() == other.tobytes(), (what, own, other)


def compare(x, **keywords):
    what = (x.dtype, len(x), keywords, x[:5])
    theirs = numpys(np.histogram, x, **keywords)
    if theirs is None:
        return 0
    if x.dtype.itemsize == 8 and x.dtype.kind == "f" and len(x) and 0 < np.ptp(x) < 1e-300 and "range" not in keywords:
        # Steps between such edges are rounded so much that NumPy's own guess misses bins: its search does not.
        theirs = np.histogram(x, theirs[1])
    same(arrcalc.histogram(x, **keywords), theirs, what)
    return 1


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
def test_equal_bins_are_numpys(dtype):
    random = np.random.Generator(np.random.Philox(1))
    compared = 0
    for size in SIZES:
        for x in arrays(random, dtype, size):
            for bins in (1, 2, 7, 8, 9, 10, 33, 100, 1000, 2047):
                compared += compare(x, bins=bins)
            for ends in ((0, 8), (0.1, 0.7), (-1.5, 100), (3, 3), (0, 255), (-1e30, 1e30)):
                for bins in (5, 16, 50, 300):
                    compared += compare(x, bins=bins, range=ends)
    assert compared > 1500


@pytest.mark.parametrize("dtype", FLOATS)
def test_ends_of_a_type_of_their_own(dtype):
    random = np.random.Generator(np.random.Philox(2))
    x = random.random(1000).astype(dtype)
    for kind in (np.float64, np.float32, np.float16, int, np.int64):
        for bins in (3, 10, 77):
            assert compare(x, bins=bins, range=(kind(0), kind(1)))
            compare(x, bins=bins, range=(kind(0.1), kind(0.7)))
    assert compare(x, bins=13, range=(np.float32(0.1), np.float64(0.7)))
    assert compare(x, bins=13, range=(x.min(), x.max()))


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
def test_given_edges_are_numpys(dtype):
    random = np.random.Generator(np.random.Philox(3))
    for size in SIZES:
        for x in arrays(random, dtype, size):
            for count in (2, 3, 10, 17, 18, 60, 700):
                assert compare(x, bins=np.sort(random.standard_normal(count) * 5))
                assert compare(x, bins=np.sort(random.integers(-9, 9, count)))  # of int64, with repetitions
                assert compare(x, bins=np.sort(random.random(count)).astype("f4"))
            assert compare(x, bins=[-1e300, -1, 0, 1, 1, 1e300]) or True
            assert compare(x, bins=np.logspace(-3, 3, 40))
    x = np.array([-np.inf, -1.0, 0.0, 1.0, np.inf, np.nan])
    for edges in ([-np.inf, 0, np.inf], [-np.inf, -np.inf, np.inf, np.inf], [0, np.inf], [np.inf, np.inf]):
        same(arrcalc.histogram(x, edges), np.histogram(x, edges), edges)


@pytest.mark.parametrize("dtype", ["f8", *INTEGERS])
@pytest.mark.parametrize("rule", RULES)
def test_rules_ask_for_numpys_bins(dtype, rule):
    random = np.random.Generator(np.random.Philox(4))
    compared = 0
    for size in SIZES:
        for x in arrays(random, dtype, size):
            if rule in ("scott", "doane") and dtype == "f8" and 0 < np.max(np.abs(x), initial=0) < 1e-150:
                continue  # whose squares are zeros in NumPy's standard deviation
            if math.isfinite(float(np.ptp(x.astype("f8"))) if size else 0) and few_bins(x, rule):
                compared += compare(x, bins=rule)
            if few_bins(x, rule, (0, 5)):
                compared += compare(x, bins=rule, range=(0, 5))
    assert compared > 50


def few_bins(x, rule, ends=None):
    """Whether NumPy makes so few bins that there is room for them."""
    edges = numpys(np.histogram_bin_edges, x, rule, ends) if estimate(x, ends) < 1e6 else None
    return edges is not None and len(edges) < 1_000_000


def estimate(x, ends):
    x = x.astype("f8")
    x = x[np.isfinite(x)]
    if ends:
        x = x[(x >= ends[0]) & (x <= ends[1])]
    if len(x) < 2 or np.ptp(x) == 0:
        return 1
    spread = np.subtract(*np.percentile(x, [75, 25]))
    widths = [width for width in (spread, np.std(x)) if width > 0]
    with np.errstate(over="ignore"):
        return len(x) ** (1 / 3) * ((ends[1] - ends[0]) if ends else np.ptp(x)) / min(widths, default=1)


@pytest.mark.parametrize("dtype", ["f4", "f2"])
@pytest.mark.parametrize("rule", RULES)
def test_rules_of_narrow_floats_ask_for_about_as_many(dtype, rule):
    # NumPy rounds their standard deviations and quartiles at every step.
    random = np.random.Generator(np.random.Philox(5))
    for size in (1, 2, 5, 50, 500, 3000):
        for x in (random.standard_normal(size), random.exponential(2, size), random.integers(0, 9, size) / 2):
            x = x.astype(dtype)
            theirs = numpys(np.histogram_bin_edges, x, rule)
            if theirs is not None:
                ours = arrcalc.histogram_bin_edges(x, rule)
                assert ours.dtype == theirs.dtype
                assert abs(len(ours) - len(theirs)) <= (1 if rule in ("scott", "doane") else 0)


def test_values_that_are_not_finite():
    x = np.array([1.0, np.nan, 2.0, np.inf, -np.inf, 5.0])
    same(arrcalc.histogram(x, 10, (0, 4)), np.histogram(x, 10, (0, 4)), "range")
    same(arrcalc.histogram(x, [0, 1, 2, 3]), np.histogram(x, [0, 1, 2, 3]), "edges")
    for bad, shown in ((x, "nan, nan"), (x[3:], "-inf, inf"), (x[[0, 3]], "1, inf"), ([np.inf], "inf, inf")):
        with pytest.raises(ValueError, match="not finite") as caught:
            arrcalc.histogram(bad)
        assert f"[{shown}]" in str(caught.value)
        with pytest.raises(ValueError, match="not finite"):
            np.histogram(bad)
    for ends in ((0, np.inf), (np.nan, 1), (2, 1)):
        with pytest.raises(ValueError, match="range"):
            arrcalc.histogram([1.0], range=ends)


def test_integers_near_the_ends_of_their_type_are_compared_as_numpy_does():
    for dtype in ("i8", "u8"):
        info = np.iinfo(dtype)
        x = np.array([info.max - step for step in (0, 1, 511, 512, 513, 1024, 2048, 5000)] + [2**53, 2**53 + 1], dtype=dtype)
        for bins in (1, 3, 10, 64):
            assert compare(x, bins=bins)
            assert compare(x, bins=bins, range=(2.0**53, 2.0**64))
    x = np.array([-(2**63), 2**63 - 1, 0, 1, -1])
    for bins in (1, 2, 3, 1000):
        assert compare(x, bins=bins)


def test_layouts_do_not_matter():
    random = np.random.Generator(np.random.Philox(6))
    x = random.standard_normal((60, 70))
    expected = np.histogram(x, 20)
    for same_values in (x.T, x[::-1, ::-1], x.astype(">f8"), np.asfortranarray(x), x.tolist(), memoryview(x)):
        same(arrcalc.histogram(same_values, 20), expected, type(same_values))
    padded = np.zeros(8 * x.size + 1, "u1")
    unaligned = padded[1:].view("f8").reshape(x.shape)
    unaligned[...] = x
    same(arrcalc.histogram(unaligned, 20), expected, "unaligned")
    same(arrcalc.histogram(x[::2, 1::3], 20), np.histogram(x[::2, 1::3], 20), "strided")
    truths = x > 0
    same(arrcalc.histogram(truths, 2), np.histogram(truths.astype("u1"), 2), "truths")


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_large_arrays_and_threads(threads):
    random = np.random.Generator(np.random.Philox(7))
    for dtype in ("f8", "f4", "i8", "i2", "u1", "i1"):
        x = (random.standard_normal(300_001) * 20).astype("i8").astype(dtype) if dtype[0] != "f" else random.standard_normal(300_001).astype(dtype)
        for bins in (5, 100, 1500, np.linspace(-2, 2, 51)):
            same(arrcalc.histogram(x, bins, threads=threads), np.histogram(x, bins), (dtype, threads))
        weights = random.random(len(x))
        ours, edges = arrcalc.histogram(x, 30, weights=weights, threads=threads)
        theirs, other = np.histogram(x, 30, weights=weights)
        same([edges], [other], dtype)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
        assert ours.tobytes() == arrcalc.histogram(x, 30, weights=weights, threads=1)[0].tobytes()
    x = random.standard_normal(300_001)
    for rule in RULES:
        same(arrcalc.histogram(x, rule, threads=threads), np.histogram(x, rule), rule)


def exact_sums(x, edges, weights, round_to):
    places = np.searchsorted(edges, x, "right") - 1
    places[x == edges[-1]] = len(edges) - 2
    found = []
    for bin_number in range(len(edges) - 1):
        inside = weights[places == bin_number]
        total = sum((Fraction(weight) for weight in inside.tolist()), Fraction(0))
        zero = -0.0 if len(inside) and np.signbit(inside).all() else 0.0
        found.append(round_to(total) if total else type(round_to(Fraction(1)))(zero))
    return found


@pytest.mark.parametrize("dtype", ["f8", "f4"])
def test_sums_of_weights_are_rounded_once(dtype):
    random = np.random.Generator(np.random.Philox(8))
    for size, bins in itertools.product((1, 2, 9, 100, 2049, 5000), (1, 7, 40)):
        x = random.random(size)
        weights = (random.standard_normal(size) * 10.0 ** random.integers(-20, 18, size)).astype(dtype)
        ours, edges = arrcalc.histogram(x, bins, weights=weights)
        assert ours.dtype == dtype
        for own, exact in zip(ours, exact_sums(x, edges, weights, oracle.ROUND[np.dtype(dtype)]), strict=True):
            oracle.same(own, exact)


def test_weights_of_every_type():
    x = np.array([0.0, 0.2, 0.5, 0.9, 1.0])
    for dtype in [*INTEGERS, "f2", "?"]:
        weights = np.array([1, 2, 0, 4, 5]).astype(dtype)
        ours, theirs = arrcalc.histogram(x, 3, weights=weights), np.histogram(x, 3, weights=weights)
        assert ours[0].tolist() == theirs[0].tolist() and ours[0].dtype == theirs[0].dtype, dtype
    big = np.array([2**62, 2**62, -(2**62), 0, 7])
    assert arrcalc.histogram(x, 1, weights=big)[0].tolist() == [2**62 + 7]
    with pytest.raises(arrcalc.InputError, match="does not fit"):
        arrcalc.histogram([0, 0], 1, weights=np.array([100, 100], "i1"))
    special = np.array([np.nan, 1.0, np.inf, -np.inf, 2.0])
    assert np.array_equal(arrcalc.histogram(x, [0, 0.1, 0.4, 0.6, 1], weights=special)[0], [np.nan, 1, np.inf, -np.inf], equal_nan=True)
    for wrong in (np.ones(4), np.ones((5, 1))):
        with pytest.raises(arrcalc.InputError, match="shape"):
            arrcalc.histogram(x, weights=wrong)
    with pytest.raises(arrcalc.DtypeError):
        arrcalc.histogram(x, weights=np.ones(5, complex))
    with pytest.raises(arrcalc.InputError, match="rule"):
        arrcalc.histogram(x, "auto", weights=np.ones(5))


def test_density():
    random = np.random.Generator(np.random.Philox(9))
    for dtype in ("f8", "f4", "i4"):
        x = (random.random(1000) * 50).astype(dtype)
        for keywords in ({"bins": 10}, {"bins": [0, 1, 10, 50]}, {"bins": 7, "range": (3, 20)}):
            same(arrcalc.histogram(x, density=True, **keywords), np.histogram(x, density=True, **keywords), keywords)
        weights = random.integers(0, 9, 1000).astype("f8")
        same(arrcalc.histogram(x, 9, density=True, weights=weights), np.histogram(x, 9, density=True, weights=weights), dtype)
        same(
            arrcalc.histogram2d(x, x[::-1], [5, 6], density=True),
            np.histogram2d(x, x[::-1], [5, 6], density=True),
            dtype,
        )


def test_histograms_of_two_axes_are_numpys():
    random = np.random.Generator(np.random.Philox(10))
    compared = 0
    for size in (0, 1, 2, 100, 2047, 2049, 5000, 40_000):
        for left, right in (("f8", "f8"), ("f4", "f4"), ("f8", "f4"), ("i8", "f4"), ("i2", "u1"), ("f4", "i2"), ("u8", "i8")):
            x = (random.random(size) * 80).astype(left)
            y = np.round(random.exponential(10, size)).astype(right)
            for bins in (10, [3, 50], [np.linspace(0, 80, 17), 4], [[0, 1, 50, 80], [0, 10, 10, 200]], np.arange(0, 90, 10.0)):
                for ends in (None, [[0, 40], [0.5, 20]], [None, [1, 30]]):
                    for weights in (None, random.integers(-5, 6, size)):
                        theirs = numpys(np.histogram2d, x, y, bins, ends, weights=weights)
                        if theirs is not None:
                            ours = arrcalc.histogram2d(x, y, bins, ends, weights=weights)
                            same([ours[0] + 0.0, *ours[1:]], [theirs[0] + 0.0, *theirs[1:]], (size, left, right, bins, ends))
                            compared += 1
    assert compared > 1000
    single = np.float32([0.1] * 10)
    assert arrcalc.histogram2d(single, single, 1, weights=single)[0][0, 0] == oracle.to_double(10 * Fraction(float(single[0])))


def test_edges_alone():
    random = np.random.Generator(np.random.Philox(11))
    x = random.standard_normal(2000)
    for keywords in ({}, {"bins": "fd"}, {"bins": "auto", "range": (-1, 1)}, {"bins": 5, "range": (0, 1)}):
        assert arrcalc.histogram_bin_edges(x, **keywords).tobytes() == np.histogram_bin_edges(x, **keywords).tobytes()
    given = [1, 2, 5]
    assert arrcalc.histogram_bin_edges(x, given).tolist() == given


def test_what_is_refused():
    for bins, what in ((0, "positive"), (-3, "positive"), ("stone", "stone"), ([3, 1], "edges"), ([[1, 2]], "1d"), ([np.nan, 1], "edges")):
        with pytest.raises(ValueError, match=what):
            arrcalc.histogram([1.0, 2.0], bins)
    with pytest.raises(TypeError):
        arrcalc.histogram([1.0, 2.0], 2.5)
    with pytest.raises(ValueError, match="too many bins"):
        arrcalc.histogram([1.0, 1.0 + 2**-52], 10)
    with pytest.raises(ValueError, match="too many bins"):
        arrcalc.histogram([*np.linspace(0, 1e-9, 99), 1e300], "fd")
    for bad in (np.array(["a"]), np.zeros(2, complex), np.zeros(2, "M8[s]")):
        with pytest.raises(arrcalc.DtypeError):
            arrcalc.histogram(bad)
    with pytest.raises(ValueError, match="length"):
        arrcalc.histogram2d([1, 2], [1])
    with pytest.raises(ValueError, match="memory|budget|bins"):
        arrcalc.histogram([0.0, 1.0], 2**31)
