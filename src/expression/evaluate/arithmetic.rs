//! Arithmetic of two operands: floats by IEEE 754, integers and decimals checked, integer division by zero null.

use arrcalc_kernels::elementary;
use arrcalc_kernels::elementwise::{
    FloatOperation, Operand, Real, add_checked, float_operation, floor_divide, floor_remainder, map2,
    map2_checked, subtract_checked, truths2,
};

use super::super::bind::node::{Arithmetic, Repr};
use super::state::{Cell, Lane, STRIDE, View};

/// The first integer that has too many digits for a decimal.
pub(super) const DECIMAL_LIMIT: i128 = 10i128.pow(38);

/// `a operation b` for operands of representation `repr`.
pub(super) fn arithmetic(
    view: View<'_>,
    operation: Arithmetic,
    repr: Repr,
    operands: &[usize],
    cell: &mut Cell,
) {
    match repr {
        Repr::F64 if matches!(operation, Arithmetic::Power | Arithmetic::Atan2) => {
            let a = spread(view.operand::<f64>(operands[0]));
            let b = spread(view.operand::<f64>(operands[1]));
            let out = &mut f64::buffer_mut(&mut cell.buffer)[..view.len];
            match operation {
                Arithmetic::Power => elementary::power(view.level, &a[..view.len], &b[..view.len], out),
                _ => elementary::atan2(view.level, &a[..view.len], &b[..view.len], out),
            }
        }
        Repr::F64 => floats::<f64>(view, operation, operands, cell),
        Repr::F32 => floats::<f32>(view, operation, operands, cell),
        Repr::I64 => signed(view, operation, operands, cell),
        Repr::U64 => unsigned(view, operation, operands, cell),
        Repr::I128 => decimals(view, operation, operands, cell),
        // Binding makes no such node.
        Repr::Bool | Repr::Text => {}
    }
}

/// One value a row.
fn spread(operand: Operand<'_, f64>) -> [f64; STRIDE] {
    match operand {
        Operand::Scalar(value) => [value; STRIDE],
        Operand::Slice(values) => {
            let mut spread = [0.0; STRIDE];
            spread[..values.len()].copy_from_slice(values);
            spread
        }
    }
}

fn floats<T: Lane + Real>(view: View<'_>, operation: Arithmetic, operands: &[usize], cell: &mut Cell) {
    let operation = match operation {
        Arithmetic::Add => FloatOperation::Add,
        Arithmetic::Subtract => FloatOperation::Subtract,
        Arithmetic::Multiply => FloatOperation::Multiply,
        Arithmetic::FloorDivide => FloatOperation::FloorDivide,
        Arithmetic::Remainder => FloatOperation::Remainder,
        Arithmetic::Least => FloatOperation::Least,
        Arithmetic::Greatest => FloatOperation::Greatest,
        _ => FloatOperation::Divide,
    };
    let out = &mut T::buffer_mut(&mut cell.buffer)[..view.len];
    float_operation(view.level, operation, view.operand(operands[0]), view.operand(operands[1]), out);
}

/// Rows of `function` that fail; values are kept where they do not.
fn checked<T: Lane>(
    view: View<'_>,
    operands: &[usize],
    cell: &mut Cell,
    function: impl Fn(T, T) -> (T, bool) + Copy,
) {
    let (a, b) = (view.operand::<T>(operands[0]), view.operand::<T>(operands[1]));
    let out = &mut T::buffer_mut(&mut cell.buffer)[..view.len];
    if map2_checked(view.level, a, b, out, function) {
        let mut faults = [0; STRIDE / 64];
        truths2(view.level, a, b, view.len, &mut faults, |a, b| function(a, b).1);
        cell.fail(&faults);
    }
}

/// Rows whose divisor is zero become null.
fn null_by_zero<T: Lane + PartialEq>(view: View<'_>, divisor: usize, cell: &mut Cell) {
    let mut divides = [0; STRIDE / 64];
    let divisor = view.operand::<T>(divisor);
    let zero = T::default();
    truths2(view.level, divisor, Operand::Scalar(()), view.len, &mut divides, |value, ()| value != zero);
    let all = (0..view.len).step_by(64).enumerate().all(|(word, first)| {
        let rows = (view.len - first).min(64);
        divides[word].count_ones() as usize == rows
    });
    if !all {
        cell.keep_valid(&divides);
    }
}

