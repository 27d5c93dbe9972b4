"""Exact answers by Python's integers and fractions, and the data to try them on."""

import math
from fractions import Fraction

import numpy as np

ROUND = {np.dtype(np.float64): lambda value: to_double(value), np.dtype(np.float32): lambda value: to_single(value)}


def to_double(value):
    """The float nearest to a rational, ties to even. Integer division rounds once, subnormals included."""
    try:
        return np.float64(value.numerator / value.denominator)
    except OverflowError:
        return np.float64(math.inf if value > 0 else -math.inf)


def to_single(value):
    """The binary32 number nearest to a rational, ties to even, from the rational itself."""
    if value == 0:
        return np.float32(0)
    top = Fraction(2) ** 128
    if abs(value) >= top - Fraction(2) ** 103:  # half a step over the largest finite number
        return np.float32(math.inf if value > 0 else -math.inf)
    with np.errstate(all="ignore"):
        near = np.float32(float(value))
    near = np.clip(near, np.finfo(np.float32).min, np.finfo(np.float32).max)
    candidates = [near, np.nextafter(near, np.float32(-np.inf)), np.nextafter(near, np.float32(np.inf))]
    finite = [c for c in candidates if np.isfinite(c)]
    return min(finite, key=lambda c: (abs(Fraction(float(c)) - value), int(c.view(np.int32)) & 1))


def root(value):
    """A rational so near to the square root of `value` that rounding it gives what rounding the root gives."""
    if value == 0:
        return Fraction(0)
    shift = 4 * max(0, 130 - (value.numerator.bit_length() - value.denominator.bit_length()) // 2)
    scaled = (value.numerator << shift) // value.denominator
    whole = math.isqrt(scaled)
    exact = whole * whole == scaled and (value.numerator << shift) % value.denominator == 0
    # Not a square: half a unit more cannot be a tie, since the root is irrational or has a longer expansion.
    return (Fraction(whole) + (0 if exact else Fraction(1, 2))) / (1 << (shift // 2))


def exact(values):
    return [Fraction(v) for v in np.asarray(values).ravel().tolist()]


def total(values):
    return sum(exact(values), Fraction(0))


def mean(values):
    return total(values) / np.size(values)


def variance(values, ddof=0):
    values = exact(values)
    n, first = len(values), sum(values)
    return (sum(v * v for v in values) - first * first / n) / (n - ddof)


def dot(a, b):
    return sum((x * y for x, y in zip(exact(a), exact(b), strict=True)), Fraction(0))


# Hyndman and Fan's (alpha, beta) of the methods that interpolate; the index is n q + alpha + q (1 - alpha - beta) - 1.
INTERPOLATED = {
    "interpolated_inverted_cdf": (Fraction(0), Fraction(1)),
    "hazen": (Fraction(1, 2), Fraction(1, 2)),
    "weibull": (Fraction(0), Fraction(0)),
    "linear": (Fraction(1), Fraction(1)),
    "median_unbiased": (Fraction(1, 3), Fraction(1, 3)),
    "normal_unbiased": (Fraction(3, 8), Fraction(3, 8)),
}


def quantile(values, q, method):
    """A quantile as numpy.quantile documents its methods, in rationals; `q` means its shortest decimal."""
    ordered, q = sorted(exact(values)), Fraction(repr(float(q)))
    n, last = len(ordered), len(ordered) - 1

    def at(index):
        return ordered[min(max(index, 0), last)]

    if method in INTERPOLATED:
        alpha, beta = INTERPOLATED[method]
        index = n * q + alpha + q * (1 - alpha - beta) - 1
        whole = math.floor(index)
        return at(whole) + (index - whole) * (at(whole + 1) - at(whole))
    if method == "inverted_cdf":
        return at(math.ceil(n * q) - 1)
    if method == "averaged_inverted_cdf":
        step = n * q - 1
        return (at(int(step)) + at(int(step) + 1)) / 2 if step.denominator == 1 else at(math.ceil(step))
    if method == "closest_observation":
        place = n * q - Fraction(1, 2)  # counted from 1: the even one at a tie
        whole = math.floor(place)
        return at(whole - 1 if place == whole and whole % 2 == 0 else whole)
    index = last * q
    low, high = at(math.floor(index)), at(math.ceil(index))
    if method == "midpoint":
        return (low + high) / 2
    return {"lower": low, "higher": high, "nearest": at(round(index))}[method]


def bits(value):
    """The bits of a float, for comparisons that tell zeros apart."""
    value = np.asarray(value)
    return value.view(f"u{value.itemsize}").item()


def same(found, expected):
    """Same type, same bits."""
    __tracebackhide__ = True
    assert type(found) is type(expected), f"{type(found)} is not {type(expected)}"
    assert bits(found) == bits(expected), f"{found!r} is not {expected!r}"


def random_sets(seed, count):
    """Named arrays of every temper: plain, cancelling, of 2,000 binades, subnormal, near overflow."""
    random = np.random.Generator(np.random.Philox(seed))
    for index in range(count):
        n = int(random.integers(1, 200))
        plain = random.standard_normal(n)
        wide = np.ldexp(random.uniform(0.5, 1, n) * random.choice([-1, 1], n), random.integers(-1000, 1000, n))
        yield f"{seed}/{index}/plain", plain
        yield f"{seed}/{index}/cancelling", random.permutation(np.r_[wide, -wide, plain])
        yield f"{seed}/{index}/wide", wide
        yield f"{seed}/{index}/subnormal", random.integers(-50, 50, n) * 5e-324
        yield f"{seed}/{index}/large", random.choice([-1.7e308, 1.7e308, 1.0], n)
        yield f"{seed}/{index}/near", 1e9 + plain * 1e-3


LENGTHS = [*range(0, 70), 127, 128, 129, 1000, 2047, 2048, 2049, 4096, 16_383, 16_384, 16_385, 40_000]
