"""Types of `arrcalc`; the functions are compiled."""

from collections.abc import Iterator, Mapping, Sequence
from os import PathLike
from typing import Any, Literal, Protocol, TypeAlias, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import random as random

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

_Path: TypeAlias = str | PathLike[str]
_Source: TypeAlias = _Path | Sequence[_Path] | ArrayLike | Mapping[str, ArrayLike] | _ArrowStream | _ArrowArray
_Clause: TypeAlias = str | Sequence[str]
_Nan: TypeAlias = Literal["propagate", "ignore"]
_Float: TypeAlias = np.float64 | np.float32
_Method: TypeAlias = Literal[
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
    "lower",
    "higher",
    "midpoint",
    "nearest",
]

_Rule: TypeAlias = Literal["auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"]

__version__: str

class Error(Exception): ...
class InputError(Error, ValueError): ...
class DtypeError(InputError, TypeError): ...
class FileError(Error, OSError): ...
class FileMissingError(FileError, FileNotFoundError): ...
class MemoryLimitError(Error, MemoryError): ...
class DeadlineError(Error, TimeoutError): ...
class BugError(Error, RuntimeError): ...

class Description:
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> dict[str, dict[str, Any]]: ...
    def __getitem__(self, name: str) -> dict[str, Any]: ...
    def to_dict(self) -> dict[str, Any]: ...
    def to_json(self) -> str: ...
    def full(self) -> str: ...

class Table:
    @property
    def rows(self) -> int: ...
    @property
    def columns(self) -> list[str]: ...
    @property
    def schema(self) -> dict[str, str]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, name: str) -> NDArray[Any]: ...
    def __contains__(self, name: str) -> bool: ...
    def __iter__(self) -> Iterator[str]: ...
    def to_numpy(self) -> dict[str, NDArray[Any]]: ...
    def to_dict(self) -> dict[str, list[Any]]: ...
    def to_pandas(self) -> Any: ...
    def to_polars(self) -> Any: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __arrow_c_schema__(self) -> object: ...

class Dataset:
    @property
    def schema(self) -> dict[str, str]: ...
    @property
    def rows(self) -> int: ...
    def __len__(self) -> int: ...
    def query(
        self,
        select: _Clause | None = None,
        *,
        where: _Clause | None = None,
        by: _Clause | None = None,
        having: _Clause | None = None,
        order_by: _Clause | None = None,
        limit: int | None = None,
        offset: int = 0,
        nan: _Nan = "propagate",
        threads: int | None = None,
    ) -> Table: ...
    def describe(self, columns: Sequence[str] | None = None, *, threads: int | None = None) -> Description: ...
    def sort(self, by: _Clause, *, threads: int | None = None) -> Table: ...
    def bootstrap(
        self,
        select: _Clause,
        *,
        where: _Clause | None = None,
        replicates: int = 1000,
        confidence: float = 0.95,
        method: Literal["percentile", "basic", "bca"] = "percentile",
        seed: int = 0,
        nan: _Nan = "propagate",
        threads: int | None = None,
    ) -> Table: ...
    def sample(
        self,
        n: int | None = None,
        *,
        fraction: float | None = None,
        by: str | Sequence[str] | None = None,
        replace: bool = False,
        weights: str | None = None,
        seed: int = 0,
        shuffled: bool = False,
        threads: int | None = None,
    ) -> Table: ...
    def split(
        self,
        test: float | None = None,
        *,
        folds: int | None = None,
        group: str | Sequence[str] | None = None,
        stratify: str | Sequence[str] | None = None,
        seed: int = 0,
        threads: int | None = None,
    ) -> NDArray[np.bool_] | NDArray[np.int64]: ...

