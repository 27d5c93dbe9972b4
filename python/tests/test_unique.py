"""unique, count_distinct, value_counts, mode, bincount against NumPy and exact rationals."""

import itertools
import math
from fractions import Fraction

import arrcalc
import numpy as np
import oracle
import pytest

RANDOM = np.random.Generator(np.random.Philox(77))
LENGTHS = [0, 1, 2, 3, 7, 64, 65, 300, 1023, 5_000]
INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]
FLOATS = ["f2", "f4", "f8"]
OTHERS = ["?", "M8[D]", "M8[ns]", "m8[s]", "U3"]


def words(n, pattern):
    if pattern == "random":
        return RANDOM.integers(-(2**63), 2**63, n)
    if pattern == "few":
        return RANDOM.choice([-5, 0, 3, 2**40, 77], n)
    if pattern == "equal":
        return np.full(n, 42)
    if pattern == "ascending":
        return np.arange(n)
    if pattern == "descending":
        return np.arange(n)[::-1] * 1_000_003
    if pattern == "zipf":
        return RANDOM.zipf(1.3, n).astype("i8")
    return np.repeat(RANDOM.integers(0, 2**50, n // 3 + 1), 3)[:n]  # runs of three


PATTERNS = ["random", "few", "equal", "ascending", "descending", "zipf", "runs"]


def values(n, pattern, dtype):
    dtype = np.dtype(dtype)
    drawn = words(n, pattern)
    if dtype.kind == "f":
        made = (drawn % 1000 - 300).astype(dtype) if dtype.itemsize == 2 else drawn.astype(dtype)
        for special in (math.nan, -0.0, 0.0, math.inf, -math.inf):
            made[RANDOM.random(n) < 0.05] = special
        if dtype.itemsize == 8:
            made[RANDOM.random(n) < 0.05] = np.uint64(0xFFF8_0000_0000_1234).view("f8")
        return made
    if dtype.kind in "Mm":
        return np.where(RANDOM.random(n) < 0.1, np.iinfo("i8").min, drawn % 10_000).astype("i8").view(dtype)
    if dtype.kind == "U":
        return np.array([str(word % 1000) for word in drawn], dtype)
    return drawn.astype(dtype) if dtype.kind != "b" else drawn % 2 == 0


def same(own, theirs):
    assert own.dtype.newbyteorder("=") == theirs.dtype.newbyteorder("="), (own.dtype, theirs.dtype)
    np.testing.assert_array_equal(own, theirs)


def numpys_unique(x, *parts, **keywords):
    """np.unique; of binary16 by way of binary32, since NumPy 2.4 leaves equal values among 16-bit floats with NaN."""
    if x.dtype != np.float16:
        return np.unique(x, *parts, **keywords)
    found = np.unique(x.astype("f4"), *parts, **keywords)
    return (found[0].astype("f2"), *found[1:]) if isinstance(found, tuple) else found.astype("f2")


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS, *OTHERS])
def test_every_part_is_numpys(dtype):
    for n, pattern in itertools.product(LENGTHS, PATTERNS):
        x = values(n, pattern, dtype)
        for parts in itertools.product([False, True], repeat=3):
            own, theirs = arrcalc.unique(x, *parts), numpys_unique(x, *parts)
            if not any(parts):
                own, theirs = (own,), (theirs,)
            assert len(own) == len(theirs)
            for mine, numpys in zip(own, theirs, strict=True):
                same(mine, numpys)
        found = arrcalc.unique(x)
        assert arrcalc.count_distinct(x) == len(found) - (x.dtype.kind in "Mm" and bool(np.isnat(x).any()))
        if x.dtype.kind == "f":
            assert not np.signbit(found[found == 0]).any()
            mine = arrcalc.unique(x, True, True, True, equal_nan=False)
            for own, numpys in zip(mine, numpys_unique(x, True, True, True, equal_nan=False), strict=True):
                same(own, numpys)


