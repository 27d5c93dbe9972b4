//! The exact state of one window, moved down the rows where it is asked for: what decides when the fast sums cannot.

use super::plan::{Missing, Windows};
use crate::exact::{Counts, PowerSums};
use crate::level::Level;

/// Exact sums of the values in the window that ends before row `end`.
#[derive(Clone, Debug)]
pub(super) struct Cursor<const DEGREE: usize> {
    end: usize,
    state: PowerSums<DEGREE>,
    kept: Vec<f64>,
}

impl<const DEGREE: usize> Cursor<DEGREE> {
    /// The window before row `end`, whose state is known.
    pub(super) fn new(end: usize, state: PowerSums<DEGREE>) -> Self {
        Self { end, state, kept: Vec::new() }
    }

    /// What the window where it stands holds.
    pub(super) fn counts(&self) -> &Counts {
        self.state.counts()
    }

    /// The state of the window before row `end`.
    ///
    /// Cost: the rows moved over, or the width.
    pub(super) fn at(
        &mut self,
        level: Level,
        windows: &Windows,
        values: &[f64],
        end: usize,
    ) -> &PowerSums<DEGREE> {
        let (old_first, first) = (windows.first(self.end), windows.first(end));
        if windows.width.is_some() && (end < self.end || first >= self.end) {
            self.state = PowerSums::new();
            take_in(level, &mut self.state, &values[first..end], windows.missing, &mut self.kept);
        } else {
            take_in(level, &mut self.state, &values[self.end..end], windows.missing, &mut self.kept);
            let mut gone = PowerSums::new();
            take_in(level, &mut gone, &values[old_first..first], windows.missing, &mut self.kept);
            // What is taken out had been taken in.
            let taken = self.state.subtract(&gone);
            debug_assert!(taken.is_ok());
        }
        self.end = end;
        &self.state
    }
}

/// Takes the values that are there into `state`.
pub(super) fn take_in<const DEGREE: usize>(
    level: Level,
    state: &mut PowerSums<DEGREE>,
    values: &[f64],
    missing: Missing,
    kept: &mut Vec<f64>,
) {
    if values.is_empty() {
        return;
    }
    if missing == Missing::Nothing {
        state.update_f64(level, values);
        return;
    }
    for piece in values.chunks(4096) {
        kept.clear();
        kept.extend(piece.iter().filter(|&&value| !missing.holds(value)));
        state.update_f64(level, kept);
    }
}
