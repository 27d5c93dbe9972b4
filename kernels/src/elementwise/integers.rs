//! Integers: sums that say whether they overflowed, division floored as Python's.

/// The sum and whether it overflowed, in a form that vectorises: the sign of the sum differs from both operands'.
#[inline(always)]
pub fn add_checked(a: i64, b: i64) -> (i64, bool) {
    let sum = a.wrapping_add(b);
    (sum, (a ^ sum) & (b ^ sum) < 0)
}

/// The difference and whether it overflowed.
#[inline(always)]
pub fn subtract_checked(a: i64, b: i64) -> (i64, bool) {
    let difference = a.wrapping_sub(b);
    (difference, (a ^ b) & (a ^ difference) < 0)
}

/// The quotient, floored; `None` by zero or where it overflows.
#[inline(always)]
pub fn floor_divide(a: i128, b: i128) -> Option<i128> {
    let quotient = a.checked_div(b)?;
    Some(if a % b != 0 && (a < 0) != (b < 0) { quotient - 1 } else { quotient })
}

/// The remainder with the divisor's sign; `None` by zero.
#[inline(always)]
pub fn floor_remainder(a: i128, b: i128) -> Option<i128> {
    if b == -1 {
        return Some(0);
    }
    let remainder = a.checked_rem(b)?;
    Some(if remainder != 0 && (remainder < 0) != (b < 0) { remainder + b } else { remainder })
}
