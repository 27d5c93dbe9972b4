"""Keywords, defaults and errors of the functions."""

import inspect

import arrcalc
import numpy as np
import oracle
import pytest

REDUCTIONS = [
    "sum", "mean", "var", "std", "min", "max", "argmin", "argmax", "median", "norm", "count_nonzero",
    "any", "all", "ptp", "prod", "nanprod",
    "nansum", "nanmean", "nanvar", "nanstd", "nanmin", "nanmax", "nanargmin", "nanargmax", "nanmedian",
]  # fmt: skip


@pytest.mark.parametrize("name", REDUCTIONS)
def test_an_axis_is_refused_for_now(name):
    function = getattr(arrcalc, name)
    values = np.arange(6.0).reshape(2, 3)
    assert function(values, axis=None) == function(values)
    for axis in (0, -1, (0, 1)):
        with pytest.raises(ValueError, match="axis") as caught:
            function(values, axis=axis)
        assert isinstance(caught.value, arrcalc.Error)


@pytest.mark.parametrize("name", ["quantile", "percentile", "nanquantile", "nanpercentile"])
def test_an_axis_of_quantiles_is_refused_for_now(name):
    with pytest.raises(ValueError, match="axis"):
        getattr(arrcalc, name)(np.zeros((2, 3)), 0.5, axis=1)


@pytest.mark.parametrize("name", [*REDUCTIONS, "quantile", "percentile", "dot", "describe"])
def test_every_function_takes_threads(name):
    function = getattr(arrcalc, name)
    parameters = inspect.signature(function).parameters
    assert parameters["threads"].kind is inspect.Parameter.KEYWORD_ONLY
    assert parameters["threads"].default is None
    extra = {"quantile": (0.5,), "percentile": (50,), "dot": (np.arange(5.0),)}.get(name, ())
    function(np.arange(5.0), *extra, threads=2)
    for wrong in (0, -1):
        with pytest.raises(arrcalc.InputError, match="threads must be"):
            function(np.arange(5.0), *extra, threads=wrong)


@pytest.mark.parametrize("name", [*REDUCTIONS, "quantile", "percentile", "dot"])
def test_the_first_parameters_are_numpys(name):
    numpy = np.linalg.norm if name == "norm" else getattr(np, name)
    own = list(inspect.signature(getattr(arrcalc, name)).parameters.values())
    try:
        theirs = inspect.signature(numpy).parameters
    except ValueError:  # np.dot of some versions
        theirs = inspect.signature(lambda a, b: None).parameters
    for parameter in own:
        if parameter.name in ("threads", "correction"):  # no value is None here
            continue
        assert parameter.name in theirs, parameter
        if theirs[parameter.name].default is not inspect.Parameter.empty:
            assert parameter.default == theirs[parameter.name].default, parameter


def test_dot_wants_equal_shapes():
    with pytest.raises(arrcalc.InputError, match="shape"):
        arrcalc.dot(np.zeros(3), np.zeros(4))
    with pytest.raises(arrcalc.InputError, match="shape"):
        arrcalc.dot(np.zeros((2, 3)), np.zeros((3, 2)))


def test_norm_is_the_euclidean_one():
    assert arrcalc.norm([3.0, 4.0], ord=2) == 5.0
    assert arrcalc.norm(np.eye(4), ord="fro") == 2.0
    with pytest.raises(arrcalc.InputError, match="ord"):
        arrcalc.norm([3.0, 4.0], ord=1)


def test_dot_of_mixed_types_is_exact_where_both_are_integers():
    big = np.array([2**63 - 1, -(2**63)], dtype=np.int64)
    small = np.array([255, 1], dtype=np.uint8)
    assert arrcalc.dot(big, small) == (2**63 - 1) * 255 - 2**63
    single = np.float32([0.1, 0.2])
    assert isinstance(arrcalc.dot(single, np.float64([1, 2])), np.float64)
    assert isinstance(arrcalc.dot(single, single), np.float32)
    assert arrcalc.dot([1, 2], [0.5, 0.25]) == 1.0
    floats = np.array([0.1, 0.3])
    oracle.same(arrcalc.dot(big, floats), oracle.to_double(oracle.dot(big, floats)))


def test_dot_of_integers_with_infinities_is_what_their_product_is():
    inf = float("inf")
    for integers in (np.array([5, -3]), np.array([2**62 + 1, -3]), np.array([2**63 + 5, 7], dtype=np.uint64)):
        assert arrcalc.dot(integers[:1], [inf]) == inf
        assert arrcalc.dot(integers[:1], [-inf]) == -inf
        assert arrcalc.dot(integers, [inf, 1.0]) == inf
    assert arrcalc.dot(np.array([-(2**62) - 1]), [inf]) == -inf
    assert np.isnan(arrcalc.dot([0], [inf]))


def test_threads_can_be_set_and_unset():
    default = arrcalc.get_threads()
    try:
        arrcalc.set_threads(3)
        assert arrcalc.get_threads() == 3
        assert arrcalc.sum(np.ones(100_000)) == 100_000
        with pytest.raises(ValueError, match="threads"):
            arrcalc.set_threads(0)
    finally:
        arrcalc.set_threads(None)
    assert arrcalc.get_threads() == default


def test_the_stubs_name_every_function_with_its_parameters():
    import ast
    from pathlib import Path

    stub = ast.parse((Path(arrcalc.__file__).parent / "__init__.pyi").read_text())
    functions = {node.name: node for node in stub.body if isinstance(node, ast.FunctionDef)}
    classes = {node.name for node in stub.body if isinstance(node, ast.ClassDef)}
    modules = {alias.name for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    names = set(arrcalc.__all__)
    assert names == {*functions, *classes, *modules} & names
    for name, node in functions.items():
        if any(isinstance(d, ast.Name) and d.id == "overload" for d in node.decorator_list):
            continue
        arguments = [a.arg for a in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.kwarg] if a]
        assert arguments == list(inspect.signature(getattr(arrcalc, name)).parameters), name
    assert (Path(arrcalc.__file__).parent / "py.typed").exists()
