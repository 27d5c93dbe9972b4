"""Functions of one row, by Python's math, datetime and str."""

import datetime
import math

from exact import value_key
from expressions import ATOM, FLOATS, Expr, Fault, chosen_type, compare, convert, fitting, narrow

EPOCH = datetime.date(1970, 1, 1)


def call(name, type, compute, *arguments):
    """A function that is null where an argument is."""

    def value(row):
        values = [argument.value(row) for argument in arguments]
        return None if any(one is None for one in values) else compute(*values)

    return Expr(type, text(name, arguments), ATOM, value)


def text(name, arguments):
    return f"{name}({', '.join(argument.text for argument in arguments)})"


def absolute(a):
    if a.type in FLOATS:
        return call("abs", a.type, abs, a)
    type = "int64" if a.type == "int32" else a.type
    return call("abs", type, lambda x: fitting(abs(x), type), a)


def sqrt(a):
    type = "float32" if a.type == "float32" else "float64"

    def compute(x):
        x = convert(x, "float64")
        root = math.nan if x != x or x < 0 else math.sqrt(x)
        return narrow(root) if type == "float32" else root

    return call("sqrt", type, compute, a)


def whole(name, a):
    """`floor`, `ceil`, `trunc`, `round` of floats: zeros keep their sign."""
    operation = {"floor": math.floor, "ceil": math.ceil, "trunc": math.trunc, "round": round}[name]

    def compute(x):
        if not math.isfinite(x) or x == 0:
            return x
        return math.copysign(float(operation(x)), x) if name != "floor" else float(operation(x))

    return call(name, a.type, compute, a)


def round_digits(a, digits):
    """Half to even of the exact binary value, as Python's round."""
    name = text("round", [a])[:-1] + f", {digits})"
    exact = lambda x: x if not math.isfinite(x) else convert(round(x, digits), a.type)
    done = call("round", a.type, exact, a)
    return Expr(a.type, name, ATOM, done.value)


def sign(a):
    def compute(x):
        return (x > 0) - (x < 0) if a.type not in FLOATS else (x if x != x or x == 0 else math.copysign(1.0, x))

    return call("sign", a.type, compute, a)


def is_nan(a):
    return call("isnan", "bool", lambda x: x != x, a)


def is_finite(a):
    return call("isfinite", "bool", math.isfinite, a)


def extreme(name, *arguments):
    """`least`, `greatest`: skip nulls, propagate NaN."""
    type = chosen_type(arguments)
    pick = min if name == "least" else max

    def value(row):
        values = [convert(argument.value(row), type) for argument in arguments]
        values = [one for one in values if one is not None]
        if any(one != one for one in values):
            return math.nan
        return pick(values, key=value_key) if values else None

    return Expr(type, text(name, arguments), ATOM, value)


def coalesce(*arguments):
    """The first that is not null; those behind it are not computed."""
    type = chosen_type(arguments)

    def value(row):
        for argument in arguments:
            found = argument.value(row)
            if found is not None:
                return convert(found, type)
        return None

    return Expr(type, text("coalesce", arguments), ATOM, value)


def choose(condition, a, b):
    """`if(condition, a, b)`."""
    type = chosen_type([a, b])

    def value(row):
        return convert((a if condition.value(row) else b).value(row), type)

    return Expr(type, text("if", (condition, a, b)), ATOM, value)


def null_if(a, b):
    equal = compare("=", a, b)

    def value(row):
        x = a.value(row)
        return None if equal.value(row) else x

    return Expr(a.type, text("nullif", (a, b)), ATOM, value)


def cast(a, type):
    """To an integer toward zero, or a fault; to a float the nearest."""

    def value(row):
        x = a.value(row)
        if x is None:
            return None
        if type == "string":
            return str(x)
        if type in FLOATS:
            return convert(x, type)
        if isinstance(x, float) and not math.isfinite(x):
            raise Fault(f"{x} does not fit {type}")
        return fitting(int(x), type)

    return Expr(type, f"cast({a.text} as {type})", ATOM, value)


def date(days):
    """A date as a text that meets a date."""
    day = (EPOCH + datetime.timedelta(days)).isoformat()
    return Expr("date", f"'{day}'", ATOM, lambda row: days, weak=True)


DATE_PARTS = {
    "year": lambda day: day.year,
    "month": lambda day: day.month,
    "day": lambda day: day.day,
    "weekday": lambda day: day.weekday(),
}


def instant(value, type):
    """A date, or a moment of microseconds, as Python's."""
    if type == "date":
        return EPOCH + datetime.timedelta(value)
    return datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=value)


def date_part(name, a):
    return call(name, "int64", lambda value: DATE_PARTS[name](instant(value, a.type)), a)


def time_part(name, a):
    return call(name, "int64", lambda value: getattr(instant(value, a.type), name), a)


def time_trunc(part, a):
    """The hour or the day of a moment."""
    unit = {"minute": 60, "hour": 3_600, "day": 86_400}[part] * 10**6
    done = call("", a.type, lambda value: value // unit * unit, a)
    return Expr(a.type, f"date_trunc('{part}', {a.text})", ATOM, done.value)


def moment(text):
    """A moment as a text that meets a timestamp."""
    value = (datetime.datetime.fromisoformat(text) - datetime.datetime(1970, 1, 1)) // datetime.timedelta(
        microseconds=1
    )
    return Expr("timestamp[us]", f"'{text}'", ATOM, lambda row: value, weak=True)


def date_trunc(part, a):
    def compute(days):
        day = EPOCH + datetime.timedelta(days)
        day = day.replace(day=1) if part == "month" else day.replace(month=1, day=1)
        return (day - EPOCH).days

    done = call("", "date", compute, a)
    return Expr("date", f"date_trunc('{part}', {a.text})", ATOM, done.value)


def length(a):
    return call("length", "int64", len, a)


def changed_case(name, a):
    return call(name, "string", str.lower if name == "lower" else str.upper, a)


def text_test(name, a, literal):
    test = str.startswith if name == "starts_with" else str.__contains__
    return call(name, "bool", test, a, literal)
