//! A growing run of bits, least significant first: validity and truth values of a result's columns.

use arrcalc_kernels::Bits;

/// Bits, owned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct BitVec {
    bytes: Vec<u8>,
    len: usize,
}

impl BitVec {
    /// Makes room for `count` more bits.
    pub(crate) fn reserve(&mut self, count: usize) {
        self.bytes.reserve_exact(count.div_ceil(8));
    }

    pub(crate) fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(8) {
            self.bytes.push(0);
        }
        self.bytes[self.len / 8] |= u8::from(bit) << (self.len % 8);
        self.len += 1;
    }

    pub(crate) fn extend(&mut self, bits: &Bits<'_>) {
        if self.len.is_multiple_of(8) {
            for start in (0..bits.len()).step_by(64) {
                let bytes = (bits.len() - start).min(64).div_ceil(8);
                self.bytes.extend_from_slice(&bits.word(start).to_le_bytes()[..bytes]);
            }
            self.len += bits.len();
        } else {
            (0..bits.len()).for_each(|index| self.push(bits.get(index)));
        }
    }

    /// Appends `count` copies of `bit`.
    pub(crate) fn grow(&mut self, bit: bool, count: usize) {
        let end = self.len + count;
        while self.len < end && !self.len.is_multiple_of(8) {
            self.push(bit);
        }
        self.bytes.resize(self.bytes.len() + (end - self.len) / 8, if bit { 0xff } else { 0 });
        self.len += (end - self.len) / 8 * 8;
        while self.len < end {
            self.push(bit);
        }
    }

    pub(crate) fn bits(&self) -> Bits<'_> {
        Bits::new(&self.bytes, 0, self.len)
    }

    pub(crate) fn capacity_bytes(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_back_however_they_were_appended() {
        let pattern = |index: usize| index.is_multiple_of(3) || index % 7 == 2;
        for first in [0usize, 1, 7, 8, 9, 64, 65] {
            for second in [0usize, 1, 8, 63, 64, 65, 130] {
                let mut source = BitVec::default();
                (0..second + 3).for_each(|index| source.push(pattern(index)));
                let mut bits = BitVec::default();
                bits.grow(true, first);
                bits.extend(&source.bits().slice(3, second));
                bits.grow(false, first);
                let seen: Vec<bool> = (0..bits.bits().len()).map(|index| bits.bits().get(index)).collect();
                let mut expected = vec![true; first];
                expected.extend((3..second + 3).map(pattern));
                expected.resize(2 * first + second, false);
                assert_eq!(seen, expected);
            }
        }
    }
}
