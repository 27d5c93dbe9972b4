//! The keys of rows, and the places where their order is cut.
//!
//! A key is a digit with bits of a word behind it. What is asked of the order of keys is answered by digits alone but for
//! the few rows whose digit is the one at the cut.

use std::sync::{Mutex, PoisonError};

use arrcalc_kernels::Level;
use arrcalc_kernels::random::{Digits, Philox};

use crate::Scope;
use crate::error::Result;

/// Rows whose keys a thread makes in one piece of work.
const PIECE_ROWS: u64 = 1 << 18;
/// Rows whose digits are looked at while they are in the first-level cache.
const BLOCK_ROWS: usize = 2048;
/// Values of a digit.
const DIGITS: usize = 1 << Digits::BITS;
/// Bits of a key behind its digit.
const REST_BITS: u32 = 64 - Digits::BITS;
/// Jumps from the stream of the digits to that of the words behind them.
const REST_JUMPS: u64 = 3;

/// The keys of all rows for one seed: digit `i` of the stream, then the high 48 bits of word `i` of the stream jumped
/// three times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowKeys {
    pub(super) philox: Philox,
    rest: Philox,
}

/// A place in the order of (key, row).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cut {
    key: u64,
    row: u64,
}

impl Cut {
    /// Behind all rows.
    pub(super) const END: Self = Self { key: u64::MAX, row: u64::MAX };
    /// Before all rows.
    pub(super) const START: Self = Self { key: 0, row: 0 };

    /// Behind the share `fraction` of all keys, a number from 0 to 1.
    pub(super) fn of_fraction(fraction: f64) -> Self {
        // 2^64: scaling by it is exact, and what is below 1 stays below it.
        let key = (fraction * 18_446_744_073_709_551_616.0).round();
        if fraction >= 1.0 { Self::END } else { Self { key: key as u64, row: 0 } }
    }

    /// Whether the row stands before this place.
    #[inline(always)]
    pub(super) fn is_after(self, key: u64, row: u64) -> bool {
        (key, row) < (self.key, self.row)
    }

    fn digit(self) -> u16 {
        digit_of(self.key)
    }
}

fn digit_of(key: u64) -> u16 {
    (key >> REST_BITS) as u16
}

impl RowKeys {
    pub(super) fn new(seed: u64) -> Self {
        let philox = Philox::from(seed);
        Self { philox, rest: philox.jumped(REST_JUMPS) }
    }

    fn digits(&self) -> Digits {
        Digits(self.philox)
    }

    /// The key of a row.
    pub(super) fn at(&self, row: u64) -> u64 {
        key_of(self.digits().at(row), self.rest.at(row))
    }

    /// The keys of rows `first ..`.
    pub(super) fn fill(&self, level: Level, first: u64, keys: &mut [u64]) {
        let mut digits = [0; BLOCK_ROWS];
        for (block, keys) in (0u64..).zip(keys.chunks_mut(BLOCK_ROWS)) {
            let first = first + block * BLOCK_ROWS as u64;
            let digits = &mut digits[..keys.len()];
            self.digits().fill(level, first, digits);
            self.rest.fill(level, first, keys);
            keys.iter_mut().zip(digits).for_each(|(key, digit)| *key = key_of(*digit, *key));
        }
    }

    /// Replaces `found` by those of the `count` rows from `first` on that stand before `cut`, counted from there, in their
    /// order.
    pub(super) fn before(&self, level: Level, first: u64, count: usize, cut: Cut, found: &mut Vec<u32>) {
        found.clear();
        let mut doubtful = Vec::new();
        let digit = cut.digit();
        self.digits().within(level, (first, count), (digit, digit), found, &mut doubtful);
        let key = |row: u64| key_of(digit, self.rest.at(row));
        doubtful.retain(|&place| !cut.is_after(key(first + u64::from(place)), first + u64::from(place)));
        leave_out(found, &doubtful);
    }

    /// Tells `take` each of the `count` rows from `first` on, and its digit.
    fn each_digit(&self, level: Level, first: u64, count: usize, mut take: impl FnMut(u64, u16)) {
        let mut digits = [0; BLOCK_ROWS];
        let mut done = 0;
        while done < count {
            let digits = &mut digits[..(count - done).min(BLOCK_ROWS)];
            let first = first + done as u64;
            self.digits().fill(level, first, digits);
            (first..).zip(digits.iter()).for_each(|(row, &digit)| take(row, digit));
            done += digits.len();
        }
    }

