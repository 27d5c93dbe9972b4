"""Exact statistics of arrays, tables and files: correctly rounded, the same bits for any number of threads.

The reductions have NumPy's names and defaults and reduce over all elements of an array of any shape. Floats are summed
exactly and rounded once, integers never overflow:

>>> import arrcalc
>>> arrcalc.sum([1e100, 1.0, -1e100])
np.float64(1.0)
>>> arrcalc.sum([2**62, 2**62, 2**62])
13835058055282163712

`describe` gives every statistic of every column of a file, an array or an Arrow table.
"""

from importlib.metadata import version as _version

from ._arrcalc import (
    Description,
    argmax,
    argmin,
    count_nonzero,
    describe,
    dot,
    get_threads,
    max,
    mean,
    median,
    min,
    nanargmax,
    nanargmin,
    nanmax,
    nanmean,
    nanmedian,
    nanmin,
    nanpercentile,
    nanquantile,
    nanstd,
    nansum,
    nanvar,
    norm,
    percentile,
    quantile,
    set_threads,
    std,
    sum,
    var,
)
from ._errors import BugError, DeadlineError, DtypeError, Error, FileError, FileMissingError, InputError, MemoryLimitError

__version__ = _version("arrcalc")

__all__ = [
    "BugError",
    "DeadlineError",
    "Description",
    "DtypeError",
    "Error",
    "FileError",
    "FileMissingError",
    "InputError",
    "MemoryLimitError",
    "argmax",
    "argmin",
    "count_nonzero",
    "describe",
    "dot",
    "get_threads",
    "max",
    "mean",
    "median",
    "min",
    "nanargmax",
    "nanargmin",
    "nanmax",
    "nanmean",
    "nanmedian",
    "nanmin",
    "nanpercentile",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "norm",
    "percentile",
    "quantile",
    "set_threads",
    "std",
    "sum",
    "var",
]
