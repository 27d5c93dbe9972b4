//! Functions over the order of rows, built by calls: what [`super::call`] gives by name.

use super::super::Expr;
use super::call;

macro_rules! plain {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* pub fn $name(expr: Expr) -> Expr {
            call(stringify!($name), [expr])
        })*
    };
}

plain! {
    /// The sum of the values up to this row.
    cumsum;
    /// The product of the values up to this row.
    cumprod;
    /// The least value up to this row.
    cummin;
    /// The largest value up to this row.
    cummax;
    /// How many values there are up to this row.
    cumcount;
    /// The place of the value among all, from 1; equal values share the mean of theirs.
    rank;
}

macro_rules! shifts {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* pub fn $name(expr: Expr, rows: u32) -> Expr {
            call(stringify!($name), [expr, rows.into()])
        })*
    };
}

shifts! {
    /// The value `rows` rows before.
    lag;
    /// The value `rows` rows after.
    lead;
    /// The value less that `rows` rows before.
    diff;
}

macro_rules! windows {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        $($(#[$doc])* ///
        /// Of the last `width` rows, this one included; null where they hold fewer than `width` values.
        pub fn $name(expr: Expr, width: u32) -> Expr {
            call(stringify!($name), [expr, width.into()])
        })*
    };
}

windows! {
    /// The exact sum.
    move_sum;
    /// The mean, rounded once.
    move_mean;
    /// The variance, with n - 1.
    move_var;
    /// The standard deviation, with n - 1.
    move_std;
    /// The least value.
    move_min;
    /// The largest value.
    move_max;
    /// The middle value.
    move_median;
}
