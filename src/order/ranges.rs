//! Ranges of a key that hold about as many rows each, from its span and a sample.

use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Column, Values};
use arrcalc_kernels::order::{Coder, Orderable, Span, append_codes, span};

use super::partitioned::Units;
use super::table::TableKey;
use super::with_numbers::with_numbers;
use crate::Scope;
use crate::error::Result;

/// Rows of a part: words to sort and a column to permute stay in a second-level cache.
const PART_ROWS: usize = 40_000;

/// Most parts: as many lines are written to in turns.
const PARTS_MAX: usize = 1024;

/// Cells that the span of the sample is divided into; parts are made of whole cells.
const CELLS: usize = 1 << 16;

/// Values of a unit that the sample takes.
const SAMPLE: usize = 4096;

/// Rows whose codes are made at once, in the first-level cache.
const BLOCK_ROWS: usize = 2048;

/// Ranges of the first key.
pub(super) struct Ranges {
    coder: Coder,
    /// The code at which cells begin, and how wide they are: `2^shift`.
    lowest: u64,
    shift: u32,
    /// The part of each cell.
    part: Vec<u16>,
    /// How many there are.
    pub(super) parts: usize,
}

impl Ranges {
    /// Those of `key`; `None` where a column has nulls or the key is no number.
    ///
    /// Cost: one pass over the key.
    ///
    /// # Errors
    /// As the pass.
    pub(super) fn find(
        scope: &Scope<'_>,
        units: &dyn Units,
        key: &TableKey,
        rows: usize,
    ) -> Result<Option<Self>> {
        // The key first; of the others only the validity is looked at.
        let others = (0..units.fields().len()).filter(|column| *column != key.column);
        let every: Vec<usize> = std::iter::once(key.column).chain(others).collect();
        let seen = Mutex::new((Span::EMPTY, Vec::new(), true));
        units.visit(scope, &every, &|unit, chunk| {
            let is_whole = chunk.columns.iter().all(is_whole);
            let step = (units.unit_rows()[unit] / SAMPLE).max(1);
            let found = with_numbers!(chunk.columns[0].values, values => {
                let sample: Vec<u64> = values.iter().step_by(step).map(|value| value.ordered()).collect();
                Some((span(scope.level(), values, None), sample))
            }, None);
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.2 &= is_whole && found.is_some();
            if let Some((span, sample)) = found {
                seen.0 = seen.0.merge(span);
                seen.1.extend(sample);
            }
            Ok(())
        })?;
        let (span, mut sample, is_whole) = seen.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !is_whole || sample.is_empty() {
            return Ok(None);
        }
        let coder = Coder::new(span, key.descending);
        sample.iter_mut().for_each(|code| *code = coder.code(*code));
        sample.sort_unstable();
        Ok(Some(Self::of_sample(coder, &sample, rows.div_ceil(PART_ROWS).clamp(1, PARTS_MAX))))
    }

    fn of_sample(coder: Coder, sample: &[u64], parts: usize) -> Self {
        let (lowest, highest) = (sample[0], sample[sample.len() - 1]);
        let shift = (64 - (highest - lowest).leading_zeros()).saturating_sub(CELLS.ilog2());
        let mut ranges = Self { coder, lowest, shift, part: vec![0; CELLS], parts };
        let mut below = vec![0u64; CELLS];
        sample.iter().for_each(|&code| below[ranges.cell(code)] += 1);
        let mut sum = 0;
        for (part, count) in ranges.part.iter_mut().zip(below) {
            let middle = (2 * sum + count) * parts as u64 / (2 * sample.len() as u64);
            *part = middle.min(parts as u64 - 1) as u16;
            sum += count;
        }
        ranges
    }

    fn cell(&self, code: u64) -> usize {
        (code.saturating_sub(self.lowest) >> self.shift).min(CELLS as u64 - 1) as usize
    }

    /// Writes the part of each of `values` beside it, and adds to the `counts` of parts.
    ///
    /// # Panics
    /// If there are fewer places than values, or counts than parts.
    pub(super) fn tell(
        &self,
        scope: &Scope<'_>,
        values: &Values<'_>,
        parts: &mut [u16],
        counts: &mut [usize],
    ) {
        let mut codes = [0; BLOCK_ROWS];
        for (block, parts) in parts[..values.len()].chunks_mut(BLOCK_ROWS).enumerate() {
            let start = block * BLOCK_ROWS;
            let codes = &mut codes[..parts.len()];
            codes.fill(0);
            with_numbers!(values.slice(start..start + parts.len()), values => {
                append_codes(scope.level(), values, None, self.coder, (0, 0), codes);
            }, return);
            for (part, code) in parts.iter_mut().zip(codes) {
                *part = self.part[self.cell(*code)];
                counts[usize::from(*part)] += 1;
            }
        }
    }
}

/// Whether the column has a value in each row.
fn is_whole(column: &Column<'_>) -> bool {
    column.validity.is_none_or(|bits| bits.count_ones() == bits.len())
        && !matches!(column.values, Values::Null(_))
}
