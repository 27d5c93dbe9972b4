"""bootstrap and permutation_test against their definitions, with NumPy's Philox and exact fractions."""

from decimal import Decimal, getcontext
from fractions import Fraction

import arrcalc
import numpy as np
import pytest

RANDOM = np.random.Generator(np.random.Philox(51))
TWO_64 = 2**64


def thresholds():
    """P(X <= k) of a Poisson(1) variable in units of 2^-72, as long as it is not 1."""
    getcontext().prec = 80
    total, term, found = Decimal(0), Decimal(-1).exp(), []
    for k in range(1, 40):
        total += term
        term /= k
        scaled = int((total * 2**72).to_integral_value())
        if scaled >= 2**72:
            break
        found.append(scaled)
    return found


THRESHOLDS = thresholds()


def stream(seed, replicate, place):
    """The words of stream `jumped(replicate + 1)`, `place * 2^192` blocks on."""
    bits = np.random.Philox(seed)
    state = bits.state
    counter = sum(int(word) << (64 * at) for at, word in enumerate(state["state"]["counter"]))
    counter = (counter + ((replicate + 1) << 128) + (place << 192)) % 2**256
    words = [(counter >> (64 * at)) % TWO_64 for at in range(4)]
    state["state"]["counter"] = np.array(words, dtype=np.uint64)
    bits.state = state
    return bits


