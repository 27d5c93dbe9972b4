"""Expressions as small trees that give both their SQL text and their value for a row, by Python's own arithmetic.

Python floats are IEEE binary64, its ints are exact, ctypes rounds to binary32, NumPy divides with a floor. Values of
rows are Python values: None is null, dates are days since 1970. Nothing here knows arrcalc; the rules are those of the
documented semantics.
"""

import ctypes
import re

import numpy as np

INTEGERS = {
    "uint8": (0, 2**8 - 1),
    "int32": (-(2**31), 2**31 - 1),
    "int64": (-(2**63), 2**63 - 1),
    "uint64": (0, 2**64 - 1),
}
FLOATS = {"float32", "float64"}
# How tightly operators bind; a function or a name binds tightest.
OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(1, 10)


class Fault(Exception):
    """A row that has no value: overflow, a cast."""


class Expr:
    """A tree: its type, its text, what computes its value from a row. `weak`: a literal takes the other's type."""

    def __init__(self, type, text, binding, value, weak=False, constant=False):
        self.type, self.text, self.binding, self.value = type, text, binding, value
        self.weak, self.constant = weak, weak or constant

    def at(self, floor):
        """The text, in parentheses where it binds less tightly than its surroundings."""
        return self.text if self.binding >= floor else f"({self.text})"

    def __repr__(self):
        return f"<{self.type} {self.text}>"


def parenthesised(expr):
    """The same with parentheses that say nothing."""
    return Expr(expr.type, f"({expr.text})", ATOM, expr.value, expr.weak, expr.constant)


def narrow(value):
    """The nearest binary32."""
    return ctypes.c_float(value).value


def is_integer(type):
    return type in INTEGERS


def is_number(type):
    return type in INTEGERS or type in FLOATS


def quoted(name):
    return name if re.fullmatch(r"[A-Za-z_]\w*", name) else '"' + name.replace('"', '""') + '"'


def column(name, type):
    return Expr(type, quoted(name), ATOM, lambda row: row[name])


def integer(value):
    binding = ATOM if value >= 0 else SIGN
    return Expr("int64", str(value), binding, lambda row: value, weak=True)


def decimal(text):
    value = float(text)
    return Expr("float64", text, SIGN if text.startswith("-") else ATOM, lambda row: value, weak=True)


def string(value):
    return Expr("string", "'" + value.replace("'", "''") + "'", ATOM, lambda row: value, weak=True)


def truth(value):
    return Expr("bool", "true" if value else "false", ATOM, lambda row: value, constant=True)


def arithmetic_type(a, b):
    """The type two numbers are computed in: literals are weak, small integers fit binary32, others meet in binary64."""
    if a.weak != b.weak:
        strong = b if a.weak else a
        if strong.type in FLOATS:
            return strong.type
    if a.type in FLOATS or b.type in FLOATS:
        return "float32" if {a.type, b.type} <= {"float32", "uint8"} else "float64"
    natural = lambda side: side.type in ("uint8", "uint64") or (side.weak and side.value({}) >= 0)
    wide = (a.type == "uint64" and natural(b)) or (b.type == "uint64" and natural(a))
    return "uint64" if wide else "int64"


def common_type(a, b):
    """The type of a choice between two."""
    if a.type == b.type:
        return a.type
    return arithmetic_type(a, b)


def convert(value, to):
    """A number in another type: the nearest float; an integer that fits, or a fault."""
    if value is None or not is_number(to):
        return value
    if to in INTEGERS:
        return fitting(value, to)
    return narrow(float(value)) if to == "float32" else float(value)


def fitting(value, type):
    low, high = INTEGERS[type]
    if not low <= value <= high:
        raise Fault(f"{value} does not fit {type}")
    return value


def floor_divide(a, b, type):
    """NumPy's, which is Python's but for a zero divisor."""
    kind = np.float32 if type == "float32" else np.float64
    return float(np.floor_divide(kind(a), kind(b)))


def remainder(a, b, type):
    kind = np.float32 if type == "float32" else np.float64
    return float(np.remainder(kind(a), kind(b)))


def divide(a, b, type):
    kind = np.float32 if type == "float32" else np.float64
    return float(kind(a) / kind(b))


def rounded(value, type):
    """The result of one binary64 operation on binary32 operands, rounded again, is that of the binary32 operation."""
    return narrow(value) if type == "float32" else value


