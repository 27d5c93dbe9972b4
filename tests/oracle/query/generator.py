"""Random questions about the columns of a table, of types that fit."""

from fractions import Fraction

import functions as f
from expressions import (
    FLOATS,
    among,
    arithmetic,
    between,
    case,
    column,
    compare,
    decimal,
    integer,
    is_null,
    like,
    logic,
    negate,
    negation,
    parenthesised,
    string,
    truth,
)
from question import Aggregate, Item, Key, Question, seen
from row_functions import RowFunction
from tables import TYPES, WORDS

MOMENTS = ["2001-02-03 04:05:06", "2001-03-01", "1970-01-01T00:00:00", "2001-01-20 12:00:00.25"]
DECIMALS = ["0.5", "2.5", "-1.5", "0.1", "100.0", "1e3", "0.0", "3.", ".25"]


class Maker:
    """Makes expressions over columns, with `depth` operators on the way down at most. `z` holds NaN and infinities."""

    def __init__(self, generator, columns=None, row_share=0):
        self.random = generator
        # How often an expression is a function over the order of rows, and those that were made.
        self.row_share, self.made = row_share, []
        self.columns = columns or [column(name, type) for name, type in TYPES.items()]

    def of(self, *types):
        """A column, or whatever stands for one, of one of these types."""
        fitting = [one for one in self.columns if one.type in types]
        return self.random.choice(fitting) if fitting else None

    def loosely(self, expr):
        return parenthesised(expr) if self.random.random() < 0.1 else expr

    def number(self, depth, *types):
        return self.integer(depth) if self.random.random() < 0.5 else self.float(depth)

    def over_rows(self, depth, *types):
        """A function over the order of rows whose values are of one of these types, sometimes; else None."""
        if not self.row_share or self.random.random() >= self.row_share:
            return None
        argument = self.any(depth - 1) if depth > 0 else self.random.choice(self.columns)
        made = row_function(self.random, argument)
        if made is None or made.type not in types:
            return None
        self.made.append(made)
        return made

    def small(self):
        return integer(self.random.choice([0, 1, 2, 3, 7, 10, -1, -3, 1000, 255]))

    def integer(self, depth):
        pick = self.random.randrange(16) if depth > 0 else 0
        leaf = None if self.random.random() < 0.1 else self.of("int64", "int32", "uint8")
        leaf = self.over_rows(depth, "int64", "int32", "uint8") or leaf or self.of("int64", "int32", "uint8", "uint64")
        if leaf is None:
            return None
        below = lambda: self.integer(depth - 1)
        match pick:
            case 0 | 1 | 2:
                made = leaf
            case 3 | 4 | 5 | 6:
                other = self.small() if self.random.random() < 0.5 else below()
                sides = [below(), other]
                if self.random.random() < 0.3:
                    sides.reverse()
                made = arithmetic(self.random.choice("+-*+-"), *sides)
            case 7 | 8:
                other = self.small() if self.random.random() < 0.7 else below()
                made = arithmetic(self.random.choice(["//", "%"]), below(), other)
            case 9:
                made = negate(below())
            case 10:
                made = f.absolute(below())
            case 11:
                made = self.choice(below, self.small)
            case 12:
                made = arithmetic("**", leaf, integer(self.random.choice([0, 1, 2, 3])))
            case 13:
                made = (
                    f.sign(below()) if self.random.random() < 0.5 else f.extreme(self.extreme(), below(), self.small())
                )
            case 14:
                made = self.part_of_date() or leaf
            case _:
                text = self.of("string")
                made = f.length(text) if text else leaf
        return self.loosely(made)

    def part_of_date(self):
        moment = self.of("timestamp[us]")
        if moment and self.random.random() < 0.3:
            return f.time_part(self.random.choice(["hour", "minute"]), moment)
        day = self.of("date", "timestamp[us]")
        return f.date_part(self.random.choice(list(f.DATE_PARTS)), day) if day else None

    def extreme(self):
        return self.random.choice(["least", "greatest"])

    def float(self, depth):
        leaf = self.over_rows(depth, "float64", "float32") or self.of("float64", "float64", "float32")
        if leaf is None:
            return None
        below = lambda: self.float(depth - 1)
        literal = lambda: decimal(self.random.choice(DECIMALS)) if self.random.random() < 0.5 else self.small()
        match self.random.randrange(16) if depth > 0 else 0:
            case 0 | 1 | 2:
                made = leaf
            case 3 | 4 | 5 | 6:
                other = literal() if self.random.random() < 0.4 else self.number(depth - 1) or below()
                sides = [below(), other]
                if self.random.random() < 0.4:
                    sides.reverse()
                made = arithmetic(self.random.choice("+-*/"), *sides)
            case 7:
                a, b = self.integer(depth - 1), self.integer(depth - 1)
                made = arithmetic("/", a, b) if a else leaf
            case 8:
                made = arithmetic(
                    self.random.choice(["//", "%"]), below(), literal() if self.random.random() < 0.5 else below()
                )
            case 9:
                made = negate(below())
            case 10:
                made = f.absolute(below()) if self.random.random() < 0.5 else f.sign(below())
            case 11:
                made = f.sqrt(below())
            case 12:
                made = f.whole(self.random.choice(["floor", "ceil", "trunc", "round"]), below())
            case 13:
                made = f.round_digits(below(), self.random.choice([0, 1, 2, 5]))
            case 14:
                made = self.choice(below, lambda: decimal(self.random.choice(DECIMALS)))
            case _:
                made = f.cast(self.integer(depth - 1) or leaf, self.random.choice(["float64", "float32"]))
        return self.loosely(made)

    def choice(self, below, literal):
        """`case`, `if`, `coalesce`, `nullif`."""
        match self.random.randrange(5):
            case 0:
                branches = [(self.truth(1), below()) for _ in range(self.random.choice([1, 1, 2]))]
                return case(branches, self.random.choice([None, literal(), below()]))
            case 1:
                return f.choose(self.truth(1), below(), self.random.choice([literal, below])())
            case 2:
                return f.coalesce(below(), self.random.choice([literal, below])())
            case 3:
                return f.null_if(below(), literal())
            case _:
                return f.extreme(self.extreme(), below(), below())

    def text(self, depth=1):
        leaf = self.of("string")
        if leaf and depth > 0 and self.random.random() < 0.2:
            return f.changed_case(self.random.choice(["lower", "upper"]), leaf)
        return leaf

    def truth(self, depth):
        """A predicate."""
        pick = self.random.randrange(14)
        if depth > 1 and pick < 5:
            if pick == 4:
                return negation(self.truth(depth - 1))
            return logic(self.random.choice(["and", "or"]), self.truth(depth - 1), self.truth(depth - 1))
        operator = self.random.choice(["=", "<>", "<", "<=", ">", ">="])
        not_ = self.random.random() < 0.3
        match pick:
            case 5 if flag := self.of("bool"):
                return flag
            case 6 if word := self.text():
                if self.random.random() < 0.4:
                    return compare(operator, word, string(self.random.choice(WORDS)))
                if self.random.random() < 0.5:
                    return among(word, [string(self.random.choice(WORDS)) for _ in range(3)], not_)
                if self.random.random() < 0.5:
                    return like(word, self.random.choice(["a%", "%b%", "_", "%", "", "z%", "r_d", "%e%"]), not_)
                return f.text_test(
                    self.random.choice(["starts_with", "contains"]), word, string(self.random.choice(["a", "e", ""]))
                )
            case 7 if (day := self.of("date")) and self.random.random() < 0.7:
                days = f.date(self.random.randint(15_000, 17_000))
                return (
                    compare(operator, day, days)
                    if self.random.random() < 0.6
                    else between(day, days, f.date(16_500), not_)
                )
            case 7 if moment := self.of("timestamp[us]"):
                return compare(operator, moment, f.moment(self.random.choice(MOMENTS)))
            case 8 if (value := self.number(1)) is not None:
                return is_null(value, not_)
            case 9 if (value := self.float(1)) is not None:
                return f.is_nan(value) if not_ else f.is_finite(value)
            case 10 if (value := self.integer(1)) is not None:
                return among(value, [self.small() for _ in range(self.random.choice([1, 2, 5]))], not_)
            case 11 if (value := self.number(depth - 1)) is not None:
                return between(value, self.small(), self.small(), not_)
        value = self.number(depth - 1) or self.integer(depth - 1) or self.float(depth - 1)
        if value is None:
            return truth(self.random.random() < 0.5)
        literal = decimal(self.random.choice(DECIMALS)) if value.type in FLOATS and not_ else self.small()
        other = literal if self.random.random() < 0.6 else self.number(depth - 1) or literal
        return compare(operator, value, other)

    def any(self, depth):
        made = self.over_rows(depth, *set(TYPES.values()))
        if made is not None:
            return made
        made = self.random.choice([self.integer, self.integer, self.float, self.float, self.truth, self.plain])(depth)
        return made if made is not None else self.random.choice(self.columns)

    def plain(self, depth):
        if self.random.random() < 0.5:
            return self.of("date", "bool", "timestamp[us]")
        return self.text(depth) or self.of("date", "bool")

    def key(self):
        """What makes few groups, or many."""
        match self.random.randrange(13):
            case 12:
                return f.time_trunc(self.random.choice(["hour", "day"]), column("h", "timestamp[us]"))
            case 0 | 1 | 2:
                return self.of(*{one.type for one in self.columns})
            case 3 | 4 | 5:
                return column(self.random.choice(["k", "t", "p", "odd name", "z"]), None)
            case 6:
                return arithmetic("%", column("i", "int64"), integer(self.random.choice([2, 5, -3])))
            case 7:
                return f.date_trunc(self.random.choice(["month", "year"]), column("d", "date"))
            case 8:
                return f.date_part(self.random.choice(["year", "month", "weekday"]), column("d", "date"))
            case 9:
                return self.truth(2)
            case 10:
                return f.round_digits(column("y", "float64"), 0)
        return self.integer(2)


