"""The data sets of the comparisons, and the exact answers to check everyone against.

Columns are written once into a cache folder (never into the repository) and are a function of their name and
length alone.
"""

import os
from fractions import Fraction
from pathlib import Path

import numpy as np


def ledger(rows):
    """A payments column: cents, most of them small, with rare large transfers that are reversed later.

    Nothing exotic: finite, no subnormals. But the sum is far smaller than what was moved, so an adder that
    rounds at every step shows its order of additions in the leading digits.
    """
    random = np.random.Generator(np.random.Philox(2))
    amounts = np.round(random.lognormal(3.0, 2.0, rows), 2) * random.choice([-1.0, 1.0], rows)
    transfers = rows // 1000
    where = random.permutation(rows)[: 2 * transfers]
    large = np.round(random.lognormal(16.0, 2.0, transfers), 2)
    amounts[where[:transfers]] = large
    amounts[where[transfers:]] = -large
    return amounts


def table(rows):
    """The four columns of the speed comparison: f64 with a heavy tail, f64 normal, i64 and i32 keys."""
    random = np.random.Generator(np.random.Philox(42))
    x = random.lognormal(0, 2, rows)
    x[::7] *= -1
    y = random.standard_normal(rows)
    k = random.integers(0, 1_000_000, rows, dtype=np.int64)
    g = random.integers(0, 1000, rows, dtype=np.int32)
    return {"x": x, "y": y, "k": k, "g": g}


def cached_ledger(folder, rows):
    """Path of the ledger column as .npy."""
    path = Path(folder) / f"ledger-{rows}.npy"
    if not path.exists():
        _write(path, lambda part: np.save(part, ledger(rows)))
    return path


def cached_table(folder, rows, csv_rows):
    """Paths of the table: one .npy a column, one Arrow IPC file, one Parquet file, and a shorter CSV."""
    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet

    folder = Path(folder) / f"table-{rows}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{name}.npy" for name in "xykg"}
    paths |= {"arrow": folder / "t.arrow", "parquet": folder / "t.parquet", "csv": folder / f"t-{csv_rows}.csv"}
    if all(path.exists() for path in paths.values()):
        return paths
    columns = table(rows)
    for name, values in columns.items():
        _write(paths[name], lambda part, values=values: np.save(part, values))
    batch_rows = min(rows, 1_000_000)
    whole = pyarrow.table(columns)

    def write_ipc(part):
        with pyarrow.OSFile(str(part), "wb") as sink, pyarrow.ipc.new_file(sink, whole.schema) as writer:
            writer.write_table(whole, max_chunksize=batch_rows)

    _write(paths["arrow"], write_ipc)
    _write(
        paths["parquet"],
        lambda part: pyarrow.parquet.write_table(whole, part, compression="zstd", row_group_size=batch_rows),
    )
    _write(paths["csv"], lambda part: pyarrow.csv.write_csv(whole.slice(0, csv_rows), part))
    return paths


def _write(path, write):
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name("part-" + path.name)  # the suffix stays: numpy.save would add one
    write(part)
    os.replace(part, path)


def exact_moments(values):
    """(n, sum, sum of squares) of finite float64 values as exact rationals, by integers alone.

    Every value is `m * 2**e` with a 53-bit integer m. Per exponent, m and m*m are added as int64 pieces of at
    most 32 bits, which 2**31 values cannot overflow.
    """
    total, squares = Fraction(0), Fraction(0)
    mantissa, exponent = np.frexp(np.asarray(values, dtype=np.float64))
    whole = (mantissa * 2.0**53).astype(np.int64)
    exponent = exponent.astype(np.int64) - 53
    order = np.argsort(exponent, kind="stable")
    whole, exponent = whole[order], exponent[order]
    starts = np.flatnonzero(np.r_[True, exponent[1:] != exponent[:-1]])
    for start, end in zip(starts, np.r_[starts[1:], len(whole)], strict=True):
        m = whole[start:end]
        scale = Fraction(2) ** int(exponent[start])
        total += scale * _sum(m)
        high, low = np.abs(m) >> 27, np.abs(m) & ((1 << 27) - 1)
        square = (_sum(high * high) << 54) + (_sum(high * low) << 28) + _sum(low * low)
        squares += scale * scale * square
    return len(whole), total, squares


def _sum(integers):
    return (int((integers >> 32).sum()) << 32) + int((integers & 0xFFFFFFFF).sum())


def exact_answers(values):
    """Exact sum, mean and sample variance of `values` as rationals."""
    n, total, squares = exact_moments(values)
    return {"sum": total, "mean": total / n, "var": (squares - total * total / n) / (n - 1)}


def ulps_off(answer, exact):
    """How many representable numbers lie between `answer` and the correctly rounded `exact`."""
    if not np.isfinite(answer):
        return float("inf")
    return abs(_place(float(answer)) - _place(round_to_double(exact)))


def round_to_double(exact):
    """`exact` rounded once, to nearest, ties to even: Python's integer division does just that."""
    return exact.numerator / exact.denominator


def _place(value):
    bits = int(np.float64(value).view(np.int64))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF)
