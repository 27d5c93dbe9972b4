//! What one pass counts: rows below each sought key, and whether the rows are in order.

use std::cmp::Ordering;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;
use arrcalc_kernels::search::Side;

use super::rows::{Key, Rows};

/// What a thread has seen: numbers of rows below each key, and how the chunks follow each other.
pub(super) struct Counts<K> {
    /// Rows below each key, of chunks that lie around it.
    around: Vec<u64>,
    /// Rows of chunks as a whole: below this key and all behind it.
    below: Vec<u64>,
    /// Values that are not NaN.
    pub(super) numbers: u64,
    /// Values that are not null.
    pub(super) valid: u64,
    stretches: Vec<Stretch<K>>,
}

/// A chunk, as its neighbours see it.
struct Stretch<K> {
    first_row: u64,
    /// The value of the first and of the last row; `None` is null.
    ends: [Option<K>; 2],
    descent: Option<u64>,
}

impl<K: Key> Counts<K> {
    pub(super) fn new(keys: usize) -> Self {
        Self { around: vec![0; keys], below: vec![0; keys + 1], numbers: 0, valid: 0, stretches: Vec::new() }
    }

    pub(super) fn take(&mut self, level: Level, chunk: &Chunk<'_>, keys: &[(K, usize)], side: Side) {
        if chunk.row_count == 0 {
            return;
        }
        let column = &chunk.columns[0];
        let rows = chunk.row_count;
        let is_valid = |row: &usize| column.validity.is_none_or(|bits| bits.get(*row));
        let valid = match column.validity {
            Some(_) => (0..rows).find(|row| !is_valid(row)).unwrap_or(rows),
            None => rows,
        };
        let risen = (valid + 1..rows).find(is_valid);
        let mut stretch = Stretch {
            first_row: chunk.first_row,
            ends: [None, None],
            descent: risen.map(|row| chunk.first_row + row as u64),
        };
        let is_known = K::lend(column.values, &mut |values| {
            if valid == 0 {
                return;
            }
            let last = if valid == rows { rows - 1 } else { risen.unwrap_or(valid - 1) };
            let last = (valid == rows || risen.is_some()).then(|| values.key(last));
            stretch.ends = [Some(values.key(0)), last];
            if let Some(row) = values.descent(level, valid) {
                stretch.descent = Some(chunk.first_row + row as u64);
            } else {
                self.count(values, valid, keys, side);
            }
        });
        if !is_known {
            // A column of nothing but nulls, whatever its type.
            stretch.descent = None;
        }
        self.stretches.push(stretch);
    }

    /// Counts sorted values, the first `valid` of a chunk.
    fn count(&mut self, values: &dyn Rows<K>, valid: usize, keys: &[(K, usize)], side: Side) {
        let numbers = values.numbers(valid);
        self.valid += valid as u64;
        self.numbers += numbers as u64;
        if numbers == 0 {
            return;
        }
        let (first, last) = (values.key(0), values.key(numbers - 1));
        let is_below = |value: &K, key: &K| match value.order(key) {
            Ordering::Less => true,
            Ordering::Equal => side == Side::Right,
            Ordering::Greater => false,
        };
        let start = keys.partition_point(|(key, _)| !is_below(&first, key));
        let end = keys.partition_point(|(key, _)| !is_below(&last, key));
        for (around, (key, _)) in self.around[start..end].iter_mut().zip(&keys[start..end]) {
            *around += values.position(numbers, key, side) as u64;
        }
        self.below[end] += numbers as u64;
    }

    pub(super) fn merge(&mut self, other: Self) {
        let add =
            |to: &mut Vec<u64>, from: Vec<u64>| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.around, other.around);
        add(&mut self.below, other.below);
        self.numbers += other.numbers;
        self.valid += other.valid;
        self.stretches.extend(other.stretches);
    }

    /// The first row that is below the one before it.
    pub(super) fn first_descent(&mut self) -> Option<u64> {
        self.stretches.sort_by_key(|stretch| stretch.first_row);
        let mut last: Option<&Option<K>> = None;
        for stretch in &self.stretches {
            let [first, end] = &stretch.ends;
            let descends = match (last, first) {
                (Some(None), Some(_)) => true,
                (Some(Some(last)), Some(first)) => first.order(last) == Ordering::Less,
                _ => false,
            };
            if descends {
                return Some(stretch.first_row);
            }
            if stretch.descent.is_some() {
                return stretch.descent;
            }
            last = Some(end);
        }
        None
    }

    pub(super) fn positions(&self) -> impl Iterator<Item = u64> {
        let mut below = 0;
        self.around.iter().zip(&self.below).map(move |(around, more)| {
            below += more;
            around + below
        })
    }
}
