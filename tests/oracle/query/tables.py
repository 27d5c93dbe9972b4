"""Tables of every type with nulls, NaN, infinities and both zeros, and the files that hold them."""

import datetime
import math
import struct

import numpy as np
import pyarrow as pa
import pyarrow.ipc as ipc
import pyarrow.parquet as pq

from expressions import column, narrow
from functions import EPOCH

TYPES = {
    "i": "int64",
    "j": "int32",
    "u": "uint8",
    "w": "int64",
    "k": "int64",
    "x": "float64",
    "y": "float64",
    "z": "float64",
    "f": "float32",
    "p": "bool",
    "s": "string",
    "t": "string",
    "d": "date",
    "q": "uint64",
    "h": "timestamp[us]",
    "odd name": "int64",
}
ROWS = [0, 1, 2, 3, 7, 40, 63, 64, 65, 200, 200, 300, 1000, 1025, 5000]
WORDS = [
    "",
    "a",
    "b",
    "ab",
    "B",
    "äß",
    "日本",
    "a,b",
    'say "no"',
    "NA",
    "null",
    "1",
    "1.5",
    "x\ny",
    "zz%",
    "z_z",
    "😀",
    "é",
    "e",
]
ARROW = {
    "string": pa.string(),
    "date": pa.date32(),
    "bool": pa.bool_(),
    "float64": pa.float64(),
    "float32": pa.float32(),
}
ARROW |= {"int64": pa.int64(), "int32": pa.int32(), "uint8": pa.uint8()}
ARROW |= {"uint64": pa.uint64(), "timestamp[us]": pa.timestamp("us")}
SPECIAL = [math.nan, math.inf, -math.inf, 0.0, -0.0]


def any_float(generator):
    return struct.unpack("<d", generator.getrandbits(64).to_bytes(8, "little"))[0]


def value(name, generator):
    """A random value of the column that is not null."""
    pick = generator.choice
    match name:
        case "i":
            return generator.randint(-1000, 1000)
        case "j":
            return pick([generator.randint(-50, 50), generator.randint(-(2**31), 2**31 - 1)])
        case "u":
            return generator.randint(0, 255)
        case "w":
            return pick([generator.randint(-(2**63), 2**63 - 1), generator.randint(-5, 5), 2**53 + 1])
        case "k" | "odd name":
            return generator.randint(-2, 3)
        case "x":
            return generator.gauss(0, 100)
        case "y":
            return pick([generator.uniform(-1, 1) * 2.0 ** generator.randint(-60, 60), float(generator.randint(-9, 9))])
        case "z":
            return pick([*SPECIAL, 1.5, -2.5, any_float(generator)])
        case "f":
            return narrow(pick([generator.gauss(0, 10), generator.randint(-8, 8) / 2, 0.1]))
        case "q":
            return pick([generator.randint(0, 9), generator.randint(0, 2**40), 2**63 + generator.randint(0, 2**63 - 1)])
        case "h":
            # Seconds, thousandths and millionths of 2001, and moments before 1970.
            unit = pick([1, 1000, 10**6, 10**6])
            return generator.randint(978_307_200, 978_307_200 + 10**7) * 10**6 // unit * unit - pick([0, 0, 0, 10**15])
        case "p":
            return pick([True, False])
        case "s":
            return pick(WORDS)
        case "t":
            return pick(["red", "green", "blue"])
    return generator.randint(15_000, 17_000)


def moment(microseconds):
    """ISO 8601 with as many digits of a second as are needed: none, three or six."""
    text = (datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=microseconds)).isoformat()
    return text[:-3] if "." in text and text.endswith("000") else text


class Table:
    """Rows as dictionaries of Python values, dates as days."""

    def __init__(self, types, rows):
        self.types, self.rows = types, rows

    @property
    def names(self):
        return list(self.types)

    def column(self, name):
        return column(name, self.types[name])

    def arrow(self):
        arrays = {}
        for name, type in self.types.items():
            values = [row[name] for row in self.rows]
            if type == "date":
                values = [None if v is None else EPOCH + datetime.timedelta(v) for v in values]
            arrays[name] = pa.array(values, ARROW[type], from_pandas=False)
        return pa.table(arrays)

    def csv(self):
        """CSV text: texts in quotes, nulls empty, floats at full precision."""

        def cell(value, type):
            if value is None:
                return ""
            if type == "string":
                return '"' + value.replace('"', '""') + '"'
            if type == "date":
                return (EPOCH + datetime.timedelta(value)).isoformat()
            if type == "timestamp[us]":
                return moment(value)
            if type == "float32" and math.isfinite(value):
                return str(np.float32(value))
            return str(value).lower() if type == "bool" else str(value)

        lines = [",".join(f'"{name}"' for name in self.types)]
        lines += [",".join(cell(row[name], type) for name, type in self.types.items()) for row in self.rows]
        return "\n".join(lines) + "\n"

    def csv_types(self):
        return ",".join(f"{name}={type}" for name, type in self.types.items())


def table(generator):
    """A random table: each column with its own share of nulls, sometimes none, sometimes all."""
    rows = generator.choice(ROWS)
    shares = {name: generator.choice([0, 0, 0.1, 0.5, 1 if generator.random() < 0.2 else 0]) for name in TYPES}
    draw = lambda name: None if generator.random() < shares[name] else value(name, generator)
    return Table(TYPES, [{name: draw(name) for name in TYPES} for _ in range(rows)])


def write(table, path, rows_a_part=None):
    """Writes a file; the extension says which."""
    match path.suffix:
        case ".parquet":
            pq.write_table(table.arrow(), path, row_group_size=rows_a_part or 1000)
        case ".csv":
            path.write_text(table.csv(), encoding="utf-8", newline="")
        case suffix:
            data = table.arrow()
            maker = ipc.new_file if suffix == ".arrow" else ipc.new_stream
            with pa.OSFile(str(path), "wb") as sink, maker(sink, data.schema) as writer:
                writer.write_table(data, max_chunksize=rows_a_part or 1000)


def cuts(table, parts):
    """Consecutive parts of a table, some of which may be empty."""
    n = len(table.rows)
    edges = [n * part // parts for part in range(parts + 1)]
    return [Table(table.types, table.rows[a:b]) for a, b in zip(edges, edges[1:])]