def arithmetic(operator, a, b):
    """`a + b`, `-`, `*`, `/`, `//`, `%`, `**`; integers are exact or fault, by zero null."""
    type = arithmetic_type(a, b)
    if operator == "/" and type in INTEGERS:
        type = "float64"

    def value(row):
        x, y = a.value(row), b.value(row)
        if x is None or y is None:
            return None
        x, y = convert(x, type), convert(y, type)
        if type in FLOATS:
            with np.errstate(all="ignore"):
                match operator:
                    case "+":
                        return rounded(x + y, type)
                    case "-":
                        return rounded(x - y, type)
                    case "*":
                        return rounded(x * y, type)
                    case "/":
                        return divide(x, y, type)
                    case "//":
                        return floor_divide(x, y, type)
                    case "%":
                        return remainder(x, y, type)
        if operator in ("//", "%") and y == 0:
            return None
        results = {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y}
        results |= {"//": lambda: x // y, "%": lambda: x % y, "**": lambda: x**y}
        return fitting(results[operator](), type)

    own = {"+": SUM, "-": SUM, "**": POWER}.get(operator, PRODUCT)
    left, right = (own + 1, SIGN) if operator == "**" else (own, own + 1)
    return Expr(type, f"{a.at(left)} {operator} {b.at(right)}", own, value)


def negate(a):
    type = "int64" if a.type in INTEGERS else a.type

    def value(row):
        x = a.value(row)
        if x is None:
            return None
        return fitting(-fitting(x, type), type) if type in INTEGERS else -x

    return Expr(type, "-" + a.at(SIGN + 1), SIGN, value)


COMPARE = {
    "=": lambda x, y: x == y,
    "<>": lambda x, y: x != y,
    "<": lambda x, y: x < y,
    "<=": lambda x, y: x <= y,
    ">": lambda x, y: x > y,
    ">=": lambda x, y: x >= y,
}


def pair(a, b):
    """What gives both values of a row in the type they are compared in, or None where one is null."""
    # Integers are compared as they are, whatever their signs.
    floats = is_number(a.type) and not (is_integer(a.type) and is_integer(b.type))
    type = arithmetic_type(a, b) if floats else "exact"

    def values(row):
        x, y = a.value(row), b.value(row)
        return None if x is None or y is None else (convert(x, type), convert(y, type))

    return values


def compare(operator, a, b):
    values = pair(a, b)

    def value(row):
        both = values(row)
        return None if both is None else COMPARE[operator](*both)

    return Expr("bool", f"{a.at(COMPARISON + 1)} {operator} {b.at(COMPARISON + 1)}", COMPARISON, value)


def logic(operator, a, b):
    """`and`, `or` of three truth values; the right one is not computed where the left one decides."""
    decisive = operator == "or"

    def value(row):
        x = a.value(row)
        if x is decisive:
            return decisive
        y = b.value(row)
        if y is decisive:
            return decisive
        return None if x is None or y is None else not decisive

    own = OR if decisive else AND
    return Expr("bool", f"{a.at(own)} {operator} {b.at(own + 1)}", own, value)


def negation(a):
    def value(row):
        x = a.value(row)
        return None if x is None else not x

    return Expr("bool", f"not {a.at(NOT)}", NOT, value)


def between(a, low, high, negated=False):
    both = logic("and", compare(">=", a, low), compare("<=", a, high))
    word = "not between" if negated else "between"
    text = f"{a.at(COMPARISON + 1)} {word} {low.at(COMPARISON + 1)} and {high.at(COMPARISON + 1)}"
    return Expr("bool", text, COMPARISON, negation(both).value if negated else both.value)


def among(a, literals, negated=False):
    """`a [not] in (...)`."""
    equal = [compare("=", a, literal) for literal in literals]

    def value(row):
        found = [one.value(row) for one in equal]
        if True in found:
            return not negated
        return None if None in found else negated

    text = f"{a.at(COMPARISON + 1)} {'not ' if negated else ''}in ({', '.join(one.text for one in literals)})"
    return Expr("bool", text, COMPARISON, value)


def is_null(a, negated=False):
    word = "is not null" if negated else "is null"
    return Expr("bool", f"{a.at(COMPARISON + 1)} {word}", COMPARISON, lambda row: (a.value(row) is None) != negated)


def like(a, pattern, negated=False):
    """`%` any text, `_` one character."""
    parts = {"%": ".*", "_": "."}
    regex = re.compile("".join(parts.get(one, re.escape(one)) for one in pattern), re.DOTALL)

    def value(row):
        x = a.value(row)
        return None if x is None else (regex.fullmatch(x) is not None) != negated

    text = f"{a.at(COMPARISON + 1)} {'not ' if negated else ''}like {string(pattern).text}"
    return Expr("bool", text, COMPARISON, value)


def case(branches, otherwise):
    """`case when a then x ... [else z] end`: only what is taken is computed."""
    results = [result for _, result in branches] + ([otherwise] if otherwise else [])
    type = chosen_type(results)

    def value(row):
        # Conditions up to the one that holds.
        for condition, result in branches:
            if condition.value(row):
                return convert(result.value(row), type)
        return convert(otherwise.value(row), type) if otherwise else None

    text = "".join(f" when {condition.text} then {result.text}" for condition, result in branches)
    return Expr(type, f"case{text}{' else ' + otherwise.text if otherwise else ''} end", ATOM, value)


def chosen_type(results):
    so_far = results[0]
    for one in results[1:]:
        joined = common_type(so_far, one)
        so_far = Expr(joined, "", ATOM, so_far.value, weak=so_far.weak and one.weak)
    return so_far.type
