//! Buffers that outlive a chunk: what is decoded goes here, and the next chunk overwrites it.

use bytemuck::Pod;

/// Space for one column's converted rows. `'s` is the life of the arrays whose strings it points into.
#[derive(Debug, Default)]
pub(crate) struct Scratch<'s> {
    /// Aligned for every value type; its bytes are reinterpreted, which `bytemuck` checks.
    words: Vec<u128>,
    pub(crate) codes: Vec<u32>,
    pub(crate) strings: Vec<&'s str>,
}

/// `count` elements of `T` at the start of `words`, with whatever they held before.
fn room<T: Pod>(words: &mut Vec<u128>, count: usize) -> &mut [T] {
    let needed = (count * size_of::<T>()).div_ceil(size_of::<u128>());
    if words.len() < needed {
        words.resize(needed, 0);
    }
    &mut bytemuck::cast_slice_mut(words)[..count]
}

impl Scratch<'_> {
    /// `stored[codes[i]]` for every code.
    pub(crate) fn gather<T: Pod>(&mut self, stored: &[T]) -> &[T] {
        let values = room(&mut self.words, self.codes.len());
        if stored.is_empty() {
            values.fill(T::zeroed());
        } else {
            for (value, &code) in values.iter_mut().zip(&self.codes) {
                *value = stored[code as usize];
            }
        }
        values
    }

    /// `convert(stored[i])` for every `i`; the first error ends it.
    pub(crate) fn map<S: Copy, T: Pod, E>(
        &mut self,
        stored: &[S],
        mut convert: impl FnMut(usize, S) -> Result<T, E>,
    ) -> Result<&[T], E> {
        let values = room(&mut self.words, stored.len());
        for (row, (value, &from)) in values.iter_mut().zip(stored).enumerate() {
            *value = convert(row, from)?;
        }
        Ok(values)
    }

    /// 8-byte integers as 16-byte ones.
    pub(crate) fn widen(&mut self, stored: &[i64]) -> &[i128] {
        let values = room(&mut self.words, stored.len());
        for (value, &from) in values.iter_mut().zip(stored) {
            *value = i128::from(from);
        }
        values
    }

    /// Bit `codes[i]` for every code, packed.
    pub(crate) fn gather_bits(&mut self, get: impl Fn(usize) -> bool) -> &[u8] {
        let bytes = room::<u8>(&mut self.words, self.codes.len().div_ceil(8));
        bytes.fill(0);
        for (row, &code) in self.codes.iter().enumerate() {
            bytes[row / 8] |= u8::from(get(code as usize)) << (row % 8);
        }
        bytes
    }
}
