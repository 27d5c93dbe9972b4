//! A sorted array as cache lines: where it lies, without a copy, but for the two lines at its ends.

use super::key::LineKey;

/// The numbers of a sorted array as lines, so that each line read is one line of the cache.
///
/// An array may begin anywhere in a line. The first line is a copy, filled up at its front with the lowest value; the
/// last one is filled up at its end with the highest. Everything between is the array itself.
#[derive(Clone, Debug)]
pub struct Blocks<'a, T: LineKey> {
    first: T::Line,
    body: &'a [T::Line],
    last: T::Line,
    /// Values made up in front of the array.
    shift: usize,
    /// Lines, those at the ends included.
    count: usize,
    /// Elements that are not NaN.
    numbers: usize,
    /// All elements.
    len: usize,
}

impl<'a, T: LineKey> Blocks<'a, T> {
    /// `values`, sorted, with NaN at the end.
    ///
    /// Cost: `O(log n)`.
    pub fn new(values: &'a [T]) -> Self {
        let numbers = values.partition_point(|value| !value.is_nan());
        let given = &values[..numbers];
        let lead = given.as_ptr().align_offset(64).min(numbers);
        let shift = if lead == 0 { 0 } else { T::KEYS.saturating_sub(lead) };
        let lead = lead.min(T::KEYS);
        let (head, rest) = given.split_at(lead);
        let (body, tail) = T::lines(rest);
        let mut first = T::LOWEST.line();
        first.as_mut()[shift..shift + lead].copy_from_slice(head);
        let mut last = T::HIGHEST.line();
        last.as_mut()[..tail.len()].copy_from_slice(tail);
        let count = usize::from(lead > 0) + body.len() + usize::from(!tail.is_empty());
        // Without a first line of its own, the body's first one takes its place.
        let (first, body) = match body {
            [line, body @ ..] if lead == 0 => (*line, body),
            _ if lead == 0 => (last, body),
            _ => (first, body),
        };
        Self { first, body, last, shift, count, numbers, len: values.len() }
    }

    /// Number of lines.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Number of elements that are not NaN.
    pub fn numbers(&self) -> usize {
        self.numbers
    }

    /// Number of elements.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Line `index`, or the last one.
    #[inline(always)]
    pub(super) fn line(&self, index: usize) -> &T::Line {
        match index.checked_sub(1) {
            None => &self.first,
            Some(index) => self.body.get(index).unwrap_or(&self.last),
        }
    }

    /// The number of elements in front of place `rank` of line `index`.
    #[inline(always)]
    pub(super) fn position(&self, index: usize, rank: usize) -> usize {
        (index * T::KEYS + rank).saturating_sub(self.shift).min(self.numbers)
    }

    /// The last keys of the lines from `start` on, as many as `keys` has room for; the highest value past the end.
    pub fn last_keys(&self, start: usize, keys: &mut [T]) {
        for (index, key) in (start..).zip(keys) {
            *key = if index < self.count { self.line(index).as_ref()[T::KEYS - 1] } else { T::HIGHEST };
        }
    }
}
