//! Distinct strings with their counts while there are few of them, HyperLogLog registers from there on; the lowest
//! and the highest string either way.
//!
//! Which of the two it is depends on the set of strings alone: it has 65,536 of them or more, or they hold more than
//! 8 MiB together. Both only grow, so the state is the same for every cut of the rows and every order of merges.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hasher};

use arrcalc_datasets::{Column, Text, Values};
use arrcalc_kernels::distinct::{EXACT_LIMIT, Registers, hash_bytes};

/// Bytes that the distinct strings may hold together before the set becomes a sketch.
pub const TEXT_LIMIT_BYTES: usize = 8 << 20;

/// What is known of the strings of a column: an exact mergeable state.
#[derive(Clone, Debug)]
pub struct TextSet {
    rows: u64,
    nulls: u64,
    strings: Strings,
}

#[derive(Clone, Debug)]
enum Strings {
    Exact { counts: HashMap<Box<[u8]>, u64, FixedHash>, bytes: usize },
    Sketch { registers: Registers, min: Box<[u8]>, max: Box<[u8]> },
}

impl Default for TextSet {
    fn default() -> Self {
        Self::new()
    }
}

impl TextSet {
    /// The state that has seen nothing.
    pub fn new() -> Self {
        Self { rows: 0, nulls: 0, strings: Strings::Exact { counts: HashMap::default(), bytes: 0 } }
    }

    /// Takes in the rows of `column`.
    ///
    /// # Panics
    /// If it is neither text nor nulls.
    pub fn update(&mut self, column: &Column<'_>) {
        let rows = column.values.len();
        self.rows += rows as u64;
        let text = match column.values {
            Values::Text(text) => text,
            Values::Null(rows) => {
                self.nulls += rows as u64;
                return;
            }
            _ => panic!("the column is not one of text"),
        };
        let valid = column.validity.map_or(rows, |bits| bits.count_ones());
        self.nulls += (rows - valid) as u64;
        let is_valid = |row: usize| column.validity.is_none_or(|bits| bits.get(row));
        match text {
            // Counting codes looks at each string once; not worth it where most of them do not occur.
            Text::Codes { codes, values } if values.len() <= rows => {
                let mut counts = vec![0u64; values.len()];
                for row in (0..rows).filter(|&row| is_valid(row)) {
                    counts[codes[row] as usize] += 1;
                }
                for (value, count) in values.iter().zip(counts).filter(|(_, count)| *count > 0) {
                    self.add(value.as_bytes(), count);
                }
            }
            _ => {
                for row in (0..rows).filter(|&row| is_valid(row)) {
                    self.add(text.bytes(row), 1);
                }
            }
        }
    }

    /// Takes in the rows that `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        self.rows += other.rows;
        self.nulls += other.nulls;
        match &other.strings {
            Strings::Exact { counts, .. } => {
                for (string, &count) in counts {
                    self.add(string, count);
                }
            }
            Strings::Sketch { registers, min, max } => {
                self.forget_counts(min);
                if let Strings::Sketch { registers: mine, min: low, max: high } = &mut self.strings {
                    mine.merge(registers);
                    replace_if(min < low, low, min);
                    replace_if(max > high, high, max);
                }
            }
        }
    }

    /// Counts `string` `count` times.
    fn add(&mut self, string: &[u8], count: u64) {
        match &mut self.strings {
            Strings::Exact { counts, bytes } => {
                if let Some(seen) = counts.get_mut(string) {
                    *seen += count;
                    return;
                }
                counts.insert(string.into(), count);
                *bytes += string.len();
                if counts.len() >= EXACT_LIMIT || *bytes > TEXT_LIMIT_BYTES {
                    self.forget_counts(string);
                }
            }
            Strings::Sketch { registers, min, max } => {
                registers.insert(hash_bytes(string));
                replace_if(string < &**min, min, string);
                replace_if(string > &**max, max, string);
            }
        }
    }

    /// Forgets the counts, if that has not happened yet; `any` is some string of the set.
    fn forget_counts(&mut self, any: &[u8]) {
        let Strings::Exact { counts, .. } = &self.strings else { return };
        let mut registers = Registers::new();
        let (mut min, mut max) = (any, any);
        for string in counts.keys() {
            registers.insert(hash_bytes(string));
            min = min.min(string);
            max = max.max(string);
        }
        self.strings = Strings::Sketch { min: min.into(), max: max.into(), registers };
    }

    /// Rows seen.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Nulls among them.
    pub fn nulls(&self) -> u64 {
        self.nulls
    }

    /// The number of distinct strings, while it is known.
    pub fn distinct(&self) -> Option<u64> {
        match &self.strings {
            Strings::Exact { counts, .. } => Some(counts.len() as u64),
            Strings::Sketch { .. } => None,
        }
    }

    /// The HyperLogLog estimate of the number of distinct strings.
    pub fn distinct_estimate(&self) -> u64 {
        let estimate = match &self.strings {
            Strings::Exact { counts, .. } => {
                let mut registers = Registers::new();
                counts.keys().for_each(|string| registers.insert(hash_bytes(string)));
                registers.estimate()
            }
            Strings::Sketch { registers, .. } => registers.estimate(),
        };
        estimate.round_ties_even() as u64
    }

    /// The lowest and the highest string by bytes.
    pub fn extrema(&self) -> Option<(&[u8], &[u8])> {
        match &self.strings {
            Strings::Exact { counts, .. } => Some((counts.keys().min()?, counts.keys().max()?)),
            Strings::Sketch { min, max, .. } => Some((min, max)),
        }
    }

    /// The `limit` most frequent strings by count downwards, then bytes upwards; `None` once counts are forgotten.
    pub fn most_frequent(&self, limit: usize) -> Option<Vec<(&[u8], u64)>> {
        let Strings::Exact { counts, .. } = &self.strings else { return None };
        let mut entries: Vec<(&[u8], u64)> =
            counts.iter().map(|(string, &count)| (&**string, count)).collect();
        entries.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
        entries.truncate(limit);
        Some(entries)
    }

    /// Canonical bytes: rows, nulls, then strings in order with their counts, or the registers and both ends.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = b"text\x01".to_vec();
        bytes.extend(self.rows.to_le_bytes());
        bytes.extend(self.nulls.to_le_bytes());
        let string = |bytes: &mut Vec<u8>, string: &[u8]| {
            bytes.extend((string.len() as u64).to_le_bytes());
            bytes.extend(string);
        };
        match &self.strings {
            Strings::Exact { counts, .. } => {
                bytes.push(0);
                let mut entries: Vec<_> = counts.iter().collect();
                entries.sort_unstable();
                for (value, count) in entries {
                    string(&mut bytes, value);
                    bytes.extend(count.to_le_bytes());
                }
            }
            Strings::Sketch { registers, min, max } => {
                bytes.push(1);
                string(&mut bytes, min);
                string(&mut bytes, max);
                bytes.extend(registers.as_bytes());
            }
        }
        bytes
    }
}

