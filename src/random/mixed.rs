//! Rows that come bucket after bucket, and are mixed in each before they go on.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Field};
use arrcalc_kernels::random::Deck;

use crate::Scope;
use crate::answer::Table;
use crate::error::Result;
use crate::order::take_rows;

/// Rows that go on together, about.
const DELIVERED_ROWS: usize = 16_384;
/// The share of the memory that they may take, as a divisor.
const MEMORY_SHARE: u64 = 16;
/// What the memory is for, in messages.
const WHAT: &str = "the rows of a bucket of a shuffle";

/// Takes mixed rows; it may stop.
pub(super) type Take<'t> = dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>> + 't;

/// Holds rows until their bucket is whole.
#[derive(Debug)]
pub(super) struct Mixed {
    deck: Deck,
    fields: Vec<Field>,
    /// Rows that have come and not gone on.
    held: Table,
    /// Where buckets start among them.
    starts: Vec<usize>,
    /// The bucket of the last.
    bucket: Option<u16>,
    /// Rows that have gone on.
    delivered: u64,
}

impl Mixed {
    pub(super) fn new(deck: Deck, fields: Vec<Field>) -> Self {
        let held = Table::new(fields.clone());
        Self { deck, fields, held, starts: Vec::new(), bucket: None, delivered: 0 }
    }

    /// Takes rows in the order of (bucket, row), `buckets[i]` that of row `i`, and hands on what is whole.
    ///
    /// # Errors
    /// The memory budget, which has to hold a bucket; what `take` meets.
    pub(super) fn push(
        &mut self,
        scope: &Scope<'_>,
        chunk: &Chunk<'_>,
        buckets: &[u16],
        take: &mut Take<'_>,
    ) -> Result<ControlFlow<()>> {
        let mut first = 0;
        for run in buckets.chunk_by(|left, right| left == right) {
            if self.bucket != Some(run[0]) {
                let bytes = self.held.memory_bytes() as u64;
                let is_much = self.held.row_count() >= DELIVERED_ROWS
                    || bytes > scope.budget().limit_bytes() / MEMORY_SHARE;
                if is_much && self.deliver(scope, take)?.is_break() {
                    return Ok(ControlFlow::Break(()));
                }
                self.starts.push(self.held.row_count());
                self.bucket = Some(run[0]);
            }
            let rows = first..first + run.len();
            let columns: Vec<_> =
                chunk.columns[..self.fields.len()].iter().map(|column| column.slice(rows.clone())).collect();
            self.held.extend(&columns, run.len());
            first = rows.end;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Hands on what is held, once the last bucket is whole.
    ///
    /// # Errors
    /// As [`Mixed::push`].
    pub(super) fn deliver(&mut self, scope: &Scope<'_>, take: &mut Take<'_>) -> Result<ControlFlow<()>> {
        let rows = self.held.row_count();
        if rows == 0 {
            return Ok(ControlFlow::Continue(()));
        }
        let bytes = 2 * self.held.memory_bytes() + size_of::<usize>() * rows;
        let _held = scope.budget().reserve(WHAT, bytes as u64)?;
        let mut order: Vec<usize> = (0..rows).collect();
        self.starts.push(rows);
        for bounds in self.starts.windows(2) {
            let bucket = &mut order[bounds[0]..bounds[1]];
            self.deck.mix(scope.level(), self.delivered + bounds[0] as u64, bucket);
        }
        let mixed = take_rows(scope, &self.held, &order)?;
        self.held = Table::new(self.fields.clone());
        self.starts.clear();
        let chunk = Chunk { first_row: self.delivered, ..mixed.lend() };
        self.delivered += rows as u64;
        take(&chunk)
    }
}
