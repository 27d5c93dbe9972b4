"""Questions: their words on the command line, and their answers by the oracle."""

import re
from dataclasses import dataclass, field
from functools import cmp_to_key

import aggregates
from expressions import ATOM, Expr, Fault, quoted
from row_functions import placed


@dataclass(eq=False)
class Aggregate:
    """An aggregate of expressions, with a filter or without."""

    name: str
    arguments: list
    filter: Expr = None
    q: object = None
    method: str = "linear"
    constants: str = ""

    @property
    def text(self):
        inside = ", ".join(argument.text for argument in self.arguments) or "*"
        if self.name == "count_distinct" and self.constants == "distinct":
            call = f"count(distinct {inside})"
        else:
            call = f"{self.name}({inside}{self.constants})"
        return call + (f" filter (where {self.filter.text})" if self.filter else "")

    @property
    def type(self):
        return aggregates.result_type(self.name, [argument.type for argument in self.arguments])

    def expression(self):
        """What stands for it in an expression of groups, whose rows are answers by text."""
        return Expr(self.type, self.text, ATOM, lambda row: row[self.text])

    def answer(self, rows):
        values = []
        for at, row in rows:
            if self.filter is None or at_row(at, self.filter, row) is True:
                values.append((at, tuple(at_row(at, one, row) for one in self.arguments)))
        types = [argument.type for argument in self.arguments]
        return aggregates.aggregate(self.name, values, types, self.q, self.method)


@dataclass
class Item:
    """A value of the answer; without an alias it is called as its column or as it is typed."""

    expr: Expr
    alias: str = None

    @property
    def name(self):
        text = self.expr.text
        is_column = re.fullmatch(r'\(?("[^"]*"|[A-Za-z_]\w*)\)?', text)
        return self.alias or (text.strip('()"') if is_column else text)

    @property
    def typed(self):
        return f"{self.expr.text} as {quoted(self.alias)}" if self.alias else self.expr.text


@dataclass
class Key:
    """A key of an order."""

    expr: Expr
    descending: bool = False
    typed: str = ""
    nulls_first: bool = False


