//! Functions over the order of rows, by name: `cumsum(x)`, `lag(x, 2)`. A query computes each over its rows before
//! everything that takes its values; here are the names alone.

/// Every function over the order of rows, with the least and the greatest number of constants after its argument.
pub const ROW_FUNCTIONS: &[(&str, usize, usize)] = &[
    ("cumsum", 0, 0),
    ("cumprod", 0, 0),
    ("cummin", 0, 0),
    ("cummax", 0, 0),
    ("cumcount", 0, 0),
    ("lag", 0, 1),
    ("lead", 0, 1),
    ("diff", 0, 1),
    ("rank", 0, 1),
    ("move_sum", 1, 2),
    ("move_mean", 1, 2),
    ("move_var", 1, 2),
    ("move_std", 1, 2),
    ("move_min", 1, 2),
    ("move_max", 1, 2),
    ("move_median", 1, 2),
    ("move_quantile", 2, 3),
    ("move_rank", 1, 2),
    ("move_count", 1, 1),
    ("ewm_mean", 1, 1),
];

/// Whether `name` is a function over the order of rows.
pub(crate) fn is_row_function(name: &str) -> bool {
    ROW_FUNCTIONS.iter().any(|(known, ..)| *known == name)
}
