//! Distinct values of a narrow span: a bit or a count for each that there could be, in a table per thread.

use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::{Restore, count, first_rows, look_up, mark};
use arrcalc_kernels::order::{Span, span};

use super::sample::Look;
use super::{Codes, WHAT, Wanted};
use crate::Scope;
use crate::error::Result;
use crate::order::pieces::for_each;
use crate::order::pieces::{PIECE_ROWS, each};

/// Codes that may be given a bit: 16 MiB.
const BITS_MAX: u64 = 1 << 27;
/// Codes that may be given a count: 16 MiB.
const COUNTS_MAX: u64 = 1 << 22;
/// Codes that may be given a row: 16 MiB.
const ROWS_MAX: u64 = 1 << 21;
/// Codes that are worth a table however few rows there are.
const SMALL: u64 = 4096;

/// The lowest code, and how many there are from it to the highest.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    low: u64,
    pub(super) span: usize,
}

/// The codes of `values`, where they lie close enough together for a table of what is `wanted`.
pub(super) fn bounds<T: Restore>(
    scope: &Scope<'_>,
    values: &[T],
    look: &Look,
    wanted: Wanted,
) -> Result<Option<Bounds>> {
    let (cells, most) = if wanted.parts.first_rows {
        (2, ROWS_MAX)
    } else if wanted.parts.counts || wanted.inverse {
        (4, COUNTS_MAX)
    } else {
        (64, BITS_MAX)
    };
    let limit = (cells * values.len() as u64).clamp(SMALL, most);
    if size_of::<T>() <= 2 {
        // No need to look: every code there can be.
        let span = 1 << (8 * size_of::<T>());
        if span as u64 <= limit {
            return Ok(Some(Bounds { low: 0, span }));
        }
    }
    if values.is_empty() || look.high - look.low >= limit {
        return Ok(None);
    }
    let pieces = values.chunks(PIECE_ROWS).collect();
    let level = scope.level();
    let spans = for_each(scope, pieces, |piece| span(level, piece, None))?;
    let all = spans.into_iter().fold(Span::EMPTY, Span::merge);
    // NaN has a code of its own, far from the others.
    let is_narrow = !all.has_nan && all.highest - all.lowest < limit;
    Ok(is_narrow.then(|| Bounds { low: all.lowest, span: (all.highest - all.lowest + 1) as usize }))
}

/// The distinct values, all of which lie within `bounds`.
pub(super) fn unique<T: Restore>(
    scope: &Scope<'_>,
    values: &[T],
    bounds: Bounds,
    wanted: Wanted,
    inverse: Option<&mut [u64]>,
) -> Result<Codes> {
    let Bounds { low, span } = bounds;
    let level = scope.level();
    let pieces = pieces(scope, values);
    let rows_bytes = if wanted.parts.first_rows { 8 * span } else { 0 };
    let counts_bytes = if wanted.parts.counts { 4 * span } else { span / 8 };
    let table_bytes = (pieces.len() * (rows_bytes + counts_bytes) + 24 * span) as u64;
    let _tables = scope.budget().reserve(WHAT, table_bytes)?;

    let mut found = Codes::default();
    if wanted.parts.counts {
        let tables = for_each(scope, pieces.clone(), |(_, piece)| counted(level, piece, low, span))?;
        let total = sum(tables, span);
        found.codes = codes(low, total.iter().map(|&count| count > 0));
        found.counts = Some(total.into_iter().filter(|&count| count > 0).collect());
    }
    if wanted.parts.first_rows {
        let table = |(first, piece): (usize, &[T])| {
            let mut rows = vec![u64::MAX; span];
            first_rows(level, piece, low, first as u64, &mut rows);
            rows
        };
        let tables = for_each(scope, pieces.clone(), table)?;
        let lowest = (tables.into_iter())
            .reduce(|mut lowest, rows| {
                lowest.iter_mut().zip(rows).for_each(|(lowest, row)| *lowest = row.min(*lowest));
                lowest
            })
            .unwrap_or_default();
        found.codes = codes(low, lowest.iter().map(|&row| row < u64::MAX));
        found.first_rows = Some(lowest.into_iter().filter(|&row| row < u64::MAX).collect());
    }
    if !wanted.parts.counts && !wanted.parts.first_rows {
        found.codes = marked(scope, pieces, low, span)?;
    }
    if let Some(inverse) = inverse {
        let mut ranks = vec![0u32; span];
        for (rank, code) in (0..).zip(&found.codes) {
            ranks[(code - low) as usize] = rank;
        }
        let pieces = values.chunks(PIECE_ROWS).zip(inverse.chunks_mut(PIECE_ROWS));
        each(scope, pieces, |_, (values, out)| {
            look_up(level, values, low, &ranks, out);
            Ok(())
        })?;
    }
    Ok(found)
}

