//! The order of rows: stable, by one key or several.
//!
//! ```text
//! word = high bits of the row's keys | row          sort the words          rows = words without the keys
//! ```
//! The row in the word breaks ties, so that sorting plain integers is a stable sort of rows, and no comparison looks
//! anything up. Where the keys are wider than what the row leaves of a word, rows whose words agree in all key bits are a
//! run, and are ordered by the next bits in the same way: by the full keys where a run is short. (Packing keys and
//! positions is the usual trick of databases for narrow keys; taking wide keys a prefix at a time is a most significant
//! digit sort whose digit is as wide as a word allows: Knuth, TAOCP vol. 3, section 5.2.5.)

use std::ops::Range;

use arrcalc_kernels::{Level, sort};

use super::counting;
use super::field::{Field, Part};
use super::key::{SortKey, compare_rows};
use super::keys::sort_keys;
use super::pieces::{PIECE_ROWS, each, fresh};
use crate::Scope;
use crate::error::Result;

/// Rows whose words are made at once, in the first-level cache.
const BLOCK_ROWS: usize = 1024;

/// Runs up to this long are compared by their full keys.
const SHORT_RUN: usize = 32;

/// So many prefixes are tried before the rest is left to comparisons: text may agree in any number of bytes.
const DEPTH_MAX: u32 = 8;

/// Runs from this length on are ordered by all threads together.
const LONG_RUN: usize = 1 << 18;

/// What the memory is for, in messages.
const WHAT: &str = "the order of rows";

/// A number of a row: `u32` where there are less than 2^32 rows, `u64`.
pub trait RowIndex: Copy + Send + Sync + 'static {
    /// From a row of the table.
    fn of(row: u64) -> Self;
    /// The row.
    fn row(self) -> usize;
}

impl RowIndex for u32 {
    fn of(row: u64) -> Self {
        row as u32
    }
    fn row(self) -> usize {
        self as usize
    }
}

impl RowIndex for u64 {
    fn of(row: u64) -> Self {
        row
    }
    fn row(self) -> usize {
        self as usize
    }
}

impl RowIndex for usize {
    fn of(row: u64) -> Self {
        row as usize
    }
    fn row(self) -> usize {
        self
    }
}

/// The rows `0..rows` in the order of `keys`, of which the first counts most: stable, NaN and nulls last unless a key says
/// otherwise, zeros of both signs equal, text by its bytes. `descending` turns the values over, not the rows: equal rows
/// keep their order.
///
/// Cost: `O(rows log rows)` on all threads, 8 bytes a row beside the answer (none beside it for [`argsort_into`]).
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Panics
/// If a key has not one value for each row, or `rows` pass what `I` holds.
///
/// # Examples
/// ```
/// use arrcalc::datasets::{Column, Values};
/// use arrcalc::order::{SortKey, argsort};
///
/// let column = Column { values: Values::Float64(&[0.5, f64::NAN, -1.0, 0.5]), validity: None };
/// let order: Vec<u32> =
///     arrcalc::Engine::new().scoped(|scope| argsort(scope, &[SortKey::descending(column)], 4))?;
/// assert_eq!(order, [0, 3, 2, 1]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn argsort<I: RowIndex>(scope: &Scope<'_>, keys: &[SortKey<'_>], rows: usize) -> Result<Vec<I>> {
    assert!(I::of(rows as u64).row() == rows, "rows that the index type holds");
    let _words = scope.budget().reserve(WHAT, 8 * rows as u64)?;
    let mut words = fresh(scope, 0, rows)?;
    argsort_into(scope, keys, &mut words)?;
    let mut order = fresh(scope, I::of(0), rows)?;
    let pieces = order.chunks_mut(PIECE_ROWS).zip(words.chunks(PIECE_ROWS));
    each(scope, pieces, |_, (order, words)| {
        order.iter_mut().zip(words).for_each(|(index, &row)| *index = I::of(row));
        Ok(())
    })?;
    Ok(order)
}

/// [`argsort`], into `order`, which has a place for each row; what stands in it before does not matter.
///
/// # Errors
/// As [`argsort`].
///
/// # Panics
/// If a key has not one value for each row.
pub fn argsort_into(scope: &Scope<'_>, keys: &[SortKey<'_>], order: &mut [u64]) -> Result<()> {
    scope.check()?;
    assert!(keys.iter().all(|key| key.column.values.len() == order.len()), "a value for each row");
    let composite = Composite::new(scope, keys)?;
    if composite.width == 0 {
        (0..).zip(order).for_each(|(row, index)| *index = row);
        return Ok(());
    }
    let index_bits = usize::BITS - order.len().saturating_sub(1).leading_zeros();
    if composite.width <= counting::WIDTH_MAX && order.len() >= counting::ROWS_MIN {
        let parts = composite.parts(0, composite.width as u32);
        let keys = |first: usize, out: &mut [u64]| pack(scope.level(), &parts, None, first, 0, out);
        return counting::by_counting(scope, composite.width, keys, order);
    }
    if composite.width + u64::from(index_bits) <= u64::from(u32::BITS) && order.len() < counting::ROWS_MIN {
        return composite.narrow(scope, order, index_bits);
    }
    composite.order((scope.level(), Some(scope)), order, None, 0, 0)
}

