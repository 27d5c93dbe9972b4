//! Values that begin with a cache line: vectors as long as one then never straddle two, at twice the cost.

use std::ops::{Deref, DerefMut};

/// Bytes of a cache line, and of the longest vectors.
const LINE_BYTES: usize = 64;

/// A slice of its own, the first value of which is at the start of a cache line.
#[derive(Debug)]
pub(super) struct Aligned<T> {
    values: Vec<T>,
    start: usize,
}

impl<T: Copy + Default> Aligned<T> {
    /// `len` values of no meaning.
    pub(super) fn new(len: usize) -> Self {
        let spare = LINE_BYTES / size_of::<T>().clamp(1, LINE_BYTES);
        let values = vec![T::default(); len + spare];
        // Only for speed: any start is as good.
        let start = values.as_ptr().align_offset(LINE_BYTES).min(spare);
        Self { values, start }
    }

    /// Makes room for `len` values; those that there are stay.
    pub(super) fn grow(&mut self, len: usize) {
        if self.len() < len {
            let mut grown = Self::new(len.next_power_of_two());
            let held = self.len();
            grown[..held].copy_from_slice(self);
            *self = grown;
        }
    }
}

impl<T> Deref for Aligned<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        let spare = LINE_BYTES / size_of::<T>().clamp(1, LINE_BYTES);
        &self.values[self.start..][..self.values.len() - spare]
    }
}

impl<T> DerefMut for Aligned<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        let spare = LINE_BYTES / size_of::<T>().clamp(1, LINE_BYTES);
        let len = self.values.len() - spare;
        &mut self.values[self.start..][..len]
    }
}

#[cfg(test)]
mod tests {
    use super::Aligned;

    #[test]
    fn values_begin_with_a_line_and_stay_when_there_are_more() {
        fn check<T: Copy + Default + PartialEq + std::fmt::Debug>(one: T) {
            let mut values = Aligned::new(0);
            for len in [0, 1, 7, 64, 1000] {
                values.grow(len);
                assert!(values.len() >= len);
                assert_eq!(values.as_ptr() as usize % 64, 0);
                assert!(
                    values[..len.min(1)]
                        .iter()
                        .all(|value| *value == if len > 1 { one } else { T::default() })
                );
                values[..len.min(1)].fill(one);
            }
        }
        check(1u8);
        check(1.0f32);
        check(1.0f64);
        check(1i128);
    }
}
