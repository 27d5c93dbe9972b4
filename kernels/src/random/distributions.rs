//! From words to doubles, integers and normals: each a pure function of (stream, row).

use super::normal_quantile::upper_normal_quantile;
use super::philox::Philox;
use crate::level::Level;

/// Version of the mappings to integers and normals.
pub const MAPPING_VERSION: u32 = 1;

/// Rows mapped from words that are still in the first-level cache.
const PART: usize = 512;

/// The 53 high bits of a word as a multiple of 2^-53 in `[0, 1)`: NumPy's `Generator.random`.
#[inline(always)]
pub(super) fn double(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Doubles of rows `first ..`, uniform in `[0, 1)`: bit for bit `Generator(Philox(seed)).random()`.
pub fn fill_doubles(level: Level, philox: &Philox, first: u64, out: &mut [f64]) {
    map(level, philox, first, out, |_, word| double(word));
}

/// Integers of rows `first ..`, uniform in `low..high` without bias.
///
/// Lemire's method: row `i` takes the high half of word `i` times the number of values. A product whose low half is
/// below `2^64 mod count` would favour some values, and is replaced by that of word `i` of the stream `2^192` blocks on,
/// and so on: the row alone decides.
///
/// # Panics
/// If there is no integer in `low..high`.
pub fn fill_integers(level: Level, philox: &Philox, first: u64, low: i64, high: i64, out: &mut [i64]) {
    assert!(low < high, "a range of random integers must not be empty");
    let count = high.wrapping_sub(low) as u64;
    let biased = count.wrapping_neg() % count;
    map(level, philox, first, out, |row, word| {
        let mut product = u128::from(word) * u128::from(count);
        let mut attempt = 0;
        while (product as u64) < biased {
            attempt += 1;
            product = u128::from(philox.beside(attempt).at(row)) * u128::from(count);
        }
        low.wrapping_add((product >> 64) as i64)
    });
}

/// Standard normals of rows `first ..`, by inversion: the top bit of a word is the sign, the other 63 the probability
/// of a larger magnitude. Magnitudes reach 9.16.
pub fn fill_normals(level: Level, philox: &Philox, first: u64, out: &mut [f64]) {
    map(level, philox, first, out, |_, word| normal(word));
}

#[inline(always)]
pub(super) fn normal(word: u64) -> f64 {
    // (k + 1/2) / 2^64 for the low 63 bits k: in (0, 1/2), as 2k + 1 so that small k stay exact.
    let tail = ((word << 1 | 1) as f64) * (1.0 / 36_893_488_147_419_103_232.0);
    let magnitude = upper_normal_quantile(tail);
    if word >> 63 == 1 { -magnitude } else { magnitude }
}

#[inline(always)]
fn map<T>(level: Level, philox: &Philox, first: u64, out: &mut [T], value: impl Fn(u64, u64) -> T) {
    let mut words = [0u64; PART];
    let mut row = first;
    for part in out.chunks_mut(PART) {
        let words = &mut words[..part.len()];
        philox.fill(level, row, words);
        for (slot, &word) in part.iter_mut().zip(words.iter()) {
            *slot = value(row, word);
            row = row.wrapping_add(1);
        }
    }
}
