//! Codes of a column: its values as integers from 0 on, in ascending or descending order, as narrow as their span.
//!
//! Several columns and the row itself go side by side into one word, the first column highest, so that sorting words
//! sorts rows (the packed sort of arrow-row and of DuckDB's normalised keys, in one word).

use super::Orderable;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::{Bits, Level};

/// What values of a column there are: of their [`Orderable::ordered`] codes without NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The lowest; above `highest` where there is none.
    pub lowest: u64,
    /// The highest.
    pub highest: u64,
    /// Whether a NaN is among them.
    pub has_nan: bool,
}

impl Span {
    /// Of no values.
    pub const EMPTY: Span = Span { lowest: u64::MAX, highest: 0, has_nan: false };

    /// The span of both.
    pub fn merge(self, other: Span) -> Span {
        Span {
            lowest: self.lowest.min(other.lowest),
            highest: self.highest.max(other.highest),
            has_nan: self.has_nan || other.has_nan,
        }
    }
}

/// Turns ordered codes into codes from 0 on: NaN last, the highest first if descending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coder {
    lowest: u64,
    highest: u64,
    descending: bool,
    nan: u64,
}

impl Coder {
    /// For values of `span`.
    ///
    /// # Panics
    /// If there are NaNs beside values that leave them no code, which no type has.
    pub fn new(span: Span, descending: bool) -> Self {
        let (lowest, highest) = if span.lowest > span.highest { (0, 0) } else { (span.lowest, span.highest) };
        let last = highest - lowest;
        assert!(!span.has_nan || last < u64::MAX, "floats do not use all of their codes");
        let nan = if span.has_nan { last + 1 } else { last };
        Self { lowest, highest, descending, nan }
    }

    /// The highest code.
    pub fn last(&self) -> u64 {
        self.nan
    }

    /// Bits that hold every code; 0 where all values are equal.
    pub fn width(&self) -> u32 {
        64 - self.nan.leading_zeros()
    }

    /// The code of an ordered code of the span.
    #[inline(always)]
    pub fn code(&self, ordered: u64) -> u64 {
        let code = if self.descending {
            self.highest.wrapping_sub(ordered)
        } else {
            ordered.wrapping_sub(self.lowest)
        };
        if ordered > self.highest { self.nan } else { code }
    }
}

/// The span of `values`, without those that `validity` says are null.
///
/// # Panics
/// If there is not one bit for each value.
pub fn span<T: Orderable>(level: Level, values: &[T], validity: Option<Bits<'_>>) -> Span {
    struct Whole<'a, T>(&'a [T]);
    impl<T: Orderable> Kernel for Whole<'_, T> {
        type Output = Span;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> Span {
            let (mut lowest, mut highest, mut nans) = (u64::MAX, 0, 0u64);
            for value in self.0 {
                let ordered = value.ordered();
                let is_nan = T::NAN == Some(ordered);
                lowest = lowest.min(if is_nan { u64::MAX } else { ordered });
                highest = highest.max(if is_nan { 0 } else { ordered });
                nans |= u64::from(is_nan);
            }
            Span { lowest, highest, has_nan: nans != 0 }
        }
    }
    let Some(validity) = validity else { return level.run(Whole(values)) };
    assert!(validity.len() == values.len(), "one bit for each value");
    let mut all = Span::EMPTY;
    for (at, part) in values.chunks(64).enumerate() {
        let mut word = validity.word(64 * at);
        if word == u64::MAX {
            all = all.merge(level.run(Whole(part)));
        }
        while word != 0 && word != u64::MAX {
            let value = &part[word.trailing_zeros() as usize..][..1];
            all = all.merge(Whole(value).run(crate::arch::Baseline));
            word &= word - 1;
        }
    }
    all
}

/// Appends the codes of `values` without their low `cut` bits to `words`, which move up by `shift` bits before; null
/// slots have code 0.
///
/// # Panics
/// If there are not as many words as values, or not one bit for each; if `shift` or `cut` is 64 or more.
pub fn append_codes<T: Orderable>(
    level: Level,
    values: &[T],
    validity: Option<Bits<'_>>,
    coder: Coder,
    (shift, cut): (u32, u32),
    words: &mut [u64],
) {
    struct Append<'a, T, const DESCENDING: bool>(&'a [T], Coder, u32, u32, &'a mut [u64]);
    impl<T: Orderable, const DESCENDING: bool> Kernel for Append<'_, T, DESCENDING> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let Append(values, coder, shift, cut, words) = self;
            let coder = Coder { descending: DESCENDING, ..coder };
            for (word, value) in words.iter_mut().zip(values) {
                *word = *word << shift | coder.code(value.ordered()) >> cut;
            }
        }
    }
    assert!(words.len() == values.len(), "a word for each value");
    assert!(shift < 64 && cut < 64, "codes of less than a word");
    if let Some(validity) = validity {
        assert!(validity.len() == values.len(), "one bit for each value");
        for (row, (word, value)) in words.iter_mut().zip(values).enumerate() {
            let code = if validity.get(row) { coder.code(value.ordered()) >> cut } else { 0 };
            *word = *word << shift | code;
        }
    } else if coder.descending {
        level.run(Append::<T, true>(values, coder, shift, cut, words));
    } else {
        level.run(Append::<T, false>(values, coder, shift, cut, words));
    }
}

/// Appends one bit to each of `words`, turned over where `inverted`, and 0 where a bit of `validity` is not set.
///
/// # Panics
/// If there are not as many words as bits.
pub fn append_bits(bits: Bits<'_>, validity: Option<Bits<'_>>, inverted: bool, words: &mut [u64]) {
    assert!(words.len() == bits.len(), "a word for each bit");
    for (at, part) in words.chunks_mut(64).enumerate() {
        let valid = validity.map_or(u64::MAX, |validity| validity.word(64 * at));
        let bits = (if inverted { !bits.word(64 * at) } else { bits.word(64 * at) }) & valid;
        for (index, word) in part.iter_mut().enumerate() {
            *word = *word << 1 | (bits >> index & 1);
        }
    }
}
