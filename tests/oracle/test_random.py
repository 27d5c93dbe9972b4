"""`arrcalc.random` beside NumPy at length: words bit for bit, distributions as two samples of the same law.

`ARRCALC_RANDOM_ROWS` sets the length (10^6 words for each seed, 10^8 draws for moments, are a matter of minutes).
"""

import os

import arrcalc
import numpy as np
import pytest

ROWS = int(os.environ.get("ARRCALC_RANDOM_ROWS", 400_000))
SEEDS = 100
CHUNK = 5_000_000

# Draws of arrcalc's, of NumPy's, mean, variance.
LAWS = {
    "uniform": (lambda r, n: r.uniform(-3, 5, n), lambda r, n: r.uniform(-3, 5, n), 1, 64 / 12),
    "integers": (lambda r, n: r.integers(-50, 1000, n), lambda r, n: r.integers(-50, 1000, n), 474.5, (1050**2 - 1) / 12),
    "bernoulli": (lambda r, n: r.bernoulli(0.3, n), lambda r, n: r.random(n) < 0.3, 0.3, 0.21),
    "normal": (lambda r, n: r.normal(1, 2, n), lambda r, n: r.normal(1, 2, n), 1, 4),
    "lognormal": (
        lambda r, n: r.lognormal(0.5, 0.25, n),
        lambda r, n: r.lognormal(0.5, 0.25, n),
        np.exp(17 / 32),
        np.expm1(1 / 16) * np.exp(17 / 16),
    ),
    "exponential": (lambda r, n: r.exponential(3, n), lambda r, n: r.exponential(3, n), 3, 9),
    "poisson 0.1": (lambda r, n: r.poisson(0.1, n), lambda r, n: r.poisson(0.1, n), 0.1, 0.1),
    "poisson 12.5": (lambda r, n: r.poisson(12.5, n), lambda r, n: r.poisson(12.5, n), 12.5, 12.5),
    "poisson 1e5": (lambda r, n: r.poisson(1e5, n), lambda r, n: r.poisson(1e5, n), 1e5, 1e5),
    "poisson 1e9": (lambda r, n: r.poisson(1e9, n), lambda r, n: r.poisson(1e9, n), 1e9, 1e9),
    "gamma 0.2": (lambda r, n: r.gamma(0.2, 2, n), lambda r, n: r.gamma(0.2, 2, n), 0.4, 0.8),
    "gamma 1": (lambda r, n: r.gamma(1, 2, n), lambda r, n: r.gamma(1, 2, n), 2, 4),
    "gamma 7.5": (lambda r, n: r.gamma(7.5, 2, n), lambda r, n: r.gamma(7.5, 2, n), 15, 30),
    "choice": (
        lambda r, n: r.choice(4, n, p=[1, 2, 3, 4]),
        lambda r, n: r.choice(4, n, p=[0.1, 0.2, 0.3, 0.4]),
        2,
        1,
    ),
}


def distance(first, second):
    """Kolmogorov and Smirnov's, times the root of the effective size."""
    first, second = np.sort(first), np.sort(second)
    places = np.concatenate([first, second])
    below = [np.searchsorted(values, places, side="right") / values.size for values in (first, second)]
    return np.abs(below[0] - below[1]).max() * (first.size * second.size / (first.size + second.size)) ** 0.5


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("stream", ["Philox", "PCG64"])
def test_two_samples_are_of_one_law(law, stream):
    own, numpys, *_ = LAWS[law]
    rows = min(ROWS, 1_000_000)
    found = own(getattr(arrcalc.random, stream)(2026), rows)
    expected = numpys(np.random.default_rng(1948), rows)
    # Smirnov (1948): above 1.9495 once in a thousand.
    assert distance(found, expected) < 1.9495


@pytest.mark.parametrize("law", LAWS)
def test_moments_are_those_of_theory(law):
    draw, _, mean, variance = LAWS[law]
    rng = arrcalc.random.Philox(7)
    first = second = fourth = rows = 0.0
    for size in [CHUNK] * (ROWS // CHUNK) + [ROWS % CHUNK]:
        centred = draw(rng, size).astype("f8") - mean
        squares = centred * centred
        first, second = first + centred.sum(), second + squares.sum()
        fourth, rows = fourth + (squares * squares).sum(), rows + size
    assert abs(first / rows) < 4.5 * (variance / rows) ** 0.5
    spread = (fourth / rows / variance**2 - 1) / rows
    assert abs(second / rows / variance - 1) < 4.5 * spread**0.5


@pytest.mark.parametrize("stream", ["Philox", "PCG64"])
def test_words_and_doubles_of_many_seeds_are_numpys(stream):
    rows = min(ROWS // 10, 1_000_000)
    for seed in range(SEEDS):
        root = np.random.SeedSequence(seed)
        kinds = [root, root.spawn(3)[2], root.spawn(1)[0].spawn(2)[1]]
        kind = kinds[seed % 3]
        own, numpys = getattr(arrcalc.random, stream)(kind), getattr(np.random, stream)(kind)
        expected = numpys.random_raw(rows)
        cuts = [0, seed + 1, 7 * seed + 9, rows // 2 + seed, rows]
        found = [own.random_raw(end - start, threads=1 + seed % 5) for start, end in zip(cuts, cuts[1:], strict=False)]
        assert np.concatenate(found).tobytes() == expected.tobytes(), seed
        numpys = np.random.Generator(getattr(np.random, stream)(kind))
        own = getattr(arrcalc.random, stream)(kind)
        assert own.random(rows, threads=2).tobytes() == numpys.random(rows).tobytes(), seed


def test_rows_seeds_and_children_are_uncorrelated():
    rows = min(ROWS, 1_000_000)
    made = arrcalc.random.Philox
    one, other = made(1).normal(size=rows), made(2).normal(size=rows)
    child = made(arrcalc.random.SeedSequence(1).spawn(1)[0]).normal(size=rows)
    gamma = made(1).gamma(3, size=rows)
    for a, b in [(one, other), (one, child), (one[1:], one[:-1]), (one[4:], one[:-4]), (gamma[1:], gamma[:-1])]:
        assert abs(np.corrcoef(a, b)[0, 1]) < 4.5 / rows**0.5
