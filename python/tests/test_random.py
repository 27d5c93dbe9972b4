"""Streams against NumPy's, bit for bit; distributions against themselves in other cuts, and against their moments."""

import threading

import arrcalc
import numpy as np
import pytest

PAIRS = [(arrcalc.random.Philox, np.random.Philox), (arrcalc.random.PCG64, np.random.PCG64)]
SEEDS = [0, 1, 42, 2**32, 2**64 + 7, 2**130 + 99, [1, 2, 3], [0], [2**40, 5]]


def same(found, expected):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.dtype == expected.dtype and found.shape == expected.shape
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_seed_sequences_are_numpys(seed):
    own, numpys = arrcalc.random.SeedSequence(seed), np.random.SeedSequence(seed)
    for _ in range(2):
        for mine, theirs in zip(own.spawn(3), numpys.spawn(3), strict=True):
            assert mine.spawn_key == theirs.spawn_key and mine.entropy == theirs.entropy
            same(mine.generate_state(9), theirs.generate_state(9))
            for grandchild, other in zip(mine.spawn(2), theirs.spawn(2), strict=True):
                same(grandchild.generate_state(5, np.uint64), other.generate_state(5, np.uint64))
    assert own.n_children_spawned == numpys.n_children_spawned == 6
    for key in [(0,), (7, 2**31), (2**40, 0, 1), 5]:
        theirs = np.random.SeedSequence(seed, spawn_key=key if isinstance(key, tuple) else (key,))
        same(arrcalc.random.SeedSequence(seed, spawn_key=key).generate_state(8), theirs.generate_state(8))


@pytest.mark.parametrize(("own", "numpys"), PAIRS)
@pytest.mark.parametrize("seed", SEEDS, ids=str)
def test_words_and_doubles_are_numpys_across_calls_and_threads(own, numpys, seed):
    for threads in (1, 2, 5):
        mine, theirs = own(seed), np.random.Generator(numpys(seed))
        for size in (1, 0, 3, 40_001, 5, 512, 70_000):
            same(mine.random(size, threads=threads), theirs.random(size))
            same(mine.random_raw(size, threads=threads), theirs.bit_generator.random_raw(size))
        same(mine.random(), theirs.random())
        same(mine.random((3, 4, 5)), theirs.random((3, 4, 5)))


@pytest.mark.parametrize(("own", "numpys"), PAIRS)
def test_a_hundred_seeds_and_their_children(own, numpys):
    for seed in range(100):
        same(own(seed).random_raw(1000), numpys(seed).random_raw(1000))
        child = np.random.SeedSequence(seed, spawn_key=(seed, 3))
        expected = numpys(child).random_raw(1000)
        same(own(child).random_raw(1000), expected)
        same(own(arrcalc.random.SeedSequence(seed).spawn(seed + 1)[seed].spawn(4)[3]).random_raw(1000), expected)


@pytest.mark.parametrize(("own", "numpys"), PAIRS)
def test_streams_advance_and_jump_as_numpys(own, numpys):
    for delta in (0, 1, 10, 2**64 - 1, 2**64, 2**127 + 12345, 2**128 - 1, -1, -5):
        for before in (0, 1, 3, 4, 7):
            mine, theirs = own(9), numpys(9)
            same(mine.random_raw(before), theirs.random_raw(before))
            assert mine.advance(delta) is mine
            theirs.advance(delta)
            same(mine.random_raw(9), theirs.random_raw(9))
    for jumps in (1, 2, 3, 1000):
        mine, theirs = own(9), numpys(9)
        mine.random_raw(3), theirs.random_raw(3)
        jumped = mine.jumped(jumps)
        assert type(jumped) is own
        same(jumped.random_raw(9), theirs.jumped(jumps).random_raw(9))
        same(mine.random_raw(2), theirs.random_raw(2))
    same(own(9).jumped().random_raw(3), numpys(9).jumped().random_raw(3))


def test_the_default_generator_is_numpys():
    own, numpys = arrcalc.random.default_rng(42), np.random.default_rng(42)
    assert isinstance(own, arrcalc.random.PCG64) and isinstance(own, arrcalc.random.Generator)
    same(own.random(100_000), numpys.random(100_000))


