//! Data of the benches: a function of its length, the same on every machine.

/// SplitMix64 (Steele, Lea and Flood 2014): enough for data whose values do not matter, only their spread.
fn words(count: usize) -> impl Iterator<Item = u64> {
    (0..count as u64).map(|index| {
        let mut word = index.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(0x9e37_79b9_7f4a_7c15);
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    })
}

/// Floats of either sign over some 20 binades, as measured data have.
pub fn floats(count: usize) -> Vec<f64> {
    words(count)
        .map(|word| {
            let unit = (word >> 12) as f64 / (1u64 << 52) as f64 + 0.5;
            let scale = f64::from(1u32 << (word & 0xf)) / 256.0;
            if word & 0x10 == 0 { unit * scale } else { -unit * scale }
        })
        .collect()
}

/// Integers below `limit`.
pub fn integers(count: usize, limit: u64) -> Vec<i64> {
    words(count).map(|word| (word % limit) as i64).collect()
}
