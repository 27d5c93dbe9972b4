"""Orders of rows against NumPy, SciPy where it is installed, and Python's own stable sort."""

import arrcalc
import numpy as np
import pytest

RNG = np.random.default_rng(4)
SIZES = [0, 1, 2, 3, 7, 31, 32, 33, 64, 65, 255, 257, 1000, 1025, 5000]
DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?"]
DTYPES += ["M8[s]", "m8[ns]", ">f8", ">i4", "U5", "S4"]


def pattern(name, n):
    """Integers: what sorts find hard."""
    row = np.arange(n)
    if name == "random":
        return RNG.integers(-(2**62), 2**62, n)
    if name == "sorted":
        return row
    if name == "reversed":
        return -row
    if name == "saws":
        return row % 17
    if name == "few":
        return RNG.integers(0, 3, n)
    if name == "equal":
        return np.full(n, 7)
    if name == "tail":
        return np.where(row < 0.95 * n, row, RNG.integers(0, max(n, 1), n))
    if name == "pipe":
        return np.minimum(row, n - row)
    return RNG.zipf(1.5, n)


PATTERNS = ["random", "sorted", "reversed", "saws", "few", "equal", "tail", "pipe", "zipf"]


def column(dtype, name, n):
    values = pattern(name, n)
    if np.dtype(dtype).kind == "f":
        with np.errstate(over="ignore"):
            floats = (values / 3).astype(dtype)
        special = np.array([np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0], dtype)
        where = RNG.random(n) < 0.2
        floats[where] = RNG.choice(special, where.sum())
        return floats
    if np.dtype(dtype).kind in "US":
        return (values % 1000).astype(dtype)
    if np.dtype(dtype).kind in "Mm":
        moments = values.astype(dtype)
        moments[RNG.random(n) < 0.1] = "NaT"
        return moments
    return values.astype(dtype)


def cases():
    for dtype in DTYPES:
        for turn, n in enumerate(SIZES):
            yield dtype, PATTERNS[(turn + len(dtype)) % len(PATTERNS)], n
        for name in PATTERNS:
            yield dtype, name, 800


@pytest.mark.parametrize("dtype", DTYPES)
def test_argsort_is_numpys_stable_one(dtype):
    seen = 0
    for kind, name, n in cases():
        if kind != dtype:
            continue
        a = column(dtype, name, n)
        expected = np.argsort(a, kind="stable")
        for threads in (1, 2, 5):
            found = arrcalc.argsort(a, threads=threads)
            assert found.dtype == np.intp
            np.testing.assert_array_equal(found, expected, err_msg=f"{name} {n}")
        seen += 1
    assert seen == len(SIZES) + len(PATTERNS)


@pytest.mark.parametrize("dtype", ["i8", "f8", "f4", "u1", "f2"])
def test_descending_keeps_ties_and_nan_last(dtype):
    for name in PATTERNS:
        a = column(dtype, name, 700)
        wide = a.astype(object)
        expected = sorted(range(len(a)), key=lambda row: (a[row] != a[row], -wide[row] if a[row] == a[row] else 0))
        np.testing.assert_array_equal(arrcalc.argsort(a, descending=True), expected)


def test_strided_and_foreign_arrays():
    a = RNG.normal(size=3000)
    unaligned = np.frombuffer(b"\0" + a.tobytes(), "u1")[1:].view("f8")
    for view in (a[::3], a[::-1], a.astype(">f8"), a.reshape(30, 100)[:, 7], unaligned):
        np.testing.assert_array_equal(arrcalc.argsort(view), np.argsort(view, kind="stable"))
    square = a.reshape(60, 50)
    np.testing.assert_array_equal(arrcalc.argsort(square, axis=None), np.argsort(square, axis=None, kind="stable"))
    with pytest.raises(ValueError, match="axis"):
        arrcalc.argsort(square)
    with pytest.raises(ValueError, match="kind"):
        arrcalc.argsort(a, kind="bogo")
    assert list(arrcalc.argsort(["b", "a", "ab", ""])) == [3, 1, 2, 0]


def test_many_rows_of_equal_keys_keep_their_order():
    n = 300_000
    for a in (np.zeros(n), RNG.integers(0, 2, n), RNG.integers(0, 2, n) * 1e300, np.where(np.arange(n) % 3, -0.0, 0.0)):
        expected = np.argsort(a, kind="stable")
        for threads in (1, 2, 5):
            np.testing.assert_array_equal(arrcalc.argsort(a, threads=threads), expected)
    random = RNG.normal(size=n)
    np.testing.assert_array_equal(arrcalc.argsort(random), np.argsort(random, kind="stable"))


def test_lexsort_is_numpys():
    for n in (0, 1, 2, 50, 1000, 5000):
        for _ in range(8):
            keys = [column(dtype, RNG.choice(PATTERNS), n) for dtype in RNG.choice(["i8", "f8", "u1", "i2", "f4"], 3)]
            np.testing.assert_array_equal(arrcalc.lexsort(keys), np.lexsort(keys))
    square = RNG.integers(0, 5, (3, 400))
    np.testing.assert_array_equal(arrcalc.lexsort(square), np.lexsort(square))
    with pytest.raises(ValueError, match="length"):
        arrcalc.lexsort([[1, 2], [1]])
    with pytest.raises(ValueError, match="key"):
        arrcalc.lexsort([])