/// The keys of all rows as long numbers.
pub(super) struct Composite<'k, 'a> {
    keys: &'k [SortKey<'a>],
    fields: Vec<Field<'a>>,
    /// Bits of all fields.
    width: u64,
}

impl<'k, 'a> Composite<'k, 'a> {
    /// Those of `keys`, counted from the lowest ones.
    ///
    /// # Errors
    /// Cancelling; the deadline.
    pub(super) fn new(scope: &Scope<'_>, keys: &'k [SortKey<'a>]) -> Result<Self> {
        let mut fields = Vec::new();
        for key in keys {
            fields.extend(Field::of(scope, key)?);
        }
        let width = fields.iter().map(|field| u64::from(field.width)).sum();
        Ok(Self { keys, fields, width })
    }

    /// Bits of all keys of a row; 0 where all rows are equal.
    pub(super) fn width(&self) -> u64 {
        self.width
    }

    /// The first 64 bits of each row, lowest if there are fewer.
    pub(super) fn words(&self, level: Level, words: &mut [u64]) {
        pack(level, &self.parts(0, u64::BITS), None, 0, 0, words);
    }

    /// The rows in order, on the calling thread.
    ///
    /// # Errors
    /// None that it meets alone.
    pub(super) fn order_alone(&self, level: Level, out: &mut [u64]) -> Result<()> {
        self.order((level, None), out, None, 0, 0)
    }

    /// The parts of fields that make `bits` bits from bit `from` on, or as many as there are.
    fn parts(&self, from: u64, bits: u32) -> Vec<(&Field<'a>, Part)> {
        let (mut parts, mut start, mut room) = (Vec::new(), 0, bits);
        for field in &self.fields {
            let width = u64::from(field.width);
            if from < start + width && room > 0 {
                let left = field.width - from.saturating_sub(start) as u32;
                let take = left.min(room);
                parts.push((field, Part { mask: u64::MAX >> (64 - left), cut: left - take, take }));
                room -= take;
            }
            start += width;
        }
        parts
    }

    /// The order of all rows by words of half the width, which hold key and row.
    fn narrow(&self, scope: &Scope<'_>, out: &mut [u64], index_bits: u32) -> Result<()> {
        let parts = self.parts(0, u32::BITS - index_bits);
        pack(scope.level(), &parts, None, 0, index_bits, out);
        let mut words: Vec<u32> = out.iter().map(|&word| word as u32).collect();
        sort_keys(scope, &mut words)?;
        let mask = (1 << index_bits) - 1;
        out.iter_mut().zip(&words).for_each(|(place, &word)| *place = u64::from(word) & mask);
        Ok(())
    }

    /// Puts into `out` what `rows` (`None`: all rows of the table) are in the order of their bits from `from` on. With a
    /// scope all its threads work, else the calling one.
    fn order(
        &self,
        (level, scope): (Level, Option<&Scope<'_>>),
        out: &mut [u64],
        rows: Option<&[u64]>,
        from: u64,
        depth: u32,
    ) -> Result<()> {
        let count = out.len();
        if count < 2 {
            out.fill(rows.map_or(0, |rows| rows[..count].first().copied().unwrap_or(0)));
            return Ok(());
        }
        let index_bits = usize::BITS - (count - 1).leading_zeros();
        let parts = self.parts(from, 64 - index_bits);
        let next = from + parts.iter().map(|(_, part)| u64::from(part.take)).sum::<u64>();
        let pack = |at: usize, words: &mut [u64]| pack(level, &parts, rows, at, index_bits, words);
        let run = Runs { composite: self, level, rows, index_bits, next, depth };
        let Some(scope) = scope else {
            pack(0, out);
            sort::sort(level, out);
            return run.settle(out);
        };
        each(scope, out.chunks_mut(PIECE_ROWS), |at, words| {
            pack(at * PIECE_ROWS, words);
            Ok(())
        })?;
        sort_keys(scope, out)?;
        if next >= self.width {
            return each(scope, out.chunks_mut(PIECE_ROWS), |_, words| run.settle(words));
        }
        let cuts = cuts(out, index_bits);
        let (mut pieces, mut rest) = (Vec::new(), &mut *out);
        for pair in cuts.windows(2) {
            let (piece, after) = rest.split_at_mut(pair[1] - pair[0]);
            pieces.push(piece);
            rest = after;
        }
        let is_long: Vec<bool> = pieces.iter().map(|words| run.is_long(words)).collect();
        each(scope, pieces, |at, words| if is_long[at] { Ok(()) } else { run.settle(words) })?;
        for (pair, _) in cuts.windows(2).zip(is_long).filter(|(_, is_long)| *is_long) {
            run.refine(Some(scope), &mut out[pair[0]..pair[1]])?;
        }
        Ok(())
    }
}

/// Makes words of the rows from `first` on: bits of `parts` above a row's place, where that has bits.
fn pack(
    level: Level,
    parts: &[(&Field<'_>, Part)],
    rows: Option<&[u64]>,
    first: usize,
    index_bits: u32,
    words: &mut [u64],
) {
    for (block, words) in words.chunks_mut(BLOCK_ROWS).enumerate() {
        let first = first + block * BLOCK_ROWS;
        words.fill(0);
        for (field, part) in parts {
            match rows {
                Some(rows) => field.append_rows(&rows[first..first + words.len()], *part, words),
                None => field.append(level, first, *part, words),
            }
        }
        if index_bits > 0 {
            (first as u64..).zip(words).for_each(|(row, word)| *word = *word << index_bits | row);
        }
    }
}

/// Where sorted `words` may be cut so that no run of equal keys is: about every [`LONG_RUN`] words, and around runs that
/// are longer than that.
fn cuts(words: &[u64], index_bits: u32) -> Vec<usize> {
    let mut cuts = vec![0];
    let mut at = LONG_RUN / 4;
    while at < words.len() {
        let key = words[at] >> index_bits;
        let end = at + words[at..].partition_point(|word| word >> index_bits == key);
        let last = cuts[cuts.len() - 1];
        let start = last + words[last..at].partition_point(|word| word >> index_bits < key);
        if end - start >= LONG_RUN && start > last {
            cuts.push(start);
        }
        cuts.push(end);
        at = end + LONG_RUN / 4;
    }
    if cuts[cuts.len() - 1] < words.len() {
        cuts.push(words.len());
    }
    cuts
}

/// Sorted words on their way to rows.
struct Runs<'c, 'k, 'a> {
    composite: &'c Composite<'k, 'a>,
    level: Level,
    /// What the places in the words stand for.
    rows: Option<&'c [u64]>,
    index_bits: u32,
    /// The first bit that is not in the words.
    next: u64,
    depth: u32,
}

impl Runs<'_, '_, '_> {
    fn row(&self, word: u64) -> u64 {
        let place = word & ((1 << self.index_bits) - 1);
        self.rows.map_or(place, |rows| rows[place as usize])
    }

    /// Whether `words` are one run, and one that all threads should order.
    fn is_long(&self, words: &[u64]) -> bool {
        let key = |word: Option<&u64>| word.map(|word| word >> self.index_bits);
        words.len() >= LONG_RUN && key(words.first()) == key(words.last())
    }

    /// Puts the rows in place of sorted `words`, of which no run goes on elsewhere.
    fn settle(&self, words: &mut [u64]) -> Result<()> {
        if self.next >= self.composite.width {
            words.iter_mut().for_each(|word| *word = self.row(*word));
            return Ok(());
        }
        let mut short = Vec::new();
        let mut start = 0;
        while start < words.len() {
            let key = words[start] >> self.index_bits;
            let same = words[start + 1..].iter().take_while(|word| *word >> self.index_bits == key).count();
            let end = start + 1 + same;
            if same == 0 {
                words[start] = self.row(words[start]);
            } else if same < SHORT_RUN {
                words[start..end].iter_mut().for_each(|word| *word = self.row(*word));
                short.push(start..end);
            } else {
                self.refine(None, &mut words[start..end])?;
            }
            start = end;
        }
        self.settle_short(words, &short);
        Ok(())
    }

    /// Puts the rows of each of `runs` in order. The bits that decide are looked up for all of them at once, so that the
    /// looks into memory do not wait for each other.
    fn settle_short(&self, words: &mut [u64], runs: &[Range<usize>]) {
        let rows: Vec<u64> = runs.iter().flat_map(|run| &words[run.clone()]).copied().collect();
        let mut codes = vec![0; rows.len()];
        // Less than a word, since shifts are.
        for (field, part) in self.composite.parts(self.next, u64::BITS - 1) {
            field.append_rows(&rows, part, &mut codes);
        }
        let (keys, mut at) = (self.composite.keys, 0);
        for run in runs {
            let codes = &codes[at..at + run.len()];
            let words = &mut words[run.clone()];
            at += run.len();
            if let (&[one, other], [first, second]) = (codes, &mut *words)
                && one != other
            {
                if one > other {
                    std::mem::swap(first, second);
                }
                continue;
            }
            words.sort_by(|&left, &right| compare_rows(keys, left as usize, right as usize));
        }
    }

    /// Puts the rows in place of `words`, which are one run, in the order of the bits that come after it.
    fn refine(&self, scope: Option<&Scope<'_>>, words: &mut [u64]) -> Result<()> {
        words.iter_mut().for_each(|word| *word = self.row(*word));
        if self.depth >= DEPTH_MAX {
            let keys = self.composite.keys;
            words.sort_by(|&left, &right| compare_rows(keys, left as usize, right as usize));
            return Ok(());
        }
        let _rows = scope.map(|scope| scope.budget().reserve(WHAT, 8 * words.len() as u64)).transpose()?;
        let rows = words.to_vec();
        self.composite.order((self.level, scope), words, Some(&rows), self.next, self.depth + 1)
    }
}
