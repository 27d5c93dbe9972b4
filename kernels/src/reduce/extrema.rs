//! Minimum, maximum, their rows and the counts of special values, in one read of the data.
//!
//! A block that fits the first-level cache is folded into lanes (minimum, maximum, NaNs, zeros); only a block that
//! improves on the state is read again, from cache, for the position. So argmin costs what min costs: the block
//! minimum with a rescan of the winner (Algorithmica, "argmin with SIMD"). Infinities and negative zeros are counted
//! the same way: only in blocks whose extrema or zeros say that there are any.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;
use crate::order_key::OrderKey;

/// The row of an extremum that does not exist.
pub const NO_ROW: u64 = u64::MAX;

/// Elements in a block: 16 KiB, so that a rescan reads the first-level cache.
const BLOCK: usize = 2048;
/// Elements compared at once where a position is looked for.
const LANES: usize = 16;

/// How many elements were seen, and how many of them were special. Merging adds.
///
/// `zero` counts both zeros of a float, `negative_zero` the negative ones among them. Integers fill only `count`
/// and `zero`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Census {
    /// Elements, NaN included.
    pub count: u64,
    /// NaNs of any sign and payload.
    pub nan: u64,
    /// `+inf`.
    pub positive_infinity: u64,
    /// `-inf`.
    pub negative_infinity: u64,
    /// Elements that compare equal to zero.
    pub zero: u64,
    /// `-0.0`.
    pub negative_zero: u64,
}

impl Census {
    /// Takes in what `other` has counted.
    pub fn merge(&mut self, other: &Census) {
        self.count += other.count;
        self.nan += other.nan;
        self.positive_infinity += other.positive_infinity;
        self.negative_infinity += other.negative_infinity;
        self.zero += other.zero;
        self.negative_zero += other.negative_zero;
    }

    /// Elements that are not NaN.
    pub fn numbers(&self) -> u64 {
        self.count - self.nan
    }

    /// Elements that are not zero; a NaN is not zero.
    pub fn nonzero(&self) -> u64 {
        self.count - self.zero
    }
}

/// Extrema of everything that is not NaN, with the lowest row that holds each, and the [`Census`].
///
/// An exact mergeable state: equal data gives equal fields for every cut and every order of updates and merges.
/// Minimum and maximum order `-0.0` before `+0.0`; rows take the zeros as equal, as comparisons do, so `min_row` is
/// the lowest row whose value compares equal to the minimum. Without any number `min` is `T::HIGHEST`, `max` is
/// `T::LOWEST` and the rows are [`NO_ROW`].
///
/// Rows are absolute, so chunks may come in any order.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Extrema<T> {
    /// Counts of elements and of special values.
    pub census: Census,
    /// The minimum.
    pub min: T,
    /// The maximum.
    pub max: T,
    /// The lowest row that compares equal to the minimum.
    pub min_row: u64,
    /// The lowest row that compares equal to the maximum.
    pub max_row: u64,
    /// The lowest row that holds a NaN: what `argmin` and `argmax` answer where NaN propagates.
    pub nan_row: u64,
}

impl<T: OrderKey> Default for Extrema<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: OrderKey> Extrema<T> {
    /// The state that has seen nothing.
    pub fn new() -> Self {
        Self {
            census: Census::default(),
            min: T::HIGHEST,
            max: T::LOWEST,
            min_row: NO_ROW,
            max_row: NO_ROW,
            nan_row: NO_ROW,
        }
    }

    /// Takes in `values`, which are the rows from `first_row`.
    pub fn update(&mut self, level: Level, values: &[T], first_row: u64) {
        self.update_at(level, values, |position| first_row + position as u64);
    }

    /// Takes in `values`, whose rows are `row(position)`: strictly increasing, for chunks with rows left out.
    ///
    /// `row` is called a few times per block of 2,048 at most, and only where an extremum may be improved.
    pub fn update_at(&mut self, level: Level, values: &[T], row: impl Fn(usize) -> u64) {
        for (index, block) in values.chunks(BLOCK).enumerate() {
            let fold = level.run(Fold(block));
            self.absorb(level, block, fold, |position| row(index * BLOCK + position));
        }
    }

    /// Whether there is any number, so that `min` and `max` mean something.
    pub fn has_numbers(&self) -> bool {
        self.census.numbers() > 0
    }

    /// The minimum; `None` without any number.
    pub fn minimum(&self) -> Option<T> {
        self.has_numbers().then_some(self.min)
    }

    /// The maximum; `None` without any number.
    pub fn maximum(&self) -> Option<T> {
        self.has_numbers().then_some(self.max)
    }

    /// Whether numbers of `low..=high` can be no extrema here, not even in another row.
    pub fn enclose(&self, low: T, high: T) -> bool {
        self.has_numbers() && self.min < low && high < self.max
    }

    /// Takes in `count` numbers other than zero that the extrema enclose: they need not be read.
    pub fn update_enclosed(&mut self, count: usize) {
        self.census.count += count as u64;
    }

    /// Takes in the rows that `other` has seen.
    pub fn merge(&mut self, other: &Self) {
        if other.has_numbers() {
            self.lower(other.min, other.min_row);
            self.raise(other.max, other.max_row);
        }
        self.nan_row = self.nan_row.min(other.nan_row);
        self.census.merge(&other.census);
    }

