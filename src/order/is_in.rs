//! Which values are among given ones: a bit for each number of a narrow range, else a search tree.

use arrcalc_datasets::Values;
use arrcalc_kernels::elementwise::map;
use arrcalc_kernels::search::{Blocks, LineKey};

use super::pieces::{each, piece_len};
use super::search::{Side, plant};
use super::sort::{Direction, Sort, sort};
use super::thresholds::{Query, Searched};
use super::types::{by_type, not_numbers};
use crate::Scope;
use crate::error::{Error, Result};

/// Values of a piece of the work.
const PIECE_ROWS: usize = 32_768;

/// Values whose places are looked up together: the lines that they were found in are still in the first cache.
const GROUP: usize = 256;

/// Bits of the widest range that gets one bit a number: 4 MiB of them.
const RANGE_BITS: u64 = 1 << 25;

/// Writes 1 where a value equals one of `elements`, else 0; the other way round with `invert`.
///
/// Zeros of both signs are equal, NaN equals nothing, numbers of different types are compared by their exact values.
///
/// Cost: `elements` are sorted; then a bit is looked up for each value where the elements are whole numbers of a range
/// of less than 2^25, else a search tree is gone down.
///
/// # Errors
/// [`Error::Request`] for what is no numbers, or if there is not one place a value; [`Error::Memory`] for a copy of
/// `elements`; cancelling; the deadline.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, datasets::Values, order};
///
/// let mut found = [0; 4];
/// let (values, elements) = (Values::Int32(&[1, 2, 3, 4]), Values::Float64(&[2.0, 3.5, 4.0]));
/// Engine::new().scoped(|scope| order::is_in(scope, values, elements, false, &mut found))?;
/// assert_eq!(found, [0, 1, 0, 1]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn is_in(
    scope: &Scope<'_>,
    values: Values<'_>,
    elements: Values<'_>,
    invert: bool,
    out: &mut [u8],
) -> Result<()> {
    scope.check()?;
    if out.len() != values.len() {
        return Err(Error::Request { reason: format!("{} places for {} values", out.len(), values.len()) });
    }
    let _held = scope.budget().reserve("the elements to compare with", 8 * elements.len() as u64)?;
    match values {
        Values::Int8(values) => among_whole(scope, values, elements, invert, out, no_tree),
        Values::Int16(values) => among_whole(scope, values, elements, invert, out, no_tree),
        Values::UInt8(values) => among_whole(scope, values, elements, invert, out, no_tree),
        Values::UInt16(values) => among_whole(scope, values, elements, invert, out, no_tree),
        Values::Int32(values) => among_whole(scope, values, elements, invert, out, by_tree),
        Values::Int64(values) => among_whole(scope, values, elements, invert, out, by_tree),
        Values::UInt32(values) => among_whole(scope, values, elements, invert, out, by_tree),
        Values::UInt64(values) => among_whole(scope, values, elements, invert, out, by_tree),
        Values::Float32(values) => by_tree(scope, values, &sorted(scope, elements)?, invert, out),
        Values::Float64(values) => by_tree(scope, values, &sorted(scope, elements)?, invert, out),
        _ => Err(not_numbers()),
    }
}

/// Those elements that a value of type `T` can equal, sorted, each once.
fn sorted<T: Searched + Sort>(scope: &Scope<'_>, elements: Values<'_>) -> Result<Vec<T>> {
    fn equals<T: Searched, Q: Query>(elements: &[Q]) -> Vec<T> {
        let numbers = elements.iter().filter(|element| !element.is_nan());
        numbers.filter_map(|element| T::equal_to(element.exact())).collect()
    }
    let mut sorted: Vec<T> = by_type!(elements, elements => equals(elements), _ => return Err(not_numbers()));
    sort(scope, &mut sorted, Direction::Ascending)?;
    sorted.dedup();
    Ok(sorted)
}

/// Whole numbers, which have a distance.
trait Whole: Searched {
    /// `self - from` modulo 2^64.
    fn distance(self, from: Self) -> u64;
}

macro_rules! whole {
    ($($type:ty)*) => {$(
        impl Whole for $type {
            #[inline(always)]
            fn distance(self, from: Self) -> u64 {
                (self as u64).wrapping_sub(from as u64)
            }
        }
    )*};
}

whole!(i8 i16 i32 i64 u8 u16 u32 u64);

