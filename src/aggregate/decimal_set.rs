//! Distinct decimals with their counts while there are few of them, HyperLogLog registers from there on.
//!
//! Which of the two it is depends on the set of values alone, so the state is the same for every cut of the rows and
//! every order of merges.

use std::cmp::Reverse;
use std::collections::HashMap;

use arrcalc_datasets::Column;
use arrcalc_kernels::Level;
use arrcalc_kernels::distinct::{EXACT_LIMIT, HashValue, Registers, hash_bytes};

use super::Element;
use super::value_counts::Mix;

/// What is known of the distinct values of a column of decimals: an exact mergeable state.
#[derive(Clone, Debug)]
pub(crate) struct DecimalSet {
    scale: i8,
    values: Values,
}

/// By their unscaled integers.
#[derive(Clone, Debug)]
enum Values {
    Exact(HashMap<i128, u64, Mix>),
    Sketch(Registers),
}

impl DecimalSet {
    /// The state that has seen nothing, of decimals with `scale` digits after the point.
    pub(crate) fn new(scale: i8) -> Self {
        Self { scale, values: Values::Exact(HashMap::default()) }
    }

    /// Digits after the point.
    pub(crate) fn scale(&self) -> i8 {
        self.scale
    }

    /// Takes in the rows of `column`.
    pub(super) fn update(&mut self, level: Level, column: &Column<'_>) {
        i128::blocks(level, column, |block| self.take(block.values));
    }

    /// Takes in unscaled integers.
    pub(crate) fn take(&mut self, values: &[i128]) {
        // Equal values in a row are counted in a register.
        values.chunk_by(|left, right| left == right).for_each(|run| self.add(run[0], run.len() as u64));
    }

    fn add(&mut self, value: i128, count: u64) {
        match &mut self.values {
            Values::Exact(counts) => {
                *counts.entry(value).or_insert(0) += count;
                if counts.len() >= EXACT_LIMIT {
                    self.values = Values::Sketch(self.registers());
                }
            }
            Values::Sketch(registers) => registers.insert(hash(value, self.scale)),
        }
    }

    /// Takes in the rows that `other` has seen.
    pub(crate) fn merge(&mut self, other: &Self) {
        match (&mut self.values, &other.values) {
            (_, Values::Exact(theirs)) => theirs.iter().for_each(|(&value, &count)| self.add(value, count)),
            (Values::Sketch(mine), Values::Sketch(theirs)) => mine.merge(theirs),
            (Values::Exact(_), Values::Sketch(theirs)) => {
                let mut registers = self.registers();
                registers.merge(theirs);
                self.values = Values::Sketch(registers);
            }
        }
    }

    fn registers(&self) -> Registers {
        match &self.values {
            Values::Exact(counts) => {
                let mut registers = Registers::new();
                counts.keys().for_each(|&value| registers.insert(hash(value, self.scale)));
                registers
            }
            Values::Sketch(registers) => registers.clone(),
        }
    }

    /// The number of distinct values, while it is known.
    pub(crate) fn distinct(&self) -> Option<u64> {
        match &self.values {
            Values::Exact(counts) => Some(counts.len() as u64),
            Values::Sketch(_) => None,
        }
    }

    /// The registers' estimate, also where the number is known, so that it depends on nothing else.
    pub(crate) fn distinct_estimate(&self) -> u64 {
        self.registers().estimate().round_ties_even() as u64
    }

    /// The `limit` most frequent values, by count downwards, then by value upwards; `None` once it is a sketch.
    pub(crate) fn most_frequent(&self, limit: usize) -> Option<Vec<(i128, u64)>> {
        let Values::Exact(counts) = &self.values else { return None };
        let mut entries: Vec<(i128, u64)> = counts.iter().map(|(&value, &count)| (value, count)).collect();
        entries.sort_unstable_by_key(|&(value, count)| (Reverse(count), value));
        entries.truncate(limit);
        Some(entries)
    }

    /// Canonical bytes: the registers, or the values in order with their counts.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        match &self.values {
            Values::Sketch(registers) => registers.as_bytes().to_vec(),
            Values::Exact(counts) => {
                let mut entries: Vec<_> = counts.iter().collect();
                entries.sort_unstable();
                let bytes = |(value, count): (&i128, &u64)| {
                    let (value, count) = (value.to_le_bytes(), count.to_le_bytes());
                    value.into_iter().chain(count)
                };
                entries.into_iter().flat_map(bytes).collect()
            }
        }
    }

    /// Bytes held on the heap.
    pub(super) fn heap_bytes(&self) -> usize {
        match &self.values {
            Values::Exact(counts) => counts.capacity() * (size_of::<(i128, u64)>() + 1) * 8 / 7,
            Values::Sketch(registers) => registers.as_bytes().len(),
        }
    }
}

