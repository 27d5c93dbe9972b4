//! From one numeric representation or width to another: exact, or rounded once, or a failure; never wrapped.

use arrcalc_datasets::DataType;
use arrcalc_datasets::text::{parse_decimal, push_decimal};
use arrcalc_kernels::elementwise::{nearest_binary16, rounded_to_binary16};

use super::super::bind::node::{Node, Op, Repr};
use super::arithmetic::{DECIMAL_LIMIT, divide_rounded};
use super::state::{Cell, Lane, View};
use super::step::bits_to_i64;
use super::unary::{checked, converted};

/// Computes `node` from its operand.
pub(super) fn convert(view: View<'_>, node: &Node, cell: &mut Cell) {
    let from = node.operands[0];
    match node.op {
        Op::Narrow => narrow(view, from, &node.data_type, cell),
        Op::Rescale => {
            let digits = i32::from(scale(&node.data_type)) - i32::from(scale(&view.nodes[from].data_type));
            checked::<i128>(view, from, cell, move |x| rescaled(x, digits));
        }
        _ => change(view, from, node, cell),
    }
}

/// Digits after the point; 0 of what is no decimal.
pub(super) fn scale(data_type: &DataType) -> i8 {
    if let DataType::Decimal128 { scale, .. } = data_type { *scale } else { 0 }
}

/// `x` with `digits` more digits after the point; fewer are rounded away, half to even.
fn rescaled(x: i128, digits: i32) -> (i128, bool) {
    let Some(power) = 10i128.checked_pow(digits.unsigned_abs()) else {
        // Below 10^-38 of anything that fits nothing is left; above, only zero fits.
        return (0, digits > 0 && x != 0);
    };
    if digits < 0 {
        return (divide_rounded(x, power).unwrap_or(0), false);
    }
    match x.checked_mul(power) {
        Some(x) if x.unsigned_abs() < DECIMAL_LIMIT as u128 => (x, false),
        _ => (0, true),
    }
}

fn narrow(view: View<'_>, from: usize, to: &DataType, cell: &mut Cell) {
    if *to == DataType::Float32 {
        return checked::<f32>(view, from, cell, |x| (x, false));
    }
    let (low, high): (i64, i64) = match to {
        DataType::Int8 => (i8::MIN.into(), i8::MAX.into()),
        DataType::Int16 => (i16::MIN.into(), i16::MAX.into()),
        DataType::Int32 | DataType::Date => (i32::MIN.into(), i32::MAX.into()),
        DataType::UInt8 => (0, u8::MAX.into()),
        DataType::UInt16 => (0, u16::MAX.into()),
        DataType::UInt32 => (0, u32::MAX.into()),
        DataType::Float16 => {
            return checked::<f32>(view, from, cell, |x| (rounded_to_binary16(x), false));
        }
        DataType::Decimal128 { precision, .. } => {
            let limit = 10i128.checked_pow(u32::from(*precision)).unwrap_or(DECIMAL_LIMIT);
            return checked::<i128>(view, from, cell, move |x| (x, x >= limit || x <= -limit));
        }
        _ => (i64::MIN, i64::MAX),
    };
    checked::<i64>(view, from, cell, move |x| (x, x < low || x > high));
}