@pytest.mark.parametrize("dtype", DTYPES)
def test_top_and_bottom_are_the_ends_of_the_order(dtype):
    for n in (0, 1, 5, 300, 5000):
        a = column(dtype, RNG.choice(PATTERNS), n)
        for k in (0, 1, 3, 40, n, n + 5):
            values, rows = arrcalc.bottom_k(a, k)
            expected = np.argsort(a, kind="stable")[:k]
            np.testing.assert_array_equal(rows, expected)
            np.testing.assert_array_equal(values, a[expected])
            values, rows = arrcalc.top_k(a, k, threads=2)
            np.testing.assert_array_equal(rows, arrcalc.argsort(a, descending=True)[:k])
            assert values.dtype == a.dtype


def test_top_of_many_rows_whatever_their_order():
    n = 400_000
    a = RNG.normal(size=n)
    a[RNG.integers(0, n, 1000)] = np.nan
    for x in (a, np.sort(a), np.sort(a)[::-1], np.full(n, np.nan), np.ones(n)):
        expected = sorted(range(n), key=lambda row: (x[row] != x[row], -x[row] if x[row] == x[row] else 0))[:100]
        for threads in (1, 2, 5):
            np.testing.assert_array_equal(arrcalc.top_k(x, 100, threads=threads)[1], expected)


@pytest.mark.parametrize("method", ["average", "min", "max", "dense", "ordinal"])
def test_ranks_are_scipys(method):
    stats = pytest.importorskip("scipy.stats")
    for dtype in ("i8", "f8", "u2", "f4"):
        for name in PATTERNS:
            a = column(dtype, name, 600)
            if a.dtype.kind == "f":
                a = a[~np.isnan(a)]
            found = arrcalc.rank(a, method)
            np.testing.assert_array_equal(found, stats.rankdata(a, method))
            assert found.dtype == (np.float64 if method == "average" else np.int64)


def test_ranks_of_nan_and_nat():
    nan = np.nan
    np.testing.assert_array_equal(arrcalc.rank([nan, 2.0, 1.0, nan]), [3.5, 2.0, 1.0, 3.5])
    np.testing.assert_array_equal(arrcalc.rank([nan, 2.0, 1.0], "min", descending=True), [3, 1, 2])
    moments = np.array(["2020-01-02", "NaT", "2020-01-01"], "M8[D]")
    np.testing.assert_array_equal(arrcalc.rank(moments, "dense"), [2.0, nan, 1.0])
    with pytest.raises(ValueError, match="method"):
        arrcalc.rank([1], "mean")


@pytest.mark.parametrize("dtype", ["i8", "f8", "i1", "U5"])
def test_parts_of_argpartition(dtype):
    for n in (1, 2, 100, 5000, 100_000 if dtype == "f8" else 6000):
        for name in ("random", "few", "sorted", "zipf"):
            a = column(dtype, name, n)
            places = sorted({0, n // 3, n // 2, n - 1})
            order = arrcalc.argpartition(a, places)
            np.testing.assert_array_equal(np.sort(order), np.arange(n))
            expected = np.sort(a)
            np.testing.assert_array_equal(a[order][places], expected[places])
            edges = [0, *places, n]
            for start, end in zip(edges, edges[1:], strict=False):
                np.testing.assert_array_equal(np.sort(a[order[start:end]]), expected[start:end])
            np.testing.assert_array_equal(order, arrcalc.argpartition(a, places, threads=1))
    assert arrcalc.argpartition([5, 1, 3], -1)[-1] == 0
    with pytest.raises(ValueError, match="bounds"):
        arrcalc.argpartition([5, 1, 3], 3)


def test_tables_are_sorted_by_columns():
    n = 200_000
    table = {
        "k": RNG.integers(0, 500, n),
        "x": RNG.normal(size=n),
        "g": RNG.integers(0, 9, n).astype("i4"),
        "s": RNG.integers(0, 99, n).astype("U3"),
    }
    for names, by, keys in (
        ("kxg", ["k", "-x"], lambda t: (-t["x"], t["k"])),
        ("kxgs", "k", lambda t: (t["k"],)),
        ("kxgs", ["s", "g"], lambda t: (t["g"], t["s"])),
        ("xg", "x", lambda t: (t["x"],)),
    ):
        part = {name: table[name] for name in names}
        order = np.lexsort(keys(part))
        for threads in (1, 2, 5):
            found = arrcalc.open(part).sort(by, threads=threads).to_numpy()
            for name in names:
                np.testing.assert_array_equal(found[name], part[name][order])
    few = arrcalc.open({"k": [2, 1, 2], "x": [1.0, 2.0, np.nan]})
    assert few.sort("-k").to_dict()["k"] == [2, 2, 1]
    with pytest.raises(ValueError, match="did you mean"):
        arrcalc.open({"price": [1]}).sort("prise")
    with pytest.raises(ValueError, match="query"):
        few.sort("k + 1")
