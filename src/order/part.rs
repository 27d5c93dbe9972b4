//! The rows of one part of a table in order, where they lie in a core's second-level cache.
//!
//! ```text
//! bits of all keys    0    nothing to do: the part holds one value
//!              up to 12    a count for each key: rows go straight to their places
//!              up to 16    words of 32 bits of key and row, which are sorted
//!                  more    words of 64 bits, which are sorted; where they do not hold all bits, the next ones, and so on
//! ```
//! Keys are counted from the lowest of the part, so that a part of a wide key is narrow. Columns are then gathered by the
//! places that come out, from a copy in memory that each thread keeps.
//! (The counting sort is H. H. Seward's, 1954: Knuth, TAOCP vol. 3, section 5.2, algorithm D; it keeps equal keys in order,
//! as the row in a word does.)

use arrcalc_datasets::{Pod, Scratch};
use arrcalc_kernels::{Level, sort};

use super::argsort::{Composite, argsort_into};
use super::key::SortKey;
use super::moved::{Part, Places};
use super::pieces::fresh;
use super::table::TableKey;
use crate::Scope;
use crate::error::Result;

/// Widest keys that are counted: the counts stay in a first-level cache.
const COUNTED_BITS: u64 = 12;

/// Most rows that two bytes number.
const NARROW_ROWS: usize = 1 << 16;

/// What the memory is for, in messages.
const WHAT: &str = "the order of rows";

/// Memory that a thread keeps from part to part.
#[derive(Default)]
pub(super) struct PartSort {
    words: Vec<u64>,
    narrow_words: Vec<u32>,
    order: Vec<u16>,
    counts: Vec<u32>,
    spare: Spare,
}

impl PartSort {
    /// Parts from this length on are sorted by all threads together.
    pub(super) const LARGE_ROWS: usize = 1 << 18;

    /// Puts the rows of `part` in the order of `keys`, on the calling thread.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    pub(super) fn sort(
        &mut self,
        scope: &Scope<'_>,
        mut part: Vec<Box<dyn Part + '_>>,
        keys: &[TableKey],
    ) -> Result<()> {
        let rows = rows(&part);
        let sort_keys = sort_keys(&part, keys);
        let composite = Composite::new(scope, &sort_keys)?;
        let width = composite.width();
        if width == 0 || rows < 2 {
            return Ok(());
        }
        if self.words.len() < rows {
            self.words.resize(rows, 0);
        }
        let words = &mut self.words[..rows];
        if width <= COUNTED_BITS.max(32 - NARROW_ROWS.ilog2() as u64) && rows <= NARROW_ROWS {
            composite.words(scope.level(), words);
            if words.is_sorted() {
                return Ok(());
            }
            self.order.resize(rows, 0);
            if width <= COUNTED_BITS {
                by_counts(&mut self.counts, width, words, &mut self.order);
            } else {
                by_words(scope.level(), &mut self.narrow_words, words, &mut self.order);
            }
            part.iter_mut().for_each(|column| column.permute(Places::Narrow(&self.order), &mut self.spare));
            return Ok(());
        }
        composite.order_alone(scope.level(), words)?;
        if !words.iter().copied().eq(0..rows as u64) {
            part.iter_mut().for_each(|column| column.permute(Places::Wide(words), &mut self.spare));
        }
        Ok(())
    }
}

/// Puts the rows of a large part in the order of `keys`, on all threads.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
pub(super) fn sort_together(
    scope: &Scope<'_>,
    mut part: Vec<Box<dyn Part + '_>>,
    keys: &[TableKey],
) -> Result<()> {
    let rows = rows(&part);
    let sort_keys = sort_keys(&part, keys);
    if Composite::new(scope, &sort_keys)?.width() == 0 {
        return Ok(());
    }
    let _order = scope.budget().reserve(WHAT, 8 * rows as u64)?;
    let mut order = fresh(scope, 0, rows)?;
    argsort_into(scope, &sort_keys, &mut order)?;
    drop(sort_keys);
    if order.is_sorted() {
        return Ok(());
    }
    for column in &mut part {
        column.permute_together(scope, &order)?;
    }
    Ok(())
}

/// Memory for a copy of a column, which grows.
#[derive(Default)]
pub(super) struct Spare(Option<(Scratch, usize)>);

impl Spare {
    /// A copy of `values`; `None` where the system has no room.
    pub(super) fn copy<T: Pod>(&mut self, values: &[T]) -> Option<&[T]> {
        let bytes = size_of_val(values);
        if self.0.as_ref().is_none_or(|(_, room)| *room < bytes) {
            self.0 = Some((Scratch::any(bytes)?, bytes));
        }
        let (block, _) = self.0.as_mut()?;
        let copy = block.slice_mut(values.len());
        copy.copy_from_slice(values);
        Some(copy)
    }
}

fn rows(part: &[Box<dyn Part + '_>]) -> usize {
    part.first().map_or(0, |column| column.lend().values.len())
}

fn sort_keys<'p>(part: &'p [Box<dyn Part + '_>], keys: &[TableKey]) -> Vec<SortKey<'p>> {
    let key = |key: &TableKey| SortKey {
        column: part[key.column].lend(),
        descending: key.descending,
        nulls_first: key.nulls_first,
    };
    keys.iter().map(key).collect()
}

/// The places of `keys` of `width` bits in their order, by counting.
fn by_counts(counts: &mut Vec<u32>, width: u64, keys: &[u64], order: &mut [u16]) {
    counts.clear();
    counts.resize(1 << width, 0);
    keys.iter().for_each(|&key| counts[key as usize] += 1);
    let mut sum = 0;
    for count in counts.iter_mut() {
        sum += std::mem::replace(count, sum);
    }
    for (place, &key) in (0..).zip(keys) {
        let next = &mut counts[key as usize];
        order[*next as usize] = place;
        *next += 1;
    }
}

/// The places of `keys` of 16 bits in their order, by sorting both as one word.
fn by_words(level: Level, words: &mut Vec<u32>, keys: &[u64], order: &mut [u16]) {
    words.clear();
    words.extend((0..).zip(keys).map(|(place, &key)| (key as u32) << 16 | place));
    sort::sort(level, words);
    order.iter_mut().zip(&*words).for_each(|(place, &word)| *place = word as u16);
}