    /// What `step` makes of each piece of `rows` rows, told its first row and their number, in the order of the pieces.
    fn pieces<T: Send>(
        &self,
        scope: &Scope<'_>,
        rows: u64,
        step: impl Fn(u64, usize) -> T + Sync,
    ) -> Result<Vec<T>> {
        let pieces = rows.div_ceil(PIECE_ROWS) as usize;
        let states = scope.fold(pieces, Vec::new, |made: &mut Vec<(usize, T)>, piece| {
            let first = piece as u64 * PIECE_ROWS;
            made.push((piece, step(first, (rows - first).min(PIECE_ROWS) as usize)));
            Ok(())
        })?;
        let mut made: Vec<_> = states.into_iter().flatten().collect();
        made.sort_unstable_by_key(|(piece, _)| *piece);
        Ok(made.into_iter().map(|(_, made)| made).collect())
    }

    /// Rows before `cut`, in their order.
    ///
    /// Cost: a quarter of a word a row on all threads; 16 bytes for each that is found.
    pub(super) fn rows_before(&self, scope: &Scope<'_>, rows: u64, cut: Cut) -> Result<Vec<u64>> {
        let pieces = self.pieces(scope, rows, |first, count| {
            let mut found = Vec::new();
            self.before(scope.level(), first, count, cut, &mut found);
            found.iter().map(|&place| first + u64::from(place)).collect::<Vec<_>>()
        })?;
        Ok(pieces.concat())
    }

    /// What `value` makes of the `out.len()` rows of the least (key, row), in their order; there are at least as many.
    ///
    /// Cost: a quarter of a word a row on all threads; 4 bytes for each that is found.
    pub(super) fn least<T: Send>(
        &self,
        scope: &Scope<'_>,
        rows: u64,
        out: &mut [T],
        value: impl Fn(u64) -> T + Sync,
    ) -> Result<()> {
        if out.is_empty() {
            return Ok(());
        }
        // Keys are uniform, so two digits are known between which the last lies; where chance has it otherwise, two that
        // are farther apart are tried.
        let count = out.len() as u64;
        let mut spare = 8.0 * (count as f64).sqrt() + 16.0;
        loop {
            let digit = |place: f64| Cut::of_fraction((place / rows as f64).clamp(0.0, 1.0)).digit();
            let digits = (digit(count as f64 - spare), digit(count as f64 + spare));
            let pieces = self.pieces(scope, rows, |first, count| {
                let share = usize::from(digits.1) + 1;
                let mut found = Vec::with_capacity(((count * share) >> Digits::BITS) + count / 64 + 64);
                let mut doubtful = Vec::new();
                self.digits().within(scope.level(), (first, count), digits, &mut found, &mut doubtful);
                let cut = |&place: &u32| {
                    let row = first + u64::from(place);
                    Cut { key: self.at(row), row }
                };
                (found, doubtful.iter().map(cut).collect::<Vec<_>>())
            })?;
            let (found, doubtful): (Vec<Vec<u32>>, Vec<_>) = pieces.into_iter().unzip();
            let mut doubtful = doubtful.concat();
            let found_count = found.iter().map(|piece| piece.len() as u64).sum::<u64>();
            let sure_count = found_count - doubtful.len() as u64;
            if (sure_count..=found_count).contains(&count) {
                doubtful.sort_unstable();
                let too_many = &doubtful[(count - sure_count) as usize..];
                return write_rows(scope, found, too_many, out, value);
            }
            spare *= 4.0;
        }
    }

    /// `rows` in the order of (key, row).
    ///
    /// Cost: a word a row on all threads, then a sort.
    pub(super) fn sorted(&self, scope: &Scope<'_>, rows: &[u64]) -> Result<Vec<u64>> {
        let pieces = self.pieces(scope, rows.len() as u64, |first, count| {
            let rows = &rows[first as usize..first as usize + count];
            rows.iter().map(|&row| (self.at(row), row)).collect::<Vec<_>>()
        })?;
        let mut keyed = pieces.concat();
        keyed.sort_unstable();
        Ok(keyed.into_iter().map(|(_, row)| row).collect())
    }