/// What is done where a range is too wide for bits.
type ByTree<T> = fn(&Scope<'_>, &[T], &[T], bool, &mut [u8]) -> Result<()>;

fn among_whole<T: Whole + Sort>(
    scope: &Scope<'_>,
    values: &[T],
    elements: Values<'_>,
    invert: bool,
    out: &mut [u8],
    by_tree: ByTree<T>,
) -> Result<()> {
    let elements = sorted::<T>(scope, elements)?;
    let (Some(&low), Some(&high)) = (elements.first(), elements.last()) else {
        out.fill(u8::from(invert));
        return Ok(());
    };
    let range = high.distance(low);
    if range >= RANGE_BITS {
        return by_tree(scope, values, &elements, invert, out);
    }
    let mut bits = vec![0u64; range as usize / 64 + 1];
    for element in elements {
        let at = element.distance(low);
        bits[at as usize / 64] |= 1 << (at % 64);
    }
    let level = scope.level();
    let is_there = |value: T| {
        let at = value.distance(low);
        let word = bits.get(at as usize / 64).copied().unwrap_or(0);
        (word >> (at % 64) & 1) as u8 ^ u8::from(invert)
    };
    let len = piece_len(values.len(), PIECE_ROWS);
    let pieces = values.chunks(len).zip(out.chunks_mut(len));
    each(scope, pieces, |_, (values, out)| {
        map(level, values, out, is_there);
        Ok(())
    })
}

/// Every range of 8 or 16 bits gets its bits.
fn no_tree<T>(_: &Scope<'_>, _: &[T], _: &[T], _: bool, _: &mut [u8]) -> Result<()> {
    Err(Error::Bug { message: "a range of 16 bits is too wide".into() })
}

fn by_tree<T: LineKey>(
    scope: &Scope<'_>,
    values: &[T],
    elements: &[T],
    invert: bool,
    out: &mut [u8],
) -> Result<()> {
    let level = scope.level();
    let tree = plant(scope, Blocks::new(elements))?;
    let len = piece_len(values.len(), PIECE_ROWS);
    let pieces = values.chunks(len).zip(out.chunks_mut(len));
    each(scope, pieces, |_, (values, out)| {
        let mut positions = [0; GROUP];
        for (values, out) in values.chunks(GROUP).zip(out.chunks_mut(GROUP)) {
            let positions = &mut positions[..values.len()];
            tree.search(level, values, Side::Left, positions);
            for ((value, &mut position), to) in values.iter().zip(positions).zip(out) {
                let is_there = elements.get(position as usize).is_some_and(|element| element == value);
                *to = u8::from(is_there != invert);
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    fn check(values: Values<'_>, elements: Values<'_>, expected: impl Fn(usize) -> bool) {
        for threads in [1, 2] {
            for invert in [false, true] {
                let engine = Engine::builder().threads(threads).build();
                let mut found = vec![7; values.len()];
                engine.scoped(|scope| is_in(scope, values, elements, invert, &mut found)).unwrap();
                let expected = (0..values.len()).map(|row| u8::from(expected(row) != invert));
                assert!(found.into_iter().eq(expected), "{elements:?}");
            }
        }
    }

    #[test]
    fn narrow_and_wide_ranges_give_the_same() {
        let values: Vec<i64> = (0..50_000).map(|row| (row * 7919 % 3000) - 1500).collect();
        let narrow: Vec<i64> = (0..500).map(|index| index * 5 - 1300).collect();
        let mut wide = narrow.clone();
        wide.extend([i64::MIN, i64::MAX]);
        let is_there = |row: usize| narrow.contains(&values[row]);
        check(Values::Int64(&values), Values::Int64(&narrow), is_there);
        check(Values::Int64(&values), Values::Int64(&wide), is_there);
        let floats: Vec<f64> = narrow.iter().map(|&value| value as f64).collect();
        check(Values::Int64(&values), Values::Float64(&floats), is_there);
        let floating: Vec<f64> = values.iter().map(|&value| value as f64).collect();
        check(Values::Float64(&floating), Values::Int64(&narrow), is_there);
    }

    #[test]
    fn special_values_are_where_they_should_be() {
        let values = [f64::NAN, -0.0, 0.0, f64::INFINITY, 0.1, 1e300];
        let elements = [f64::NAN, 0.0, f64::INFINITY];
        check(Values::Float64(&values), Values::Float64(&elements), |row| (1..4).contains(&row));
        check(Values::Float64(&values), Values::Float64(&[]), |_| false);
        check(Values::Float64(&values), Values::Float32(&[0.1]), |_| false);
        check(Values::UInt64(&[u64::MAX, 0, 3]), Values::Int64(&[-1, 3]), |row| row == 2);
        check(Values::UInt8(&[255, 0, 3]), Values::Int64(&[-1, 256, 0]), |row| row == 1);
    }
}