PLAIN = ["count", "sum", "mean", "min", "max", "median", "quantile", "std", "var", "first", "last", "count_distinct"]
MORE = ["var_pop", "std_pop", "skewness", "kurtosis", "argmin", "argmax", "mode", "count_null", "sum_squares", "rms"]
MORE += ["norm", "range", "iqr", "mad", "product", "count_nan"]
PAIRS = ["cov", "cov_pop", "corr", "slope", "intercept", "r2", "dot", "weighted_mean"]
QUANTILES = ["0", "0.05", "0.1", "0.25", "0.333", "0.5", "0.9", "0.95", "0.99", "1", "1.0"]
METHODS = [
    "lower",
    "higher",
    "midpoint",
    "weibull",
    "hazen",
    "median_unbiased",
    "normal_unbiased",
    "interpolated_inverted_cdf",
]


def aggregate(maker):
    """A random aggregate whose arguments have types that it takes."""
    pick = maker.random
    filter = maker.truth(2) if pick.random() < 0.25 else None
    if pick.random() < 0.1:
        return Aggregate("count", [], filter)
    name = pick.choice(pick.choice([PLAIN, PLAIN, PLAIN, MORE, PAIRS]))
    if name in PAIRS:
        sides = [maker.number(1) for _ in range(2)]
        return Aggregate(name, sides, filter)
    if name in ("iqr", "mad", "product"):
        return Aggregate(
            name, [column(pick.choice(["i", "j", "u", "k"]) if name != "product" else "k", "int64")], filter
        )
    if name in ("count", "count_distinct", "first", "last", "count_null", "mode") and pick.random() < 0.4:
        argument = maker.plain(1)
    elif name in ("min", "max", "argmin", "argmax") and pick.random() < 0.3:
        argument = maker.of("string", "date", "float64", "timestamp[us]", "uint64")
    elif name in ("median", "mean") and pick.random() < 0.1:
        argument = maker.of("date", "timestamp[us]")
    elif name == "count_nan":
        argument = maker.float(1)
    else:
        argument = maker.number(pick.choice([0, 0, 1, 2, 3]))
    if name == "quantile":
        q, method = pick.choice(QUANTILES), "linear"
        constants = f", {q}"
        if pick.random() < 0.4:
            method = pick.choice(METHODS)
            constants += f", '{method}'"
        return Aggregate(name, [argument], filter, Fraction(q), method, constants)
    distinct = "distinct" if name == "count_distinct" and filter is None and pick.random() < 0.3 else ""
    return Aggregate(name, [argument], filter, constants=distinct)


