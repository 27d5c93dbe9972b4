//! Rows put off until many with neighbouring keys have come together.
//!
//! With a million groups neither the table of keys nor the states of groups are in a cache, and each row would wait for
//! memory more than once. Rows dealt out by their key, and taken in a part at a time, find both in the second-level cache:
//! the radix partitioning of joins (S. Manegold, P. Boncz and M. Kersten, "Optimizing Main-Memory Join on Modern
//! Hardware", 2002). States are exact, so that the order of rows does not matter to them.

use std::ops::Range;

use arrcalc_datasets::{Chunk, Column, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::elementwise::{map, map_checked, prefetch};
use arrcalc_kernels::group::{deal, places};

use crate::answer::Numbers;
use crate::plan::Plan;

/// Parts that rows are dealt out to.
const PARTS: usize = 128;
/// Bytes that a part has room for: the more rows that are, the fewer times its keys and states come from memory.
const ROOM_BYTES: usize = 1 << 20;
/// Rows of a part that are taken in at a time.
const HANDED_ROWS: usize = 1 << 13;
/// Rows that are dealt out at a time: each part has room for all of them.
const ROWS: usize = 2048;
/// Groups whose keys and states are near enough as they are.
const NEAR: usize = 1 << 15;
/// Columns at most: more would not stay in the caches that this is about.
const COLUMNS: usize = 4;

/// Rows that wait.
pub(super) struct Dealer {
    /// Where the key is in a chunk.
    key: usize,
    /// What parts are counted from, and keys of a part as a power of two; `None` before the first row.
    scale: Option<(u64, u32)>,
    /// By column of the chunks, part by part.
    columns: Vec<Held>,
    /// Rows that a part has room for.
    room: usize,
    /// Where the next row of each part goes.
    next: [u32; PARTS],
    /// Part of each of the rows at hand, and where it goes.
    parts: Vec<u8>,
    places: Vec<u32>,
    /// Offsets of the keys at hand.
    offsets: Vec<u32>,
    /// Keys that were offsets.
    keys: Keys,
}

/// Keys of one type or the other.
#[derive(Default)]
struct Keys {
    signed: Vec<i64>,
    unsigned: Vec<u64>,
}

/// Values that wait, of the types whose rows can.
enum Held {
    Int32(Numbers<i32>),
    UInt32(Numbers<u32>),
    Float32(Numbers<f32>),
    Int64(Numbers<i64>),
    UInt64(Numbers<u64>),
    Float64(Numbers<f64>),
    /// Keys of 64 bits that lie close together, as offsets: half as many bytes to memory and back.
    Near(Near, Numbers<u32>),
}

/// What offsets are counted from, and whether keys are signed.
#[derive(Clone, Copy)]
struct Near {
    base: u64,
    is_signed: bool,
}

impl Near {
    /// For keys like these, if there are some and they are close together: there is as much room on both sides.
    fn new(keys: &Values<'_>) -> Option<Self> {
        const ROOM: u64 = 1 << 31;
        let near = |low: u64, high: u64, is_signed| {
            (high.wrapping_sub(low) < ROOM).then_some(Self { base: low.wrapping_sub(ROOM), is_signed })
        };
        match keys {
            Values::Int64(keys) => near(*keys.iter().min()? as u64, *keys.iter().max()? as u64, true),
            Values::UInt64(keys) => near(*keys.iter().min()?, *keys.iter().max()?, false),
            _ => None,
        }
    }

    /// Writes the offsets of `keys`; whether all fit.
    fn offsets(self, level: Level, keys: &Values<'_>, offsets: &mut [u32]) -> bool {
        // By value: what is borrowed would be read again for every key.
        let base = self.base;
        let offset = move |key: u64| {
            let offset = key.wrapping_sub(base);
            (offset as u32, offset > u64::from(u32::MAX))
        };
        match keys {
            Values::Int64(keys) => !map_checked(level, keys, offsets, move |key| offset(key as u64)),
            Values::UInt64(keys) => !map_checked(level, keys, offsets, offset),
            _ => false,
        }
    }
}

/// The same for values that wait and for those that come.
macro_rules! of_one_type {
    ($held:expr, $values:expr, |$one:ident, $other:ident| $body:expr) => {
        match ($held, $values) {
            (Held::Int32($one), Values::Int32($other)) => $body,
            (Held::UInt32($one), Values::UInt32($other)) => $body,
            (Held::Float32($one), Values::Float32($other)) => $body,
            (Held::Int64($one), Values::Int64($other)) => $body,
            (Held::UInt64($one), Values::UInt64($other)) => $body,
            (Held::Float64($one), Values::Float64($other)) => $body,
            // `Dealer::takes` saw to it.
            _ => {}
        }
    };
}

impl Held {
    /// Room for `len` values like these.
    fn new(values: &Values<'_>, is_key: bool, len: usize) -> Option<Self> {
        if let Some(near) = Near::new(values).filter(|_| is_key) {
            return Some(Held::Near(near, Numbers::room(len)));
        }
        Some(match values {
            Values::Int32(_) => Held::Int32(Numbers::room(len)),
            Values::UInt32(_) => Held::UInt32(Numbers::room(len)),
            Values::Float32(_) => Held::Float32(Numbers::room(len)),
            Values::Int64(_) => Held::Int64(Numbers::room(len)),
            Values::UInt64(_) => Held::UInt64(Numbers::room(len)),
            Values::Float64(_) => Held::Float64(Numbers::room(len)),
            _ => return None,
        })
    }

    fn is_of(&self, values: &Values<'_>) -> bool {
        matches!(
            (self, values),
            (Held::Int32(_), Values::Int32(_))
                | (Held::UInt32(_), Values::UInt32(_))
                | (Held::Float32(_), Values::Float32(_))
                | (Held::Int64(_), Values::Int64(_))
                | (Held::UInt64(_), Values::UInt64(_))
                | (Held::Float64(_), Values::Float64(_))
                | (Held::Near(Near { is_signed: true, .. }, _), Values::Int64(_))
                | (Held::Near(Near { is_signed: false, .. }, _), Values::UInt64(_))
        )
    }

    /// The values at `rows`; keys that are offsets are made anew in `keys`.
    fn values<'k>(&'k self, level: Level, rows: Range<usize>, keys: &mut Option<&'k mut Keys>) -> Values<'k> {
        match self {
            Held::Int32(values) => Values::Int32(&values[rows]),
            Held::UInt32(values) => Values::UInt32(&values[rows]),
            Held::Float32(values) => Values::Float32(&values[rows]),
            Held::Int64(values) => Values::Int64(&values[rows]),
            Held::UInt64(values) => Values::UInt64(&values[rows]),
            Held::Float64(values) => Values::Float64(&values[rows]),
            Held::Near(Near { base, is_signed }, offsets) => {
                let Some(keys) = keys.take() else { return Values::Null(rows.len()) };
                let base = *base;
                let key = move |offset: u32| base.wrapping_add(offset.into());
                if *is_signed {
                    keys.signed.resize(rows.len(), 0);
                    map(level, &offsets[rows], &mut keys.signed, move |offset| key(offset) as i64);
                    return Values::Int64(&keys.signed);
                }
                keys.unsigned.resize(rows.len(), 0);
                map(level, &offsets[rows], &mut keys.unsigned, key);
                Values::UInt64(&keys.unsigned)
            }
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Held::Int32(values) => size_of_val(&**values),
            Held::UInt32(values) | Held::Near(_, values) => size_of_val(&**values),
            Held::Float32(values) => size_of_val(&**values),
            Held::Int64(values) => size_of_val(&**values),
            Held::UInt64(values) => size_of_val(&**values),
            Held::Float64(values) => size_of_val(&**values),
        }
    }
}

/// Bytes of a value that waits, at most.
fn width(values: &Values<'_>) -> usize {
    match values {
        Values::Int32(_) | Values::UInt32(_) | Values::Float32(_) => 4,
        _ => 8,
    }
}

impl Dealer {
    /// For chunks of `columns`, if rows of `plan` may come in any order and none can fail: one key, and aggregates of columns
    /// as they lie that do not ask where a row stands.
    pub(super) fn new(plan: &Plan, columns: &[usize]) -> Option<Self> {
        let [key] = &plan.keys[..] else { return None };
        let key = columns.iter().position(|&column| Some(column) == key.column())?;
        let is_indifferent = plan.aggregates.iter().all(|one| {
            !one.call.is_positioned()
                && one.filter.is_none()
                && one.arguments.iter().all(|argument| argument.column().is_some())
        });
        let fits = plan.predicate.is_none() && is_indifferent && columns.len() <= COLUMNS;
        fits.then(|| Self {
            key,
            scale: None,
            columns: vec![],
            room: 0,
            next: [0; PARTS],
            parts: vec![0; ROWS],
            places: vec![0; ROWS],
            offsets: vec![0; ROWS],
            keys: Keys::default(),
        })
    }

    /// Whether it is worth it with so many groups.
    pub(super) fn is_worth(groups: usize) -> bool {
        groups > NEAR
    }

    /// Whether the rows of `chunk` can wait: numbers without nulls, of the types of those before, and an integer for a key.
    pub(super) fn takes(&self, chunk: &Chunk<'_>) -> bool {
        let is_integer = matches!(
            chunk.columns[self.key].values,
            Values::Int32(_) | Values::UInt32(_) | Values::Int64(_) | Values::UInt64(_)
        );
        let is_alike = |at: usize, column: &Column<'_>| match self.columns.get(at) {
            Some(held) => held.is_of(&column.values),
            None => matches!(
                column.values,
                Values::Int32(_)
                    | Values::UInt32(_)
                    | Values::Float32(_)
                    | Values::Int64(_)
                    | Values::UInt64(_)
                    | Values::Float64(_)
            ),
        };
        let mut columns = chunk.columns.iter().enumerate();
        is_integer && columns.all(|(at, column)| column.validity.is_none() && is_alike(at, column))
    }

    /// Takes in the rows of `chunk`, and hands rows that waited long enough to `take`.
    pub(super) fn deal<E>(
        &mut self,
        level: Level,
        chunk: &Chunk<'_>,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.columns.is_empty() {
            self.make_room(chunk);
        }
        for first in (0..chunk.row_count).step_by(ROWS) {
            let rows = first..chunk.row_count.min(first + ROWS);
            let columns = || chunk.columns.iter().map(|column| column.slice(rows.clone()));
            let Some(key) = columns().nth(self.key) else { continue };
            // Columns that are read in turn keep the processor from reading ahead.
            columns().for_each(|column| ask_ahead(level, &column.values));
            if let Some(Held::Near(near, _)) = self.columns.get(self.key)
                && !near.offsets(level, &key.values, &mut self.offsets[..rows.len()])
            {
                // Keys from far away: these rows do not wait.
                take(&Chunk { first_row: 0, row_count: rows.len(), columns: columns().collect() })?;
                continue;
            }
            self.number(level, &key.values, &chunk.columns[self.key].values);
            let Self { columns: held, parts, places: at, offsets, next, .. } = self;
            let (at, offsets) = (&mut at[..rows.len()], &offsets[..rows.len()]);
            places(level, &parts[..rows.len()], next, at);
            for (held, column) in held.iter_mut().zip(columns()) {
                match held {
                    Held::Near(_, held) => deal(level, at, offsets, held),
                    held => of_one_type!(held, column.values, |held, values| deal(level, at, values, held)),
                }
            }
            for part in 0..PARTS {
                if self.count(part) > self.room - ROWS {
                    self.hand_on(level, part, take)?;
                }
            }
        }
        Ok(())
    }

    /// Room for rows like those of `chunk`.
    fn make_room(&mut self, chunk: &Chunk<'_>) {
        let row_bytes: usize = chunk.columns.iter().map(|column| width(&column.values)).sum();
        let room = ROOM_BYTES / row_bytes.max(1);
        // Keys that are offsets take half of what is reckoned here, so that as a rule there is some left.
        self.room = 1 << room.ilog2();
        let columns = chunk.columns.iter().enumerate();
        self.columns = columns
            .filter_map(|(at, column)| Held::new(&column.values, at == self.key, PARTS * self.room))
            .collect();
        for (part, next) in self.next.iter_mut().enumerate() {
            *next = (part * self.room) as u32;
        }
    }

    /// Rows of `part` that wait.
    fn count(&self, part: usize) -> usize {
        self.next[part] as usize - part * self.room
    }

    /// Hands all rows to `take`.
    pub(super) fn drain<E>(
        &mut self,
        level: Level,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        for part in 0..PARTS {
            if self.count(part) > 0 {
                self.hand_on(level, part, take)?;
            }
        }
        Ok(())
    }

    /// Bytes of memory that it takes.
    pub(super) fn memory_bytes(&self) -> usize {
        self.columns.iter().map(Held::bytes).sum()
    }

    fn hand_on<E>(
        &mut self,
        level: Level,
        part: usize,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        let begin = part * self.room;
        let end = begin + self.count(part);
        self.next[part] = begin as u32;
        let Self { columns, keys, .. } = self;
        for first in (begin..end).step_by(HANDED_ROWS) {
            let rows = first..end.min(first + HANDED_ROWS);
            // Only one of the columns is of keys.
            let mut keys = Some(&mut *keys);
            let mut values = Vec::with_capacity(columns.len());
            for held in columns.iter() {
                values.push(held.values(level, rows.clone(), &mut keys));
            }
            let columns = values.into_iter().map(|values| Column { values, validity: None }).collect();
            take(&Chunk { first_row: 0, row_count: rows.len(), columns })?;
        }
        Ok(())
    }

    /// Numbers the parts of rows with these keys; the first time, by the range of all keys `at_hand`.
    fn number(&mut self, level: Level, keys: &Values<'_>, at_hand: &Values<'_>) {
        let Self { scale, parts, .. } = self;
        macro_rules! number {
            ($keys:expr, $at_hand:expr, $word:expr) => {{
                let (low, shift) = *scale.get_or_insert_with(|| {
                    let low = $at_hand.iter().min().map_or(0, |&key| $word(key));
                    let high = $at_hand.iter().max().map_or(0, |&key| $word(key));
                    let bits = u64::BITS - high.wrapping_sub(low).leading_zeros();
                    (low, bits.saturating_sub(PARTS.ilog2()))
                });
                // Keys outside the range go to the last part: any part does.
                map(level, $keys, &mut parts[..$keys.len()], move |key| {
                    ($word(key).wrapping_sub(low) >> shift).min(PARTS as u64 - 1) as u8
                });
            }};
        }
        match (keys, at_hand) {
            (Values::Int32(keys), Values::Int32(all)) => number!(keys, all, |key: i32| i64::from(key) as u64),
            (Values::UInt32(keys), Values::UInt32(all)) => number!(keys, all, |key: u32| u64::from(key)),
            (Values::Int64(keys), Values::Int64(all)) => number!(keys, all, |key: i64| key as u64),
            (Values::UInt64(keys), Values::UInt64(all)) => number!(keys, all, |key: u64| key),
            _ => {}
        }
    }
}