@dataclass
class Question:
    """One question. With aggregates `select`, `having` and `order` see answers of groups: rows by text."""

    select: list
    where: Expr = None
    by: list = field(default_factory=list)
    descending: list = field(default_factory=list)
    aggregates: list = field(default_factory=list)
    having: Expr = None
    order: list = field(default_factory=list)
    limit: int = None
    statement: bool = False
    # Functions over the order of rows: those in the filter, which see all rows, and those of the kept ones.
    over_all: list = field(default_factory=list)
    over_kept: list = field(default_factory=list)

    def arguments(self, files):
        """The words after `arrcalc query`."""
        if self.statement:
            return [self.text(files[0])]
        words = [*files]
        if self.select:
            words += ["-s", ", ".join(item.typed for item in self.select)]
        if self.where:
            words += ["-w", self.where.text]
        if self.by:
            keys = [("-" if down else "") + key.typed for key, down in zip(self.by, self.descending)]
            words += ["-b", ", ".join(keys)]
        if self.having:
            words += ["--having", self.having.text]
        if self.order:
            words += ["--order-by", ", ".join(key.typed for key in self.order)]
        if self.limit is not None:
            words += ["-n", str(self.limit)]
        return words

    def text(self, file):
        """The whole statement."""
        items = ", ".join(item.typed for item in self.items())
        words = [f"select {items or '*'} from '{file}'"]
        if self.where:
            words.append(f"where {self.where.text}")
        if self.by:
            keys = [key.expr.text + (" desc" if down else "") for key, down in zip(self.by, self.descending)]
            words.append("group by " + ", ".join(keys))
        if self.having:
            words.append(f"having {self.having.text}")
        if self.order:
            words.append("order by " + ", ".join(key.typed for key in self.order))
        if self.limit is not None:
            words.append(f"limit {self.limit}")
        return " ".join(words)

    def items(self):
        """Columns of the answer: keys that are not selected stand first."""
        selected = {item.expr.text.strip("()") for item in self.select}
        return [key for key in self.by if key.expr.text.strip("()") not in selected] + self.select

    def answer(self, table):
        """Names, types and rows of the answer; `Fault` with the lowest row in `.row` where a row has no value."""
        faults, kept = [], []
        grouped = self.by or self.aggregates
        rows = placed(enumerate(table.rows))
        # Rows behind the last wanted one need no values, but for those that see all.
        first = self.limit if not grouped and not self.order else None
        stop = None if self.over_kept else first
        for at, row in rows:
            if stop is not None and len(kept) == stop:
                break
            try:
                if self.where is None or at_row(at, self.where, row) is True:
                    kept.append((at, row))
            except Fault as fault:
                faults.append(fault)
        kept = placed(kept) if self.where else rows if stop is None else kept
        # Functions over rows are computed for all that they see, before anything else.
        earlier = []
        for functions, members in ((self.over_all, rows), (self.over_kept, kept)):
            for function in functions:
                try:
                    function.of_all(members)
                except Fault as fault:
                    earlier.append(fault)
        for at, row in kept[:first] if not grouped else []:
            for one in [*self.items(), *self.order]:
                try:
                    at_row(at, one.expr, row)
                except Fault as fault:
                    faults.append(fault)
        middle = self.groups(kept, faults) if grouped else [row for _, row in kept]
        if earlier:
            # Which pass meets its fault first is not said.
            earlier[0].rows = {fault.row for fault in earlier + faults}
            raise earlier[0]
        if faults:
            raise min(faults, key=lambda fault: fault.row)
        if self.having:
            middle = [row for row in middle if self.having.value(row) is True]
        if self.order:
            middle = ordered(middle, self.order)
        items = self.items() or [Item(table.column(name)) for name in table.names]
        if self.by:
            items = [Item(seen(item.expr), item.alias) if item in self.by else item for item in items]
        types = {item.name: item.expr.type for item in items}
        if self.limit is not None:
            middle = middle[: self.limit]
        return types, [{item.name: item.expr.value(row) for item in items} for row in middle]

    def groups(self, rows, faults):
        """A row of answers for each group, in the order of the keys."""
        found = {} if self.by else {(): ((), rows)}
        for at, row in rows if self.by else []:
            try:
                values = tuple(at_row(at, key.expr, row) for key in self.by)
            except Fault as fault:
                faults.append(fault)
                continue
            # One NaN, and zeros are equal.
            identity = tuple(("NaN",) if v != v else v for v in values)
            shown = tuple(0.0 if isinstance(v, float) and v == 0 else v for v in values)
            found.setdefault(identity, (shown, []))[1].append((at, row))
        middle = []
        late = []
        for values, members in found.values():
            row = {key.expr.text: value for key, value in zip(self.by, values)}
            for one in self.aggregates:
                try:
                    row[one.text] = one.answer(members)
                except Fault as fault:
                    (late if getattr(fault, "row", None) is None else faults).append(fault)
                    row[one.text] = None
            middle.append(row)
        if late and not faults:
            late[0].row = float("inf")
            raise late[0]
        keys = [Key(seen(key.expr), down) for key, down in zip(self.by, self.descending)]
        return ordered(middle, keys)


def at_row(at, expr, row):
    """The value of a row of the file; a fault says which row."""
    try:
        return expr.value(row)
    except Fault as fault:
        fault.row = getattr(fault, "row", at)
        raise


def seen(key):
    """A key as expressions of groups see it."""
    return Expr(key.type, key.text, key.binding, lambda row: row[key.text])


def comparable(value):
    return value.encode() if isinstance(value, str) else value


def ordered(rows, keys):
    """Stable: numbers or texts, then NaN, then null, in both directions; zeros are equal."""
    computed = [(tuple(key.expr.value(row) for key in keys), row) for row in rows]

    def order(one, other):
        for key, a, b in zip(keys, one[0], other[0]):
            ranks = [2 if v is None else 1 if v != v else 0 for v in (a, b)]
            if key.nulls_first:
                ranks = [-1 if rank == 2 else rank for rank in ranks]
            if ranks[0] != ranks[1]:
                return ranks[0] - ranks[1]
            if ranks[0] == 0 and a != b:
                less = comparable(a) < comparable(b)
                return -1 if less != key.descending else 1
        return 0

    return [row for _, row in sorted(computed, key=cmp_to_key(order))]