fn signed(view: View<'_>, operation: Arithmetic, operands: &[usize], cell: &mut Cell) {
    let narrow = |value: Option<i128>| match value.map(i64::try_from) {
        Some(Ok(value)) => (value, false),
        // By zero: null already.
        None => (0, false),
        Some(Err(_)) => (0, true),
    };
    match operation {
        Arithmetic::Add => checked::<i64>(view, operands, cell, add_checked),
        Arithmetic::Subtract => checked::<i64>(view, operands, cell, subtract_checked),
        Arithmetic::Multiply => checked::<i64>(view, operands, cell, i64::overflowing_mul),
        Arithmetic::Power => checked::<i64>(view, operands, cell, |a, b| {
            u32::try_from(b).map_or_else(|_| huge_power(a, b), |b| a.overflowing_pow(b))
        }),
        Arithmetic::FloorDivide => {
            null_by_zero::<i64>(view, operands[1], cell);
            checked::<i64>(view, operands, cell, |a, b| match b {
                0 => (0, false),
                -1 => a.overflowing_neg(),
                _ => (a / b - i64::from(a % b != 0 && (a < 0) != (b < 0)), false),
            });
        }
        Arithmetic::Remainder => {
            null_by_zero::<i64>(view, operands[1], cell);
            checked::<i64>(view, operands, cell, |a, b| match b {
                0 | -1 => (0, false),
                _ => {
                    let remainder = a % b;
                    (
                        if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder },
                        false,
                    )
                }
            });
        }
        Arithmetic::DivideRounded => {
            null_by_zero::<i64>(view, operands[1], cell);
            checked::<i64>(view, operands, cell, |a, b| narrow(divide_rounded(a.into(), b.into())));
        }
        _ => {
            let out = &mut i64::buffer_mut(&mut cell.buffer)[..view.len];
            let (a, b) = (view.operand::<i64>(operands[0]), view.operand::<i64>(operands[1]));
            map2(
                view.level,
                a,
                b,
                out,
                |a, b| if operation == Arithmetic::Least { a.min(b) } else { a.max(b) },
            );
        }
    }
}

/// Powers with exponents of more than 32 bits; negative ones are not bound.
fn huge_power(base: i64, exponent: i64) -> (i64, bool) {
    match base {
        0 | 1 => (base, false),
        -1 => (if exponent % 2 == 0 { 1 } else { -1 }, false),
        _ => (0, true),
    }
}

fn unsigned(view: View<'_>, operation: Arithmetic, operands: &[usize], cell: &mut Cell) {
    match operation {
        Arithmetic::Add => checked::<u64>(view, operands, cell, u64::overflowing_add),
        Arithmetic::Subtract => checked::<u64>(view, operands, cell, u64::overflowing_sub),
        Arithmetic::Multiply => checked::<u64>(view, operands, cell, u64::overflowing_mul),
        Arithmetic::Power => checked::<u64>(view, operands, cell, |a, b| match u32::try_from(b) {
            Ok(b) => a.overflowing_pow(b),
            Err(_) => (a, a > 1),
        }),
        Arithmetic::FloorDivide => {
            null_by_zero::<u64>(view, operands[1], cell);
            checked::<u64>(view, operands, cell, |a, b| (a.checked_div(b).unwrap_or(0), false));
        }
        _ => {
            null_by_zero::<u64>(view, operands[1], cell);
            checked::<u64>(view, operands, cell, |a, b| (a.checked_rem(b).unwrap_or(0), false));
        }
    }
}

/// Decimals at scales that binding chose: sums at one scale, products at the sum of scales.
fn decimals(view: View<'_>, operation: Arithmetic, operands: &[usize], cell: &mut Cell) {
    let fits = |value: Option<i128>| match value {
        Some(value) if value.unsigned_abs() < DECIMAL_LIMIT as u128 => (value, false),
        _ => (0, true),
    };
    match operation {
        Arithmetic::Add => checked::<i128>(view, operands, cell, |a, b| fits(a.checked_add(b))),
        Arithmetic::Subtract => checked::<i128>(view, operands, cell, |a, b| fits(a.checked_sub(b))),
        Arithmetic::Multiply => checked::<i128>(view, operands, cell, |a, b| fits(a.checked_mul(b))),
        Arithmetic::FloorDivide => {
            null_by_zero::<i128>(view, operands[1], cell);
            checked::<i128>(view, operands, cell, |a, b| (floor_divide(a, b).unwrap_or(0), false));
        }
        _ => {
            null_by_zero::<i128>(view, operands[1], cell);
            checked::<i128>(view, operands, cell, |a, b| (floor_remainder(a, b).unwrap_or(0), false));
        }
    }
}

/// The quotient rounded to nearest, ties to even; `None` by zero.
pub(super) fn divide_rounded(a: i128, b: i128) -> Option<i128> {
    let (low, rest) = (floor_divide(a, b)?, floor_remainder(a, b)?);
    // `rest` has the sign of `b`: twice its size against that of `b` says which side is nearer.
    let up = match (2 * rest.unsigned_abs()).cmp(&b.unsigned_abs()) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Greater => true,
        std::cmp::Ordering::Equal => low % 2 != 0,
    };
    Some(low + i128::from(up))
}