/// Asks for the rows after these, as many as these are.
fn ask_ahead(level: Level, values: &Values<'_>) {
    match values {
        Values::Int32(values) => prefetch(level, values, size_of_val(*values)),
        Values::UInt32(values) => prefetch(level, values, size_of_val(*values)),
        Values::Float32(values) => prefetch(level, values, size_of_val(*values)),
        Values::Int64(values) => prefetch(level, values, size_of_val(*values)),
        Values::UInt64(values) => prefetch(level, values, size_of_val(*values)),
        Values::Float64(values) => prefetch(level, values, size_of_val(*values)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use arrcalc_datasets::{ArrayView, Dataset};

    use crate::answer::Scalar;
    use crate::{Engine, Query, QueryText};

    /// `count(*), sum(x), max(n), median(x)` by key, of whole numbers below 2^20, from maps of integers.
    fn expected(keys: &[i128], x: &[f64], n: &[u32]) -> Vec<Vec<Scalar>> {
        let mut groups: BTreeMap<i128, (i64, Vec<i64>, u32)> = BTreeMap::new();
        for ((&key, &x), &n) in keys.iter().zip(x).zip(n) {
            let (sum, values, most) = groups.entry(key).or_default();
            *sum += x as i64;
            values.push(x as i64);
            *most = n.max(*most);
        }
        let row = |(key, (sum, mut values, most)): (i128, (i64, Vec<i64>, u32))| {
            values.sort_unstable();
            let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
            let count = Scalar::Integer(values.len() as i128);
            let median = Scalar::Float64((low + high) as f64 / 2.0);
            vec![
                Scalar::Integer(key),
                count,
                Scalar::Float64(sum as f64),
                Scalar::Integer(most.into()),
                median,
            ]
        };
        groups.into_iter().map(row).collect()
    }

    fn ask(keys: ArrayView<'_>, x: &[f64], n: &[u32], threads: usize, chunk_rows: usize) -> Vec<Vec<Scalar>> {
        let columns = vec![("k".to_owned(), keys), ("x".to_owned(), x.into()), ("n".to_owned(), n.into())];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let select = "count(*), sum(x), max(n), median(x)".into();
        let text = QueryText { select, by: "k".into(), ..QueryText::default() };
        let engine = Engine::builder().threads(threads).memory_bytes(4 << 30).chunk_rows(chunk_rows).build();
        let answer = engine.run(&Query::parse(&dataset, &text).expect("a query")).expect("an answer");
        (0..answer.row_count()).map(|row| answer.row(row)).collect()
    }

    #[test]
    fn groups_of_rows_that_waited_are_those_of_a_map() {
        let mixed = |row: u64| row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 13;
        let rows = 400_000;
        let x: Vec<f64> = (0..rows).map(|row| (mixed(row) % 2001) as f64 - 1000.0).collect();
        let n: Vec<u32> = (0..rows).map(|row| (mixed(row + 7) % 1_000_000) as u32).collect();
        // So many groups that rows wait; later keys lie outside the range of the first ones, on both sides.
        let near: Vec<i64> = (0..rows).map(|row| (mixed(row) % 90_000) as i64 - 45_000).collect();
        let moving: Vec<i32> = (0..rows)
            .map(|row| {
                (mixed(row) % 70_000) as i32 + [0, 2_000_000_000, -2_000_000_000][row as usize / 150_000]
            })
            .collect();
        let huge: Vec<u64> =
            (0..rows).map(|row| (mixed(row) % 60_000).wrapping_mul(0x1234_5678_9ABC_DEF1)).collect();
        let wide: [i128; 3] = [i64::MIN.into(), i64::MAX.into(), 0];
        let ends: Vec<i64> = (0..rows)
            .map(|row| if row % 5 == 0 { wide[row as usize % 3] as i64 } else { near[row as usize] })
            .collect();
        for (threads, chunk_rows) in [(1, 1 << 16), (2, 50_001), (3, 1000)] {
            let check = |keys: ArrayView<'_>, as_integers: Vec<i128>| {
                assert!(ask(keys, &x, &n, threads, chunk_rows) == expected(&as_integers, &x, &n));
            };
            check(near.as_slice().into(), near.iter().map(|&key| key.into()).collect());
            check(moving.as_slice().into(), moving.iter().map(|&key| key.into()).collect());
            check(huge.as_slice().into(), huge.iter().map(|&key| key.into()).collect());
            check(ends.as_slice().into(), ends.iter().map(|&key| key.into()).collect());
        }
    }
}
