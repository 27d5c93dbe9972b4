"""Permutations, shuffles, samples and splits beside their definitions in NumPy."""

import itertools
import math

import arrcalc
import numpy as np
import pytest
from chance import keys, order, permutation

# 0.1 % points of the chi-square distribution (NIST handbook, section 1.3.6.7.4; the last by Wilson and Hilferty), by degrees
# of freedom.
CHI_SQUARE = {19: 43.820, 23: 49.728, 99: 148.230, 575: 685.518}


def chi_square(counts):
    """How far counts are from being equal."""
    mean = counts.sum() / counts.size
    return ((counts - mean) ** 2 / mean).sum()


@pytest.mark.parametrize("rows", [0, 1, 2, 7, 1_000, 4_096, 4_097, 16_385, 300_003])
@pytest.mark.parametrize("seed", [0, 1, 2**64 - 1])
def test_permutations_are_dealt_and_mixed(rows, seed):
    expected = permutation(seed, rows)
    for threads in (1, 2, 5):
        found = arrcalc.permutation(rows, seed, threads=threads)
        assert found.dtype == np.int64
        assert np.array_equal(found, expected)
    assert np.array_equal(arrcalc.permutation(np.int32(rows), seed=seed), expected)


DTYPES = ["?", "i1", "u2", "f2", ">i4", "f4", "f8", ">f8", "i8", "c8", "c16", "M8[s]", "U3", "S5", "O", "i4,f8"]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("rows", [0, 1, 30_001])
def test_elements_of_any_type_move_whole(dtype, rows):
    numbers = np.arange(rows)
    if dtype == "i4,f8":
        values = np.zeros(rows, dtype)
        values["f0"] = numbers
    elif dtype == "?":
        values = numbers % 3 == 0
    elif dtype == "M8[s]":
        values = numbers.astype(dtype)
    else:
        values = (numbers % 100).astype(dtype)
    expected = values[permutation(5, rows)]
    found = arrcalc.permutation(values, seed=5, threads=2)
    assert found.dtype == values.dtype
    assert np.array_equal(found, expected)
    arrcalc.shuffle(values, seed=5, threads=2)
    assert np.array_equal(values, expected)


def test_arrays_of_any_layout_are_shuffled_along_the_first_axis():
    base = np.arange(60_000.0)
    views = {
        "strided": base[::3],
        "reversed": base[::-1],
        "rows": base.reshape(-1, 3),
        "columns": base.reshape(3, -1).T,
        "cube": base.reshape(-1, 5, 4),
        "unaligned": np.frombuffer(bytearray(1) + bytearray(base.tobytes()), "u1")[1:].view("f8"),
    }
    for name, view in views.items():
        expected = view[permutation(6, len(view))]
        assert np.array_equal(arrcalc.permutation(view, seed=6), expected), name
        copy = np.empty_like(base, shape=(2 * len(view), *view.shape[1:]))[::2]
        copy[...] = view
        arrcalc.shuffle(copy, seed=6)
        assert np.array_equal(copy, expected), name
    raw = bytearray(1) + bytearray(base.tobytes())
    unaligned = np.frombuffer(raw, "f8", offset=1)
    arrcalc.shuffle(unaligned, seed=6)
    assert np.array_equal(unaligned, base[permutation(6, base.size)])
    assert np.array_equal(arrcalc.permutation([3, 1, 2], seed=1), np.array([3, 1, 2])[permutation(1, 3)])


def test_what_cannot_be_shuffled_is_said():
    frozen = np.arange(3.0)
    frozen.flags.writeable = False
    for wrong in (frozen, [1, 2, 3], 5):
        with pytest.raises(arrcalc.InputError):
            arrcalc.shuffle(wrong)
    for wrong in (-1, 2**63):
        with pytest.raises(arrcalc.InputError):
            arrcalc.permutation(wrong)
    with pytest.raises(arrcalc.InputError, match="seed"):
        arrcalc.permutation(3, seed=-1)
    with pytest.raises(arrcalc.InputError):
        arrcalc.permutation(np.float64(1.5))


