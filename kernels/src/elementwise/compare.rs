//! Comparisons of floats: a vector's truth values are bits at once.

use super::{AHEAD_BYTES, Operand};
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// Comparisons that others are made of: `a > b` is `b < a`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloatComparison {
    /// `a < b`.
    Less,
    /// `a <= b`.
    LessOrEqual,
    /// `a == b`.
    Equal,
    /// `a != b`, true where one is NaN.
    NotEqual,
}

/// Bit `i % 64` of `words[i / 64]` is `a[i] comparison b[i]` for `len` rows; bits past them are zero.
///
/// # Panics
/// If a slice has not `len` values, or there are fewer words than they need.
pub fn compare_floats(
    level: Level,
    comparison: FloatComparison,
    a: Operand<'_, f64>,
    b: Operand<'_, f64>,
    len: usize,
    words: &mut [u64],
) {
    let (a, b) = (a.cut(len), b.cut(len));
    let words = &mut words[..len.div_ceil(64)];
    match comparison {
        FloatComparison::Less => level.run(Compare::<LESS> { a, b, len, words }),
        FloatComparison::LessOrEqual => level.run(Compare::<LESS_OR_EQUAL> { a, b, len, words }),
        FloatComparison::Equal => level.run(Compare::<EQUAL> { a, b, len, words }),
        FloatComparison::NotEqual => level.run(Compare::<NOT_EQUAL> { a, b, len, words }),
    }
}

const LESS: u8 = 0;
const LESS_OR_EQUAL: u8 = 1;
const EQUAL: u8 = 2;
const NOT_EQUAL: u8 = 3;

struct Compare<'a, const COMPARISON: u8> {
    a: Operand<'a, f64>,
    b: Operand<'a, f64>,
    len: usize,
    words: &'a mut [u64],
}

impl<const COMPARISON: u8> Kernel for Compare<'_, COMPARISON> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { a, b, len, words } = self;
        match (a, b) {
            (Operand::Slice(a), Operand::Slice(b)) => {
                for ((word, a), b) in words.iter_mut().zip(a.chunks(64)).zip(b.chunks(64)) {
                    ask(simd, a);
                    ask(simd, b);
                    *word = truths::<S, COMPARISON>(simd, a, b);
                }
            }
            (Operand::Slice(a), Operand::Scalar(b)) => {
                with_scalar::<S, COMPARISON, false>(simd, a, &[b; 64], words);
            }
            (Operand::Scalar(a), Operand::Slice(b)) => {
                with_scalar::<S, COMPARISON, true>(simd, b, &[a; 64], words);
            }
            (Operand::Scalar(a), Operand::Scalar(b)) => {
                let (a, b) = ([a; 64], [b; 64]);
                for (at, word) in words.iter_mut().enumerate() {
                    let rows = 64.min(len - 64 * at);
                    *word = truths::<S, COMPARISON>(simd, &a[..rows], &b[..rows]);
                }
            }
        }
    }
}

/// Truth values of a slice and 64 copies of a scalar, which comes first if `SWAPPED`.
///
/// Both halves of the slice are read at a time: the processor fetches pages that it knows of side by side.
#[inline(always)]
fn with_scalar<S: Simd, const COMPARISON: u8, const SWAPPED: bool>(
    simd: S,
    values: &[f64],
    scalar: &[f64; 64],
    words: &mut [u64],
) {
    let half = words.len() / 2;
    let (front, back) = words.split_at_mut(half);
    let (front_values, back_values) = values.split_at(64 * half);
    let (mut back_parts, mut back_words) = (back_values.chunks(64), back.iter_mut());
    for (word, part) in front.iter_mut().zip(front_values.chunks(64)) {
        *word = one_word::<S, COMPARISON, SWAPPED>(simd, part, scalar);
        if let (Some(word), Some(part)) = (back_words.next(), back_parts.next()) {
            *word = one_word::<S, COMPARISON, SWAPPED>(simd, part, scalar);
        }
    }
    for (word, part) in back_words.zip(back_parts) {
        *word = one_word::<S, COMPARISON, SWAPPED>(simd, part, scalar);
    }
}

/// Truth values of at most 64 values and a scalar.
#[inline(always)]
fn one_word<S: Simd, const COMPARISON: u8, const SWAPPED: bool>(
    simd: S,
    values: &[f64],
    scalar: &[f64; 64],
) -> u64 {
    ask(simd, values);
    let scalar = &scalar[..values.len()];
    if SWAPPED {
        truths::<S, COMPARISON>(simd, scalar, values)
    } else {
        truths::<S, COMPARISON>(simd, values, scalar)
    }
}

/// Asks for the memory that comes after these values, a line at a time.
#[inline(always)]
fn ask<S: Simd>(simd: S, values: &[f64]) {
    values.iter().step_by(8).for_each(|value| simd.prefetch_beyond(value, AHEAD_BYTES));
}

/// Truth values of at most 64 rows.
#[inline(always)]
fn truths<S: Simd, const COMPARISON: u8>(simd: S, a: &[f64], b: &[f64]) -> u64 {
    let ((a_vectors, a_rest), (b_vectors, b_rest)) = (simd.vectors(a), simd.vectors(b));
    let mut word = 0;
    for (at, (a, b)) in a_vectors.iter().zip(b_vectors).enumerate() {
        word |= lanes::<S, COMPARISON>(simd, simd.load(a), simd.load(b)) << (S::LANES * at);
    }
    if !a_rest.is_empty() {
        let truths = lanes::<S, COMPARISON>(simd, simd.load_rest(a_rest), simd.load_rest(b_rest));
        word |= truths << (S::LANES * a_vectors.len());
    }
    if COMPARISON == NOT_EQUAL {
        word = !word;
    }
    // The last vector was filled up.
    word & (u64::MAX >> (64 - a.len()))
}

#[inline(always)]
fn lanes<S: Simd, const COMPARISON: u8>(simd: S, a: S::F64, b: S::F64) -> u64 {
    match COMPARISON {
        LESS => simd.less(a, b),
        LESS_OR_EQUAL => simd.less_or_equal(a, b),
        _ => simd.equal(a, b),
    }
}
