"""evaluate against NumPy, and its aggregates against exact fractions."""

import subprocess
import sys
from fractions import Fraction

import arrcalc
import numpy as np
import oracle
import pytest

RANDOM = np.random.Generator(np.random.Philox(43))


@pytest.mark.parametrize("n", [0, 1, 2, 7, 64, 1000, 4097, 16_384, 50_001])
def test_elementwise_operations_are_numpys(n):
    x, y = RANDOM.standard_normal(n), RANDOM.standard_normal(n)
    i = RANDOM.integers(-1000, 1000, n)
    for text in (
        "x + y", "x - 2 * y", "x * y / 3", "x / (y * y + 1)", "-x", "x > y", "x * i", "i + 1", "i * i - 3", "i / 7",
        "(x + y) * (x - y)",
    ):  # fmt: skip
        expected = eval(text)
        found = arrcalc.evaluate(text, {"x": x, "y": y, "i": i})
        assert found.dtype == expected.dtype, text
        np.testing.assert_array_equal(found, expected, err_msg=text)
    np.testing.assert_array_equal(arrcalc.evaluate("i // 7 + i % 7", i=i), i // 7 + i % 7)
    np.testing.assert_array_equal(arrcalc.evaluate("sqrt(abs(x))", x=x), np.sqrt(np.abs(x)))
    np.testing.assert_array_equal(arrcalc.evaluate("if(x > y, x, y)", x=x, y=y), np.where(x > y, x, y))


@pytest.mark.parametrize("n", [1, 3, 100, 2049, 20_000])
def test_aggregates_are_exact(n):
    x, y = (RANDOM.standard_normal(n) * 10.0 ** RANDOM.integers(-9, 9, n) for _ in range(2))
    # Operations inside round one by one, as NumPy's do; the sum does not.
    terms = x * y + 2 * x - y
    expected = oracle.to_double(oracle.total(terms))
    for threads in (1, 2, None):
        oracle.same(arrcalc.evaluate("sum(x*y + 2*x - y)", x=x, y=y, threads=threads), expected)
    ratio = oracle.to_double(oracle.total(x)) / oracle.to_double(oracle.total(y))
    oracle.same(arrcalc.evaluate("sum(x) / sum(y)", x=x, y=y), ratio)
    oracle.same(arrcalc.evaluate("mean(x)", x=x), oracle.to_double(oracle.mean(x)))
    assert arrcalc.evaluate("count(x)", x=x) == n
    assert arrcalc.evaluate("max(x) > 0", x=x) is bool(x.max() > 0)


def test_integer_aggregates_are_python_integers():
    i = np.arange(100_000, dtype=np.int32)
    total = arrcalc.evaluate("sum(i)", i=i)
    assert type(total) is int and total == int(i.sum(dtype="i8"))
    with pytest.raises(arrcalc.InputError, match="int64"):
        arrcalc.evaluate("sum(i)", i=[2**62, 2**62])


def test_types_are_promoted_and_kept():
    x = np.float32([0.1, 0.2])
    assert arrcalc.evaluate("x * x", x=x).dtype == np.float32
    np.testing.assert_array_equal(arrcalc.evaluate("x * x", x=x), x * x)
    oracle.same(arrcalc.evaluate("sum(x)", x=x), oracle.to_single(oracle.total(x)))
    assert arrcalc.evaluate("x + y", x=x, y=np.float64([1, 2])).dtype == np.float64
    assert arrcalc.evaluate("x > 0.15", x=x).dtype == np.bool_


@pytest.mark.parametrize(
    "shapes", [((2, 3), (2, 3)), ((2, 3), (3,)), ((4, 1), (1, 5)), ((), (6,)), ((), ()), ((0, 3), (3,)), ((2, 1, 3), (4, 1))]
)
def test_shapes_broadcast_as_numpys(shapes):
    x, y = (np.asarray(RANDOM.standard_normal(shape)) for shape in shapes)
    found = arrcalc.evaluate("x * 2 + y", x=x, y=y)
    expected = np.asarray(x * 2 + y)
    assert found.shape == expected.shape
    np.testing.assert_array_equal(found, expected)
    oracle.same(arrcalc.evaluate("sum(x * 2 + y)", x=x, y=y), oracle.to_double(oracle.total(expected)))


def test_any_layout_is_read():
    base = RANDOM.standard_normal((40, 60))
    for x in (base.T, base[::-2, ::3], np.asfortranarray(base), base.astype(">f8"), base.astype("f2")):
        np.testing.assert_array_equal(arrcalc.evaluate("x + x", x=x).astype("f8"), (x.astype("f8") * 2))
    frozen = base.copy()
    frozen.flags.writeable = False
    assert arrcalc.evaluate("sum(frozen)") == arrcalc.sum(frozen)


def test_variables_come_from_keywords_a_mapping_or_the_caller():
    x, outer = np.array([1.0, 2.0]), 10.0
    assert arrcalc.evaluate("sum(x)", {"x": x}) == 3.0
    assert arrcalc.evaluate("sum(x)") == 3.0
    assert arrcalc.evaluate("sum(x * outer)") == 30.0
    assert arrcalc.evaluate("sum(RANGE)") == 6  # a global
    assert arrcalc.evaluate("sum(x + y)", {"x": x, "y": x}, y=-x) == 0.0  # keywords first
    for z in (1.0, 2.0):
        assert arrcalc.evaluate("sum(x + z)") == 3.0 + 2 * z
    with pytest.raises(arrcalc.InputError, match="'w'"):
        arrcalc.evaluate("x + w")
    with pytest.raises(arrcalc.InputError, match="'outer'"):
        arrcalc.evaluate("x + outer", x=x)
    assert arrcalc.evaluate('"threads" + 1', {"threads": [1, 2]}).tolist() == [2, 3]


RANGE = np.arange(4)


def test_an_array_is_broadcast_without_copies():
    big = np.broadcast_to(np.float64(0.5), (3_000_000,))
    assert arrcalc.evaluate("sum(big * 2 - small)", big=big, small=1.0) == 0.0


def test_what_has_no_value_is_masked_or_nan():
    found = arrcalc.evaluate("i // j", i=np.array([5, 6, 7]), j=np.array([2, 0, 2]))
    assert found.tolist() == [2, None, 3] and isinstance(found, np.ma.MaskedArray)
    assert np.isnan(arrcalc.evaluate("max(x) + 1", x=np.zeros(0)))
    assert arrcalc.evaluate("max(i) + 1", i=np.zeros(0, int)) is None
    assert arrcalc.evaluate("sum(x)", x=np.zeros(0)) == 0.0
    x = np.array([1.0, np.nan])
    assert np.isnan(arrcalc.evaluate("sum(x)", x=x)) and arrcalc.evaluate("sum(x)", x=x, nan="ignore") == 1.0


@pytest.mark.parametrize("text", ["", "x +", "1 + 1", "x, x", "x as y", "*", "nosuch(x)", "x + sum(x)", "columns('x.*')"])
def test_wrong_expressions_are_errors(text):
    with pytest.raises(arrcalc.InputError) as caught:
        arrcalc.evaluate(text, x=np.arange(3.0))
    assert "\n" not in str(caught.value) and not str(caught.value).startswith("select")


def test_wrong_arrays_are_errors():
    with pytest.raises(arrcalc.InputError, match="broadcast"):
        arrcalc.evaluate("x + y", x=np.zeros(3), y=np.zeros(4))
    with pytest.raises(arrcalc.InputError, match="masked"):
        arrcalc.evaluate("x + 1", x=np.ma.array([1, 2], mask=[True, False]))
    with pytest.raises(arrcalc.InputError, match="complex128"):
        arrcalc.evaluate("x + 1", x=np.array([1j]))
    with pytest.raises(arrcalc.InputError, match="overflow|int64"):
        arrcalc.evaluate("x * x", x=np.array([2**62]))
    with pytest.raises(arrcalc.InputError, match="threads"):
        arrcalc.evaluate("x + 1", x=[1], threads=0)


def test_many_rows_of_rationals():
    x = RANDOM.integers(-(2**40), 2**40, 70_000) / 2.0**20
    expected = sum((Fraction(v) * 3 for v in x.tolist()), Fraction(0))  # small enough: every product is exact
    oracle.same(arrcalc.evaluate("sum(3 * x)", x=x), oracle.to_double(expected))


CTRL_C = """
import os, signal, threading, time
import numpy as np
import arrcalc

signal.signal(signal.SIGINT, signal.default_int_handler)
x = np.broadcast_to(np.float64(0.1), (40_000_000_000,))
threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
start = time.perf_counter()
try:
    arrcalc.evaluate("sum(x * x)")
except KeyboardInterrupt:
    print("interrupted", time.perf_counter() - start < 5)
"""


def test_ctrl_c_stops_it():
    done = subprocess.run([sys.executable, "-c", CTRL_C], capture_output=True, text=True, timeout=20)
    assert done.stdout == "interrupted True\n", done.stderr


@pytest.mark.parametrize("n", [0, 1, 5, 3000])
def test_functions_over_the_order_of_rows_are_numpys(n):
    x, i = RANDOM.standard_normal(n), RANDOM.integers(-1000, 1000, n)
    same = np.testing.assert_array_equal
    same(arrcalc.evaluate("cumsum(i)", i=i), np.cumsum(i))
    same(arrcalc.evaluate("cummax(x)", x=x), np.maximum.accumulate(x) if n else x)
    same(arrcalc.evaluate("lag(x)", x=x), np.r_[[np.nan] * min(n, 1), x[:-1]])
    same(arrcalc.evaluate("diff(x, 2)", x=x), np.r_[[np.nan] * min(n, 2), x[2:] - x[:-2]])
    if n > 2:
        assert arrcalc.evaluate("sum(diff(i))", i=i) == i[-1] - i[0]
        moved = np.lib.stride_tricks.sliding_window_view(i * 2, 3)
        same(arrcalc.evaluate("move_sum(i * 2, 3)", i=i)[2:], moved.sum(axis=1))
        exact = [oracle.to_double(oracle.total(x[: row + 1])) for row in range(0, n, 97)]
        same(arrcalc.evaluate("cumsum(x)", x=x)[::97], exact)
    with pytest.raises(arrcalc.InputError, match="over aggregates"):
        arrcalc.evaluate("cumsum(sum(x))", x=x)
