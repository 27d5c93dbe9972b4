"""Searching and selecting, against NumPy's functions of the same names."""

import itertools

import arrcalc
import numpy as np
import pytest

FLOATS = ("f8", "f4", "f2")
INTEGERS = ("i8", "u8", "i4", "u4", "i2", "u2", "i1", "u1")
SIZES = (0, 1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 511, 512, 513, 1000, 4097, 5000)
SPECIAL = np.array([np.nan, np.inf, -np.inf, 0.0, -0.0, 1.0, -1.0, 5e-324, 0.1])


def made(rng, dtype, size, kind):
    """An array of `size` elements of a kind: `wide`, `few` distinct ones, `special` among them."""
    if dtype == "?":
        return rng.integers(0, 2, size).astype("?")
    if dtype[0] in "iu":
        info = np.iinfo(dtype)
        if kind == "few":
            return rng.integers(0, 6, size).astype(dtype)
        return rng.integers(info.min, info.max, size, dtype=dtype, endpoint=True)
    if kind == "few":
        return rng.integers(-3, 4, size).astype(dtype)
    values = rng.standard_normal(size) * 10.0 ** rng.integers(-3, 4, size)
    if kind == "special" and size:
        where = rng.random(size) < 0.3
        values[where] = rng.choice(SPECIAL, where.sum())
    return values.astype(dtype)


def same(found, expected):
    assert type(found) is type(expected)
    assert np.shape(found) == np.shape(expected)
    assert np.asarray(found).dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS + ("?",))