/// The hash of `unscaled / 10^scale`: that of the integer or of the float that it is, if it is one.
fn hash(unscaled: i128, scale: i8) -> u64 {
    let (mut value, mut scale) = (unscaled, scale);
    if let Ok(mut short) = i64::try_from(value) {
        while scale > 0 && short % 10 == 0 {
            (short, scale) = (short / 10, scale - 1);
        }
        value = short.into();
    }
    while scale > 0 && value % 10 == 0 {
        (value, scale) = (value / 10, scale - 1);
    }
    while scale < 0
        && let Some(more) = value.checked_mul(10)
    {
        (value, scale) = (more, scale + 1);
    }
    if scale == 0 {
        if let Ok(integer) = i64::try_from(value) {
            return integer.hash();
        }
        if let Ok(integer) = u64::try_from(value) {
            return integer.hash();
        }
    }
    match float(value, scale) {
        Some(float) => float.hash(),
        None => {
            let mut bytes = [0; size_of::<i128>() + 1];
            bytes[..size_of::<i128>()].copy_from_slice(&value.to_le_bytes());
            bytes[size_of::<i128>()] = scale.to_le_bytes()[0];
            hash_bytes(&bytes)
        }
    }
}

/// The float that equals `value / 10^scale`, whose digits do not end in zeros.
fn float(value: i128, scale: i8) -> Option<f64> {
    let halvings = u32::try_from(scale).ok()?;
    // Fives of the denominator must be in the numerator.
    if halvings > 0 && value % 5 != 0 {
        return None;
    }
    let fives = 5i128.checked_pow(halvings)?;
    let quotient = (value % fives == 0).then(|| value / fives)?;
    let magnitude = quotient.unsigned_abs();
    let digits = u128::BITS - magnitude.leading_zeros() - magnitude.trailing_zeros().min(u128::BITS - 1);
    (digits <= f64::MANTISSA_DIGITS).then(|| quotient as f64 / (1u64 << halvings.min(63)) as f64)
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Values as Lent;

    use super::*;

    #[test]
    fn a_decimal_hashes_as_the_integer_or_float_that_it_equals() {
        for (unscaled, scale) in [(500, 2), (5, 0), (50_000, 4), (5 * 10i128.pow(30), 30)] {
            assert_eq!(hash(unscaled, scale), 5i64.hash());
        }
        assert_eq!(hash(5, -3), 5000i64.hash());
        assert_eq!(hash(0, 38), 0i64.hash());
        assert_eq!(hash(-700, 2), (-7i64).hash());
        assert_eq!(hash(i128::from(u64::MAX) * 100, 2), u64::MAX.hash());
        assert_eq!(hash(10i128.pow(20), 0), 1e20f64.hash());
        assert_eq!(hash(-1250, 4), (-0.125f64).hash());
        assert_eq!(hash(5i128.pow(38), 38), 0.5f64.powi(38).hash());
        assert_eq!(hash(2i128.pow(64) * 10 + 5, 1), hash(2i128.pow(64) * 100 + 50, 2));
        // A tenth is no float, and the nearest one is another value.
        assert_ne!(hash(1, 1), 0.1f64.hash());
        assert_eq!(hash(1, 1), hash(100, 3));
        assert_ne!(hash(1, 1), hash(-1, 1));
        assert_ne!(hash(1, 1), hash(1, 2));
        assert_ne!(hash(10i128.pow(20) + 1, 0), 1e20f64.hash());
    }

    #[test]
    fn any_cut_and_order_gives_the_same_bytes_while_exact_and_as_a_sketch() {
        for total in [10i128, 70_000] {
            let rows: Vec<i128> = (0..total).map(|row| (row * 7919 % total - 5) * 10i128.pow(19)).collect();
            let set = |values: &[i128]| {
                let mut set = DecimalSet::new(2);
                let values = Lent::Decimal128(values);
                set.update(Level::BASELINE, &Column { values, validity: None });
                set
            };
            let whole = set(&rows);
            for cut in [0, 1, 3, total as usize / 2, total as usize - 1] {
                let (head, tail) = rows.split_at(cut);
                for (first, second) in [(head, tail), (tail, head)] {
                    let mut merged = set(first);
                    merged.merge(&set(second));
                    assert_eq!(merged.to_bytes(), whole.to_bytes());
                }
            }
            assert_eq!(whole.distinct(), (total == 10).then_some(10));
            let error = whole.distinct_estimate().abs_diff(total as u64);
            assert!(error * 40 <= total as u64, "the estimate is off by {error} of {total}");
        }
        let mut set = DecimalSet::new(2);
        set.take(&[3, 3, -1, 7, -1, 3]);
        assert_eq!(set.most_frequent(2), Some(vec![(3, 3), (-1, 2)]));
    }
}
