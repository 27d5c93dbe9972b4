"""Writes fixtures.json: small npy and npz files made by NumPy, and what NumPy reads from them.

Run with any NumPy >= 2: python fixtures.py > fixtures.json. Every file is hex; every cell is a string: `n` null,
`b:1` truth value, `i:5` integer (days and ticks too), `f:<bits of the float64, hex>`, `t:` text.
"""

import io
import json
import struct
import sys

import numpy as np


def cell(value, kind):
    if kind in "Mm":
        return "n" if np.isnat(value) else None
    if kind == "b":
        return f"b:{int(value)}"
    if kind in "iu":
        return f"i:{int(value)}"
    if kind == "f":
        return "f:" + struct.pack(">d", float(value)).hex()
    if kind == "S":
        return "t:" + value.decode("utf-8")
    return "t:" + str(value)


UNITS = {"ns": "ns", "us": "us", "ms": "ms", "s": "s", "m": "s", "h": "s"}


def temporal(array):
    """Arrow type name and integers, converted by NumPy itself."""
    unit, count = np.datetime_data(array.dtype)
    if array.dtype.kind == "M" and unit in "DWMY":
        converted, name = array.astype("M8[D]"), "date"
    else:
        target = UNITS.get(unit, "s")
        converted = array.astype(f"{array.dtype.kind}8[{target}]")
        name = ("timestamp" if array.dtype.kind == "M" else "duration") + f"[{target}]"
    flat = converted.ravel()
    return name, ["n" if np.isnat(v) else f"i:{int(i)}" for v, i in zip(flat, flat.astype("i8"))]


def column(name, array):
    kind = array.dtype.kind
    if kind in "Mm":
        type_name, cells = temporal(array)
    else:
        type_name = {"U": "string", "S": "string"}.get(kind, array.dtype.newbyteorder("=").name)
        cells = [cell(v, kind) for v in array.ravel()]
    return {"name": name, "type": type_name, "cells": cells}


def columns(array, stem):
    if array.dtype.names:
        return [column(name, array[name]) for name in array.dtype.names]
    if array.ndim == 2 and 1 <= array.shape[1] <= 1024:
        return [column(f"c{i}", array[:, i]) for i in range(array.shape[1])]
    return [column(stem, array)]


def npy(array, version=None):
    out = io.BytesIO()
    np.lib.format.write_array(out, array, version=version, allow_pickle=False)
    return out.getvalue().hex()


fixtures = []


def add(name, array, slices=(), version=None):
    data = npy(array, version)
    fixtures.append({"name": name, "npy": data, "slice": "", "columns": columns(array, "x")})
    for text in slices:
        part = eval("array" + text)
        fixtures.append({"name": name, "npy": data, "slice": text, "columns": columns(np.asarray(part), "x")})


def values(dtype, count):
    dtype = np.dtype(dtype)
    if dtype.kind == "b":
        return np.arange(count) % 3 == 0
    if dtype.kind in "iu":
        info = np.iinfo(dtype)
        base = [info.min, info.max, 0, 1, info.max // 3]
        return np.array([base[i % 5] if i < 5 else i * 7 % 100 for i in range(count)], dtype)
    if dtype.kind == "f":
        base = [0.0, -0.0, np.inf, -np.inf, np.nan, 1.5, -2.25, float(np.finfo(dtype).smallest_subnormal)]
        return np.array([base[i % 8] if i < 8 else i / 3 for i in range(count)], dtype)
    if dtype.kind in "Mm":
        ints = np.array([0, 1, -1, 12345, -9999, 700, 13] + [31 * i for i in range(count)])[:count]
        out = ints.astype("i8").view(dtype.newbyteorder("="))
        out = out.copy()
        if count > 3:
            out[3] = "NaT"
        return out
    texts = ["", "a", "größe", "日本", "x" * 7, "\U0001f40d", " b "]
    out = [texts[i % 7] for i in range(count)]
    return np.array([t.encode() for t in out]) if dtype.kind == "S" else np.array(out)


NUMBERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]
TEMPORAL = [f"{k}8[{u}]" for k in "Mm" for u in ["ns", "us", "ms", "s", "m", "h", "D", "W", "25s", "10us"]]
TEMPORAL += ["M8[M]", "M8[Y]", "M8[3M]", "M8[2D]"]
for order in "<>":
    for dtype in NUMBERS + TEMPORAL:
        for shape in [(), (1,), (0,), (13,), (4, 3), (2, 3, 4)]:
            count = int(np.prod(shape))
            array = values(dtype, count).reshape(shape).astype(np.dtype(dtype).newbyteorder(order))
            if shape in [(4, 3), (2, 3, 4)] or dtype in ("f8", "M8[us]", "i2"):
                add(f"{order}{dtype} {shape} C", array)
            if len(shape) > 1 and dtype in NUMBERS + ["M8[us]", "M8[D]"]:
                add(f"{order}{dtype} {shape} F", np.asfortranarray(array))
    add(f"{order}U", values("U", 9).astype(np.dtype("U8").newbyteorder(order)))
    add(f"{order}U 2-D F", np.asfortranarray(values("U", 8).reshape(4, 2).astype(np.dtype("U8").newbyteorder(order))))
    structure = np.zeros(5, np.dtype([("t", f"{order}M8[us]"), ("n", "S5"), ("x", f"{order}f4"), ("ok", "?"),
                                      ("in", [("a", f"{order}i2"), ("b", f"{order}u8")])]))
    structure["t"] = values("M8[us]", 5)
    structure["n"] = [b"ab", b"", b"\xc3\xbc", b"12345", b"z"]
    structure["x"] = values("f4", 5)
    structure["ok"] = [1, 0, 0, 1, 1]
    structure["in"]["a"] = [-1, 2, -3, 4, 5]
    structure["in"]["b"] = [1, 2**64 - 1, 3, 4, 5]
    flat = [column(n, structure[n]) for n in ["t", "n", "x", "ok"]]
    flat += [column("in." + n, structure["in"][n]) for n in "ab"]
    fixtures.append({"name": f"{order}structure", "npy": npy(structure), "slice": "", "columns": flat})