def counts(seed, replicate, rows):
    """How often the replicate takes each row."""
    size = -(-rows // 8)
    digits = [stream(seed, replicate, place).random_raw(size).astype("<u8").view(np.uint8)[:rows] for place in range(9)]
    uniform = [int.from_bytes(bytes(int(digit[row]) for digit in digits), "big") for row in range(rows)]
    return np.array([sum(threshold <= u for threshold in THRESHOLDS) for u in uniform])


def rounded(fraction):
    """The nearest float: what division of Python's integers gives."""
    return fraction.numerator / fraction.denominator


@pytest.mark.parametrize("rows", [1, 7, 8, 31, 33, 300, 1500])
def test_replicates_are_those_of_the_definition(rows):
    x = RANDOM.standard_normal(rows) * 10.0 ** RANDOM.integers(-9, 9, rows)
    found = arrcalc.bootstrap(x, replicates=5, seed=9)
    expected = []
    for replicate in range(5):
        taken = counts(9, replicate, rows)
        if taken.sum() == 0:
            continue
        total = sum(Fraction(float(value)) * int(count) for value, count in zip(x, taken))
        expected.append(rounded(total / int(taken.sum())))
    assert found.distribution.tolist() == expected
    for statistic, function in [("sum(x)", None), ("median(x)", np.median), ("max(x)", np.max), ("std(x)", None)]:
        found = arrcalc.bootstrap(x, statistic, replicates=5, seed=9).distribution
        written = [np.repeat(x, counts(9, replicate, rows)) for replicate in range(5)]
        same = [arrcalc.evaluate(statistic, x=part) for part in written if part.size or statistic == "sum(x)"]
        same = [value for value in same if not (statistic == "std(x)" and np.isnan(value))]
        assert found.tolist() == same, statistic
        if function:
            assert found.tolist() == [function(part) for part in written if part.size]


def test_intervals_are_those_of_the_replicates():
    x = RANDOM.exponential(size=400)
    found = arrcalc.bootstrap(x, "std", replicates=700, confidence=0.9, seed=3)
    replicates = found.distribution
    low, high = np.quantile(replicates, [0.05, 0.95])
    np.testing.assert_allclose([found.low, found.high], [low, high], rtol=1e-14)
    np.testing.assert_allclose(found.standard_error, replicates.std(ddof=1), rtol=1e-12)
    np.testing.assert_allclose(found.bias, replicates.mean() - found.estimate, rtol=1e-9)
    basic = arrcalc.bootstrap(x, "std", replicates=700, confidence=0.9, seed=3, method="basic")
    np.testing.assert_allclose([basic.low, basic.high], [2 * basic.estimate - high, 2 * basic.estimate - low])
    assert basic.distribution.tolist() == replicates.tolist()


def test_bca_is_efrons():
    special = pytest.importorskip("scipy.special")
    for rows in (50, 400):
        x = RANDOM.exponential(size=rows)
        found = arrcalc.bootstrap(x, "mean", replicates=999, method="bca", seed=4)
        replicates = found.distribution
        share = ((replicates < found.estimate).sum() + (replicates <= found.estimate).sum()) / 2 / replicates.size
        left_out = np.array([np.delete(x, row).mean() for row in range(rows)])
        distances = left_out.mean() - left_out
        acceleration = (distances**3).sum() / (6 * (distances**2).sum() ** 1.5)
        ends = special.ndtri(share) + special.ndtri([0.025, 0.975])
        ends = special.ndtr(special.ndtri(share) + ends / (1 - acceleration * ends))
        np.testing.assert_allclose([found.low, found.high], np.quantile(replicates, ends), rtol=1e-9)


def test_every_schedule_and_form_gives_the_same_bits():
    x, y = RANDOM.standard_normal((2, 70_000))
    expected = arrcalc.bootstrap((x, y), "corr(x, y)", replicates=20, threads=1)
    for threads in (2, 5, None):
        found = arrcalc.bootstrap((x, y), "corr(x, y)", replicates=20, threads=threads)
        assert found.distribution.tobytes() == expected.distribution.tobytes()
    for source in ({"x": x, "y": y}, {"x": np.repeat(x, 2)[::2], "y": y.astype(">f8")}):
        found = arrcalc.bootstrap(source, "corr(x, y)", replicates=20)
        assert found.distribution.tobytes() == expected.distribution.tobytes()
    other = arrcalc.bootstrap((x, y), "corr(x, y)", replicates=20, seed=1)
    assert not np.any(other.distribution == expected.distribution)
    table = arrcalc.open({"x": x, "y": y}).bootstrap("corr(x, y) as r", replicates=20, where="x < 100").to_dict()
    assert table["low"] == [expected.low] and table["std_error"] == [expected.standard_error]
    # A file cut in two, and integers of any width, are the same rows.
    small = (x * 100).astype(np.int8)
    wide = arrcalc.bootstrap(small.astype(np.int64), "var", replicates=20)
    assert arrcalc.bootstrap(small, "var", replicates=20).distribution.tobytes() == wide.distribution.tobytes()


def test_files_may_be_cut_anywhere(tmp_path):
    x = RANDOM.standard_normal(5000)
    for name, part in [("whole", x), ("a", x[:1237]), ("b", x[1237:1240]), ("c", x[1240:])]:
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "x.npy", part)
    files = [tmp_path / name / "x.npy" for name in "abc"]
    for statistic in ("mean(x)", "median(x)"):
        cut = arrcalc.bootstrap(files, statistic, replicates=30)
        whole = arrcalc.bootstrap(tmp_path / "whole" / "x.npy", statistic, replicates=30)
        assert cut.distribution.tobytes() == whole.distribution.tobytes()


def test_standard_errors_are_those_of_theory():
    x = RANDOM.standard_normal(4000)
    found = arrcalc.bootstrap(x, replicates=2000)
    # The spread of a standard deviation of 2,000 replicates is 1.6 %.
    np.testing.assert_allclose(found.standard_error, x.std() / np.sqrt(x.size), rtol=0.08)
    assert found.low < found.estimate < found.high


