//! The numbers of a column: in a vector that grows, or in a block that was made for all of them at once.
//!
//! Answers of a known length are blocks, since large blocks come in large pages: a page of the usual size costs more to
//! take hold of than to fill.

use std::ops::{Deref, DerefMut};

use arrcalc_datasets::{Pod, Scratch};

/// Values of one type.
#[derive(Debug)]
pub(crate) struct Numbers<T>(Place<T>);

#[derive(Debug)]
enum Place<T> {
    Vector(Vec<T>),
    Block { block: Scratch, len: usize },
}

impl<T: Pod> Numbers<T> {
    /// `len` values that mean nothing yet.
    pub(crate) fn room(len: usize) -> Self {
        let block = len.checked_mul(size_of::<T>()).and_then(Scratch::any);
        Self(block.map_or_else(|| Place::Vector(vec![T::zeroed(); len]), |block| Place::Block { block, len }))
    }

    /// The values as a vector, to which more can be added.
    ///
    /// Cost: a copy of those of a block.
    pub(super) fn vector(&mut self) -> &mut Vec<T> {
        if let Place::Block { block, len } = &self.0 {
            self.0 = Place::Vector(block.slice(*len).to_vec());
        }
        let Place::Vector(values) = &mut self.0 else { unreachable!("it was made a vector") };
        values
    }

    /// Bytes of memory that they take.
    pub(super) fn capacity_bytes(&self) -> usize {
        match &self.0 {
            Place::Vector(values) => values.capacity() * size_of::<T>(),
            Place::Block { len, .. } => len * size_of::<T>(),
        }
    }
}

impl<T> Default for Numbers<T> {
    fn default() -> Self {
        Self(Place::Vector(Vec::new()))
    }
}

impl<T> From<Vec<T>> for Numbers<T> {
    fn from(values: Vec<T>) -> Self {
        Self(Place::Vector(values))
    }
}

impl<T: Pod> Deref for Numbers<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match &self.0 {
            Place::Vector(values) => values,
            Place::Block { block, len } => block.slice(*len),
        }
    }
}

impl<T: Pod> DerefMut for Numbers<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Place::Vector(values) => values,
            Place::Block { block, len } => block.slice_mut(*len),
        }
    }
}

impl<T: Pod> Clone for Numbers<T> {
    fn clone(&self) -> Self {
        self.to_vec().into()
    }
}

impl<T: Pod + PartialEq> PartialEq for Numbers<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_and_vectors_hold_the_same_and_grow() {
        for len in [0, 3, 1000, 700_000] {
            let values: Vec<i64> = (0..len).collect();
            let mut block = Numbers::<i64>::room(values.len());
            block.copy_from_slice(&values);
            assert_eq!(block, Numbers::from(values.clone()));
            assert_eq!(block.clone(), block);
            assert!(block.capacity_bytes() >= 8 * values.len());
            block.vector().push(-1);
            assert!(block[..values.len()] == values && block[values.len()] == -1);
        }
        assert!(Numbers::<i128>::default().is_empty());
    }
}
