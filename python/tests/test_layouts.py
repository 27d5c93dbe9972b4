"""Arrays are read where they lie: any stride, byte order, alignment, shape; read-only and mapped ones too."""

import array
import ctypes
import math

import arrcalc
import numpy as np
import oracle
import pytest

RANDOM = np.random.Generator(np.random.Philox(11))
BASE = RANDOM.standard_normal((24, 30, 10)) * np.ldexp(1.0, RANDOM.integers(-60, 60, (24, 30, 10)))


def unaligned(values):
    raw = np.zeros(values.nbytes + 1, dtype=np.uint8)
    view = raw[1:].view(values.dtype).reshape(values.shape)
    view[...] = values
    assert not view.flags.aligned
    return view


def read_only(values):
    values = values.copy()
    values.flags.writeable = False
    return values


FIELDS = np.zeros(500, dtype=[("a", "i1"), ("x", "<f8"), ("y", ">f4")])
FIELDS["x"] = RANDOM.standard_normal(500)
FIELDS["y"] = RANDOM.standard_normal(500)

LAYOUTS = {
    "contiguous": BASE,
    "fortran": np.asfortranarray(BASE),
    "transposed": BASE.transpose(2, 0, 1),
    "every other": BASE[::2, 1::3, ::5],
    "negative strides": BASE[::-1, ::-2, ::-1],
    "column": BASE[:, 3, 7],
    "broadcast": np.broadcast_to(BASE[0, :, :1], (7, 30, 11)),
    "broadcast scalar": np.broadcast_to(np.float64(1.1), (1000,)),
    "swapped bytes": BASE.astype(">f8"),
    "swapped bytes, strided": BASE.astype(">f8")[::3, ::-1],
    "unaligned": unaligned(BASE),
    "unaligned, strided": unaligned(BASE)[:, ::-2],
    "unaligned, swapped": unaligned(BASE.astype(">f8")),
    "read-only": read_only(BASE),
    "field": FIELDS["x"],
    "swapped field": FIELDS["y"],
    "zero dimensions": np.float64(3.25).reshape(()),
    "one element": BASE[:1, :1, :1],
    "sliding": np.lib.stride_tricks.sliding_window_view(BASE[0, 0], 4),
    "float32": BASE.astype("f4"),
    "swapped float32, strided": BASE.astype(">f4")[:, ::2],
    "swapped float16": BASE.clip(-100, 100).astype(">f2"),
    "swapped int16": (BASE * 100).clip(-30000, 30000).astype(">i2"),
    "int32 transposed": BASE.clip(-1e6, 1e6).astype("i4").T,
    "int64 every third": BASE.clip(-1e15, 1e15).astype("i8")[::3],
    "uint64 swapped": np.abs(BASE).clip(0, 1e15).astype(">u8"),
    "bool strided": (BASE > 0)[::2, ::-1],
    "matrix": BASE[0].view(np.matrix),
}


@pytest.mark.parametrize("values", LAYOUTS.values(), ids=LAYOUTS)
def test_every_layout_answers_as_its_contiguous_copy_does(values):
    dense = np.array(np.asarray(values), dtype=values.dtype.newbyteorder("="), order="C", copy=True)
    for name in ("sum", "mean", "var", "norm", "min", "max", "median"):
        function = getattr(arrcalc, name)
        found, expected = function(values), function(dense)
        assert type(found) is type(expected)
        assert found == expected or oracle.bits(found) == oracle.bits(expected), name
    for name in ("argmin", "argmax"):
        assert getattr(arrcalc, name)(values) == getattr(np, name)(dense)
    assert arrcalc.count_nonzero(values) == np.count_nonzero(dense)
    assert arrcalc.quantile(values, [0.1, 0.7]).tolist() == arrcalc.quantile(dense, [0.1, 0.7]).tolist()
    assert arrcalc.dot(values, values) == arrcalc.dot(dense, dense) or not np.isfinite(arrcalc.dot(dense, dense))
    if dense.dtype.kind == "f" and dense.dtype.itemsize == 8:
        oracle.same(arrcalc.sum(values), np.float64(math.fsum(dense.ravel())))


def test_dot_pairs_elements_in_c_order():
    a, b = BASE[:, :, 0], np.asfortranarray(BASE[:, :, 1])
    oracle.same(arrcalc.dot(a, b), oracle.to_double(oracle.dot(a, b)))
    oracle.same(arrcalc.dot(a.T, b.T), arrcalc.dot(a, b))
    oracle.same(arrcalc.dot(a[::-1], b), oracle.to_double(oracle.dot(a[::-1], b)))