def test_replicates_rows_and_seeds_are_independent():
    """Means of replicates over many seeds: no replicate goes with another, nor with those of the next seed."""
    x, seeds, replicates = RANDOM.standard_normal(60), 4_000, 12
    means = np.array([arrcalc.bootstrap(x, replicates=replicates, seed=seed).distribution for seed in range(seeds)])
    between = np.corrcoef(means.T)[np.triu_indices(replicates, 1)]
    serial = [np.corrcoef(column[:-1], column[1:])[0, 1] for column in means.T]
    # 78 correlations of normal errors 1 / sqrt(seeds): one in thirty thousand runs leaves five of them.
    assert np.abs(np.r_[between, serial]).max() < 5 / seeds**0.5
    # Counts of a row show in the mean of a column that is 1 there alone: two rows of a replicate do not go together.
    first, second = (np.eye(1, 60, row)[0] for row in (4, 5))
    found = [[arrcalc.bootstrap(e, replicates=2_000, seed=3).distribution for e in (first, second)]]
    counts = np.array(found[0])
    assert abs(np.corrcoef(counts)[0, 1] + 1 / 59) < 5 / 2_000**0.5


def test_refusals():
    x = [1.0, 2.0, 3.0]
    for arguments, message in [
        (dict(statistic="speed"), "speed"),
        (dict(statistic="argmin(x)"), "where rows stand"),
        (dict(statistic="x + 1"), "aggregates"),
        (dict(statistic="mean(x), sum(x)"), "several values"),
        (dict(confidence=95), "confidence"),
        (dict(method="abc"), "method"),
        (dict(replicates=0), "replicates"),
    ]:
        with pytest.raises(ValueError, match=message):
            arrcalc.bootstrap(x, **arguments)
    with pytest.raises(ValueError, match="which array"):
        arrcalc.bootstrap((x, x), "mean")


def labels(seed, relabelling, rows, first):
    words = np.random.Philox(seed).jumped(relabelling + 1).random_raw(rows)
    chosen = np.zeros(rows, dtype=bool)
    chosen[np.argsort(words, kind="stable")[:first]] = True
    return chosen


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_relabellings_are_those_of_the_definition(alternative):
    x, y = RANDOM.standard_normal(13) + 0.5, RANDOM.standard_normal(9) * 1e10
    both = np.concatenate([x, y])
    found = arrcalc.permutation_test(x, y, replicates=300, alternative=alternative, seed=8)
    values = [Fraction(float(value)) for value in both]

    def difference(chosen):
        first = [value for value, is_first in zip(values, chosen) if is_first]
        second = [value for value, is_first in zip(values, chosen) if not is_first]
        return sum(first) / len(first) - sum(second) / len(second)

    observed = difference([True] * 13 + [False] * 9)
    differences = [difference(labels(8, relabelling, 22, 13)) for relabelling in range(300)]
    extreme = {
        "two-sided": lambda d: abs(d) >= abs(observed),
        "less": lambda d: d <= observed,
        "greater": lambda d: d >= observed,
    }[alternative]
    assert found.statistic == rounded(observed)
    assert found.distribution.tolist() == [rounded(d) for d in differences]
    assert found.p_value == (sum(map(extreme, differences)) + 1) / 301
    medians = arrcalc.permutation_test(x, y, "median difference", replicates=50, seed=8).distribution
    expected = [labels(8, relabelling, 22, 13) for relabelling in range(50)]
    assert medians.tolist() == [np.median(both[chosen]) - np.median(both[~chosen]) for chosen in expected]


def test_ties_count():
    # Every labelling of 0.1s has the same means, whatever float sums say.
    assert arrcalc.permutation_test([0.1] * 7, [0.1] * 5, replicates=99).p_value == 1.0
    found = arrcalc.permutation_test([1, 2, 3], np.array([1, 2, 3], dtype=np.int8), replicates=99)
    assert (found.statistic, found.p_value) == (0.0, 1.0)
    with pytest.raises(ValueError, match="finite"):
        arrcalc.permutation_test([1.0, np.nan], [1.0])
    with pytest.raises(ValueError, match="alternative"):
        arrcalc.permutation_test([1.0], [1.0], alternative="more")


def test_threads_change_nothing():
    x, y = RANDOM.standard_normal(5000), RANDOM.standard_normal(3000)
    one = arrcalc.permutation_test(x, y, replicates=40, threads=1)
    for threads in (2, 5):
        assert arrcalc.permutation_test(x, y, replicates=40, threads=threads).distribution.tobytes() == (
            one.distribution.tobytes()
        )