    fn lower(&mut self, value: T, row: u64) {
        if value < self.min {
            self.min_row = row;
        } else if value == self.min {
            self.min_row = self.min_row.min(row);
        }
        if value.key() < self.min.key() {
            self.min = value;
        }
    }

    fn raise(&mut self, value: T, row: u64) {
        if value > self.max {
            self.max_row = row;
        } else if value == self.max {
            self.max_row = self.max_row.min(row);
        }
        if value.key() > self.max.key() {
            self.max = value;
        }
    }

    fn absorb(&mut self, level: Level, block: &[T], fold: Folded<T>, row: impl Fn(usize) -> u64) {
        self.census.count += block.len() as u64;
        self.census.zero += fold.zero;
        let negative_zero = if T::IS_FLOAT && fold.zero > 0 { level.run(NegativeZeros(block)) } else { 0 };
        self.census.negative_zero += negative_zero;
        if fold.nan > 0 {
            self.census.nan += fold.nan;
            let first = row(0);
            if first < self.nan_row
                && let Some(position) = block.iter().position(|value| value.is_nan())
            {
                self.nan_row = self.nan_row.min(row(position));
            }
        }
        if fold.nan == block.len() as u64 {
            return;
        }
        if T::IS_FLOAT && fold.min == T::LOWEST {
            self.census.negative_infinity += level.run(Equal(block, T::LOWEST));
        }
        if T::IS_FLOAT && fold.max == T::HIGHEST {
            self.census.positive_infinity += level.run(Equal(block, T::HIGHEST));
        }
        let (min, max) = (fold.signed_min(negative_zero), fold.signed_max(negative_zero));
        // Of equal values only a lower row counts: in row order no block is read twice for a tie.
        if min < self.min || (min == self.min && row(0) < self.min_row) {
            let position = level.run(First(block, min));
            self.lower(min, row(position));
        } else if min.key() < self.min.key() {
            self.min = min;
        }
        if max > self.max || (max == self.max && row(0) < self.max_row) {
            let position = level.run(First(block, max));
            self.raise(max, row(position));
        } else if max.key() > self.max.key() {
            self.max = max;
        }
    }
}

/// What one read of a block gives. The signs of zero extrema are settled by the count of negative zeros, because
/// vector minimum and maximum take the two zeros as equal.
struct Folded<T> {
    min: T,
    max: T,
    nan: u64,
    zero: u64,
}

impl<T: OrderKey> Folded<T> {
    fn signed_min(&self, negative_zero: u64) -> T {
        if T::IS_FLOAT && self.min == T::ZERO {
            return if negative_zero > 0 { negative_zero_of::<T>() } else { T::ZERO };
        }
        self.min
    }

    fn signed_max(&self, negative_zero: u64) -> T {
        if T::IS_FLOAT && self.max == T::ZERO {
            return if negative_zero < self.zero { T::ZERO } else { negative_zero_of::<T>() };
        }
        self.max
    }
}

/// `-0.0`: the value just below `+0.0` in the order of keys.
fn negative_zero_of<T: OrderKey>() -> T {
    T::from_key(T::ZERO.key() - 1)
}

struct Fold<'a, T>(&'a [T]);

impl<T: OrderKey> Kernel for Fold<'_, T> {
    type Output = Folded<T>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Folded<T> {
        if let Some(floats) = T::as_floats(self.0) {
            let found = simd.extrema(floats);
            let (mut nan, mut zero) = (0, 0);
            // Few blocks have any: they are read again.
            if found.has_nan {
                nan = floats.iter().map(|value| u64::from(value.is_nan())).sum();
            }
            if found.has_zero {
                zero = floats.iter().map(|value| u64::from(*value == 0.0)).sum();
            }
            return Folded {
                min: T::from_key(found.low.key()),
                max: T::from_key(found.high.key()),
                nan,
                zero,
            };
        }
        let zero = self.0.iter().map(|&value| u64::from(value == T::ZERO)).sum();
        // The compiler vectorises integer folds by itself, one at a time.
        let min = self.0.iter().fold(T::HIGHEST, |min, &value| if value < min { value } else { min });
        let max = self.0.iter().fold(T::LOWEST, |max, &value| if value > max { value } else { max });
        Folded { min, max, nan: 0, zero }
    }
}

struct NegativeZeros<'a, T>(&'a [T]);

impl<T: OrderKey> Kernel for NegativeZeros<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        self.0.iter().map(|value| u64::from(value.is_negative_zero())).sum()
    }
}

struct Equal<'a, T>(&'a [T], T);

impl<T: OrderKey> Kernel for Equal<'_, T> {
    type Output = u64;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> u64 {
        self.0.iter().map(|&value| u64::from(value == self.1)).sum()
    }
}

/// The first position that holds a value known to be there.
struct First<'a, T>(&'a [T], T);

impl<T: OrderKey> Kernel for First<'_, T> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        for (index, chunk) in self.0.chunks(LANES).enumerate() {
            let mut hit = false;
            for &value in chunk {
                hit |= value == self.1;
            }
            if hit {
                let within = chunk.iter().position(|&value| value == self.1);
                return index * LANES + within.unwrap_or(0);
            }
        }
        0
    }
}
