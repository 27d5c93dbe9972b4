//! Basic NumPy slicing: integers, `start:stop:step` and `...`. A slice only moves the start and changes shape and
//! strides; no element is read.

use std::fmt;

/// A basic NumPy slice such as `[0:100, ..., 3]`.
///
/// ```
/// use arrcalc_datasets::{ArrayView, Dataset, Slice};
/// let values: Vec<f64> = (0..10).map(f64::from).collect();
/// let odd_backwards = Slice::parse("[::-2]").unwrap();
/// let view = ArrayView::from(values.as_slice()).slice(&odd_backwards).unwrap();
/// assert_eq!(view.shape(), [5]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice {
    indices: Vec<Index>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Index {
    At(i64),
    Range { start: Option<i64>, stop: Option<i64>, step: i64 },
    Ellipsis,
}

impl Slice {
    /// Reads the text from `[` to `]`.
    ///
    /// # Errors
    /// A sentence where the text is no basic slice.
    pub fn parse(text: &str) -> Result<Self, String> {
        let inner = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let inner = inner.ok_or_else(|| format!("{text:?} is not a slice such as [0:100, :, 3]"))?;
        let indices: Vec<Index> =
            inner.split(',').map(|part| index(part.trim())).collect::<Option<_>>().ok_or_else(|| {
                format!("{text:?} holds something else than integers, ranges such as 0:100:2 and one '...'")
            })?;
        if indices.iter().filter(|&&index| index == Index::Ellipsis).count() > 1 {
            return Err(format!("{text:?} holds more than one '...'"));
        }
        Ok(Self { indices })
    }

    /// Narrows an array's geometry.
    pub(super) fn apply(
        &self,
        first_byte: &mut usize,
        shape: &mut Vec<usize>,
        strides_bytes: &mut Vec<isize>,
    ) -> Result<(), String> {
        let given = self.indices.iter().filter(|&&index| index != Index::Ellipsis).count();
        let Some(missing) = shape.len().checked_sub(given) else {
            return Err(format!("{self} has {given} indices, the array {} axes", shape.len()));
        };
        let whole = Index::Range { start: None, stop: None, step: 1 };
        let mut indices = Vec::with_capacity(shape.len());
        for &index in &self.indices {
            match index {
                Index::Ellipsis => indices.extend(std::iter::repeat_n(whole, missing)),
                index => indices.push(index),
            }
        }
        indices.resize(shape.len(), whole);

        let (mut new_shape, mut new_strides) = (Vec::new(), Vec::new());
        for (axis, index) in indices.into_iter().enumerate() {
            let (len, stride) = (shape[axis], strides_bytes[axis]);
            let origin = match index {
                Index::At(at) => {
                    let from_start = if at < 0 { at.checked_add_unsigned(len as u64) } else { Some(at) };
                    from_start.and_then(|at| usize::try_from(at).ok()).filter(|&at| at < len).ok_or_else(
                        || format!("index {at} of {self} is out of range for axis {axis} of length {len}"),
                    )?
                }
                Index::Range { start, stop, step } => {
                    let (origin, count) = range(len as i64, start, stop, step);
                    new_shape.push(count);
                    // A step so long that it leaves the addresses is never taken.
                    new_strides.push(stride.saturating_mul(step as isize));
                    if count == 0 { 0 } else { origin }
                }
                Index::Ellipsis => 0,
            };
            *first_byte = first_byte.wrapping_add_signed(stride.wrapping_mul(origin as isize));
        }
        (*shape, *strides_bytes) = (new_shape, new_strides);
        Ok(())
    }
}

impl fmt::Display for Slice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = |value: Option<i64>| value.map_or(String::new(), |value| value.to_string());
        let parts = self.indices.iter().map(|index| match *index {
            Index::At(at) => at.to_string(),
            Index::Range { start, stop, step: 1 } => format!("{}:{}", end(start), end(stop)),
            Index::Range { start, stop, step } => format!("{}:{}:{step}", end(start), end(stop)),
            Index::Ellipsis => "...".into(),
        });
        write!(f, "[{}]", parts.collect::<Vec<_>>().join(", "))
    }
}