DRAWS = {
    "integers": lambda rng, size, **k: rng.integers(-5, 2**62, size, **k),
    "uniform": lambda rng, size, **k: rng.uniform(-3, 5, size, **k),
    "bernoulli": lambda rng, size, **k: rng.bernoulli(0.3, size, **k),
    "normal": lambda rng, size, **k: rng.normal(1, 2, size, **k),
    "lognormal": lambda rng, size, **k: rng.lognormal(0.5, 0.25, size, **k),
    "exponential": lambda rng, size, **k: rng.exponential(3, size, **k),
    "poisson": lambda rng, size, **k: rng.poisson(12.5, size, **k),
    "many poisson": lambda rng, size, **k: rng.poisson(1e7, size, **k),
    "gamma": lambda rng, size, **k: rng.gamma(2.5, 2, size, **k),
    "small gamma": lambda rng, size, **k: rng.gamma(0.3, 1, size, **k),
    "choice": lambda rng, size, **k: rng.choice(7, size, **k),
    "weighted choice": lambda rng, size, **k: rng.choice([1.5, 2.5, 4.5], size, p=[0.2, 0.3, 0.5], **k),
}

MOMENTS = {
    "integers": (2**61 - 2.5, (2**62 / 12**0.5) ** 2),
    "uniform": (1, 64 / 12),
    "bernoulli": (0.3, 0.21),
    "normal": (1, 4),
    "lognormal": (np.exp(0.5 + 1 / 32), (np.exp(1 / 16) - 1) * np.exp(1 + 1 / 16)),
    "exponential": (3, 9),
    "poisson": (12.5, 12.5),
    "many poisson": (1e7, 1e7),
    "gamma": (5, 10),
    "small gamma": (0.3, 0.3),
    "choice": (3, 4),
    "weighted choice": (3.3, 0.2 * 1.8**2 + 0.3 * 0.8**2 + 0.5 * 1.2**2),
}


@pytest.mark.parametrize("own", [arrcalc.random.Philox, arrcalc.random.PCG64])
@pytest.mark.parametrize("name", DRAWS)
def test_draws_do_not_depend_on_cuts_or_threads(own, name):
    draw = DRAWS[name]
    whole = draw(own(3), 100_000, threads=1)
    same(draw(own(3), 100_000, threads=2), whole)
    same(draw(own(3), (4, 25_000), threads=5).ravel(), whole)
    rng = own(3)
    same(np.concatenate([draw(rng, size) for size in (1, 3, 0, 20_000, 510, 79_486)]), whole)
    rng = own(3)
    same(np.array([draw(rng, None) for _ in range(7)]), whole[:7])
    rng.random_raw(5)  # a word a row, whatever is drawn
    same(draw(rng, 100), whole[12:112])
    assert not np.array_equal(draw(own(4), 1000), whole[:1000])


@pytest.mark.parametrize("name", DRAWS)
def test_moments_are_those_of_theory(name):
    mean, variance = MOMENTS[name]
    values = DRAWS[name](arrcalc.random.Philox(2026), 400_000).astype("f8")
    assert abs(values.mean() - mean) < 4.5 * (variance / values.size) ** 0.5
    fourth = ((values - mean) ** 4).mean() / variance**2
    assert abs(values.var() / variance - 1) < 4.5 * ((fourth - 1) / values.size) ** 0.5


def test_values_follow_from_words():
    words = np.random.Philox(5).random_raw(1000)
    doubles = (words >> 11) * 2.0**-53
    rng = arrcalc.random.Philox
    same(rng(5).uniform(-1, 3, 1000), -1 + 4 * doubles)
    same(rng(5).bernoulli(0.25, 1000), words < 2**62)
    same(rng(5).choice(["a", "b"], 1000, p=[1, 1]), np.where(words < 2**63, "a", "b"))
    low, count = -7, 1000
    expected = [low + (int(word) * count >> 64) for word in words]
    same(rng(5).integers(low, low + count, 1000), np.array(expected))
    np.testing.assert_allclose(rng(5).exponential(2, 1000), -2 * np.log((words | 1) / 2.0**64), rtol=1e-14)


