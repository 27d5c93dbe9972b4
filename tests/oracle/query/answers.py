"""Printed answers against expected ones, value by value and bit for bit."""

import datetime
import json
import math
import struct

from comparison import SPECIAL
from expressions import FLOATS, INTEGERS, narrow
from functions import EPOCH
from tables import moment


def bits(value):
    return "NaN" if value != value else struct.pack("<d", value).hex()


def shown(value, type):
    """What JSON says for a value that is no float."""
    if value is None:
        return None
    if type == "date":
        return (EPOCH + datetime.timedelta(value)).isoformat()
    if type == "timestamp[us]":
        return moment(value)
    if type == "timestamp":
        return (datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=value)).isoformat()
    if type == "string":
        return value
    return bool(value) if type == "bool" else value


def difference(found, value, type):
    """What is wrong with a printed value, or None."""
    if type in FLOATS and value is not None:
        found = SPECIAL.get(found, found) if isinstance(found, str) else found
        if not isinstance(found, float):
            return f"{found!r} instead of {value!r}"
        found = narrow(found) if type == "float32" and math.isfinite(found) else found
        return None if bits(found) == bits(value) else f"{found!r} instead of {value!r} ({type})"
    expected = shown(value, type)
    same = found == expected and (isinstance(found, bool) == isinstance(expected, bool))
    same = same and not (type in INTEGERS and isinstance(found, float))
    return None if same else f"{found!r} instead of {expected!r} ({type})"


def differences(document, types, rows):
    """What is wrong with a printed answer: an array of objects whose members stand in the order of the columns."""
    found = json.loads(document, object_pairs_hook=list)
    if len(found) != len(rows):
        return f"{len(found)} rows instead of {len(rows)}"
    for index, (have, want) in enumerate(zip(found, rows)):
        names = [name for name, _ in have]
        if names != list(want):
            return f"columns {names} instead of {list(want)}"
        for name, value in have:
            if wrong := difference(value, want[name], types[name]):
                return f"row {index}, {name}: {wrong}"
    return None