/// One piece of the rows for each thread, with its first row.
fn pieces<'v, T>(scope: &Scope<'_>, values: &'v [T]) -> Vec<(usize, &'v [T])> {
    let threads = if values.len() < PIECE_ROWS { 1 } else { scope.threads() };
    let rows = values.len().div_ceil(threads).max(1);
    (0..).step_by(rows).zip(values.chunks(rows)).collect()
}

/// The counts of all codes, in 64 bits.
fn counted<T: Restore>(level: Level, values: &[T], low: u64, span: usize) -> Counts {
    let mut counts = Counts { narrow: vec![0; span], wide: Vec::new() };
    // So many at a time that no count passes 32 bits.
    for part in values.chunks(u32::MAX as usize) {
        if counts.narrow.iter().any(|&count| count > 0) {
            counts.widen();
        }
        count(level, part, low, &mut counts.narrow);
    }
    counts
}

/// Counts in two parts; the second is empty unless there are more rows than 32 bits count.
struct Counts {
    narrow: Vec<u32>,
    wide: Vec<u64>,
}

impl Counts {
    fn widen(&mut self) {
        self.wide.resize(self.narrow.len(), 0);
        self.wide.iter_mut().zip(&self.narrow).for_each(|(wide, &count)| *wide += u64::from(count));
        self.narrow.fill(0);
    }
}

fn sum(tables: Vec<Counts>, span: usize) -> Vec<u64> {
    let mut total = vec![0; span];
    for table in tables {
        total.iter_mut().zip(&table.narrow).for_each(|(total, &count)| *total += u64::from(count));
        total.iter_mut().zip(&table.wide).for_each(|(total, &count)| *total += count);
    }
    total
}

/// The codes from `low` on that `are` there.
fn codes(low: u64, are: impl Iterator<Item = bool>) -> Vec<u64> {
    are.enumerate().filter(|(_, is)| *is).map(|(at, _)| low + at as u64).collect()
}

/// The codes of values whose bit is set.
fn marked<T: Restore>(
    scope: &Scope<'_>,
    pieces: Vec<(usize, &[T])>,
    low: u64,
    span: usize,
) -> Result<Vec<u64>> {
    let level = scope.level();
    let tables = for_each(scope, pieces, |(_, piece)| {
        let mut bits = vec![0u64; span.div_ceil(64)];
        mark(level, piece, low, &mut bits);
        bits
    })?;
    let all = tables.into_iter().reduce(|mut all, bits| {
        all.iter_mut().zip(bits).for_each(|(all, bits)| *all |= bits);
        all
    });
    let all = all.unwrap_or_default();
    let mut codes = Vec::with_capacity(all.iter().map(|bits| bits.count_ones() as usize).sum());
    for (at, &bits) in all.iter().enumerate() {
        let mut bits = bits;
        while bits != 0 {
            codes.push(low + 64 * at as u64 + u64::from(bits.trailing_zeros()));
            bits &= bits - 1;
        }
    }
    Ok(codes)
}