fn index(part: &str) -> Option<Index> {
    if part == "..." {
        return Some(Index::Ellipsis);
    }
    let number = |text: &str| match text.trim() {
        "" => Some(None),
        text => text.parse::<i64>().ok().map(Some),
    };
    let mut pieces = part.split(':');
    let (first, second, third) = (pieces.next()?, pieces.next(), pieces.next());
    if pieces.next().is_some() {
        return None;
    }
    match second {
        None => Some(Index::At(number(first)??)),
        Some(second) => {
            let step = third.map_or(Some(None), number)?.unwrap_or(1);
            let range = Index::Range { start: number(first)?, stop: number(second)?, step };
            (step != 0 && step != i64::MIN).then_some(range)
        }
    }
}

/// First index and number of indices, as Python's `slice.indices` has it.
fn range(len: i64, start: Option<i64>, stop: Option<i64>, step: i64) -> (usize, usize) {
    let (lowest, highest) = if step > 0 { (0, len) } else { (-1, len - 1) };
    let clamp = |value: i64| {
        let value = if value < 0 { value.saturating_add(len) } else { value };
        value.clamp(lowest, highest)
    };
    let first = start.map_or(if step > 0 { lowest } else { highest }, clamp);
    let end = stop.map_or(if step > 0 { highest } else { lowest }, clamp);
    let span = if step > 0 { end - first } else { first - end };
    let count = if span <= 0 { 0 } else { (span as u64 - 1) / step.unsigned_abs() + 1 };
    (first.max(0) as usize, count as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(text: &str, len: usize) -> Vec<usize> {
        let (mut start, mut shape, mut strides) = (0usize, vec![len], vec![1isize]);
        Slice::parse(text).unwrap().apply(&mut start, &mut shape, &mut strides).unwrap();
        (0..shape[0]).map(|index| start.wrapping_add_signed(strides[0] * index as isize)).collect()
    }

    #[test]
    fn ranges_select_what_python_selects() {
        // list(range(10))[...] in Python.
        let cases: [(&str, &[usize]); 14] = [
            ("[:]", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]),
            ("[2:5]", &[2, 3, 4]),
            ("[-3:]", &[7, 8, 9]),
            ("[:-8]", &[0, 1]),
            ("[::3]", &[0, 3, 6, 9]),
            ("[::-4]", &[9, 5, 1]),
            ("[5:2]", &[]),
            ("[2:5:-1]", &[]),
            ("[5:2:-1]", &[5, 4, 3]),
            ("[100:]", &[]),
            ("[-100:100:9]", &[0, 9]),
            ("[100:-100:-9]", &[9, 0]),
            ("[ 1 : 2 ]", &[1]),
            ("[9223372036854775807::-9223372036854775807]", &[9]),
        ];
        for (text, expected) in cases {
            assert_eq!(select(text, 10), expected, "{text}");
        }
        assert_eq!(select("[::-1]", 0), Vec::<usize>::new());
    }

    #[test]
    fn integers_drop_their_axis_and_an_ellipsis_stands_for_the_rest() {
        for (text, start, shape, strides) in [
            ("[1]", 60, vec![4, 5], vec![15, 3]),
            ("[..., 1]", 3, vec![3, 4], vec![60, 15]),
            ("[-1, ..., -1]", 132, vec![4], vec![15]),
            ("[0:2, :, 3]", 9, vec![2, 4], vec![60, 15]),
            ("[2, 3, 4]", 177, vec![], vec![]),
            ("[...]", 0, vec![3, 4, 5], vec![60, 15, 3]),
            ("[..., ::2]", 0, vec![3, 4, 3], vec![60, 15, 6]),
        ] {
            let mut geometry = (0usize, vec![3, 4, 5], vec![60isize, 15, 3]);
            Slice::parse(text).unwrap().apply(&mut geometry.0, &mut geometry.1, &mut geometry.2).unwrap();
            assert_eq!(geometry, (start, shape, strides), "{text}");
        }
    }

    #[test]
    fn what_is_no_slice_of_the_array_is_a_sentence() {
        for text in
            ["", "[]", "[a]", "[1.5]", "[::0]", "[1:2:3:4]", "[..., ...]", "0:1", "[None]", "[1,]", "[[1]]"]
        {
            assert!(Slice::parse(text).is_err(), "{text}");
        }
        for text in
            ["[3]", "[-4]", "[0, 0]", "[..., 0, 0]", "[9223372036854775807]", "[-9223372036854775808]"]
        {
            let slice = Slice::parse(text).unwrap();
            assert!(slice.apply(&mut 0, &mut vec![3], &mut vec![1]).is_err(), "{text}");
        }
    }
}
