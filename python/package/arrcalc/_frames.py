"""Results as data frames of other libraries, which are imported when they are asked for."""

import importlib


def _library(name, what):
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ModuleNotFoundError(
            f"{what} needs {name}, which is not installed: pip install {name}", name=name
        ) from None


def to_polars(table):
    return _library("polars", "to_polars").DataFrame(table)


def to_pandas(table):
    pandas = _library("pandas", "to_pandas")
    types = table.schema
    columns = {name: _series(pandas, values, types[name]) for name, values in table.to_numpy().items()}
    return pandas.DataFrame(columns, index=pandas.RangeIndex(len(table)))


def _series(pandas, values, data_type):
    """One column: what is masked in NumPy has a nullable type of pandas, timestamps get their zone back."""
    if hasattr(values, "mask"):
        kind = pandas.arrays.BooleanArray if data_type == "bool" else pandas.arrays.IntegerArray
        return kind(values.data, values.mask)
    if data_type == "float16":
        return values.astype("f4")  # pandas computes with no float16
    if data_type == "string":
        return pandas.array(values, dtype="str" if int(pandas.__version__.split(".")[0]) >= 3 else object)
    unit, _, zone = data_type.removeprefix("timestamp[").removesuffix("]").partition(", ")
    if data_type.startswith("timestamp[") and zone:
        return pandas.DatetimeIndex(values.view(f"M8[{unit}]"), tz="UTC").tz_convert(zone)
    return values
