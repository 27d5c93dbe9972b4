//! `RN(sum * 2^exponent / n)` where everything fits machine words: what a million groups are read with.

/// The float nearest to `sum * 2^exponent / n`, ties to even; `None` where it may lie outside the normal range or is
/// zero (the caller has an exact way that takes longer).
///
/// # Panics
/// If `n` is 0.
pub fn nearest_quotient(sum: i128, exponent: i32, n: u64) -> Option<f64> {
    let magnitude = sum.unsigned_abs();
    if magnitude == 0 {
        return None;
    }
    // With the highest bit set a quotient by 64 bits has at least 64 of its own: 53, a rounding bit, and sticky ones.
    let shift = magnitude.leading_zeros();
    let aligned = magnitude << shift;
    let (quotient, rest) = if n == 1 {
        (aligned, 0)
    } else {
        let n = u128::from(n);
        (aligned / n, aligned % n)
    };
    let drop = 128 - quotient.leading_zeros() - 53;
    let half = 1u128 << (drop - 1);
    let dropped = quotient & ((1 << drop) - 1);
    let mut significand = (quotient >> drop) as u64;
    let above = dropped > half || dropped == half && (rest > 0 || significand & 1 == 1);
    significand += u64::from(above); // 2^53 at most, which is a float too
    let power = exponent - shift as i32 + drop as i32;
    // The value is significand * 2^power with 2^52 <= significand <= 2^53.
    if !(-1022 - 52..=1023 - 53).contains(&power) {
        return None;
    }
    let scale = f64::from_bits(((power + 52 + 1023) as u64) << 52); // 2^(power + 52)
    let value = significand as f64 * f64::from_bits((1023 - 52) << 52) * scale;
    Some(if sum < 0 { -value } else { value })
}