    /// The places before which `ranks[i]` of all rows stand; each rank is at most `rows`.
    ///
    /// Cost: half a word a row on all threads, whatever the ranks.
    pub(super) fn cuts(&self, scope: &Scope<'_>, rows: u64, ranks: &[u64]) -> Result<Vec<Cut>> {
        let inner = |rank: &u64| (1..rows).contains(rank);
        if !ranks.iter().any(inner) {
            return Ok(ranks.iter().map(|&rank| if rank == 0 { Cut::START } else { Cut::END }).collect());
        }
        let mut starts = self.digit_counts(scope, rows)?;
        let mut before = 0;
        for start in &mut starts {
            let count = *start;
            *start = before;
            before += count;
        }
        // The row that is the first behind a rank decides; its digit is the last that starts at or before it.
        let digit_at = |rank: u64| starts.partition_point(|&start| start <= rank) - 1;
        let mut wanted = vec![false; DIGITS];
        ranks.iter().filter(|rank| inner(rank)).for_each(|&rank| wanted[digit_at(rank)] = true);
        let pieces = self.pieces(scope, rows, |first, count| {
            let mut found = Vec::new();
            self.each_digit(scope.level(), first, count, |row, digit| {
                if wanted[usize::from(digit)] {
                    found.push(Cut { key: self.at(row), row });
                }
            });
            found
        })?;
        let mut found = pieces.concat();
        found.sort_unstable();
        let cut = |&rank: &u64| {
            if rank == 0 {
                return Cut::START;
            }
            if rank >= rows {
                return Cut::END;
            }
            let digit = digit_at(rank);
            let first = found.partition_point(|cut| usize::from(cut.digit()) < digit);
            found[first + (rank - starts[digit]) as usize]
        };
        Ok(ranks.iter().map(cut).collect())
    }

    /// How many rows have each digit.
    fn digit_counts(&self, scope: &Scope<'_>, rows: u64) -> Result<Vec<u64>> {
        let states = scope.fold(
            rows.div_ceil(PIECE_ROWS) as usize,
            || vec![0u64; DIGITS],
            |counts, piece| {
                let first = piece as u64 * PIECE_ROWS;
                let count = (rows - first).min(PIECE_ROWS) as usize;
                self.each_digit(scope.level(), first, count, |_, digit| counts[usize::from(digit)] += 1);
                Ok(())
            },
        )?;
        let mut sums = vec![0; DIGITS];
        for counts in states {
            sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
        }
        Ok(sums)
    }
}

/// Writes what `value` makes of the rows `found` in each piece but for those `too_many`.
fn write_rows<T: Send>(
    scope: &Scope<'_>,
    found: Vec<Vec<u32>>,
    too_many: &[Cut],
    out: &mut [T],
    value: impl Fn(u64) -> T + Sync,
) -> Result<()> {
    let mut left_out = vec![Vec::new(); found.len()];
    for cut in too_many {
        left_out[(cut.row / PIECE_ROWS) as usize].push((cut.row % PIECE_ROWS) as u32);
    }
    let mut rest = out;
    let mut parts = Vec::with_capacity(found.len());
    for (found, mut left_out) in found.into_iter().zip(left_out) {
        left_out.sort_unstable();
        let (part, after) = rest.split_at_mut(found.len() - left_out.len());
        rest = after;
        parts.push(Mutex::new(Some((found, left_out, part))));
    }
    scope.share(parts.len(), &|_, piece| {
        let part = parts[piece].lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some((mut found, left_out, part)) = part else { return Ok(()) };
        leave_out(&mut found, &left_out);
        let first = piece as u64 * PIECE_ROWS;
        part.iter_mut().zip(found).for_each(|(place, found)| *place = value(first + u64::from(found)));
        Ok(())
    })?;
    Ok(())
}

/// Takes `left_out` from `found`; both ascend.
fn leave_out(found: &mut Vec<u32>, left_out: &[u32]) {
    if !left_out.is_empty() {
        let mut left_out = left_out.iter().peekable();
        found.retain(|place| left_out.next_if_eq(&place).is_none());
    }
}

#[inline(always)]
fn key_of(digit: u16, word: u64) -> u64 {
    u64::from(digit) << REST_BITS | word >> Digits::BITS
}
