"""Exact statistics of arrays, tables and files: correctly rounded, the same bits for any number of threads.

The reductions have NumPy's names and defaults and reduce over all elements of an array of any shape. Floats are summed
exactly and rounded once, integers never overflow:

>>> import arrcalc
>>> arrcalc.sum([1e100, 1.0, -1e100])
np.float64(1.0)
>>> arrcalc.sum([2**62, 2**62, 2**62])
13835058055282163712

`describe` gives every statistic of every column of a file, an array or an Arrow table. `open` opens one to be asked:

>>> shop = arrcalc.open({"region": ["N", "S", "N"], "price": [0.1, 2.5, 0.2], "qty": [3, 1, 2]})
>>> shop.query("sum(price * qty) as total", by="region").to_dict()
{'region': ['N', 'S'], 'total': [0.7000000000000001, 2.5]}

`evaluate` computes an expression over arrays:

>>> arrcalc.evaluate("sum(x * x)", x=[3.0, 4.0])
np.float64(25.0)
"""

from importlib.metadata import version as _version

from ._arrcalc import (
    Dataset,
    Description,
    Table,
    all,
    any,
    argmax,
    argmin,
    argpartition,
    argsort,
    argwhere,
    bottom_k,
    compress,
    corr,
    count_nonzero,
    cov,
    describe,
    digitize,
    dot,
    evaluate,
    filter,
    find,
    flatnonzero,
    get_threads,
    isin,
    lexsort,
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
    nanprod,
    nanquantile,
    nanstd,
    nansum,
    nanvar,
    nonzero,
    norm,
    open,
    partition,
    percentile,
    prod,
    ptp,
    quantile,
    query,
    rank,
    searchsorted,
    set_threads,
    sort,
    std,
    sum,
    take,
    top_k,
    var,
)
from ._errors import BugError, DeadlineError, DtypeError, Error, FileError, FileMissingError, InputError, MemoryLimitError

__version__ = _version("arrcalc")

__all__ = [
    "BugError",
    "Dataset",
    "DeadlineError",
    "Description",
    "DtypeError",
    "Error",
    "FileError",
    "FileMissingError",
    "InputError",
    "MemoryLimitError",
    "Table",
    "all",
    "any",
    "argmax",
    "argmin",
    "argpartition",
    "argsort",
    "argwhere",
    "bottom_k",
    "compress",
    "corr",
    "count_nonzero",
    "cov",
    "describe",
    "digitize",
    "dot",
    "evaluate",
    "filter",
    "find",
    "flatnonzero",
    "get_threads",
    "isin",
    "lexsort",
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
    "nanprod",
    "nanquantile",
    "nanstd",
    "nansum",
    "nanvar",
    "nonzero",
    "norm",
    "open",
    "partition",
    "percentile",
    "prod",
    "ptp",
    "quantile",
    "query",
    "rank",
    "searchsorted",
    "set_threads",
    "sort",
    "std",
    "sum",
    "take",
    "top_k",
    "var",
]
