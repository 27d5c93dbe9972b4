"""Statistics by Python's own exact integers and fractions, rounded once: what `describe` must print.

Nothing here knows arrcalc. Rounding of a fraction to binary64 is Python's int / int, which is correctly
rounded, subnormals included; the square root rounds an integer square root with a sticky bit.
"""

import math
from fractions import Fraction

QUANTILES = {"q01": 1, "q05": 5, "q25": 25, "median": 50, "q75": 75, "q95": 95, "q99": 99}
NAN = float("nan")


def round_fraction(value, bits=53):
    """The nearest binary64 (bits=53) or binary32 (bits=24), ties to even, as a Python float."""
    if bits == 53:
        try:
            return value.numerator / value.denominator
        except OverflowError:
            return math.inf if value > 0 else -math.inf
    return round_small(value)


def round_small(value):
    """The nearest binary32 of a fraction, ties to even, without rounding to binary64 first."""
    if value == 0:
        return 0.0
    magnitude = abs(value)
    exponent = magnitude.numerator.bit_length() - magnitude.denominator.bit_length()
    if Fraction(2) ** exponent > magnitude:
        exponent -= 1
    unit = Fraction(2) ** (max(exponent, -126) - 23)
    scaled = magnitude / unit
    whole = scaled.numerator // scaled.denominator
    rest = scaled - whole
    if rest > Fraction(1, 2) or (rest == Fraction(1, 2) and whole % 2 == 1):
        whole += 1
    result = whole * unit
    if result >= Fraction(2) ** 128:
        return math.inf if value > 0 else -math.inf
    return float(result) if value > 0 else -float(result)


def round_sqrt(value, bits=53):
    """The nearest float of the square root of a fraction."""
    if value == 0:
        return 0.0
    shift = max(0, 160 - (value.numerator.bit_length() - value.denominator.bit_length()))
    shift += shift % 2
    shift += 2200 if value.denominator.bit_length() > 1500 else 0
    scaled = (value.numerator << shift) // value.denominator
    exact = scaled * value.denominator == value.numerator << shift
    root = math.isqrt(scaled)
    sticky = 0 if exact and root * root == scaled else 1
    return round_fraction(Fraction(2 * root + sticky, 2 << (shift // 2)), bits)


def value_key(value):
    """Value order: -0.0 before +0.0."""
    return (value, 0 if value == 0 and math.copysign(1.0, value) < 0 else 1)


def interpolate(low, high, weight, bits):
    if weight == 0 or (low == high and value_key(low) == value_key(high)):
        return low
    if math.isinf(low) or math.isinf(high):
        if math.isinf(low) and math.isinf(high):
            return low if low == high else NAN
        return low if math.isinf(low) else high
    return round_fraction(Fraction(low) + (Fraction(high) - Fraction(low)) * weight, bits)


def describe_numbers(values, bits=53, integer=False):
    """Expected statistics of a numeric column; `None` is null. Floats or ints, not mixed."""
    present = [v for v in values if v is not None]
    numbers = [v for v in present if v == v]
    finite = [v for v in numbers if not math.isinf(v)]
    n = len(numbers)
    out = {
        "count": n,
        "nulls": len(values) - len(present),
        "zeros": sum(1 for v in numbers if v == 0),
    }
    if not integer:
        out["nans"] = len(present) - n
        out["infinities"] = n - len(finite)
    distinct = len(set(numbers))
    out["distinct"] = distinct if distinct < 65_536 else None
    names = ["mean", "std", "var", "min", "max", "skewness", "kurtosis", *QUANTILES]
    out.update(dict.fromkeys(names))

    power = sums_of_powers(finite)
    infinite = {v for v in numbers if math.isinf(v)}
    special = None
    if infinite:
        special = NAN if len(infinite) == 2 else next(iter(infinite))
    if special is not None:
        out["sum"] = special
    elif integer:
        out["sum"] = int(power[1])
    elif n and all(v == 0 and math.copysign(1.0, v) < 0 for v in numbers):
        out["sum"] = -0.0
    else:
        out["sum"] = round_fraction(power[1], bits)
    if n == 0:
        return out

    ordered = sorted(numbers, key=value_key)
    out["min"], out["max"] = ordered[0], ordered[-1]
    for name, percent in QUANTILES.items():
        position = Fraction(percent, 100) * (n - 1)
        low = position.numerator // position.denominator
        weight = position - low
        high = min(low + 1, n - 1)
        out[name] = interpolate(ordered[low], ordered[high], weight, bits)
        if integer:
            out[name] = float(out[name]) if weight else round_fraction(Fraction(ordered[low]), bits)

    if special is not None:
        out["mean"] = special
        if n > 1:
            out["var"] = out["std"] = NAN
        out["skewness"] = out["kurtosis"] = NAN
        return out
    if not integer and out["sum"] == 0 and math.copysign(1.0, out["sum"]) < 0:
        out["mean"] = -0.0
    else:
        out["mean"] = round_fraction(power[1] / n, bits)
    m2 = power[2] / n - (power[1] / n) ** 2
    if n > 1:
        out["var"] = round_fraction(m2 * n / (n - 1), bits)
        out["std"] = round_sqrt(m2 * n / (n - 1), bits)
    if m2 > 0:
        mean = power[1] / n
        m3 = power[3] / n - 3 * mean * power[2] / n + 2 * mean**3
        m4 = power[4] / n - 4 * mean * power[3] / n + 6 * mean**2 * power[2] / n - 3 * mean**4
        root = round_sqrt(m3 * m3 / m2**3, bits)
        out["skewness"] = -root if m3 < 0 else root
        out["kurtosis"] = round_fraction(m4 / m2**2 - 3, bits)
    return out


def sums_of_powers(finite):
    """Exact sums of x, x^2, x^3, x^4, over one common denominator (fractions add slowly)."""
    ratios = [v.as_integer_ratio() for v in finite]
    unit = math.lcm(*{denominator for _, denominator in ratios})
    scaled = [numerator * (unit // denominator) for numerator, denominator in ratios]
    return [None] + [Fraction(sum(v**degree for v in scaled), unit**degree) for degree in (1, 2, 3, 4)]


def describe_text(values):
    """Expected statistics of a text column."""
    present = [v for v in values if v is not None]
    ordered = sorted(set(present), key=lambda text: text.encode())
    return {
        "count": len(present),
        "nulls": len(values) - len(present),
        "distinct": len(ordered) if len(ordered) < 65_536 else None,
        "min": ordered[0] if ordered else None,
        "max": ordered[-1] if ordered else None,
    }
