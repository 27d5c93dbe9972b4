"""`evaluate` where there is nothing, or something too many."""

import arrcalc
import numpy as np
import pytest


@pytest.mark.parametrize("name", ["min", "max", "argmin", "argmax"])
def test_extrema_of_nothing_raise(name):
    with pytest.raises(ValueError, match=f"{name} of an empty array"):
        arrcalc.evaluate(f"{name}(x)", x=[])
    with pytest.raises(ValueError, match=name):
        arrcalc.evaluate(f"{name}(2 * x)", x=np.zeros((0, 3)))
    assert arrcalc.evaluate(f"{name}(x)", x=[2.0]) == getattr(np, name)([2.0])


def test_a_keyword_that_is_no_variable_is_an_error():
    with pytest.raises(arrcalc.InputError, match="out"):
        arrcalc.evaluate("x + 1", x=[1.0], out=np.zeros(1))
    with pytest.raises(arrcalc.InputError, match="y, z"):
        arrcalc.evaluate("x + 1", x=[1.0], y=1, z=2)
    # A mapping is a place to look in.
    assert arrcalc.evaluate("x + 1", {"x": [1.0], "y": [2.0]}).tolist() == [2.0]


def test_spread_divides_as_queries_do():
    x = np.array([1.0, 2.0, 4.0])
    assert arrcalc.evaluate("var(x)", x=x) == arrcalc.var(x, ddof=1)
    assert arrcalc.evaluate("var_pop(x)", x=x) == arrcalc.var(x)
