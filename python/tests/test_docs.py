"""The examples of the docstrings run."""

import doctest

import arrcalc
import pytest


def documented():
    yield "arrcalc", arrcalc
    for name in arrcalc.__all__:
        yield name, getattr(arrcalc, name)
    for name in arrcalc.random.__all__:
        yield f"random.{name}", getattr(arrcalc.random, name)


@pytest.mark.parametrize(("name", "thing"), list(documented()), ids=lambda value: value if isinstance(value, str) else "")
def test_the_examples_of_a_docstring_run(name, thing, capsys):
    assert thing.__doc__, f"{name} is not documented"
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    globs = {"arrcalc": arrcalc}
    found = [doctest.DocTestParser().get_doctest(thing.__doc__, globs, name, None, None)]
    if isinstance(thing, type):
        for member, value in vars(thing).items():
            if not member.startswith("_") and getattr(value, "__doc__", None):
                found.append(doctest.DocTestParser().get_doctest(value.__doc__, dict(globs), f"{name}.{member}", None, None))
    for test in found:
        runner.run(test)
    assert runner.failures == 0, capsys.readouterr().out


def test_every_function_has_an_example():
    without = [
        name
        for name in arrcalc.__all__
        if not isinstance(getattr(arrcalc, name), type) and ">>>" not in getattr(arrcalc, name).__doc__
    ]
    assert without == []
