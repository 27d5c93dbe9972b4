//! The result of a selection.

/// The wanted order statistics.
#[derive(Clone, PartialEq, Debug)]
pub struct Selected<T> {
    /// Values that are not NaN.
    pub numbers: u64,
    /// NaNs.
    pub nan: u64,
    /// Wanted ranks and their values, in order.
    pub values: Vec<(u64, T)>,
    /// Numbers below each of the thresholds asked for; `None` where counting them would have cost more than elsewhere.
    pub below: Option<Vec<u64>>,
    /// Passes made.
    pub passes: u32,
}

impl<T: Copy> Selected<T> {
    /// The value at `rank` among those that are not NaN, sorted, from 0; `None` if it was not asked for.
    pub fn at(&self, rank: u64) -> Option<T> {
        let index = self.values.binary_search_by_key(&rank, |entry| entry.0).ok()?;
        Some(self.values[index].1)
    }
}