fn replace_if(condition: bool, held: &mut Box<[u8]>, value: &[u8]) {
    if condition {
        *held = value.into();
    }
}

/// The map's hash is the one of the registers: fixed, so that a run can be repeated to the last instruction.
#[derive(Clone, Copy, Debug, Default)]
struct FixedHash;

#[derive(Debug)]
struct BytesHasher(u64);

impl BuildHasher for FixedHash {
    type Hasher = BytesHasher;

    fn build_hasher(&self) -> BytesHasher {
        BytesHasher(0)
    }
}

impl Hasher for BytesHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 ^= hash_bytes(bytes);
    }

    // A slice writes its length first; `hash_bytes` takes it in anyway.
    fn write_usize(&mut self, _: usize) {}

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column<'a>(values: &'a [&'a str]) -> Column<'a> {
        Column { values: Values::Text(Text::Slices(values)), validity: None }
    }

    #[test]
    fn any_cut_and_order_gives_the_same_bytes_while_exact_and_as_a_sketch() {
        for total in [10, 70_000] {
            let owned: Vec<String> = (0..total).map(|row| format!("string {}", row * 7919 % total)).collect();
            let rows: Vec<&str> = owned.iter().map(String::as_str).collect();
            let mut whole = TextSet::new();
            whole.update(&column(&rows));
            for cut in [1, 3, total / 2, total - 1] {
                let (head, tail) = rows.split_at(cut);
                let (mut left, mut right) = (TextSet::new(), TextSet::new());
                left.update(&column(tail));
                right.update(&column(head));
                left.merge(&right);
                assert_eq!(left.to_bytes(), whole.to_bytes());
            }
            assert_eq!(whole.distinct(), (total == 10).then_some(10));
            assert_eq!(whole.extrema().unwrap().0, b"string 0");
            let error = whole.distinct_estimate().abs_diff(total as u64);
            assert!(error * 40 <= total as u64, "the estimate is off by {error} of {total}");
        }
    }

    #[test]
    fn long_strings_become_a_sketch_by_their_bytes() {
        let owned: Vec<String> = (0..20).map(|row| format!("{row}{}", "x".repeat(600_000))).collect();
        let mut set = TextSet::new();
        owned.iter().for_each(|string| set.update(&column(&[string])));
        assert_eq!((set.distinct(), set.most_frequent(3)), (None, None));
        assert_eq!(set.extrema().unwrap().1[0], b'9');
    }

    #[test]
    fn codes_count_as_their_strings_do() {
        let values = ["b", "a", "b", "unused"];
        let codes = [0u32, 1, 2, 2, 0, 1];
        let text = Text::Codes { codes: &codes, values: &values };
        let mask = [0b011111u8];
        let validity = Some(arrcalc_kernels::Bits::new(&mask, 0, 6));
        let mut set = TextSet::new();
        set.update(&Column { values: Values::Text(text), validity });
        assert_eq!((set.rows(), set.nulls(), set.distinct()), (6, 1, Some(2)));
        assert_eq!(set.most_frequent(8).unwrap(), [(&b"b"[..], 4), (&b"a"[..], 1)]);
    }
}