class Bootstrap:
    @property
    def estimate(self) -> float: ...
    @property
    def standard_error(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...
    @property
    def bias(self) -> float: ...
    @property
    def distribution(self) -> NDArray[np.float64]: ...

class PermutationResult:
    @property
    def statistic(self) -> float: ...
    @property
    def p_value(self) -> float: ...
    @property
    def distribution(self) -> NDArray[np.float64]: ...

def bootstrap(
    x: _Source | tuple[ArrayLike, ...],
    statistic: str = "mean",
    *,
    replicates: int = 1000,
    confidence: float = 0.95,
    method: Literal["percentile", "basic", "bca"] = "percentile",
    seed: int = 0,
    nan: _Nan = "propagate",
    threads: int | None = None,
) -> Bootstrap: ...
def permutation_test(
    x: ArrayLike,
    y: ArrayLike,
    statistic: str = "mean difference",
    *,
    replicates: int = 9999,
    alternative: Literal["two-sided", "less", "greater"] = "two-sided",
    seed: int = 0,
    threads: int | None = None,
) -> PermutationResult: ...
def open(source: _Source, *, threads: int | None = None) -> Dataset: ...
def query(statement: str, *, nan: _Nan = "propagate", threads: int | None = None) -> Table: ...
def evaluate(
    expression: str,
    variables: Mapping[str, ArrayLike] | None = None,
    *,
    nan: _Nan = "propagate",
    threads: int | None = None,
    **arrays: ArrayLike,
) -> Any: ...
def describe(source: _Source, columns: Sequence[str] | None = None, *, threads: int | None = None) -> Description: ...
def set_threads(n: int | None) -> None: ...
def get_threads() -> int: ...
def permutation(x: int | ArrayLike, seed: int = 0, *, threads: int | None = None) -> NDArray[Any]: ...
def shuffle(x: NDArray[Any], seed: int = 0, *, threads: int | None = None) -> None: ...
@overload
def sample(
    x: int | ArrayLike,
    n: int,
    *,
    replace: bool = False,
    weights: ArrayLike | None = None,
    seed: int = 0,
    shuffled: bool = False,
    return_index: Literal[False] = False,
    threads: int | None = None,
) -> NDArray[Any]: ...
@overload
def sample(
    x: int | ArrayLike,
    n: int,
    *,
    replace: bool = False,
    weights: ArrayLike | None = None,
    seed: int = 0,
    shuffled: bool = False,
    return_index: Literal[True],
    threads: int | None = None,
) -> tuple[NDArray[Any], NDArray[np.int64]]: ...
def sum(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> _Float | int: ...
def mean(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> _Float: ...
def var(
    a: ArrayLike,
    axis: None = None,
    dtype: None = None,
    *,
    ddof: float = 0,
    correction: float | None = None,
    threads: int | None = None,
) -> _Float: ...
def std(
    a: ArrayLike,
    axis: None = None,
    dtype: None = None,
    *,
    ddof: float = 0,
    correction: float | None = None,
    threads: int | None = None,
) -> _Float: ...
def min(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.generic: ...
def max(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.generic: ...
def argmin(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.intp: ...
def argmax(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.intp: ...
def median(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> _Float: ...
@overload
def quantile(
    a: ArrayLike, q: float, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float: ...
@overload
def quantile(
    a: ArrayLike, q: ArrayLike, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float | NDArray[np.floating]: ...
@overload
def percentile(
    a: ArrayLike, q: float, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float: ...
@overload
def percentile(
    a: ArrayLike, q: ArrayLike, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float | NDArray[np.floating]: ...
def histogram(
    a: ArrayLike,
    bins: int | ArrayLike | _Rule = 10,
    range: tuple[float, float] | None = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> tuple[NDArray[Any], NDArray[Any]]: ...
def histogram_bin_edges(
    a: ArrayLike,
    bins: int | ArrayLike | _Rule = 10,
    range: tuple[float, float] | None = None,
    weights: ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> NDArray[Any]: ...
def histogram2d(
    x: ArrayLike,
    y: ArrayLike,
    bins: int | ArrayLike | Sequence[int | ArrayLike] = 10,
    range: ArrayLike | None = None,
    density: bool | None = None,
    weights: ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> tuple[NDArray[np.float64], NDArray[Any], NDArray[Any]]: ...
def nansum(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> _Float | int: ...
def nanmean(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> _Float: ...
def nanvar(
    a: ArrayLike,
    axis: None = None,
    dtype: None = None,
    *,
    ddof: float = 0,
    correction: float | None = None,
    threads: int | None = None,
) -> _Float: ...
def nanstd(
    a: ArrayLike,
    axis: None = None,
    dtype: None = None,
    *,
    ddof: float = 0,
    correction: float | None = None,
    threads: int | None = None,
) -> _Float: ...
def nanmin(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.generic: ...
def nanmax(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.generic: ...
def nanargmin(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.intp: ...
def nanargmax(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.intp: ...
def nanmedian(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> _Float: ...
@overload
def nanquantile(
    a: ArrayLike, q: float, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float: ...
@overload
def nanquantile(
    a: ArrayLike, q: ArrayLike, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float | NDArray[np.floating]: ...
@overload
def nanpercentile(
    a: ArrayLike, q: float, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float: ...
@overload
def nanpercentile(
    a: ArrayLike, q: ArrayLike, axis: None = None, *, method: _Method = "linear", threads: int | None = None
) -> _Float | NDArray[np.floating]: ...
def norm(
    x: ArrayLike, ord: Literal[None, 2, "fro"] = None, axis: None = None, *, threads: int | None = None
) -> _Float: ...
def dot(a: ArrayLike, b: ArrayLike, *, threads: int | None = None) -> _Float | int: ...
def cumsum(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> NDArray[Any]: ...
def cumprod(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> NDArray[Any]: ...
def cummin(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> NDArray[Any]: ...
def cummax(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> NDArray[Any]: ...
def nancumsum(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> NDArray[Any]: ...
def nancumprod(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> NDArray[Any]: ...
def cum_count(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> NDArray[np.int64]: ...
def shift(x: ArrayLike, n: int = 1, *, fill_value: Any = None) -> NDArray[Any]: ...
def diff(
    a: ArrayLike,
    n: int = 1,
    axis: int = -1,
    prepend: ArrayLike | None = None,
    append: ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> NDArray[Any]: ...
def move_sum(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_mean(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_min(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_max(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_median(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_rank(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_var(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, ddof: int = 0, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_std(
    a: ArrayLike, window: int, min_count: int | None = None, axis: int = -1, ddof: int = 0, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_quantile(
    a: ArrayLike, window: int, q: float, min_count: int | None = None, axis: int = -1, *, threads: int | None = None
) -> NDArray[Any]: ...
def move_count(a: ArrayLike, window: int, axis: int = -1, *, threads: int | None = None) -> NDArray[np.int64]: ...
def ewm_mean(
    a: ArrayLike,
    *,
    alpha: float | None = None,
    span: float | None = None,
    halflife: float | None = None,
    threads: int | None = None,
) -> NDArray[np.float64]: ...
def count_nonzero(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> int: ...
def any(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.bool_: ...
def all(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> np.bool_: ...
def ptp(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> _Float | int: ...
def nanptp(a: ArrayLike, axis: None = None, *, threads: int | None = None) -> _Float | int: ...
def prod(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> _Float | int: ...
def nanprod(a: ArrayLike, axis: None = None, dtype: None = None, *, threads: int | None = None) -> _Float | int: ...
def unique(
    ar: ArrayLike,
    return_index: bool = False,
    return_inverse: bool = False,
    return_counts: bool = False,
    axis: None = None,
    *,
    equal_nan: bool = True,
    sorted: bool = True,
    threads: int | None = None,
) -> Any: ...
def count_distinct(x: ArrayLike, *, threads: int | None = None) -> int: ...
def value_counts(
    x: ArrayLike, *, sort: bool = True, threads: int | None = None
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]: ...
def mode(x: ArrayLike, *, threads: int | None = None) -> Any: ...
def bincount(
    x: ArrayLike, /, weights: ArrayLike | None = None, minlength: int = 0, *, threads: int | None = None
) -> np.ndarray[Any, Any]: ...
def cov(a: ArrayLike, b: ArrayLike, *, ddof: int = 1, threads: int | None = None) -> _Float: ...
def sort(
    a: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    order: None = None,
    *,
    stable: bool | None = None,
    descending: bool = False,
    threads: int | None = None,
) -> NDArray[Any]: ...
def partition(
    a: ArrayLike,
    kth: int | Sequence[int] | NDArray[np.integer],
    axis: int | None = -1,
    kind: str = "introselect",
    order: None = None,
    *,
    threads: int | None = None,
) -> NDArray[Any]: ...
def nth(x: ArrayLike, k: int, *, threads: int | None = None) -> np.generic: ...
def corr(a: ArrayLike, b: ArrayLike, *, threads: int | None = None) -> _Float: ...

_Comparison: TypeAlias = Literal["<", "<=", "==", "!=", ">=", ">"]

def searchsorted(
    a: ArrayLike,
    v: ArrayLike,
    side: Literal["left", "right"] = "left",
    sorter: ArrayLike | None = None,
    *,
    threads: int | None = None,
) -> NDArray[np.intp] | np.intp: ...
def nonzero(a: ArrayLike, *, threads: int | None = None) -> tuple[NDArray[np.intp], ...]: ...
def flatnonzero(a: ArrayLike, *, threads: int | None = None) -> NDArray[np.intp]: ...
def argwhere(a: ArrayLike, *, threads: int | None = None) -> NDArray[np.intp]: ...
def find(
    a: ArrayLike, comparison: _Comparison = "!=", value: float | None = None, *, threads: int | None = None
) -> int | None: ...
def filter(
    a: ArrayLike, comparison: _Comparison, value: float, *, threads: int | None = None
) -> NDArray[Any]: ...
def compress(
    condition: ArrayLike, a: ArrayLike, axis: None = None, *, threads: int | None = None
) -> NDArray[Any]: ...
def take(
    a: ArrayLike,
    indices: ArrayLike,
    axis: None = None,
    *,
    mode: Literal["raise", "wrap", "clip"] = "raise",
    threads: int | None = None,
) -> NDArray[Any] | np.generic: ...
def isin(
    element: ArrayLike,
    test_elements: ArrayLike,
    assume_unique: bool = False,
    invert: bool = False,
    *,
    kind: Literal["sort", "table"] | None = None,
    threads: int | None = None,
) -> NDArray[np.bool_] | np.bool_: ...
def digitize(
    x: ArrayLike, bins: ArrayLike, right: bool = False, *, threads: int | None = None
) -> NDArray[np.intp] | np.intp: ...
def argsort(
    a: ArrayLike,
    axis: int | None = -1,
    kind: str | None = None,
    order: None = None,
    *,
    stable: bool | None = None,
    descending: bool = False,
    threads: int | None = None,
) -> NDArray[np.intp]: ...
def lexsort(keys: ArrayLike | Sequence[ArrayLike], axis: int = -1, *, threads: int | None = None) -> NDArray[np.intp]: ...
def argpartition(
    a: ArrayLike,
    kth: int | Sequence[int],
    axis: int | None = -1,
    kind: str = "introselect",
    order: None = None,
    *,
    threads: int | None = None,
) -> NDArray[np.intp]: ...
def top_k(x: ArrayLike, k: int, *, threads: int | None = None) -> tuple[NDArray[Any], NDArray[np.intp]]: ...
def bottom_k(x: ArrayLike, k: int, *, threads: int | None = None) -> tuple[NDArray[Any], NDArray[np.intp]]: ...
def rank(
    a: ArrayLike,
    method: Literal["average", "min", "max", "dense", "ordinal"] = "average",
    *,
    descending: bool = False,
    threads: int | None = None,
) -> NDArray[np.float64] | NDArray[np.int64]: ...
