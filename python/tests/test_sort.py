"""sort and partition beside NumPy: every type, layout and shape, patterns that break sorts, any number of threads."""

import arrcalc
import numpy as np
import pytest

DTYPES = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "?", "M8[s]", "m8[ns]"]
LENGTHS = [0, 1, 2, 3, 7, 31, 32, 33, 64, 65, 127, 128, 129, 255, 256, 257, 300, 513, 1000, 4097, 40_000]


def patterns(n, seed):
    """Integers in many shapes, `n` of each."""
    random = np.random.Generator(np.random.Philox(seed + n))
    index = np.arange(n)
    noise = random.integers(-(2**63), 2**63 - 1, n, endpoint=True)
    yield "random", noise
    yield "sorted", np.sort(noise)
    yield "reversed", np.sort(noise)[::-1]
    yield "equal", np.full(n, 42)
    yield "two values", noise & 1
    yield "few values", noise % 20
    yield "zipf", 2**40 // (noise % 1000 + 1)
    yield "saws", index % 61 * 2**50
    yield "organ pipe", np.minimum(index, n - index) * 2**40
    yield "nearly sorted", np.where(noise % 20 == 0, noise, index * 2**40)
    yield "mostly zero", np.where(noise % 20 == 0, noise, 0)


def typed(values, dtype, seed):
    """The integers as elements of `dtype`: floats with zeros of both signs, infinities and NaNs among them."""
    if dtype[0] in "Mm":
        return values.view(dtype)
    if dtype[0] != "f":
        return values.astype(dtype)
    floats = np.ldexp(values.astype("f8"), -50).astype(dtype)
    if floats.size:
        special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -np.nan], dtype=dtype)
        random = np.random.Generator(np.random.Philox(seed))
        where = random.random(floats.size) < 0.2 * (seed % 2)
        floats[where] = special[random.integers(0, special.size, where.sum())]
    return floats


def bits(a):
    return a.view(f"u{a.itemsize}").tolist()


def reference(a, descending=False):
    """What a total order of bits gives: NumPy's sort, zeros ordered by sign, NaNs last as they came."""
    if a.dtype.kind == "f":
        is_nan = np.isnan(a)
        numbers = a[~is_nan]
        order = np.lexsort((~np.signbit(numbers), numbers))
        numbers = numbers[order]
        return np.concatenate([numbers[::-1] if descending else numbers, a[is_nan]])
    ordered = np.sort(a)
    if not descending:
        return ordered
    if a.dtype.kind in "Mm":
        is_nat = np.isnat(ordered)
        return np.concatenate([ordered[~is_nat][::-1], ordered[is_nat]])
    return ordered[::-1]


@pytest.mark.parametrize("dtype", DTYPES)
def test_every_pattern_and_length_is_sorted_to_the_bit(dtype):
    for n in LENGTHS:
        for seed, (name, values) in enumerate(patterns(n, 5)):
            a = typed(values, dtype, seed)
            before = a.copy()
            for descending in (False, True):
                found = arrcalc.sort(a, descending=descending)
                assert found.dtype == a.dtype and found.shape == a.shape
                assert bits(found) == bits(reference(a, descending)), (name, n, descending)
            assert bits(a) == bits(before)
            if a.dtype.kind != "f" or not np.isnan(a).any():
                assert np.array_equal(arrcalc.sort(a), np.sort(a))


@pytest.mark.parametrize("dtype", ["f8", "f4", "i8", "u4", "i2", "?"])
def test_threads_change_nothing(dtype):
    for seed, (_, values) in enumerate(patterns(200_003, 7)):
        a = typed(values, dtype, seed)
        one = arrcalc.sort(a, threads=1)
        parted = arrcalc.partition(a, [70_000, 3], threads=1)
        for threads in (2, 5):
            assert bits(arrcalc.sort(a, threads=threads)) == bits(one)
            assert bits(arrcalc.partition(a, [70_000, 3], threads=threads)) == bits(parted)


@pytest.mark.parametrize("dtype", DTYPES)
def test_partitions_keep_the_contract_of_numpy(dtype):
    random = np.random.Generator(np.random.Philox(3))
    for n in [1, 2, 9, 130, 1025, 30_000]:
        for seed, (name, values) in enumerate(patterns(n, 11)):
            a = typed(values, dtype, seed)
            expected = reference(a)
            for kth in (n // 2, -1, [0, n - 1], random.integers(0, n, 5), tuple(range(0, n, n // 50 + 1))):
                found = arrcalc.partition(a, kth)
                assert found.dtype == a.dtype and found.shape == a.shape
                places = sorted({int(place) % n for place in np.atleast_1d(kth)})
                assert bits(found[places]) == bits(expected[places]), (name, n, kth)
                for start, end in zip([0, *places], [*places, n], strict=True):
                    assert bits(reference(found[start:end])) == bits(expected[start:end]), (name, n, kth)


def test_layouts_shapes_and_axes():
    base = np.random.Generator(np.random.Philox(1)).standard_normal((6, 40, 50))
    swapped = base.astype(">f8")
    for a in (base, base[::2, ::-3, 1::7], base.T, np.asfortranarray(base), swapped, swapped.astype(">f4")[:, ::2]):
        assert np.array_equal(arrcalc.sort(a), np.sort(a))
        assert np.array_equal(arrcalc.sort(a, 2), np.sort(a, 2))
        assert np.array_equal(arrcalc.sort(a, axis=None), np.sort(a, axis=None))
        assert np.array_equal(arrcalc.partition(a, 1)[..., 1], np.sort(a)[..., 1])
    raw = np.zeros(base.nbytes + 1, dtype=np.uint8)[1:].view("f8").reshape(base.shape)
    raw[...] = base
    assert np.array_equal(arrcalc.sort(raw, None), np.sort(base, None))
    assert arrcalc.sort([3, 1, 2]).tolist() == [1, 2, 3]
    assert arrcalc.sort(np.float64(2.5), axis=None).tolist() == [2.5]
    assert arrcalc.sort(np.zeros((3, 0))).shape == (3, 0)


def test_what_is_not_sorted_raises():
    with pytest.raises(arrcalc.InputError, match="axis=0"):
        arrcalc.sort(np.zeros((2, 2)), axis=0)
    with pytest.raises(arrcalc.DtypeError):
        arrcalc.sort(np.array([1j]))
    with pytest.raises(arrcalc.DtypeError):
        arrcalc.sort(np.array([object()]))
    with pytest.raises(ValueError, match="out of bounds"):
        arrcalc.partition([1, 2, 3], 3)
    with pytest.raises(ValueError, match="out of bounds"):
        arrcalc.partition([1, 2, 3], [0, -4])
    with pytest.raises(arrcalc.InputError, match="kth"):
        arrcalc.partition([1, 2, 3], "first")
    with pytest.raises(ValueError, match="threads"):
        arrcalc.sort([1], threads=0)