@pytest.mark.parametrize("dtype", ["i8", "i4", "f8", "f4"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_large_arrays_and_any_number_of_threads(dtype, pattern):
    x = values(200_003, pattern, dtype)
    theirs = np.unique(x, True, True, True)
    for threads in (1, 2, 5):
        for own, numpys in zip(arrcalc.unique(x, True, True, True, threads=threads), theirs, strict=True):
            same(own, numpys)
        same(arrcalc.unique(x, threads=threads), theirs[0])
        same(arrcalc.unique(x, return_counts=True, threads=threads)[1], theirs[3])
        same(arrcalc.unique(x, return_inverse=True, threads=threads)[1], theirs[2])
        assert arrcalc.count_distinct(x, threads=threads) == len(theirs[0])


def test_any_layout():
    x = np.asfortranarray(RANDOM.integers(0, 50, (40, 30)))
    for layout in (x, x[::-2, 1::3], x.astype(">i8"), x.astype(">i2")[::3], x.tolist(), x[0, 0], x.astype(">f4")):
        own, theirs = arrcalc.unique(layout, True, True, True), np.unique(layout, True, True, True)
        for mine, numpys in zip(own, theirs, strict=True):
            same(mine, numpys)
            assert mine.shape == numpys.shape
    packed = np.zeros(100, dtype=[("a", "i1"), ("b", "f8")])
    packed["b"] = np.arange(100) % 7
    same(arrcalc.unique(packed["b"]), np.unique(packed["b"]))
    text = np.array(["b", "a", "ä", "b"])
    same(arrcalc.unique(text[::-1]), np.unique(text[::-1]))
    with pytest.raises(arrcalc.DtypeError):
        arrcalc.unique(np.zeros(3, "c16"))
    with pytest.raises(ValueError, match="axis"):
        arrcalc.unique(x, axis=0)
    with pytest.raises(arrcalc.Error):
        arrcalc.unique(np.ma.masked_array([1, 2], [True, False]))


@pytest.mark.parametrize("dtype", ["i8", "u1", "f8", "U3", "M8[D]"])
@pytest.mark.parametrize("pattern", PATTERNS)
def test_value_counts_and_mode(dtype, pattern):
    x = values(3_000, pattern, dtype)
    found, counts = np.unique(x, return_counts=True)
    if x.dtype.kind == "M":
        counts, found = counts[~np.isnat(found)], found[~np.isnat(found)]
    same(arrcalc.value_counts(x, sort=False)[0], found)
    same(arrcalc.value_counts(x, sort=False)[1], counts)
    order = np.argsort(-counts, kind="stable")
    same(arrcalc.value_counts(x)[0], found[order])
    same(arrcalc.value_counts(x)[1], counts[order])
    np.testing.assert_array_equal(arrcalc.mode(x), found[np.argmax(counts)])
    assert type(arrcalc.mode(x)) is type(found[0])
    with pytest.raises(arrcalc.InputError):
        arrcalc.mode(x[:0])


@pytest.mark.parametrize("dtype", INTEGERS)
def test_bincount_is_numpys(dtype):
    for n in [*LENGTHS, 100_000]:
        x = RANDOM.integers(0, 100, n).astype(dtype)
        for length in (0, 1, 100, 300):
            same(arrcalc.bincount(x, minlength=length), np.bincount(x.astype("i8"), minlength=length))
        w = RANDOM.standard_normal(n) * 10.0 ** RANDOM.integers(-100, 100, n)
        own = arrcalc.bincount(x, w, 50)
        assert own.shape == np.bincount(x.astype("i8"), w, 50).shape and own.dtype == np.float64
        if n <= 1_023:
            for bin, total in enumerate(own):
                oracle.same(total, oracle.to_double(sum((Fraction(v) for v in w[x == bin].tolist()), Fraction(0))))
        np.testing.assert_array_equal(own, arrcalc.bincount(x, w, 50, threads=1))


def test_bincount_refuses_what_numpy_refuses():
    assert arrcalc.bincount([], minlength=2).tolist() == [0, 0]
    assert arrcalc.bincount([0, 1, 1], [1, math.inf, 2]).tolist() == [1, math.inf]
    for wrong in ([1, -1], [[1]]):
        with pytest.raises((arrcalc.Error, ValueError)):
            arrcalc.bincount(wrong)
    with pytest.raises(arrcalc.DtypeError):
        arrcalc.bincount([1.5])
    for wrong in ({"weights": [1.0]}, {"minlength": -1}, {"threads": 0}):
        with pytest.raises(arrcalc.InputError):
            arrcalc.bincount([1, 2], **wrong)
