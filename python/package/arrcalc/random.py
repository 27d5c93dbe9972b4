"""Chance that repeats: NumPy's seeds and streams, on all threads, and draws that are functions of (stream, row).

`default_rng`, `Philox`, `PCG64` and `SeedSequence` have NumPy's bits in `random`, `random_raw`, `generate_state`, `spawn`,
`jumped` and `advance`, whatever the number of threads:

>>> import arrcalc, numpy
>>> own, numpys = arrcalc.random.default_rng(42), numpy.random.default_rng(42)
>>> bool((own.random(1000, threads=2) == numpys.random(1000)).all())
True

The other distributions are arrcalc's own mappings from a word of the stream to a value, the same for every machine, thread
count and cut into calls:

>>> whole = arrcalc.random.Philox(7).gamma(2.5, size=1000)
>>> rng = arrcalc.random.Philox(7)
>>> parts = [rng.gamma(2.5, size=n) for n in (1, 299, 700)]
>>> bool((whole == numpy.concatenate(parts)).all())
True
"""

from ._arrcalc import PCG64, Generator, Philox, SeedSequence, default_rng

__all__ = ["PCG64", "Generator", "Philox", "SeedSequence", "default_rng"]