def test_large_strided_arrays_use_all_threads_and_give_the_same_bits():
    values = RANDOM.lognormal(0, 8, (1500, 1100))
    expected = np.float64(math.fsum(values.ravel()))
    for view in (values, values.T, values[::-1, ::-1], np.asfortranarray(values)):
        for threads in (1, 2, 5):
            oracle.same(arrcalc.sum(view, threads=threads), expected)
            assert arrcalc.argmax(view, threads=threads) == view.argmax()


def test_memory_maps_are_read_where_they_lie(tmp_path):
    np.save(tmp_path / "x.npy", BASE)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    oracle.same(arrcalc.sum(mapped), arrcalc.sum(BASE))
    raw = np.memmap(tmp_path / "x.npy", dtype=">f4", mode="r", offset=3, shape=(57, 11))
    with np.errstate(all="ignore"):
        dense = raw.astype("f4")
    assert arrcalc.argmin(np.nan_to_num(raw)) == np.nan_to_num(dense).argmin()


def test_lists_scalars_and_other_buffers_are_arrays_too():
    assert arrcalc.sum([[1, 2], [3, 4]]) == 10
    assert arrcalc.sum((0.5, 0.25)) == 0.75
    assert arrcalc.sum(7) == 7
    assert arrcalc.sum(2.5) == 2.5
    assert arrcalc.sum(np.float32(2.5)) == 2.5
    assert arrcalc.sum(range(10)) == 45
    assert arrcalc.sum(array.array("d", [1.5, 2.5])) == 4.0
    assert arrcalc.max(array.array("H", [5, 70])) == 70
    assert arrcalc.sum(bytearray(b"\x01\x02")) == 3
    assert arrcalc.sum(memoryview(np.arange(6.0))[::2]) == 6.0
    assert arrcalc.sum((ctypes.c_double * 3)(1, 2, 3)) == 6.0


class Interface:
    def __init__(self, values):
        self.values = values
        self.__array_interface__ = values.__array_interface__


class Converts:
    def __array__(self, dtype=None, copy=None):
        return np.arange(4.0)


def test_arrays_of_other_libraries_come_in_by_protocol():
    assert arrcalc.sum(Interface(BASE)) == arrcalc.sum(BASE)
    assert arrcalc.sum(Converts()) == 6.0


def test_arrays_are_neither_copied_nor_changed():
    import tracemalloc

    values = RANDOM.standard_normal((1000, 2000))
    before = values.tobytes()
    for view in (values, values.T, values[::2], values.view(">f8")):
        tracemalloc.start()
        arrcalc.sum(view)
        arrcalc.median(view)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < 100_000
    assert values.tobytes() == before


def test_the_array_is_let_go_after_the_call():
    import sys
    import weakref

    values = np.arange(10.0)
    count = sys.getrefcount(values)
    for _ in range(100):
        arrcalc.sum(values)
        arrcalc.describe(values)
    assert sys.getrefcount(values) == count
    gone = weakref.ref(values)
    del values
    assert gone() is None


@pytest.mark.parametrize(
    "values",
    [
        np.array(["a", "b"]),
        np.array([1 + 2j]),
        np.array([object()]),
        np.zeros(3, dtype=[("a", "f8"), ("b", "i4")]),
        np.zeros(3, dtype=np.longdouble),
        np.array(["2020-01-01"], dtype="M8[D]"),
        np.zeros(2, dtype="V16"),
        "text",
        None,
        {"a": 1},
    ],
    ids=lambda values: str(getattr(values, "dtype", type(values).__name__)),
)
def test_other_element_types_are_refused_by_name(values):
    with pytest.raises(arrcalc.DtypeError) as caught:
        arrcalc.sum(values)
    assert isinstance(caught.value, TypeError) and isinstance(caught.value, ValueError)
    assert "\n" not in str(caught.value)


def test_a_masked_array_is_refused_rather_than_read_under_its_mask():
    masked = np.ma.masked_array([1.0, 2.0, 3.0], mask=[0, 1, 0])
    with pytest.raises(arrcalc.InputError, match="compressed"):
        arrcalc.sum(masked)
    assert arrcalc.sum(masked.compressed()) == 4.0