def order(maker, items):
    """Keys of an order: names of the answer's columns or expressions."""
    keys = []
    for _ in range(maker.random.choice([0, 0, 1, 1, 2])):
        item = maker.random.choice(items)
        down = maker.random.random() < 0.5
        name = item.alias if item.alias and maker.random.random() < 0.8 else item.expr.text
        minus = down and maker.random.random() < 0.5 and (item.alias == name or item.expr.binding > 6)
        first = maker.random.random() < 0.15
        if name.startswith("-"):
            name = f"({name})"
        typed = f"-{name}" if minus else name + (" desc" if down else "")
        keys.append(Key(item.expr, down, typed + (" nulls first" if first else ""), first))
    return keys


SHIFTS = ["lag", "lead", "diff"]
RUNNING = ["cumsum", "cumsum", "cumprod", "cummin", "cummax", "cumcount", "rank"]
MOVING = ["move_sum", "move_mean", "move_var", "move_std", "move_min", "move_max", "move_median", "move_quantile"]
MOVING += ["move_rank", "move_count", "ewm_mean"]
RANKS = ["average", "min", "max", "dense", "ordinal"]
NUMBERS = {"int64", "int32", "uint8", "uint64", "float64", "float32"}


def row_function(generator, argument):
    """A function over the order of rows of this argument, or None where there is none of its type."""
    name = generator.choice(generator.choice([SHIFTS, RUNNING, MOVING]))
    if argument.type not in NUMBERS and name not in ("lag", "lead", "rank", "cumcount", "move_count"):
        return None
    constants = []
    if name in SHIFTS:
        constants = generator.choice([[], [], [1], [2], [0], [7], [100], [10**9]])
    elif name == "rank":
        constants = generator.choice([[], [generator.choice(RANKS)]])
    elif name == "ewm_mean":
        constants = [generator.choice(["0.5", "0.1", "1", "0.9"])]
    elif name in MOVING:
        width = generator.choice([1, 2, 3, 5, 10, 30])
        constants = [width]
        if name == "move_quantile":
            constants.append(generator.choice(QUANTILES))
        if name != "move_count" and generator.random() < 0.6:
            constants.append(generator.randint(1, width))
    return RowFunction(name, argument, *constants)


