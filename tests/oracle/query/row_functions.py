"""Functions over the order of rows: the value of a row from those before and behind it, by exact fractions.

A row that is placed knows all rows that its functions see: see `placed`. Windows are answered by the oracle's
aggregates over their rows, so that a moving mean is the mean of a list.
"""

import itertools
import math
from fractions import Fraction

import aggregates
from exact import round_fraction
from expressions import ATOM, FLOATS, Expr, Fault, fitting, narrow

# Under this name a row keeps all rows and its own place among them: no column is called so.
PLACE = "\0place"


class Members(list):
    """Rows in their order, as (row of the file, values)."""


def placed(rows):
    """The same rows, each of which knows all."""
    members = Members()
    for at, row in rows:
        members.append((at, {**row, PLACE: (members, len(members))}))
    return members


class RowFunction(Expr):
    """`name(argument, constants)` over the rows that it sees."""

    def __init__(self, name, argument, *constants):
        inside = ", ".join([argument.text, *map(written, constants)])
        super().__init__(result_type(name, argument.type, constants), f"{name}({inside})", ATOM, self.of_row)
        self.name, self.argument, self.constants = name, argument, constants
        self.known = {}

    def of_row(self, row):
        members, index = row[PLACE]
        return self.of_all(members)[index]

    def of_all(self, members):
        """A value for each row, or the fault of the lowest that has none."""
        if id(members) not in self.known:
            # With the rows themselves, whose address is the key.
            self.known[id(members)] = (members, self.computed(members))
        found = self.known[id(members)][1]
        if isinstance(found, Fault):
            raise found
        return found

    def computed(self, members):
        values = []
        try:
            for at, row in members:
                values.append(self.argument.value(row))
        except Fault as fault:
            fault.row = getattr(fault, "row", at)
            return fault
        try:
            return apply(self.name, values, self.argument.type, self.constants)
        except Fault as fault:
            fault.row = members[fault.index][0]
            return fault


def written(constant):
    return f"'{constant}'" if isinstance(constant, str) and not constant[0].isdigit() else str(constant)


def result_type(name, type, constants):
    match name:
        case "cumsum" | "cumprod" | "move_sum":
            return aggregates.sum_type(type)
        case "cumcount" | "move_count":
            return "int64"
        case "diff":
            return type if type in FLOATS else "int64"
        case "rank":
            return "float64" if constants in ((), ("average",)) else "int64"
        case "move_rank":
            return "float64"
        case "move_mean" | "move_var" | "move_std" | "move_median" | "move_quantile" | "ewm_mean":
            return aggregates.float_type(type)
    return type


def apply(name, values, type, constants):
    match name:
        case "lag":
            return shifted(values, *(constants or (1,)))
        case "lead":
            return shifted(values[::-1], *(constants or (1,)))[::-1]
        case "diff":
            before = shifted(values, *(constants or (1,)))
            return each(lambda index: difference(values[index], before[index], type), values)
        case "cumsum":
            return running_sum(values, type)
        case "cumprod":
            return running_product(values, type)
        case "cummin" | "cummax":
            return running_extremum(values, name == "cummax")
        case "cumcount":
            return list(itertools.accumulate(int(value is not None) for value in values))
        case "rank":
            return ranks(values, *(constants or ("average",)))
        case "ewm_mean":
            return weighted(values, type, float(constants[0]))
    return each(lambda index: window(name, values, index, type, *constants), values)


def window(name, values, index, type, width, *more):
    """The aggregate over the last rows, where enough of them have values."""
    rows = [(at, (values[at],)) for at in range(max(index + 1 - width, 0), index + 1)]
    there = sum(value[0] is not None for _, value in rows)
    if name == "move_count":
        return there
    q, more = (Fraction(more[0]), more[1:]) if name == "move_quantile" else (None, more)
    if there < (more[0] if more else width):
        return None
    if name == "move_rank":
        found = ranks([value[0] for _, value in rows], "average")[-1]
        odd = any(value[0] is not None and value[0] != value[0] for _, value in rows)
        return found if found is None or not odd else math.nan
    return aggregates.aggregate(name.removeprefix("move_"), rows, [type], q)


def each(compute, values):
    """A value for each row; a fault says which row it is."""
    found = []
    for index in range(len(values)):
        try:
            found.append(compute(index))
        except Fault as fault:
            fault.index = index
            raise
    return found


def shifted(values, n):
    return [None] * min(n, len(values)) + values[: max(len(values) - n, 0)]


def difference(value, before, type):
    if value is None or before is None:
        return None
    if type in FLOATS:
        return narrow(value - before) if type == "float32" else value - before
    return fitting(value - before, "int64")


def running_sum(values, type):
    """Every prefix exactly, rounded once; null where the row is."""
    exact, odd, negative_zero = Fraction(0), set(), True

    def add(index):
        nonlocal exact, negative_zero
        value = values[index]
        if value is None:
            return None
        if type not in FLOATS:
            exact += value
            return fitting(int(exact), aggregates.sum_type(type))
        negative_zero = negative_zero and value == 0 and math.copysign(1, value) < 0
        if math.isfinite(value):
            exact += Fraction(value)
        else:
            odd.add("nan" if value != value else value)
        if odd:
            return math.nan if len(odd) > 1 or "nan" in odd else next(iter(odd))
        return -0.0 if negative_zero else round_fraction(exact, aggregates.bits(type))

    return each(add, values)


def running_extremum(values, largest):
    best, found = [], []
    for value in values:
        if value is None:
            found.append(None)
            continue
        best = [aggregates.extremum([*best, value], largest)]
        found.append(best[0])
    return found


def running_product(values, type):
    """Of integers exactly, of floats step by step."""
    product = None

    def step(index):
        nonlocal product
        value = values[index]
        if value is None:
            return None
        product = value if product is None else product * value
        if type in FLOATS:
            product = narrow(product) if type == "float32" else product
            return product
        return fitting(int(product), aggregates.sum_type(type))

    return each(step, values)


def weighted(values, type, alpha):
    """Weights fade by `1 - alpha` a row, whether it has a value or not; the sums are binary64 step by step."""
    total = weight = 0.0
    found = []
    for value in values:
        total, weight = total * (1.0 - alpha), weight * (1.0 - alpha)
        if value is None:
            found.append(None)
            continue
        total, weight = total + float(value), weight + 1.0
        found.append(narrow(total / weight) if type == "float32" else total / weight)
    return found


def ranks(values, method):
    """Places from 1: zeros are equal, NaNs too, and last; nulls have none."""
    rows = [row for row, value in enumerate(values) if value is not None]
    keys = {row: place_key(values[row]) for row in rows}
    order = sorted(rows, key=keys.get)
    found = [None] * len(values)
    dense = begin = 0
    for _, tie in itertools.groupby(order, keys.get):
        tie = list(tie)
        end, dense = begin + len(tie), dense + 1
        for place, row in enumerate(tie, begin + 1):
            ways = {"average": (begin + 1 + end) / 2, "min": begin + 1, "max": end, "dense": dense, "ordinal": place}
            found[row] = ways[method]
        begin = end
    return found


def place_key(value):
    if value != value:
        return (1, 0)
    return (0, value.encode() if isinstance(value, str) else value)
