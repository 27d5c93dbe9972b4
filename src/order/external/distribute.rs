//! Dealing the rows of a table out to buckets on disk.

use arrcalc_datasets::{Chunk, Piece, Spill};
use arrcalc_kernels::Level;

use super::added::{Added, Room};
use super::codes::{Coder, Codes};
use super::runs;
use super::splitters::Splitters;
use crate::error::Result;

/// A bucket on disk.
#[derive(Clone, Debug, Default)]
pub(super) struct Bucket {
    pub(super) pieces: Vec<Piece>,
    pub(super) rows: u64,
    /// Whether all keys are equal.
    pub(super) is_equal: bool,
}

impl Bucket {
    pub(super) fn byte_count(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.len).sum()
    }
}

/// One thread's share of the work: a buffer for each bucket, written out when it is full.
#[derive(Debug)]
pub(super) struct Distributor<'s> {
    coder: &'s Coder,
    splitters: &'s Splitters,
    spill: &'s Spill,
    /// What a buffer holds when it is written.
    buffer_bytes: usize,
    buffers: Vec<Vec<u8>>,
    buckets: Vec<Bucket>,
    /// A last column that rows get.
    added: Added,
    room: Room,
    codes: Codes,
    found: Vec<u32>,
    /// Rows of a chunk by bucket: those of bucket `b` end at `ends[b]`.
    rows: Vec<u32>,
    ends: Vec<u32>,
}

impl<'s> Distributor<'s> {
    pub(super) fn new(
        coder: &'s Coder,
        splitters: &'s Splitters,
        spill: &'s Spill,
        buffer_bytes: usize,
        added: Added,
    ) -> Self {
        let count = splitters.bucket_count();
        Self {
            coder,
            splitters,
            spill,
            buffer_bytes,
            buffers: (0..count).map(|_| Vec::new()).collect(),
            buckets: (0..count)
                .map(|index| Bucket { is_equal: splitters.is_equal(index), ..Bucket::default() })
                .collect(),
            added,
            room: Room::default(),
            codes: coder.codes(),
            found: Vec::new(),
            rows: Vec::new(),
            ends: Vec::new(),
        }
    }

    /// Takes in the rows of `chunk`.
    pub(super) fn take(&mut self, level: Level, chunk: &Chunk<'_>) -> Result<()> {
        let mut room = std::mem::take(&mut self.room);
        let taken = self.take_all(&self.added.to(level, chunk, &mut room));
        self.room = room;
        taken
    }

    fn take_all(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        self.coder.encode(chunk, &mut self.codes);
        self.splitters.find(self.coder, chunk, &self.codes, &mut self.found);
        self.group(chunk.row_count);
        let mut start = 0;
        for bucket in 0..self.buckets.len() {
            let end = self.ends[bucket] as usize;
            if end > start {
                runs::push(
                    chunk.first_row,
                    &chunk.columns,
                    &self.rows[start..end],
                    &mut self.buffers[bucket],
                );
                self.buckets[bucket].rows += (end - start) as u64;
                if self.buffers[bucket].len() >= self.buffer_bytes {
                    self.write(bucket)?;
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Writes what is left, and gives the buckets.
    pub(super) fn finish(mut self) -> Result<Vec<Bucket>> {
        (0..self.buckets.len()).try_for_each(|bucket| self.write(bucket))?;
        Ok(self.buckets)
    }

    fn write(&mut self, bucket: usize) -> Result<()> {
        let buffer = &mut self.buffers[bucket];
        if !buffer.is_empty() {
            self.spill.append(&mut self.buckets[bucket].pieces, buffer)?;
            buffer.clear();
        }
        Ok(())
    }

    /// Rows by bucket, in their order within each: a counting sort.
    fn group(&mut self, row_count: usize) {
        self.ends.clear();
        self.ends.resize(self.buckets.len(), 0);
        for &bucket in &self.found {
            self.ends[bucket as usize] += 1;
        }
        let mut start = 0;
        for end in &mut self.ends {
            let count = *end;
            *end = start;
            start += count;
        }
        self.rows.resize(row_count, 0);
        for (row, &bucket) in self.found.iter().enumerate() {
            let place = &mut self.ends[bucket as usize];
            self.rows[*place as usize] = row as u32;
            *place += 1;
        }
    }
}

/// The buckets of several threads as one list.
pub(super) fn joined(parts: Vec<Vec<Bucket>>) -> Vec<Bucket> {
    let mut parts = parts.into_iter();
    let mut joined = parts.next().unwrap_or_default();
    for part in parts {
        for (mine, theirs) in joined.iter_mut().zip(part) {
            mine.pieces.extend(theirs.pieces);
            mine.rows += theirs.rows;
        }
    }
    joined
}
