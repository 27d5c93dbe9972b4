"""Questions a person asks of the shipped flights, against exact fractions computed from the file."""

import csv
import datetime
import json
from fractions import Fraction

import pyarrow.parquet as pq
import pytest
from answers import difference

COLUMNS = ["year", "month", "day", "dep_delay", "arr_delay", "carrier", "origin", "dest", "distance", "time_hour"]


@pytest.fixture(scope="module")
def flights(samples):
    table = pq.read_table(samples / "flights.parquet", columns=COLUMNS)
    return list(zip(*(table[name].to_pylist() for name in COLUMNS)))


@pytest.fixture
def ask(run, samples):
    """Rows of an answer as dictionaries."""

    def ask(*words):
        done = run("query", samples / "flights.parquet", *words, "--format", "json")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


def grouped(rows, key, value):
    groups = {}
    for row in rows:
        groups.setdefault(key(dict(zip(COLUMNS, row))), []).append(value(dict(zip(COLUMNS, row))))
    return groups


def nearest(fraction):
    return fraction.numerator / fraction.denominator


def assert_rows(found, expected):
    """Expected rows: (name, value, type) triples in order."""
    assert len(found) == len(expected)
    for have, want in zip(found, expected):
        assert list(have) == [name for name, _, _ in want]
        for name, value, type in want:
            assert (wrong := difference(have[name], value, type)) is None, f"{name}: {wrong}"


def test_mean_delay_by_carrier(ask, flights):
    delays = grouped(flights, lambda r: r["carrier"], lambda r: r["dep_delay"])
    present = {carrier: [v for v in values if v is not None] for carrier, values in delays.items()}
    exact = {carrier: Fraction(sum(values), len(values)) for carrier, values in present.items()}
    expected = [
        [
            ("carrier", carrier, "string"),
            ("delay", nearest(exact[carrier]), "float64"),
            ("n", len(delays[carrier]), "int64"),
        ]
        for carrier in sorted(exact, key=lambda carrier: (-exact[carrier], carrier))
    ]
    found = ask("-s", "mean(dep_delay) as delay, count(*) as n", "-b", "carrier", "--order-by", "-delay")
    assert_rows(found, expected)


def test_95th_percentile_of_delay_by_origin_and_month(ask, flights):
    delays = grouped(flights, lambda r: (r["origin"], r["month"]), lambda r: r["dep_delay"])
    expected = []
    for (origin, month), values in sorted(delays.items()):
        ordered = sorted(v for v in values if v is not None)
        position = Fraction(95, 100) * (len(ordered) - 1)
        low = position.numerator // position.denominator
        step = ordered[min(low + 1, len(ordered) - 1)] - ordered[low]
        exact = ordered[low] + (position - low) * step
        expected.append(
            [("origin", origin, "string"), ("month", month, "int64"), ("p95", nearest(Fraction(exact)), "float64")]
        )
    assert_rows(ask("-s", "quantile(dep_delay, 0.95) as p95", "-b", "origin, month"), expected)


def test_the_ten_longest_routes(ask, flights):
    distances = grouped(flights, lambda r: (r["origin"], r["dest"]), lambda r: r["distance"])
    longest = sorted(distances.items(), key=lambda item: (-max(item[1]), item[0]))[:10]
    expected = [
        [
            ("origin", origin, "string"),
            ("dest", dest, "string"),
            ("miles", max(values), "int64"),
            ("flights", len(values), "int64"),
        ]
        for (origin, dest), values in longest
    ]
    words = [
        "-s",
        "max(distance) as miles, count(*) as flights",
        "-b",
        "origin, dest",
        "--order-by",
        "-miles",
        "-n",
        "10",
    ]
    assert_rows(ask(*words), expected)


def test_cancelled_share_by_weekday(ask, flights):
    # The day of departure is that of the airport; `time_hour` is in UTC.
    day = lambda r: datetime.date(r["year"], r["month"], r["day"]).weekday()
    cancelled = grouped(flights, day, lambda r: r["dep_delay"] is None)
    expected = [
        [("weekday", key, "int64"), ("cancelled", nearest(Fraction(sum(values), len(values))), "float64")]
        for key, values in sorted(cancelled.items())
    ]
    key = "weekday(make_date(year, month, day)) as weekday"
    assert_rows(ask("-s", "count_null(dep_time) / count(*) as cancelled", "-b", key), expected)


def test_share_of_rows_by_a_filter(ask, flights):
    late = sum(1 for row in flights if row[3] is not None and row[3] > 60)
    found = ask("-s", "count(*) filter (where dep_delay > 60) / count(*) as late")
    assert_rows(found, [[("late", late / len(flights), "float64")]])


def test_correlation_of_delays(ask, flights):
    pairs = [(row[3], row[4]) for row in flights if row[3] is not None and row[4] is not None]
    n = len(pairs)
    sums = [sum(x for x, _ in pairs), sum(y for _, y in pairs)]
    covariance = Fraction(n * sum(x * y for x, y in pairs) - sums[0] * sums[1], n * (n - 1))
    found = ask("-s", "cov(dep_delay, arr_delay) as c, count(dep_delay) filter (where arr_delay is not null) as n")
    assert_rows(found, [[("c", nearest(covariance), "float64"), ("n", n, "int64")]])


def test_weather_over_the_hours(run, samples):
    """The README's example: windows over the rows, and over those that a filter keeps."""
    with open(samples / "weather.csv", newline="") as file:
        rows = [
            {name: None if text in ("", "NA") else text for name, text in row.items()} for row in csv.DictReader(file)
        ]
    temps = [None if row["temp"] is None else float(row["temp"]) for row in rows]
    before = [None, *temps[:-1]]
    items = "temp, move_mean(temp, 24) as day, diff(temp) as change"
    done = run("query", samples / "weather.csv", "-s", items, "--format", "json")
    expected = []
    for at, temp in enumerate(temps):
        window = temps[max(at - 23, 0) : at + 1]
        full = len(window) == 24 and None not in window
        change = None if temp is None or before[at] is None else temp - before[at]
        day = nearest(sum(map(Fraction, window)) / 24) if full else None
        values = {"temp": temp, "day": day, "change": change}
        expected.append([(name, value, "float64") for name, value in values.items()])
    assert_rows(json.loads(done.stdout), expected)
    items = "max(diff(temp)) as rise, max(cumsum(precip)) as rain"
    done = run("query", samples / "weather.csv", "-s", items, "-w", "origin = 'JFK'", "--format", "json")
    kept = [at for at, row in enumerate(rows) if row["origin"] == "JFK"]
    pairs = [(temps[a], temps[b]) for a, b in zip(kept, kept[1:]) if temps[a] is not None and temps[b] is not None]
    rain = nearest(sum(Fraction(float(rows[at]["precip"])) for at in kept))
    rise = max(b - a for a, b in pairs)
    assert_rows(json.loads(done.stdout), [[("rise", rise, "float64"), ("rain", rain, "float64")]])
