//! Windows that hold what arithmetic does not decide: NaN, infinities, zeros with a sign, values that are not there.

use super::digits::{BLOCK, Rows};
use super::plan::{Missing, Windows};

/// What a window's result is, where the exact sums do not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The sums say.
    Ordinary,
    /// There is none.
    Missing,
    /// NaN.
    Nan,
    /// `+inf` (for sums and means).
    Infinity,
    /// `-inf` (for sums and means).
    NegativeInfinity,
    /// `-0.0` (for sums and means).
    NegativeZero,
}

/// How many values of each kind a window holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Kinds {
    pub(super) rows: u64,
    pub(super) missing: u64,
    pub(super) nan: u64,
    pub(super) infinity: u64,
    pub(super) negative_infinity: u64,
    pub(super) negative_zero: u64,
}

impl Kinds {
    /// Whether there is nothing but ordinary values.
    pub(super) fn are_ordinary(&self) -> bool {
        self.missing | self.nan | self.infinity | self.negative_infinity | self.negative_zero == 0
    }

    /// Counts a value in; returns it, or zero for what is no finite value.
    fn enter(&mut self, value: f64, missing: Missing) -> f64 {
        self.rows += 1;
        *self.kind(value, missing) += 1;
        if value.is_finite() { value } else { 0.0 }
    }

    fn leave(&mut self, value: f64, missing: Missing) -> f64 {
        self.rows -= 1;
        *self.kind(value, missing) -= 1;
        if value.is_finite() { value } else { 0.0 }
    }

    fn kind(&mut self, value: f64, missing: Missing) -> &mut u64 {
        if missing.holds(value) {
            &mut self.missing
        } else if value.is_nan() {
            &mut self.nan
        } else if value == f64::INFINITY {
            &mut self.infinity
        } else if value == f64::NEG_INFINITY {
            &mut self.negative_infinity
        } else {
            &mut self.negative_zero
        }
    }
}

/// Counts a value that may be ordinary.
macro_rules! counted {
    ($kinds:expr, $step:ident, $rows:tt, $value:expr, $missing:expr) => {{
        let value = $value;
        if value.is_finite() && value.to_bits() != 1 << 63 {
            $kinds.rows $rows 1;
            value
        } else {
            $kinds.$step(value, $missing)
        }
    }};
}

/// The block, cleaned of what is not finite, and what each row's window holds.
pub(super) struct Judged {
    pub(super) entering: Rows,
    pub(super) leaving: Rows,
    pub(super) counts: Rows,
    pub(super) verdicts: [Verdict; BLOCK],
}

impl Judged {
    pub(super) fn new() -> Self {
        Judged {
            entering: [0.0; BLOCK],
            leaving: [0.0; BLOCK],
            counts: [0.0; BLOCK],
            verdicts: [Verdict::Ordinary; BLOCK],
        }
    }

    /// Takes in `entering`, takes out `leaving`, and judges each row.
    pub(super) fn judge(
        &mut self,
        kinds: &mut Kinds,
        windows: &Windows,
        entering: &[f64],
        leaving: Option<&[f64]>,
    ) {
        self.entering[entering.len()..].fill(0.0);
        self.leaving[entering.len()..].fill(0.0);
        for (row, &raw) in entering.iter().enumerate() {
            self.entering[row] = counted!(kinds, enter, +=, raw, windows.missing);
            if let Some(leaving) = leaving {
                self.leaving[row] = counted!(kinds, leave, -=, leaving[row], windows.missing);
            }
            let count = kinds.rows - kinds.missing;
            self.counts[row] = count as f64;
            let is_skipped = windows.skips_missing_rows && windows.missing.holds(raw);
            self.verdicts[row] = if is_skipped || count < windows.min_count as u64 {
                Verdict::Missing
            } else if kinds.nan > 0 || kinds.infinity > 0 && kinds.negative_infinity > 0 {
                Verdict::Nan
            } else if kinds.infinity > 0 {
                Verdict::Infinity
            } else if kinds.negative_infinity > 0 {
                Verdict::NegativeInfinity
            } else if count > 0 && kinds.negative_zero == count {
                Verdict::NegativeZero
            } else {
                Verdict::Ordinary
            };
        }
    }
}
