//! `count(*)`.

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

use crate::answer::Scalar;

use super::Aggregate;

/// Rows, whatever they hold: of chunks without columns, too.
///
/// Class: exact. Cost: none.
#[derive(Clone, Copy, Debug, Default)]
pub struct RowCount {
    rows: u64,
}

impl Aggregate for RowCount {
    type Answer = Scalar;

    fn update(&mut self, _: Level, chunk: &Chunk<'_>) {
        self.rows += chunk.row_count as u64;
    }

    fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
    }

    fn finish(&self) -> Scalar {
        Scalar::Integer(self.rows.into())
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.rows.to_le_bytes().to_vec()
    }
}