@pytest.mark.parametrize("size", SIZES)
def test_searchsorted_is_numpys(dtype, size):
    rng = np.random.default_rng([size, ord(dtype[0]), int(dtype[1:] or 1)])
    for kind, wanted in itertools.product(("wide", "few", "special"), (0, 1, 40, 700)):
        a = np.sort(made(rng, dtype, size, kind))
        v = np.concatenate([made(rng, dtype, wanted, kind), a[: wanted // 3]])
        for side in ("left", "right"):
            for queries in (v, np.sort(v), np.sort(v)[::-1]):
                same(arrcalc.searchsorted(a, queries, side), np.searchsorted(a, queries, side))


@pytest.mark.parametrize("threads", (1, 2, 5))
def test_searchsorted_of_many(threads):
    rng = np.random.default_rng(threads)
    for dtype, kind in (("f8", "special"), ("f8", "few"), ("i8", "wide"), ("f4", "special"), ("u4", "wide"), ("i2", "wide")):
        a = np.sort(made(rng, dtype, 100_003, kind))
        v = made(rng, dtype, 70_001, kind)
        for side in ("left", "right"):
            for queries in (v, np.sort(v), a[::3]):
                expected = np.searchsorted(a, queries, side)
                same(arrcalc.searchsorted(a, queries, side, threads=threads), expected)
            # So few that no tree is made.
            same(arrcalc.searchsorted(a, v[:50], side, threads=threads), np.searchsorted(a, v[:50], side))


def test_searchsorted_takes_any_layout():
    rng = np.random.default_rng(4)
    a = np.sort(rng.standard_normal(3000))
    v = rng.standard_normal((70, 20))
    expected = np.searchsorted(a, v)
    same(arrcalc.searchsorted(a.astype(">f8"), v.astype(">f8")), expected)
    same(arrcalc.searchsorted(np.repeat(a, 2)[::2], v), expected)
    same(arrcalc.searchsorted(a, np.asfortranarray(v)), expected)
    unaligned = np.frombuffer(b"\0" + a.tobytes(), dtype="u1")[1:].view("f8")
    same(arrcalc.searchsorted(unaligned, v), expected)
    for start in range(9):
        same(arrcalc.searchsorted(a[start:], v, "right"), np.searchsorted(a[start:], v, "right"))
    same(arrcalc.searchsorted(a, 0.5), np.searchsorted(a, 0.5))
    same(arrcalc.searchsorted([1, 2, 3], [[2], [9]]), np.searchsorted([1, 2, 3], [[2], [9]]))
    same(arrcalc.searchsorted(a, []), np.searchsorted(a, []))


def test_searchsorted_with_a_sorter():
    rng = np.random.default_rng(5)
    for dtype in ("f8", "i4", "f4", "u1"):
        a = made(rng, dtype, 5000, "special")
        v, sorter = made(rng, dtype, 300, "special"), np.argsort(a, kind="stable")
        for side in ("left", "right"):
            same(arrcalc.searchsorted(a, v, side, sorter), np.searchsorted(a, v, side, sorter))
    with pytest.raises(ValueError, match="sorter has 2 places for 3"):
        arrcalc.searchsorted([1, 2, 3], 1, sorter=[0, 1])
    with pytest.raises(ValueError, match="index 7 at place 1 is out of bounds"):
        arrcalc.searchsorted([1, 2, 3], 1, sorter=[0, 7, 1])


def test_searchsorted_across_types_is_exact():
    rng = np.random.default_rng(6)
    small = [made(rng, dtype, 200, "few") for dtype in ("f8", "f4", "i8", "i4", "i2", "u1", "u8", "?")]
    for a, v in itertools.product(small, small):
        a = np.sort(a)
        for side in ("left", "right"):
            same(arrcalc.searchsorted(a, v, side), np.searchsorted(a, v, side))
    # Where NumPy rounds both sides to float64, Python's own comparison of the exact values is the measure.
    big = 2**53
    a = np.array([-big - 1, -big, 0, big, big + 1, big + 2, 2**63 - 1])
    v = np.array([-big - 1.0, 0.5, float(big), big + 2.0, 2.0**63, np.inf, -np.inf])
    for side in ("left", "right"):
        for exact_a, exact_v in ((a, v), (v[np.argsort(v)], a)):
            below = (lambda x, y: x < y) if side == "left" else (lambda x, y: x <= y)
            expected = [sum(below(x, y) for x in exact_a.tolist()) for y in exact_v.tolist()]
            assert arrcalc.searchsorted(exact_a, exact_v, side).tolist() == expected
    assert arrcalc.searchsorted(a, np.nan) == len(a)
    assert arrcalc.searchsorted(np.array([1, 200], "u1"), [-1, 300, 1.5]).tolist() == [0, 2, 1]


def test_searchsorted_refuses_what_makes_no_sense():
    with pytest.raises(ValueError, match="one axis, not 2"):
        arrcalc.searchsorted([[1, 2]], 1)
    with pytest.raises(ValueError, match="one axis, not 0"):
        arrcalc.searchsorted(3, 1)
    with pytest.raises(ValueError, match="side must be"):
        arrcalc.searchsorted([1], 1, "middle")
    with pytest.raises(TypeError):
        arrcalc.searchsorted([1, 2], "b")
    with pytest.raises(ValueError, match="masked"):
        arrcalc.searchsorted(np.ma.array([1, 2], mask=[0, 1]), 1)
    with pytest.raises(ValueError, match="threads"):
        arrcalc.searchsorted([1], 1, threads=0)


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS + ("?",))
def test_nonzero_compress_and_find_are_numpys(dtype):
    rng = np.random.default_rng([7, ord(dtype[0])])
    for size, kind in itertools.product((*SIZES, 16_384, 40_000), ("few", "special")):
        a = made(rng, dtype, size, kind)
        a[rng.random(size) < rng.choice([0, 0.5, 0.99])] = 0
        same(arrcalc.flatnonzero(a), np.flatnonzero(a))
        for found, expected in zip(arrcalc.nonzero(a), np.nonzero(a), strict=True):
            same(found, expected)
        mask = rng.random(size) < rng.choice([0.01, 0.3, 0.9, 1.0])
        for threads in (1, 2, 5):
            same(arrcalc.compress(mask, a, threads=threads), np.compress(mask, a))
        same(arrcalc.compress(mask[: size // 2], a), np.compress(mask[: size // 2], a))
        same(arrcalc.compress(a, a), np.compress(a, a))
        places = np.flatnonzero(a)
        assert arrcalc.find(a) == (int(places[0]) if len(places) else None)


def test_nonzero_of_more_axes_and_layouts():
    rng = np.random.default_rng(8)
    a = rng.integers(0, 3, (13, 7, 29))
    for array in (a, np.asfortranarray(a), a[::-1, ::2], a.astype(">i4"), a > 1, a.astype("f2")):
        for found, expected in zip(arrcalc.nonzero(array), np.nonzero(array), strict=True):
            same(found, expected)
        same(arrcalc.argwhere(array), np.argwhere(array))
        same(arrcalc.flatnonzero(array), np.flatnonzero(array))
    with pytest.raises(ValueError, match="axis"):
        arrcalc.nonzero(3)


OPERATORS = {
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
    ">=": np.greater_equal,
    ">": np.greater,
}


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS)
def test_filter_and_find_compare_as_numpy(dtype):
    rng = np.random.default_rng([9, ord(dtype[0])])
    for size, kind in itertools.product((0, 1, 64, 100, 5000, 70_000), ("few", "special")):
        a = made(rng, dtype, size, kind)
        for operator, bound in itertools.product(OPERATORS, (0, 1, 2.5, -1, np.nan, np.inf, 300)):
            # Integers of 64 bits are far from where NumPy's rounding would show.
            mask = OPERATORS[operator](a.astype("f8"), bound)
            same(arrcalc.filter(a, operator, bound), a[mask])
            places = np.flatnonzero(mask)
            assert arrcalc.find(a, operator, bound) == (int(places[0]) if len(places) else None)
    with pytest.raises(ValueError, match="not a comparison"):
        arrcalc.find([1], "=", 1)


def test_elements_of_any_type_are_moved():
    rng = np.random.default_rng(10)
    mask, places = rng.random(1000) < 0.4, rng.integers(-1000, 1000, 333)
    for dtype in (*FLOATS, *INTEGERS, "?", "M8[us]", "m8[s]", ">f8", ">i2", "S4", "F", "c8"):
        a = rng.integers(0, 120, 1000).astype("i1").astype(dtype if dtype != "S4" else "S4")
        for array in (a, a[::-1], np.repeat(a, 3)[::3], a.reshape(20, 50)):
            same(arrcalc.compress(mask, array), np.compress(mask, array))
            same(arrcalc.take(array, places), np.take(array, places))
    with pytest.raises(TypeError):
        arrcalc.take(np.array([object()]), [0])
    with pytest.raises(TypeError):
        arrcalc.compress([True], np.zeros(1, "c16"))


def test_take_has_numpys_indices():
    rng = np.random.default_rng(11)
    a = rng.standard_normal(60_000)
    for places in (5, -1, [], [0], rng.integers(0, 60_000, (300, 200)), np.arange(10, dtype="u2"), rng.integers(0, 9, 7).astype(">i4")):
        for threads in (1, 2, 5):
            same(arrcalc.take(a, places, threads=threads), np.take(a, np.asarray(places, dtype=None if np.size(places) else int)))
    for wrong in (60_000, -60_001, 2**63 - 1):
        with pytest.raises(ValueError, match="out of bounds"):
            arrcalc.take(a, [0, wrong])
    with pytest.raises(TypeError, match="integers"):
        arrcalc.take(a, [0.5])
    with pytest.raises(ValueError, match="axis=1"):
        arrcalc.take(a, [0], axis=1)


@pytest.mark.parametrize("dtype", FLOATS + INTEGERS + ("?",))
def test_isin_is_numpys(dtype):
    rng = np.random.default_rng([12, ord(dtype[0])])
    for size, among in itertools.product((0, 1, 9, 65, 5000, 40_000), (0, 1, 8, 100, 3000)):
        for kind in ("wide", "few", "special"):
            element, tests = made(rng, dtype, size, kind), made(rng, dtype, among, kind)
            tests = np.concatenate([tests, element[: among // 2]])
            for invert in (False, True):
                same(arrcalc.isin(element, tests, invert=invert), np.isin(element, tests, invert=invert))
    same(arrcalc.isin(element.reshape(-1, 20), tests, threads=5), np.isin(element.reshape(-1, 20), tests))
    same(arrcalc.isin(3, [3, 4]), np.isin(3, [3, 4])[()])
    assert arrcalc.isin([2**53 + 1], [float(2**53)]).tolist() == [False]
    with pytest.raises(ValueError, match="kind"):
        arrcalc.isin([1], [1], kind="hash")


@pytest.mark.parametrize("right", (False, True))
def test_digitize_is_numpys(right):
    rng = np.random.default_rng(13)
    for count, size in itertools.product((0, 1, 2, 7, 8, 9, 33, 64, 65, 500), (0, 1, 100, 20_000)):
        for kind in ("few", "special", "wide"):
            x = made(rng, "f8", size, kind)
            bins = np.sort(rng.choice([-2.5, -1, 0, 0.1, 1, 2, np.inf, 7.5, -np.inf, *rng.standard_normal(20)], count))
            for edges in (bins, bins[::-1], np.unique(bins)):
                same(arrcalc.digitize(x, edges, right), np.digitize(x, edges, right))
    same(arrcalc.digitize(0.5, [0, 1]), np.digitize(0.5, [0, 1]))
    same(arrcalc.digitize([[1], [7]], np.array([9, 5, 1])), np.digitize([[1], [7]], np.array([9, 5, 1])))
    with pytest.raises(ValueError, match="rise or fall"):
        arrcalc.digitize([1.0], [0.0, 2.0, 1.0], right)