def question(generator, row_share=0):
    """A random question; with functions over the order of rows where `row_share` is more than 0."""
    above = Maker(generator, row_share=row_share)
    where = above.truth(generator.choice([1, 2, 3])) if generator.random() < 0.5 else None
    below = Maker(generator, row_share=row_share)
    asked = about(generator, where, below)
    text = asked.text("")
    stands = lambda one: one.text in text
    asked.over_all, asked.over_kept = list(filter(stands, above.made)), list(filter(stands, below.made))
    return asked


def about(generator, where, maker):
    """A random question about the rows for which `where` is true."""
    limit = generator.choice([0, 1, 3, 10]) if generator.random() < 0.2 else None
    kind = generator.random()
    share, maker.row_share = maker.row_share, 0 if kind > 0.5 else maker.row_share
    if kind < 0.3:
        select = named(generator, [maker.any(generator.randint(1, 4)) for _ in range(generator.randint(1, 4))], "c")
        return Question(select, where, order=order(maker, select), limit=limit, statement=generator.random() < 0.2)
    made = {one.text: one for one in (aggregate(maker) for _ in range(generator.randint(1, 4)))}
    by = []
    if kind > 0.5:
        # Keys are of single rows; aggregates of groups take none.
        maker.row_share = share
        keys = {}
        for _ in range(generator.choice([1, 1, 1, 2, 3])):
            key = maker.key()
            if key.type is None:
                key = column(key.text.strip('"'), TYPES[key.text.strip('"')])
            # A minus before a whole key would be its direction.
            key = parenthesised(key) if key.text.startswith("-") else key
            keys[key.text] = key
        by = named(generator, list(keys.values()), "k")
    over = [one.expression() for one in made.values()]
    above = Maker(generator, over + [seen(key.expr) for key in by])
    select = list(over)
    if generator.random() < 0.3:
        select.append(above.number(2) or over[0])
    # A statement selects its keys itself.
    statement = generator.random() < 0.2
    if statement:
        select = [seen(key.expr) for key in by] + select
        by = [Item(key.expr) for key in by]
    select = named(generator, list({one.text: one for one in select}.values()), "a")
    having = above.truth(2) if by and generator.random() < 0.25 else None
    down = [not statement and generator.random() < 0.15 and key.expr.binding > 6 for key in by]
    question = Question(select, where, by, down, list(made.values()), having, [], limit, statement)
    items = [Item(seen(item.expr), item.alias) for item in by if not statement] + select
    question.order = order(above, items)
    return question


def named(generator, expressions, letter):
    """Each with a name of its own, or called as it is typed."""
    named = []
    for index, expr in enumerate({one.text: one for one in expressions}.values()):
        alias = f"{letter}{index}" if generator.random() < 0.8 else None
        named.append(Item(expr, alias))
    return named
