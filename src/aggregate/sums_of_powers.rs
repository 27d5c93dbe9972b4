//! States that are sums of powers of one column, open to whoever can compute such sums in another way.

use arrcalc_datasets::DataType;
use arrcalc_kernels::exact::{Accumulator, Counts, PowerSums};

/// The sums of powers of the first column of the chunks, of any degree.
pub trait SumsOfPowers {
    /// The type of the column.
    fn data_type(&self) -> &DataType;

    /// The highest power.
    fn degree(&self) -> usize;

    /// Takes in values of which these are the counts and the sums of powers, first power first.
    ///
    /// # Panics
    /// If there are fewer sums than [`SumsOfPowers::degree`].
    fn take_sums(&mut self, counts: Counts, sums: &[Accumulator]);
}

/// The state of these counts and of the first sums.
pub(super) fn from_parts<const DEGREE: usize>(counts: Counts, sums: &[Accumulator]) -> PowerSums<DEGREE> {
    PowerSums::from_parts(counts, std::array::from_fn(|at| sums[at].clone()))
}