aligned = np.zeros(4, np.dtype([("a", "i1"), ("b", "<f8"), ("größe", "<i4")], align=True))
aligned["a"], aligned["b"], aligned["größe"] = [1, 2, 3, 4], [0.5, 1.5, 2.5, 3.5], [-1, -2, -3, -4]
add("padded structure, names not latin", aligned)
add("bool", values("?", 21))
add("bool 2-D F", np.asfortranarray(values("?", 20).reshape(10, 2)))
add("S", values("S", 9))
for version in [(1, 0), (2, 0), (3, 0)]:
    add(f"version {version}", np.arange(3.0), version=version)
add("wide", np.arange(2050.0).reshape(2, 1025).astype("f4")[:, :1025])
add("no columns", np.zeros((3, 0)))
add("no rows", np.zeros((0, 3), "i2"))
SLICES = ["[0]", "[-1]", "[1:]", "[::-1]", "[:, 1]", "[:, ::-2]", "[..., 0]", "[..., ::-1]", "[1, 2, 3]", "[0:1, :, 3]",
          "[::-1, ::-1, ::-1]", "[1, :, 1:3]", "[:, 0:0]", "[..., 1:2, :]", "[5:, :, 0]"]
for order in "<>":
    cube = np.arange(24).reshape(2, 3, 4).astype(order + "i4")
    add(f"{order}cube C", cube, SLICES)
    add(f"{order}cube F", np.asfortranarray(cube), SLICES)
line = np.arange(20.0)
add("line", line, ["[3:17:4]", "[::-3]", "[7]", "[-5:]", "[2:2]", "[100:]", "[...]", "[:-3:2]"])
words = np.array(["one", "two", "three", "four"])
add("words", words, ["[::-1]", "[1:3]"])
fixed = np.array(["2020-01-01", "NaT", "1969-12-31"], "M8[D]")
add("days", fixed, ["[::-1]", "[::2]"])

archives = []
for compressed in [False, True]:
    out = io.BytesIO()
    members = {
        "price": np.arange(5) / 4,
        "big": np.arange(5, dtype=">i2"),
        "matrix": np.asfortranarray(np.arange(6.0).reshape(3, 2)),
        "when": values("M8[s]", 5),
        "scalar": np.float64(2.5),
        "name": values("U", 5),
    }
    (np.savez_compressed if compressed else np.savez)(out, **members)
    table = [c for name in ["price", "big", "when", "name"] for c in columns(members[name], name)]
    parts = {name: columns(np.asarray(members[name]), name) for name in members}
    archives.append({"compressed": compressed, "npz": out.getvalue().hex(), "columns": table, "members": parts})

json.dump({"numpy": np.__version__, "npy": fixtures, "npz": archives}, sys.stdout, ensure_ascii=False, separators=(",", ":"))
