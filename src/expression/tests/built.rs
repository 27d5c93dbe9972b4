//! Expressions built by calls are those that are typed.

use super::super::SelectItem;
use super::super::build::{
    call, col, count, count_rows, lit, max, mean, median, min, quantile, std, sum, var,
};
use super::parsed;

#[test]
fn built_and_typed_expressions_are_equal() {
    let x = || col("x");
    for (built, typed) in [
        (x() + 1, "x + 1"),
        (x() - 2, "x - 2"),
        (-(x() * 2.5) / x() % 3_u64, "-(x * 2.5) / x % 3"),
        (x().pow(2).floor_div(lit(-3)), "x ** 2 // -3"),
        (x().gt(1).and(x().le(2)).or(!x().eq("a")), "x > 1 and x <= 2 or not x = 'a'"),
        (x().lt(i64::MIN).not(), "not x < -9223372036854775808"),
        (x().ge(u64::MAX).and(x().ne(true)), "x >= 18446744073709551615 and x <> true"),
        (x().is_null().or(x().is_nan()), "x is null or x is nan"),
        (x().between(1, 2), "x between 1 and 2"),
        (x().is_in([1, 2]), "x in (1, 2)"),
        (x().like("a%"), "x like 'a%'"),
        (x().abs().cast("float64"), "cast(abs(x) as float64)"),
        (lit(f64::NAN) + f64::NEG_INFINITY + -0.0, "nan + -inf + -0.0"),
        (lit(1e300), "1e300"),
        (quantile(x(), 0.95), "quantile(x, 0.95)"),
        (sum(x()) / count(x()) * count_rows(), "sum(x) / count(x) * count(*)"),
        (call("Greatest", [min(x()), max(x()), mean(x())]), "greatest(min(x), max(x), mean(x))"),
        (median(x()) + var(x()) + std(x()), "median(x) + var(x) + std(x)"),
        (sum(x()).filter(col("a")).filter(col("b").or(col("c"))), "sum(x) filter (where a and (b or c))"),
        ((x() + 1).filter(col("a")), "case when a then x + 1 end"),
    ] {
        assert_eq!(built, parsed(typed), "{built}");
    }
}

#[test]
fn built_items_are_named_by_their_canonical_text() {
    assert_eq!(SelectItem::from(col("a b")).name(), "a b");
    assert_eq!(SelectItem::from((col("a b") + 1) * 2).name(), "(\"a b\" + 1) * 2");
    assert_eq!(mean(col("x")).alias("m").name(), "m");
}