@pytest.mark.parametrize("rows", [1, 10, 5_000, 300_000])
def test_samples_are_the_least_keys(rows):
    values = np.arange(rows) / 3
    for count in {0, 1, rows // 10, rows // 2, rows}:
        first = order(7, rows)[:count]
        for threads in (1, 2):
            found, index = arrcalc.sample(values, count, seed=7, return_index=True, threads=threads)
            assert np.array_equal(index, np.sort(first))
            assert np.array_equal(found, values[index])
            assert np.array_equal(arrcalc.sample(rows, count, seed=7, shuffled=True, threads=threads), first)
    with pytest.raises(arrcalc.InputError, match=str(rows)):
        arrcalc.sample(values, rows + 1)


def test_rows_of_tables_of_numbers_are_sampled():
    values = np.arange(300).reshape(100, 3)
    assert np.array_equal(arrcalc.sample(values, 9, seed=1), values[np.sort(order(1, 100)[:9])])


def test_draws_with_replacement_are_products_of_words():
    words = np.random.Philox(3).jumped().random_raw(1_000)
    expected = [int(word) * 11 >> 64 for word in words]
    assert arrcalc.sample(11, 1_000, replace=True, seed=3, shuffled=True).tolist() == expected
    assert arrcalc.sample(11, 1_000, replace=True, seed=3).tolist() == sorted(expected)
    with pytest.raises(arrcalc.InputError):
        arrcalc.sample(0, 1, replace=True)


def test_weights_decide():
    weights = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    draws = arrcalc.sample(5, 100_000, replace=True, weights=weights, seed=4)
    counts = np.bincount(draws, minlength=5)
    assert counts[0] == 0
    expected = weights[1:] / weights.sum() * 100_000
    assert ((counts[1:] - expected) ** 2 / expected).sum() < 16.266  # 0.1 %, 3 degrees of freedom
    # Equal weights choose what no weights choose.
    plain = arrcalc.sample(50_000, 400, seed=5, shuffled=True)
    assert np.array_equal(arrcalc.sample(50_000, 400, seed=5, shuffled=True, weights=np.full(50_000, 7.5)), plain)
    for wrong in ([1.0, -1.0], [1.0, math.nan], [1.0, math.inf], [1.0]):
        for replace in (False, True):
            with pytest.raises(arrcalc.InputError, match="weight"):
                arrcalc.sample(2, 1, replace=replace, weights=wrong)
    with pytest.raises(arrcalc.InputError, match="weight"):
        arrcalc.sample(5, 5, weights=weights)
    with pytest.raises(arrcalc.InputError, match="weight"):
        arrcalc.sample(2, 1, replace=True, weights=[0.0, 0.0])


def test_weighted_samples_have_the_chances_of_successive_draws():
    """The pairs of 4 rows of weights 1 to 4, in their order: 12 of them, with known chances."""
    weights = np.array([1.0, 2.0, 3.0, 4.0])
    counts = dict.fromkeys(itertools.permutations(range(4), 2), 0)
    seeds = 20_000
    for seed in range(seeds):
        counts[tuple(arrcalc.sample(4, 2, weights=weights, seed=seed, shuffled=True).tolist())] += 1
    total = weights.sum()
    chi = 0.0
    for (first, second), count in counts.items():
        chance = weights[first] / total * weights[second] / (total - weights[first])
        chi += (count - seeds * chance) ** 2 / (seeds * chance)
    assert chi < 31.264  # 0.1 %, 11 degrees of freedom


def test_permutations_are_uniform():
    """All 24 orders of 4 rows over a million seeds, also of one seed beside the next; places of one row of several."""
    seeds = 1_000_000
    weights = np.array([64, 16, 4, 1])
    codes = np.array([arrcalc.permutation(4, seed) for seed in range(seeds)]) @ weights
    orders, codes = np.unique(codes, return_inverse=True)
    assert chi_square(np.bincount(codes, minlength=24)) < CHI_SQUARE[23] and orders.size == 24
    assert chi_square(np.bincount(24 * codes[::2] + codes[1::2], minlength=576)) < CHI_SQUARE[575]
    for rows, trials in [(100, 10_000), (5_000, 20_000)]:
        places = [np.flatnonzero(arrcalc.permutation(rows, seed + 10**9) == 37)[0] for seed in range(trials)]
        assert chi_square(np.bincount(np.array(places) * 100 // rows, minlength=100)) < CHI_SQUARE[99]


def test_inclusion_is_uniform_and_seeds_differ():
    chosen = np.array([arrcalc.sample(6, 3, seed=seed) for seed in range(1_000_000)])
    subsets, counts = np.unique((1 << chosen).sum(axis=1), return_counts=True)
    assert subsets.size == 20 and chi_square(counts) < CHI_SQUARE[19]
    assert len({tuple(arrcalc.permutation(20, seed).tolist()) for seed in range(100)}) == 100


@pytest.fixture
def table():
    rows = 40_000
    return arrcalc.open(
        {
            "row": np.arange(rows),
            "g": np.array(["abc"[i % 3] for i in range(rows)]),
            "h": np.arange(rows) // 10,
            "w": (np.arange(rows) % 2).astype(float),
        }
    )


def test_datasets_are_sampled(table):
    rows = len(table)
    first = np.sort(order(8, rows)[:500])
    for threads in (1, 2, 5):
        assert np.array_equal(table.sample(500, seed=8, threads=threads)["row"], first)
    assert np.array_equal(table.sample(500, seed=8, shuffled=True)["row"], order(8, rows)[:500])
    assert np.array_equal(table.sample(fraction=0.25, seed=8)["row"], np.flatnonzero(keys(8, rows) < 2**62))
    assert table.query("count(*) as n", by="g").to_dict()["n"] == [13334, 13333, 13333]
    by = table.sample(20, by="g", seed=8)["row"]
    assert np.array_equal(np.bincount(by % 3), [20, 20, 20])
    assert (table.sample(500, weights="w", seed=8)["row"] % 2 == 1).all()
    assert len(table.sample(2 * rows, replace=True, seed=8)) == 2 * rows
    for wrong in [{}, {"n": 1, "fraction": 0.5}, {"n": 1, "by": "g", "replace": True}, {"n": 1, "weights": "g"}]:
        with pytest.raises(arrcalc.Error):
            table.sample(**wrong)


def test_datasets_are_split(table):
    rows = len(table)
    rank = np.empty(rows, dtype=int)
    rank[order(9, rows)] = np.arange(rows)
    test = table.split(test=0.1, seed=9)
    assert test.dtype == bool
    assert np.array_equal(test, rank < 4_000)
    assert np.array_equal(table.split(folds=7, seed=9), rank * 7 // rows)
    assert np.array_equal(table.split(folds=7, seed=9, threads=1), table.split(folds=7, seed=9, threads=5))
    grouped = table.split(folds=4, group="h", seed=9).reshape(-1, 10)
    assert (grouped == grouped[:, :1]).all()
    assert np.array_equal(np.bincount(grouped[:, 0]), [1_000] * 4)
    strata = table.split(test=0.3, stratify=["g"], seed=9)
    assert strata.sum() == 12_000
    assert all(abs(strata[group::3].sum() - 4_000) <= 1 for group in range(3))
    for wrong in [{}, {"test": 0.1, "folds": 2}, {"folds": 1}, {"test": 2.0}, {"folds": 4, "group": "no"}]:
        with pytest.raises(arrcalc.Error):
            table.split(**wrong)
