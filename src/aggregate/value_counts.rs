//! How often each value occurs, exactly, within a number of bytes: what `distinct`, `mode` and `entropy` read.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use arrcalc_datasets::{Chunk, Column, DataType, Text, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::{
    COUNT_BYTES as ENTRY_BYTES, DistinctSet, EXACT_LIMIT, HashValue, Restore, WordCounts, hash_bytes,
};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, float_value, integer_value};
use super::{Aggregate, BLOCK_ROWS, Element, NanPolicy};

/// Values of the first column of the chunks that are not null, with their counts: as an aggregate, its own answer.
///
/// The zeros are one value, and all NaNs are one, unless they are ignored. Past `memory_bytes` nothing is known any more;
/// whether that happens depends on the set of the values alone.
/// Class: exact. Cost: one pass, some 40 bytes a distinct value.
#[derive(Clone, Debug)]
pub struct ValueCounts {
    data_type: DataType,
    nan: NanPolicy,
    memory_bytes: usize,
    keeps_counts: bool,
    nans: u64,
    /// `None`: there were too many.
    counted: Option<Counted>,
}

#[derive(Clone, Debug)]
enum Counted {
    Float(Numbers<f64>),
    Signed(Numbers<i64>),
    Unsigned(Numbers<u64>),
    Decimal(HashMap<i128, u64, Mix>),
    Text { counts: HashMap<Box<[u8]>, u64, Mix>, bytes: usize },
    Null,
}

/// A kernel's set while there are few values, then its counts.
#[derive(Clone, Debug)]
enum Numbers<E> {
    Few(DistinctSet<E>),
    Many(WordCounts),
}

/// Most of the memory that counts of values which lie close together may take, whether or not all of them occur.
const DIRECT_BYTES: usize = 16 << 20;

impl ValueCounts {
    /// The empty state for a column of `data_type`, which may grow to about `memory_bytes`.
    ///
    /// # Errors
    /// [`Error::Request`] for types that arrcalc does not compute with.
    pub fn new(data_type: &DataType, nan: NanPolicy, memory_bytes: usize) -> Result<Self> {
        let counted = match Kind::of(data_type) {
            Kind::Float => Counted::Float(Numbers::Few(DistinctSet::new())),
            Kind::Signed => Counted::Signed(Numbers::Few(DistinctSet::new())),
            Kind::Unsigned => Counted::Unsigned(Numbers::Few(DistinctSet::new())),
            Kind::Decimal => Counted::Decimal(HashMap::default()),
            Kind::Text => Counted::Text { counts: HashMap::default(), bytes: 0 },
            Kind::Null => Counted::Null,
            Kind::Opaque => {
                let reason = format!("values of type {data_type} cannot be counted");
                return Err(Error::Request { reason });
            }
        };
        Ok(Self {
            data_type: data_type.clone(),
            nan,
            memory_bytes,
            keeps_counts: true,
            nans: 0,
            counted: Some(counted),
        })
    }

    /// With another limit.
    pub fn memory_bytes(mut self, bytes: usize) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Without the counts of numbers, for those who ask only which there are: faster.
    pub fn values_only(self) -> Self {
        Self { keeps_counts: false, ..self }
    }

    /// The number of distinct values.
    ///
    /// # Errors
    /// [`Error::Memory`], if they took too much of it; so for the others.
    pub fn distinct(&self) -> Result<u64> {
        Ok(self.known()?.len() as u64 + u64::from(self.counts_nan()))
    }

    /// The most frequent value, the lowest among ties, NaN last; null of no values.
    ///
    /// # Errors
    /// See [`ValueCounts::distinct`].
    pub fn mode(&self) -> Result<Scalar> {
        let number = |value: i128| integer_value(&self.data_type, value);
        let found = match self.known()? {
            Counted::Float(numbers) => {
                numbers.most_frequent().map(|(value, count)| (float_value(&self.data_type, value), count))
            }
            Counted::Signed(numbers) => {
                numbers.most_frequent().map(|(value, count)| (number(value.into()), count))
            }
            Counted::Unsigned(numbers) => {
                numbers.most_frequent().map(|(value, count)| (number(value.into()), count))
            }
            Counted::Decimal(counts) => best(counts.iter().map(|(&value, &count)| (value, count)))
                .map(|(value, count)| (number(value), count)),
            Counted::Text { counts, .. } => best(counts.iter().map(|(value, &count)| (value, count)))
                .map(|(value, count)| (Scalar::Text(String::from_utf8_lossy(value).into_owned()), count)),
            Counted::Null => None,
        };
        let most = found.as_ref().map_or(0, |(_, count)| *count);
        if self.counts_nan() && self.nans > most {
            return Ok(float_value(&self.data_type, f64::from_bits(0x7ff8_0000_0000_0000)));
        }
        Ok(found.map_or(Scalar::Null, |(value, _)| value))
    }