fn change(view: View<'_>, from: usize, node: &Node, cell: &mut Cell) {
    let source = &view.nodes[from];
    let digits = i32::from(scale(&node.data_type)) - i32::from(scale(&source.data_type));
    let source_scale = scale(&source.data_type);
    if node.data_type == DataType::Float16 {
        let half = |x: f64| (nearest_binary16(x).to_f32(), false);
        return match source.repr() {
            // What binary64 does not hold exactly is infinite.
            Repr::I64 => converted(view, from, cell, |x: i64| half(x as f64)),
            Repr::U64 => converted(view, from, cell, |x: u64| half(x as f64)),
            Repr::I128 => converted(view, from, cell, |x: i128| half(odd_float_of(x, source_scale))),
            Repr::F64 => converted(view, from, cell, half),
            // Binding makes no other pair.
            _ => {}
        };
    }
    match (source.repr(), node.repr()) {
        (Repr::Bool, Repr::I64) => {
            let out = &mut i64::buffer_mut(&mut cell.buffer)[..view.len];
            bits_to_i64(view, &view.cells[from].truth, out);
        }
        (Repr::I64, Repr::F64) => converted(view, from, cell, |x: i64| (x as f64, false)),
        (Repr::I64, Repr::F32) => converted(view, from, cell, |x: i64| (x as f32, false)),
        (Repr::I64, Repr::U64) => converted(view, from, cell, |x: i64| (x as u64, x < 0)),
        (Repr::I64, Repr::I128) => converted(view, from, cell, move |x: i64| rescaled(x.into(), digits)),
        (Repr::U64, Repr::F64) => converted(view, from, cell, |x: u64| (x as f64, false)),
        (Repr::U64, Repr::F32) => converted(view, from, cell, |x: u64| (x as f32, false)),
        (Repr::U64, Repr::I64) => converted(view, from, cell, |x: u64| (x as i64, x > i64::MAX as u64)),
        (Repr::U64, Repr::I128) => converted(view, from, cell, move |x: u64| rescaled(x.into(), digits)),
        (Repr::F32, Repr::F64) => converted(view, from, cell, |x: f32| (f64::from(x), false)),
        (Repr::F64, Repr::F32) => converted(view, from, cell, |x: f64| (x as f32, false)),
        (Repr::F64, Repr::I64) => converted(view, from, cell, |x: f64| {
            // Both bounds are exact in binary64; NaN fails both comparisons.
            (x as i64, !(-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x))
        }),
        (Repr::F64, Repr::U64) => {
            converted(view, from, cell, |x: f64| (x as u64, !(x > -1.0 && x < 18_446_744_073_709_551_616.0)))
        }
        (Repr::F64, Repr::I128) => {
            let scale = scale(&node.data_type);
            converted(view, from, cell, move |x: f64| match decimal_of(x, scale) {
                Some(x) => (x, false),
                None => (0, true),
            });
        }
        (Repr::I128, Repr::F64) => {
            converted(view, from, cell, move |x: i128| (float_of(x, source_scale), false));
        }
        (Repr::I128, Repr::I64) => converted(view, from, cell, move |x: i128| {
            let whole = whole(x, source_scale);
            (whole.unwrap_or(0) as i64, whole.is_none_or(|whole| i64::try_from(whole).is_err()))
        }),
        (Repr::I128, Repr::U64) => converted(view, from, cell, move |x: i128| {
            let whole = whole(x, source_scale);
            (whole.unwrap_or(0) as u64, whole.is_none_or(|whole| u64::try_from(whole).is_err()))
        }),
        // Binding makes no other pair.
        _ => {}
    }
}

/// The whole part of a decimal, toward zero.
fn whole(x: i128, scale: i8) -> Option<i128> {
    match 10i128.checked_pow(u32::from(scale.unsigned_abs())) {
        Some(power) if scale >= 0 => Some(x / power),
        Some(power) => x.checked_mul(power),
        None if scale >= 0 || x == 0 => Some(0),
        None => None,
    }
}

/// The float nearest to a decimal.
pub(crate) fn float_of(unscaled: i128, scale: i8) -> f64 {
    // Both are exact, so the quotient is rounded once.
    if unscaled.unsigned_abs() <= 1 << 53 && (0..=22).contains(&scale) {
        return unscaled as f64 / POWERS[usize::from(scale.unsigned_abs())];
    }
    let mut text = String::new();
    push_decimal(&mut text, unscaled, scale);
    text.parse().unwrap_or(f64::NAN)
}

/// Digits after the point of what lies halfway between two neighbours of binary16.
const HALFWAY_DIGITS: i8 = 25;

/// A float that is rounded to binary16 as the decimal itself would be: the nearest, but where that lies halfway between
/// two neighbours and the decimal does not, the next one on the decimal's side.
fn odd_float_of(unscaled: i128, scale: i8) -> f64 {
    let x = float_of(unscaled, scale);
    // Both as integers of so many digits after the point; what has more than 38 of them does not lie halfway.
    let digits = scale.max(HALFWAY_DIGITS);
    let more = (i32::from(digits) - i32::from(scale)).unsigned_abs();
    let exact = 10i128.checked_pow(more).and_then(|power| unscaled.checked_mul(power));
    let found = parse_decimal(&format!("{x:.*}", usize::from(digits.unsigned_abs())), 38, digits);
    match (exact, found) {
        (Some(exact), Some(found)) if exact > found => x.next_up(),
        (Some(exact), Some(found)) if exact < found => x.next_down(),
        _ => x,
    }
}

/// The decimal nearest to a float at `scale`, half to even on its exact value; `None` where it does not fit.
fn decimal_of(x: f64, scale: i8) -> Option<i128> {
    if x.is_nan() || x.abs() >= 1e39 {
        return None;
    }
    let digits = usize::from(scale.max(0).unsigned_abs());
    let text = format!("{x:.digits$}");
    if scale >= 0 {
        return parse_decimal(&text, 38, scale);
    }
    let (unscaled, failed) = rescaled(parse_decimal(&text, 38, 0)?, scale.into());
    (!failed).then_some(unscaled)
}

/// The powers of ten that binary64 holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
    1e19, 1e20, 1e21, 1e22,
];
