//! How often a replicate takes each row of a table: functions of the row alone.

use arrcalc_kernels::Level;
use arrcalc_kernels::random::{Philox, fill_poisson_counts};

/// The weights of all rows of a table, for one replicate.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Weights {
    /// Every row once: the table itself.
    Each,
    /// Poisson counts of a stream: a replicate of the bootstrap.
    Poisson(Philox),
    /// Every row once, but for those whose number leaves `group` when divided by `groups`.
    Without {
        /// The remainder.
        group: u64,
        /// The divisor.
        groups: u64,
    },
}

impl Weights {
    /// Weights of rows `first ..`.
    pub(super) fn fill(&self, level: Level, first: u64, out: &mut [u8]) {
        match *self {
            Weights::Each => out.fill(1),
            Weights::Poisson(stream) => fill_poisson_counts(level, &stream, first, out),
            Weights::Without { group, groups } => {
                out.fill(1);
                let ahead = (group + groups - first % groups) % groups;
                if let Ok(ahead) = usize::try_from(ahead)
                    && let Some(rest) = out.get_mut(ahead..)
                {
                    let step = usize::try_from(groups).unwrap_or(usize::MAX);
                    rest.iter_mut().step_by(step).for_each(|weight| *weight = 0);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_the_rows_of_one_remainder() {
        for (group, groups) in [(0, 1), (0, 3), (2, 3), (999, 1000), (5, 7)] {
            for first in [0, 1, 5, 6, 1000, 1999] {
                let mut out = [9; 100];
                Weights::Without { group, groups }.fill(Level::BASELINE, first, &mut out);
                for (row, weight) in (first..).zip(out) {
                    assert_eq!(weight, u8::from(row % groups != group), "{row} of {group}, {groups}");
                }
            }
        }
    }
}
