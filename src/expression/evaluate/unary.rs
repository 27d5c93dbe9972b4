//! Operations of one number.

use arrcalc_datasets::DataType;
use arrcalc_kernels::elementary::{self, Function};
use arrcalc_kernels::elementwise::{Operand, map, map_checked, nearest_binary16, truths2};

use super::super::bind::node::{Op, Repr, Rounding};
use super::state::{Cell, Lane, STRIDE, View};

/// Negation, absolute value, sign, rounding, root.
pub(super) fn unary(view: View<'_>, op: &Op, operand: usize, cell: &mut Cell) {
    macro_rules! floats {
        ($float:ty, $round:expr) => {{
            let (level, out) = (view.level, &mut <$float>::buffer_mut(&mut cell.buffer)[..view.len]);
            view.values::<$float, _>(operand, |values| match op {
                Op::Negate => map(level, values, out, |x| -x),
                Op::Abs => map(level, values, out, <$float>::abs),
                // Zeros keep their sign, NaN stays.
                Op::Sign => {
                    map(level, values, out, |x| {
                        if x > 0.0 {
                            1.0
                        } else if x < 0.0 {
                            -1.0
                        } else {
                            x
                        }
                    });
                }
                Op::Sqrt => map(level, values, out, <$float>::sqrt),
                Op::Round(Rounding::Floor) => map(level, values, out, <$float>::floor),
                Op::Round(Rounding::Ceil) => map(level, values, out, <$float>::ceil),
                Op::Round(Rounding::Trunc) => map(level, values, out, <$float>::trunc),
                Op::Round(Rounding::HalfEven) => map(level, values, out, <$float>::round_ties_even),
                Op::RoundDigits(digits) => map(level, values, out, |x| $round(x, usize::from(*digits))),
                _ => {}
            })
        }};
    }
    match view.nodes[operand].repr() {
        Repr::F64 => floats!(f64, round_digits),
        // binary64 holds the decimals of all binary16 numbers well enough to round once more.
        Repr::F32 if view.nodes[operand].data_type == DataType::Float16 => {
            floats!(f32, |x: f32, digits| nearest_binary16(round_digits(x.into(), digits)).to_f32());
        }
        Repr::F32 => floats!(f32, |x: f32, digits| {
            // binary64 holds every binary32 exactly; the decimal is rounded from it once more.
            rounded_text(x.into(), digits).map_or(x, |text| text.parse().unwrap_or(x))
        }),
        Repr::I64 => match op {
            Op::Negate => checked::<i64>(view, operand, cell, i64::overflowing_neg),
            Op::Abs => checked::<i64>(view, operand, cell, i64::overflowing_abs),
            _ => checked::<i64>(view, operand, cell, |x| (x.signum(), false)),
        },
        Repr::U64 => match op {
            Op::Sign => checked::<u64>(view, operand, cell, |x| (x.min(1), false)),
            _ => checked::<u64>(view, operand, cell, |x| (x, false)),
        },
        // Decimals are symmetric: nothing overflows. Their sign is an integer, which binding makes by comparing.
        Repr::I128 => match op {
            Op::Negate => checked::<i128>(view, operand, cell, |x| (x.wrapping_neg(), false)),
            _ => checked::<i128>(view, operand, cell, |x| (x.wrapping_abs(), false)),
        },
        Repr::Bool | Repr::Text => {}
    }
}

/// `function` of every value; rows where it says so fail.
pub(super) fn checked<T: Lane>(
    view: View<'_>,
    operand: usize,
    cell: &mut Cell,
    function: impl Fn(T) -> (T, bool) + Copy,
) {
    converted(view, operand, cell, function);
}

/// As [`checked`], into another representation.
pub(super) fn converted<T: Lane, R: Lane>(
    view: View<'_>,
    operand: usize,
    cell: &mut Cell,
    function: impl Fn(T) -> (R, bool) + Copy,
) {
    view.values::<T, _>(operand, |values| {
        let out = &mut R::buffer_mut(&mut cell.buffer)[..view.len];
        if map_checked(view.level, values, out, function) {
            let mut faults = [0; STRIDE / 64];
            let (values, one) = (Operand::Slice(values), Operand::Scalar(()));
            truths2(view.level, values, one, view.len, &mut faults, |value, ()| function(value).1);
            cell.fail(&faults);
        }
    });
}

/// `is nan`, `isfinite`.
pub(super) fn class(view: View<'_>, op: &Op, operand: usize, cell: &mut Cell) {
    let (level, len, one) = (view.level, view.len, Operand::Scalar(()));
    let is_nan = *op == Op::IsNan;
    macro_rules! floats {
        ($float:ty) => {{
            let values = view.operand::<$float>(operand);
            if is_nan {
                truths2(level, values, one, len, &mut cell.truth, |x, ()| x.is_nan());
            } else {
                truths2(level, values, one, len, &mut cell.truth, |x, ()| x.is_finite());
            }
        }};
    }
    match view.nodes[operand].repr() {
        Repr::F64 => floats!(f64),
        Repr::F32 => floats!(f32),
        _ => cell.truth = [if is_nan { 0 } else { u64::MAX }; STRIDE / 64],
    }
}

/// An elementary function.
pub(super) fn elementary(view: View<'_>, function: Function, operand: usize, cell: &mut Cell) {
    match view.nodes[operand].repr() {
        Repr::F32 => {
            let out = &mut f32::buffer_mut(&mut cell.buffer)[..view.len];
            view.values::<f32, _>(operand, |values| elementary::apply32(view.level, function, values, out));
        }
        _ => {
            let out = &mut f64::buffer_mut(&mut cell.buffer)[..view.len];
            view.values::<f64, _>(operand, |values| elementary::apply(view.level, function, values, out));
        }
    }
}

/// `x` to `digits` decimal digits, half to even, as Python's `round`: the exact decimal expansion is rounded, then
/// read back.
fn round_digits(x: f64, digits: usize) -> f64 {
    rounded_text(x, digits).map_or(x, |text| text.parse().unwrap_or(x))
}

/// `None` where rounding changes nothing: specials, and floats with no digit that far down.
fn rounded_text(x: f64, digits: usize) -> Option<String> {
    // From 2^52 on there is no fraction.
    (x.is_finite() && x.abs() < 4_503_599_627_370_496.0).then(|| format!("{x:.digits$}"))
}