    /// How often each value occurs, in no particular order.
    ///
    /// # Errors
    /// See [`ValueCounts::distinct`].
    pub fn counts(&self) -> Result<Vec<u64>> {
        let mut counts: Vec<u64> = match self.known()? {
            Counted::Float(numbers) => numbers.counts(),
            Counted::Signed(numbers) => numbers.counts(),
            Counted::Unsigned(numbers) => numbers.counts(),
            Counted::Decimal(counts) => counts.values().copied().collect(),
            Counted::Text { counts, .. } => counts.values().copied().collect(),
            Counted::Null => Vec::new(),
        };
        counts.extend(self.counts_nan().then_some(self.nans));
        Ok(counts)
    }

    fn limits(&self) -> Limits {
        Limits { most: self.memory_bytes / ENTRY_BYTES, keeps_counts: self.keeps_counts }
    }

    fn counts_nan(&self) -> bool {
        self.nan == NanPolicy::Propagate && self.nans > 0
    }

    fn known(&self) -> Result<&Counted> {
        self.counted.as_ref().ok_or(Error::Memory {
            what: "a count of distinct values",
            needed_bytes: (self.memory_bytes + ENTRY_BYTES) as u64,
            available_bytes: self.memory_bytes as u64,
            limit_bytes: self.memory_bytes as u64,
        })
    }

    /// Forgets everything, if it takes too much.
    fn bound(&mut self) {
        if self.counted.as_ref().is_some_and(|counted| counted.bytes() > self.memory_bytes) {
            self.counted = None;
        }
    }
}

/// What a state of numbers may take.
#[derive(Clone, Copy)]
struct Limits {
    /// Values.
    most: usize,
    keeps_counts: bool,
}

/// The most frequent entry, the lowest among ties.
fn best<V: Ord>(entries: impl Iterator<Item = (V, u64)>) -> Option<(V, u64)> {
    entries.max_by(|(a, in_a), (b, in_b)| in_a.cmp(in_b).then_with(|| b.cmp(a)))
}

impl Counted {
    fn len(&self) -> usize {
        match self {
            Counted::Float(numbers) => numbers.len(),
            Counted::Signed(numbers) => numbers.len(),
            Counted::Unsigned(numbers) => numbers.len(),
            Counted::Decimal(counts) => counts.len(),
            Counted::Text { counts, .. } => counts.len(),
            Counted::Null => 0,
        }
    }

    fn bytes(&self) -> usize {
        let text = if let Counted::Text { bytes, .. } = self { *bytes } else { 0 };
        self.len() * ENTRY_BYTES + text
    }
}

impl<E: HashValue + Element + Restore> Numbers<E> {
    /// Takes in `values` until the map has more than `most` entries; returns the number of NaNs.
    fn update(&mut self, level: Level, values: &[E], limits: Limits) -> u64 {
        let most = limits.most;
        let mut nans = 0;
        for part in values.chunks(BLOCK_ROWS) {
            if let Numbers::Few(set) = self {
                if set.distinct() as usize + part.len() < EXACT_LIMIT {
                    set.update(level, part);
                    continue;
                }
                nans += self.spread(limits);
            }
            let Numbers::Many(counts) = self else { continue };
            if counts.len() <= most {
                nans += counts.update(level, part);
            }
        }
        nans
    }

    /// Moves from the set to counts; returns the NaNs that the set has seen.
    fn spread(&mut self, limits: Limits) -> u64 {
        let Numbers::Few(set) = self else { return 0 };
        let nans = set.nan();
        let entries = set.exact().unwrap_or_default();
        let entries: Vec<(u64, u64)> =
            entries.into_iter().map(|(value, count)| (value.ordered(), count)).collect();
        let direct_bytes = (limits.most * ENTRY_BYTES / 4).min(DIRECT_BYTES);
        *self = Numbers::Many(WordCounts::new(&entries, direct_bytes, limits.keeps_counts));
        nans
    }

