"""Aggregates by Python's exact integers and fractions, rounded once.

Each takes the rows of a group as (row, values of the arguments) and the types of the arguments.
"""

import math
from fractions import Fraction

from exact import interpolate, round_fraction, round_sqrt, value_key
from expressions import FLOATS, INTEGERS, fitting

NAN = math.nan
TEMPORAL = {"date", "timestamp[us]"}
METHODS = {
    "linear": (Fraction(1), Fraction(1)),
    "weibull": (Fraction(0), Fraction(0)),
    "hazen": (Fraction(1, 2), Fraction(1, 2)),
    "median_unbiased": (Fraction(1, 3), Fraction(1, 3)),
    "normal_unbiased": (Fraction(3, 8), Fraction(3, 8)),
    "interpolated_inverted_cdf": (Fraction(0), Fraction(1)),
}


def bits(*types):
    """The precision of a float result: binary32 only where every argument is."""
    return 24 if all(type == "float32" for type in types) else 53


def float_type(*types):
    return "float32" if bits(*types) == 24 else "float64"


def sum_type(type):
    if type in FLOATS:
        return type
    return "uint64" if type.startswith("uint") else "int64"


def scaled(values):
    """Finite numbers as integers over one power of two."""
    ratios = [value.as_integer_ratio() for value in map(number, values)]
    unit = max((denominator for _, denominator in ratios), default=1)
    return [numerator * (unit // denominator) for numerator, denominator in ratios], unit


def number(value):
    return int(value) if isinstance(value, bool) else value


def is_finite(value):
    return not isinstance(value, float) or math.isfinite(value)


def special(values):
    """What NaN and infinities make of a sum, or None."""
    odd = {value for value in values if not is_finite(value)}
    if not odd:
        return None
    return NAN if len(odd) > 1 or odd != odd & {math.inf, -math.inf} else odd.pop()


def power_sums(values, degree):
    whole, unit = scaled(values)
    return [Fraction(sum(value**power for value in whole), unit**power) for power in range(degree + 1)]


def is_minus_zero(values):
    return bool(values) and all(isinstance(v, float) and v == 0 and math.copysign(1, v) < 0 for v in values)


def total(values, type):
    if type not in FLOATS:
        return fitting(sum(values), sum_type(type))
    if (odd := special(values)) is not None:
        return odd
    return -0.0 if is_minus_zero(values) else round_fraction(power_sums(values, 1)[1], bits(type))


def mean(values, type):
    if not values:
        return None
    if (odd := special(values)) is not None:
        return odd
    if is_minus_zero(values):
        return -0.0
    return round_fraction(power_sums(values, 1)[1] / len(values), bits(type))


def mean_of_dates(days):
    """Seconds of the nearest moment, ties to even."""
    return round(Fraction(86_400 * sum(days), len(days))) if days else None


def central(values):
    """Second to fourth central moments."""
    n, s1, s2, s3, s4 = power_sums(values, 4)
    m = s1 / n
    return s2 / n - m**2, s3 / n - 3 * m * s2 / n + 2 * m**3, s4 / n - 4 * m * s3 / n + 6 * m**2 * s2 / n - 3 * m**4


def spread(values, type, ddof, root):
    n = len(values)
    if n <= ddof:
        return None
    if special(values) is not None:
        return NAN
    _, s1, s2 = power_sums(values, 2)
    variance = (s2 - s1 * s1 / n) / (n - ddof)
    return round_sqrt(variance, bits(type)) if root else round_fraction(variance, bits(type))


def shape(values, type, fourth):
    if not values:
        return None
    if special(values) is not None:
        return NAN
    m2, m3, m4 = central(values)
    if m2 == 0:
        return None
    if fourth:
        return round_fraction(m4 / m2**2 - 3, bits(type))
    root = round_sqrt(m3**2 / m2**3, bits(type))
    return -root if m3 < 0 else root


def special_of_squares(values):
    if any(v != v for v in values):
        return NAN
    return math.inf if any(not is_finite(v) for v in values) else None


def sum_squares(values, type):
    if not values:
        return None
    if type not in FLOATS:
        return fitting(sum(int(v) ** 2 for v in values), sum_type(type))
    odd = special_of_squares(values)
    return odd if odd is not None else round_fraction(power_sums(values, 2)[2], bits(type))


def rms(values, type):
    if not values:
        return None
    odd = special_of_squares(values)
    return odd if odd is not None else round_sqrt(power_sums(values, 2)[2] / len(values), bits(type))


def norm(values, type):
    if not values:
        return None
    odd = special_of_squares(values)
    return odd if odd is not None else round_sqrt(power_sums(values, 2)[2], bits(type))


def order_key(value):
    return value.encode() if isinstance(value, str) else value_key(value) if isinstance(value, float) else value


def extremum(values, largest):
    if not values:
        return None
    if any(v != v for v in values):
        return NAN
    return (max if largest else min)(values, key=order_key)


def position(rows, largest):
    """The lowest row among equals, or the first NaN's."""
    if not rows:
        return None
    for row, value in rows:
        if value != value:
            return row
    # Zeros are equal here, as in every search.
    key = lambda value: 0.0 if value == 0 else order_key(value)[0] if isinstance(value, float) else order_key(value)
    best = (max if largest else min)(key(value) for _, value in rows)
    return next(row for row, value in rows if key(value) == best)


def value_range(values, type):
    low, high = extremum(values, False), extremum(values, True)
    if low is None or low != low:
        return low
    if type not in FLOATS:
        return fitting(high - low, sum_type(type))
    if not is_finite(low) or not is_finite(high):
        return high - low
    return round_fraction(Fraction(high) - Fraction(low), bits(type))


def quantile(values, type, q, method="linear"):
    """Rational index and interpolation, rounded once; a date is the nearest day, ties to even."""
    if not values:
        return None
    if any(v != v for v in values):
        return NAN
    ordered, n = sorted(values, key=order_key), len(values)
    if method in METHODS:
        alpha, beta = METHODS[method]
        index = n * q + alpha + q * (1 - alpha - beta) - 1
    else:
        index = q * (n - 1)
        index = {"lower": math.floor, "higher": math.ceil}.get(method, lambda i: Fraction(i))(index)
        if method == "midpoint" and index != math.floor(index):
            index = Fraction(math.floor(index)) + Fraction(1, 2)
    index = min(max(Fraction(index), Fraction(0)), Fraction(n - 1))
    low = math.floor(index)
    weight, high = index - low, min(low + 1, n - 1)
    a, b = ordered[low], ordered[high]
    if type in TEMPORAL:
        return round(Fraction(a) + (b - a) * weight)
    if type in FLOATS:
        return interpolate(a, b, weight, bits(type))
    return round_fraction(Fraction(int(a)) + (int(b) - int(a)) * weight)


def exact_quantile(values, q):
    ordered = sorted(map(number, values))
    index = q * (len(values) - 1)
    low = math.floor(index)
    a, b = Fraction(ordered[low]), Fraction(ordered[min(low + 1, len(values) - 1)])
    return a + (b - a) * (index - low)


def iqr(values, type):
    """The quartiles are not rounded before they are subtracted."""
    if not values:
        return None
    quarters = Fraction(3, 4), Fraction(1, 4)
    return round_fraction(exact_quantile(values, quarters[0]) - exact_quantile(values, quarters[1]), bits(type))


def mad(values, type):
    if not values:
        return None
    half = Fraction(1, 2)
    middle = exact_quantile(values, half)
    return round_fraction(exact_quantile([abs(Fraction(number(v)) - middle) for v in values], half), bits(type))


def distinct(values):
    """All NaNs are one value, the zeros another."""
    numbers = {v for v in values if v == v}
    return len(numbers) + (len(numbers) < len(values) and any(v != v for v in values))


def mode(values):
    """The lowest among ties; NaNs are one value, the highest, and zeros are one."""
    counts = {}
    for value in values:
        value = NAN if value != value else 0.0 if isinstance(value, float) and value == 0 else value
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    best = [value for value, count in counts.items() if count == most]
    return min(best, key=lambda value: (value != value, order_key(value))) if best else None


def product(values, type):
    return fitting(math.prod(values), sum_type(type))


def joint(pairs):
    """n A = n Σx² - (Σx)², B of y, C of both, and the sums."""
    n = len(pairs)
    (x, unit_x), (y, unit_y) = scaled([p[0] for p in pairs]), scaled([p[1] for p in pairs])
    sx, sy = Fraction(sum(x), unit_x), Fraction(sum(y), unit_y)
    sxx, syy = Fraction(sum(v * v for v in x), unit_x**2), Fraction(sum(v * v for v in y), unit_y**2)
    sxy = Fraction(sum(v * w for v, w in zip(x, y)), unit_x * unit_y)
    return n, sx, sy, sxx, sxy, n * sxx - sx * sx, n * syy - sy * sy, n * sxy - sx * sy


def related(name, pairs, types):
    n, precision = len(pairs), bits(*types)
    ddof = 1 if name == "cov" else 0
    if n <= ddof:
        return None
    if any(not is_finite(v) for one in pairs for v in one):
        return NAN
    n, sx, sy, sxx, sxy, a, b, c = joint(pairs)
    match name:
        case "cov" | "cov_pop":
            return round_fraction(c / (n * (n - ddof)), precision)
        case "corr":
            root = None if a == 0 or b == 0 else round_sqrt(c * c / (a * b), precision)
            return None if root is None else (-root if c < 0 else root)
        case "r2":
            return None if a == 0 or b == 0 else round_fraction(c * c / (a * b), precision)
    # slope(y, x): the first argument is what is explained.
    n, sx, sy, sxx, sxy, a, b, c = joint([(x, y) for y, x in pairs])
    if a == 0:
        return None
    return round_fraction(c / a if name == "slope" else (sy * sxx - sx * sxy) / a, precision)


def dot(pairs, types):
    if not pairs:
        return None
    if all(type in INTEGERS for type in types):
        unsigned = all(type.startswith("uint") for type in types)
        return fitting(sum(x * y for x, y in pairs), "uint64" if unsigned else "int64")
    if any(not is_finite(v) for one in pairs for v in one):
        terms = [float(x) * float(y) if not (is_finite(x) and is_finite(y)) else 0.0 for x, y in pairs]
        return special(terms)
    products = [float(x) * float(y) if x == 0 or y == 0 else 1.0 for x, y in pairs]
    return -0.0 if is_minus_zero(products) else round_fraction(joint(pairs)[4], bits(*types))


def weighted_mean(pairs, types):
    if not pairs:
        return None
    if any(v != v for one in pairs for v in one) or any(not is_finite(w) for _, w in pairs):
        return NAN
    if any(not is_finite(x) for x, _ in pairs):
        # The infinite products, over the exact sum of the weights.
        odd = special([math.nan if w == 0 else math.copysign(math.inf, x * w) for x, w in pairs if not is_finite(x)])
        weights = power_sums([w for _, w in pairs], 1)[1]
        return None if weights == 0 else odd if weights > 0 else -odd
    (x, unit_x), (w, unit_w) = scaled([p[0] for p in pairs]), scaled([p[1] for p in pairs])
    weight = Fraction(sum(w), unit_w)
    if weight == 0:
        return None
    return round_fraction(Fraction(sum(a * b for a, b in zip(x, w)), unit_x * unit_w) / weight, bits(*types))


ONE = {
    "sum": total,
    "mean": mean,
    "var": lambda v, t: spread(v, t, 1, False),
    "var_pop": lambda v, t: spread(v, t, 0, False),
    "std": lambda v, t: spread(v, t, 1, True),
    "std_pop": lambda v, t: spread(v, t, 0, True),
    "skewness": lambda v, t: shape(v, t, False),
    "kurtosis": lambda v, t: shape(v, t, True),
    "sum_squares": sum_squares,
    "rms": rms,
    "norm": norm,
    "range": value_range,
    "median": lambda v, t: quantile(v, t, Fraction(1, 2)),
    "iqr": iqr,
    "mad": mad,
    "product": product,
}
KEEP = {"min": lambda v: extremum(v, False), "max": lambda v: extremum(v, True), "mode": mode}
TWO = {"cov", "cov_pop", "corr", "slope", "intercept", "r2"}


def result_type(name, types):
    if name in ("count", "count_distinct", "argmin", "argmax", "count_null", "count_nan"):
        return "int64"
    if name in ("any", "all"):
        return "bool"
    if name in KEEP or name in ("first", "last"):
        return types[0]
    if name in ("sum", "sum_squares", "range", "product"):
        return sum_type(types[0])
    if name == "dot":
        if all(type in INTEGERS for type in types):
            return "uint64" if all(type.startswith("uint") for type in types) else "int64"
        return float_type(*types)
    if types[0] in TEMPORAL:
        return "timestamp" if (name, types[0]) == ("mean", "date") else types[0]
    return float_type(*types)


def aggregate(name, rows, types, q=None, method="linear"):
    """The answer for the rows of a group: (row, values of the arguments)."""
    if not types:
        return len(rows)
    if name == "count_null":
        return sum(values[0] is None for _, values in rows)
    rows = [(row, values) for row, values in rows if None not in values]
    if len(types) == 2:
        pairs = [values for _, values in rows]
        if name in TWO:
            return related(name, pairs, types)
        return dot(pairs, types) if name == "dot" else weighted_mean(pairs, types)
    first = [values[0] for _, values in rows]
    match name:
        case "count":
            return len(first)
        case "count_distinct":
            return distinct(first)
        case "count_nan":
            return sum(v != v for v in first)
        case "first" | "last":
            return first[0 if name == "first" else -1] if first else None
        case "any" | "all":
            return ({"any": any, "all": all}[name])(first) if first else None
        case "argmin" | "argmax":
            return position([(row, values[0]) for row, values in rows], name == "argmax")
        case "quantile":
            return quantile(first, types[0], q, method)
        case "mean" if types[0] == "date":
            return mean_of_dates(first)
        case "mean" if types[0] in TEMPORAL:
            return round(Fraction(sum(first), len(first))) if first else None
    return KEEP[name](first) if name in KEEP else ONE[name](first, types[0])
