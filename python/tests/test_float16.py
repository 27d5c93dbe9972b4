"""Arithmetic of float16 against NumPy's, over every value."""

import math
from fractions import Fraction

import arrcalc
import numpy as np
import pytest

EVERY = np.arange(65536, dtype=np.uint16).view(np.float16)
SOME = np.array(
    [0.0, -0.0, 6e-8, -6e-8, 6.1e-5, 6.104e-5, 0.1, -0.333, 0.5, 1.0, -1.0, 1.001, 1.5, 2.0, -3.0, 7.0, 10.0, 100.1]
    + [-1000.5, 2047.0, 2048.0, 4099.0, -32768.0, 65472.0, 65504.0, -65504.0, np.inf, -np.inf, np.nan],
    dtype=np.float16,
)
A, B = np.repeat(EVERY, len(SOME)), np.tile(SOME, len(EVERY))


def same(found, expected, what=""):
    """The same type and bits, but for which NaN it is."""
    assert found.dtype == expected.dtype, (what, found.dtype, expected.dtype)
    bits = f"u{expected.dtype.itemsize}"
    apart = (found.view(bits) != expected.view(bits)) & ~(np.isnan(found) & np.isnan(expected))
    assert not apart.any(), (what, found[apart][:5], expected[apart][:5])


@pytest.mark.parametrize("text", ["x + y", "x - y", "x * y", "x / y", "x // y", "x % y", "y // x", "y % x", "y / x"])
def test_every_value_with_some(text):
    with np.errstate(all="ignore"):
        expected = eval(text, {"x": A, "y": B})
    same(arrcalc.evaluate(text, x=A, y=B), expected, text)


@pytest.mark.parametrize("literal", ["2", "0.1", "-3", "2049", "70000", "1e-9", "0.333"])
def test_a_literal_takes_its_type(literal):
    for operator in ("+", "-", "*", "/", "<", "<=", "=", "<>"):
        with np.errstate(all="ignore"):
            pythons = {"=": "==", "<>": "!="}.get(operator, operator)
            expected = eval(f"x {pythons} np.float16({literal})", {"x": EVERY, "np": np})
        same(arrcalc.evaluate(f"x {operator} {literal}", x=EVERY), expected, (operator, literal))


@pytest.mark.parametrize("other", ["int8", "uint8", "int16", "uint16", "int32", "int64", "uint64", "float32", "float64", "bool"])
def test_it_meets_other_types_as_in_numpy(other):
    y = (np.arange(65536) % 251).astype(other)
    with np.errstate(all="ignore"):
        same(arrcalc.evaluate("x + y", x=EVERY, y=y), EVERY + y, other)
        if other != "bool":
            same(arrcalc.evaluate("y * x", x=EVERY, y=y), y * EVERY, other)


@pytest.mark.parametrize("text", ["x * y + x", "(x - y) * (x + y) / 3", "x * x - y * y"])
def test_each_operation_rounds(text):
    with np.errstate(all="ignore"):
        expected = eval(text, {"x": A, "y": B})
    same(arrcalc.evaluate(text, x=A, y=B), expected, text)


@pytest.mark.parametrize(
    "name", ["exp", "log", "log2", "log10", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "tanh", "sqrt"]
)
def test_functions_are_rounded_once(name):
    with np.errstate(all="ignore"):
        expected = getattr(np, name)(EVERY.astype(np.float64)).astype(np.float16)
    same(arrcalc.evaluate(f"{name.replace('arc', 'a')}(x)", x=EVERY), expected, name)


def test_what_is_exact():
    with np.errstate(all="ignore"):
        for text, expected in {
            "-x": -EVERY,
            "abs(x)": np.abs(EVERY),
            "floor(x)": np.floor(EVERY),
            "ceil(x)": np.ceil(EVERY),
            "trunc(x)": np.trunc(EVERY),
            "round(x)": np.rint(EVERY),
            "sign(x)": np.where(EVERY == 0, EVERY, np.sign(EVERY)),
            "greatest(x, 0.1)": np.maximum(EVERY, np.float16(0.1)),
            "if(x > 1, x, 0.1)": np.where(EVERY > 1, EVERY, np.float16(0.1)),
            "x is nan": np.isnan(EVERY),
            "x in (0.1, 2)": np.isin(EVERY, np.array([0.1, 2], dtype=np.float16)),
        }.items():
            same(arrcalc.evaluate(text, x=EVERY), expected, text)


@pytest.mark.parametrize("digits", [1, 2, 3, 5])
def test_digits_are_rounded_as_pythons(digits):
    finite = EVERY[np.isfinite(EVERY)]
    expected = [math.copysign(round(Fraction(float(x)), digits), x) for x in finite]
    same(arrcalc.evaluate(f"round(x, {digits})", x=finite), np.array(expected).astype(np.float16), digits)


def test_powers_are_rounded_once():
    with np.errstate(all="ignore"):
        expected = np.power(A.astype(np.float64), B.astype(np.float64)).astype(np.float16)
        same(arrcalc.evaluate("x ** y", x=A, y=B), expected)
        expected = np.power(EVERY.astype(np.float64), float(np.float16(0.1))).astype(np.float16)
        same(arrcalc.evaluate("x ** 0.1", x=EVERY), expected)


def test_single_values_keep_the_type_and_sums_widen():
    x = EVERY[np.isfinite(EVERY)][::7]
    for text, expected in {
        "min(x)": x.min(),
        "max(x)": x.max(),
        "first(x)": x[0],
        "last(x)": x[-1],
        "min(x * 0.1)": (x * np.float16(0.1)).min(),
    }.items():
        found = arrcalc.evaluate(text, x=x)
        assert (found, np.asarray(found).dtype) == (expected, np.float16), text
    exact = sum(Fraction(float(value)) for value in x)
    for text, expected in {"sum(x)": exact, "mean(x)": exact / len(x)}.items():
        found = arrcalc.evaluate(text, x=x)
        assert (found, np.asarray(found).dtype) == (np.float32(float(expected)), np.float32), text
    k = np.arange(len(x)) % 7
    groups = arrcalc.open({"x": x, "k": k}).query("min(x) as low, max(x) as high, mean(x) as mean", by="k").to_numpy()
    same(groups["low"], np.array([x[k == key].min() for key in range(7)]))
    same(groups["high"], np.array([x[k == key].max() for key in range(7)]))
    assert groups["mean"].dtype == np.float32
    tenth = arrcalc.open({"x": np.array([0.1, 0.2], dtype=np.float16)}).query("min(x) as low").to_dict()
    assert tenth == {"low": [float(np.float16(0.1))]}