    fn merge(&mut self, other: &Self, limits: Limits) -> u64 {
        let few = |numbers: &Self| matches!(numbers, Numbers::Few(_));
        if few(self) && few(other) && self.len() + other.len() < EXACT_LIMIT {
            if let (Numbers::Few(mine), Numbers::Few(theirs)) = (self, other) {
                mine.merge(theirs);
            }
            return 0;
        }
        let mut nans = self.spread(limits);
        if let Numbers::Many(counts) = self {
            match other {
                Numbers::Many(theirs) => counts.merge(theirs),
                Numbers::Few(_) => {
                    other.entries().into_iter().for_each(|(value, count)| counts.add(value.ordered(), count));
                }
            }
        }
        if let Numbers::Few(theirs) = other {
            nans += theirs.nan();
        }
        nans
    }

    fn len(&self) -> usize {
        match self {
            Numbers::Few(set) => set.distinct() as usize,
            Numbers::Many(counts) => counts.len(),
        }
    }

    /// NaNs that the set has seen; a map sees none.
    fn nans(&self) -> u64 {
        if let Numbers::Few(set) = self { set.nan() } else { 0 }
    }

    fn entries(&self) -> Vec<(E, u64)> {
        match self {
            Numbers::Few(set) => set.exact().unwrap_or_default(),
            Numbers::Many(counts) => {
                counts.entries().map(|(code, count)| (E::restore(code), count)).collect()
            }
        }
    }

    fn most_frequent(&self) -> Option<(E, u64)> {
        best(self.entries().into_iter().map(|(value, count)| (value.key(), count)))
            .map(|(key, count)| (E::from_key(key), count))
    }

    fn counts(&self) -> Vec<u64> {
        self.entries().into_iter().map(|(_, count)| count).collect()
    }

    fn to_bytes(&self, keeps_counts: bool) -> Vec<u8> {
        let kept = |count| if keeps_counts { count } else { 1 };
        let mut entries: Vec<(u64, u64)> =
            self.entries().into_iter().map(|(value, count)| (value.key(), kept(count))).collect();
        entries.sort_unstable();
        entries.iter().flat_map(|(key, count)| [key.to_le_bytes(), count.to_le_bytes()].concat()).collect()
    }
}

fn update<E: HashValue + Element + Restore>(
    numbers: &mut Numbers<E>,
    level: Level,
    column: &Column<'_>,
    limits: Limits,
) -> u64 {
    let mut nans = 0;
    E::blocks(level, column, |block| nans += numbers.update(level, block.values, limits));
    nans
}

fn count_text(
    counts: &mut HashMap<Box<[u8]>, u64, Mix>,
    held: &mut usize,
    most: usize,
    value: &[u8],
    count: u64,
) {
    if let Some(seen) = counts.get_mut(value) {
        *seen += count;
    } else if counts.len() * ENTRY_BYTES + *held <= most {
        *held += value.len();
        counts.insert(value.into(), count);
    }
}

