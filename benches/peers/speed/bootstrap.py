"""Questions about the bootstrap and the permutation test, over a column in memory."""

import numpy as np

ROWS = 1_000_000
REPLICATES = 1000


def questions(data, question):
    """What `bootstrap` is measured by; `question` makes one line of the comparison."""
    import arrcalc
    from scipy import stats

    x = np.ascontiguousarray(data.y[:ROWS])
    few = np.ascontiguousarray(data.y[:10_000])
    other = np.ascontiguousarray(data.x[:10_000])

    # Replicates differ from generator to generator: ends agree as far as 1,000 of them tell.
    def scipys(sample, statistic, method, **options):
        random = np.random.default_rng(0)
        found = stats.bootstrap(
            (sample,), statistic, n_resamples=REPLICATES, method=method, rng=random, batch=10, **options
        )
        return float(found.standard_error * np.sqrt(len(sample)))

    def ours(sample, statistic, method):
        found = arrcalc.bootstrap(sample, statistic, replicates=REPLICATES, method=method)
        return float(found.standard_error * np.sqrt(len(sample)))

    yield question(
        "bootstrap of the mean, 1,000 replicates of 10^6 rows",
        {
            "arrcalc": lambda: ours(x, "mean", "percentile"),
            "scipy": lambda: scipys(x, np.mean, "percentile", vectorized=True),
        },
        {"scipy": 10},
        tolerance=0.2,
    )
    yield question(
        "bootstrap of the median, 1,000 replicates of 10^4 rows",
        {
            "arrcalc": lambda: ours(few, "median", "percentile"),
            "scipy": lambda: scipys(few, np.median, "percentile", vectorized=True),
        },
        tolerance=0.3,
    )
    yield question(
        "permutation test of means, 1,000 relabellings of 2 x 10^4 rows",
        {
            "arrcalc": lambda: arrcalc.permutation_test(few, other, replicates=REPLICATES).statistic,
            "scipy": lambda: float(
                stats.permutation_test(
                    (few, other),
                    lambda a, b, axis: a.mean(axis=axis) - b.mean(axis=axis),
                    vectorized=True,
                    n_resamples=REPLICATES,
                    batch=100,
                ).statistic
            ),
        },
        tolerance=1e-9,
    )