def test_choice_takes_arrays_ranges_and_shapes():
    rng = arrcalc.random.Philox(1)
    rows = np.arange(6).reshape(3, 2)
    assert set(map(tuple, rng.choice(rows, 50))) == {(0, 1), (2, 3), (4, 5)}
    assert rng.choice(np.array(["x", "y"]), (2, 3)).shape == (2, 3)
    assert rng.choice(["only"]) == "only"
    assert rng.choice(3).dtype == np.int64
    assert rng.integers(5, size=100).max() == 4
    assert rng.integers(-(2**63), 2**63 - 1, 3, endpoint=True).shape == (3,)


@pytest.mark.parametrize(
    "call",
    [
        lambda rng: rng.uniform(1, 0),
        lambda rng: rng.uniform(0, np.inf),
        lambda rng: rng.integers(0),
        lambda rng: rng.integers(5, 5),
        lambda rng: rng.normal(0, -1),
        lambda rng: rng.normal(np.nan),
        lambda rng: rng.lognormal(0, np.nan),
        lambda rng: rng.exponential(-1),
        lambda rng: rng.poisson(-1),
        lambda rng: rng.poisson(1e10),
        lambda rng: rng.gamma(0),
        lambda rng: rng.bernoulli(1.5),
        lambda rng: rng.choice([]),
        lambda rng: rng.choice(0),
        lambda rng: rng.choice(3, p=[0.5, 0.5]),
        lambda rng: rng.choice(2, p=[0, 0]),
        lambda rng: rng.choice(2, p=[1, -1]),
        lambda rng: rng.random(-1),
        lambda rng: rng.random((2, -1)),
        lambda rng: rng.random("many"),
        lambda rng: rng.random((2**40, 2**40)),
        lambda rng: rng.random(3, threads=0),
        lambda rng: rng.advance("far"),
        lambda rng: rng.jumped(1.5),
    ],
)
def test_what_makes_no_sense_is_refused(call):
    rng = arrcalc.random.Philox(1)
    with pytest.raises(arrcalc.InputError):
        call(rng)
    same(rng.random_raw(3), np.random.Philox(1).random_raw(3))  # and moves nothing on


@pytest.mark.parametrize("seed", [None, -1, 1.5, "seed", [1, -2], [1.5]])
def test_seeds_are_natural_numbers(seed):
    for made in (arrcalc.random.Philox, arrcalc.random.default_rng, arrcalc.random.SeedSequence):
        with pytest.raises(arrcalc.InputError):
            made(seed)


def test_threads_of_the_caller_get_different_words():
    rng = arrcalc.random.PCG64(11)
    found = []
    draw = lambda: found.extend(rng.random_raw(64) for _ in range(50))  # noqa: E731
    workers = [threading.Thread(target=draw) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    same(np.sort(np.concatenate(found)), np.sort(np.random.PCG64(11).random_raw(64 * 200)))


def test_a_lone_whole_number_is_the_size_of_normal():
    def draws():
        return arrcalc.random.Philox(3)

    four = draws().normal(0, 1, 4)
    for same in [
        draws().normal(4),
        draws().normal(np.int64(4)),
        draws().normal(size=4),
        draws().normal(0, 1, size=4),
        draws().normal(None, 1, 4),
        draws().standard_normal(4),
        draws().normal((2, 2)).ravel(),
    ]:
        assert same.tobytes() == four.tobytes()
    assert isinstance(draws().normal(10.0), np.float64) and draws().normal(10.0) == 10.0 + four[0]
    assert draws().normal(10, 2) == 10 + 2 * four[0] == draws().normal(loc=10, scale=2)
    for wrong in [lambda: draws().normal(1, 2, 3, 4), lambda: draws().normal(1, loc=2), lambda: draws().normal("a")]:
        with pytest.raises((ValueError, TypeError)):
            wrong()