impl Aggregate for ValueCounts {
    type Answer = Self;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let (column, bytes) = (&chunk.columns[0], self.memory_bytes);
        let limits = self.limits();
        let most = limits.most;
        match &mut self.counted {
            Some(Counted::Float(numbers)) => self.nans += update(numbers, level, column, limits),
            Some(Counted::Signed(numbers)) => _ = update(numbers, level, column, limits),
            Some(Counted::Unsigned(numbers)) => _ = update(numbers, level, column, limits),
            Some(Counted::Decimal(counts)) => i128::blocks(level, column, |block| {
                for &value in block.values {
                    if counts.len() <= most {
                        *counts.entry(value).or_insert(0) += 1;
                    }
                }
            }),
            Some(Counted::Text { counts, bytes: held }) => {
                let Values::Text(text) = column.values else { return };
                let is_valid = |row: usize| column.validity.is_none_or(|bits| bits.get(row));
                let rows = (0..text.len()).filter(|&row| is_valid(row));
                match text {
                    Text::Codes { codes, values } if values.len() <= codes.len() => {
                        let mut by_code = vec![0u64; values.len()];
                        rows.for_each(|row| by_code[codes[row] as usize] += 1);
                        for (value, count) in values.iter().zip(by_code).filter(|(_, count)| *count > 0) {
                            count_text(counts, held, bytes, value.as_bytes(), count);
                        }
                    }
                    _ => rows.for_each(|row| count_text(counts, held, bytes, text.bytes(row), 1)),
                }
            }
            Some(Counted::Null) | None => {}
        }
        self.bound();
    }

    fn merge(&mut self, other: &Self) {
        let limits = self.limits();
        let (Some(mine), Some(theirs)) = (&mut self.counted, &other.counted) else {
            self.counted = None;
            return;
        };
        self.nans += other.nans;
        match (mine, theirs) {
            (Counted::Float(mine), Counted::Float(theirs)) => self.nans += mine.merge(theirs, limits),
            (Counted::Signed(mine), Counted::Signed(theirs)) => _ = mine.merge(theirs, limits),
            (Counted::Unsigned(mine), Counted::Unsigned(theirs)) => _ = mine.merge(theirs, limits),
            (Counted::Decimal(mine), Counted::Decimal(theirs)) => {
                for (&value, &count) in theirs {
                    *mine.entry(value).or_insert(0) += count;
                }
            }
            (Counted::Text { counts, bytes }, Counted::Text { counts: theirs, .. }) => {
                for (value, &count) in theirs {
                    count_text(counts, bytes, self.memory_bytes, value, count);
                }
            }
            (Counted::Null, Counted::Null) => {}
            _ => panic!("states of columns of different types do not merge"),
        }
        self.bound();
    }

    fn finish(&self) -> Self {
        let mut answer = self.clone();
        if let Some(Counted::Float(numbers)) = &self.counted {
            answer.nans += numbers.nans();
        }
        answer
    }

    fn to_bytes(&self) -> Vec<u8> {
        let Some(counted) = &self.counted else { return b"too many".to_vec() };
        let nans = self.nans + if let Counted::Float(numbers) = counted { numbers.nans() } else { 0 };
        let mut bytes = nans.to_le_bytes().to_vec();
        match counted {
            Counted::Float(numbers) => bytes.extend(numbers.to_bytes(self.keeps_counts)),
            Counted::Signed(numbers) => bytes.extend(numbers.to_bytes(self.keeps_counts)),
            Counted::Unsigned(numbers) => bytes.extend(numbers.to_bytes(self.keeps_counts)),
            Counted::Decimal(counts) => {
                let mut entries: Vec<_> = counts.iter().collect();
                entries.sort_unstable();
                for (value, count) in entries {
                    bytes.extend(value.to_le_bytes());
                    bytes.extend(count.to_le_bytes());
                }
            }
            Counted::Text { counts, .. } => {
                let mut entries: Vec<_> = counts.iter().collect();
                entries.sort_unstable();
                for (value, count) in entries {
                    bytes.extend((value.len() as u64).to_le_bytes());
                    bytes.extend(&**value);
                    bytes.extend(count.to_le_bytes());
                }
            }
            Counted::Null => {}
        }
        bytes
    }

    fn heap_bytes(&self) -> usize {
        // A kernel's set has room before it has values.
        match &self.counted {
            Some(Counted::Float(Numbers::Few(set))) => set.heap_bytes(),
            Some(Counted::Signed(Numbers::Few(set))) => set.heap_bytes(),
            Some(Counted::Unsigned(Numbers::Few(set))) => set.heap_bytes(),
            Some(
                Counted::Float(Numbers::Many(counts))
                | Counted::Signed(Numbers::Many(counts))
                | Counted::Unsigned(Numbers::Many(counts)),
            ) => counts.memory_bytes(),
            counted => counted.as_ref().map_or(0, Counted::bytes),
        }
    }
}

/// A fixed hash, so that a run can be repeated to the last instruction: the one of [`arrcalc_kernels::distinct`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Mix;

#[derive(Debug)]
pub(super) struct MixHasher(u64);

impl BuildHasher for Mix {
    type Hasher = MixHasher;

    fn build_hasher(&self) -> MixHasher {
        MixHasher(0)
    }
}

impl Hasher for MixHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = (self.0 ^ hash_bytes(bytes)).hash();
    }

    fn write_u64(&mut self, word: u64) {
        self.0 = (self.0 ^ word).hash();
    }

    fn write_usize(&mut self, _: usize) {
        // A slice's length, which its bytes' hash holds already.
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests;
