//! Bits that are appended one by one: boolean values, and validity that costs nothing while all rows are valid.

use arrcalc_kernels::Bits;

/// A growing run of bits.
#[derive(Debug, Default)]
pub(super) struct BitBuffer {
    bytes: Vec<u8>,
    len: usize,
}

impl BitBuffer {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.len = 0;
    }

    #[inline]
    pub(super) fn push(&mut self, bit: bool) {
        if self.len.is_multiple_of(8) {
            self.bytes.push(0);
        }
        self.bytes[self.len / 8] |= u8::from(bit) << (self.len % 8);
        self.len += 1;
    }

    pub(super) fn bits(&self) -> Bits<'_> {
        Bits::new(&self.bytes, 0, self.len)
    }

    /// Makes it `len` set bits.
    fn fill(&mut self, len: usize) {
        self.bytes.clear();
        self.bytes.resize(len / 8, 0xff);
        if !len.is_multiple_of(8) {
            self.bytes.push((1 << (len % 8)) - 1);
        }
        self.len = len;
    }
}

/// One bit a row, set where the row is not null.
#[derive(Debug, Default)]
pub(super) struct Validity {
    /// Empty until the first null.
    bits: BitBuffer,
    len: usize,
}

impl Validity {
    pub(super) fn clear(&mut self) {
        self.bits.clear();
        self.len = 0;
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    #[inline]
    pub(super) fn push(&mut self, valid: bool) {
        if self.bits.len > 0 {
            self.bits.push(valid);
        } else if !valid {
            self.bits.fill(self.len);
            self.bits.push(false);
        }
        self.len += 1;
    }

    /// The bits, where there is a null.
    pub(super) fn bits(&self) -> Option<Bits<'_>> {
        (self.bits.len > 0).then(|| self.bits.bits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_back_wherever_the_first_null_is() {
        for first_null in 0..40 {
            let mut validity = Validity::default();
            let expected: Vec<bool> =
                (0..60).map(|at| at < first_null || at % 3 == 1 && at != first_null).collect();
            expected.iter().for_each(|&valid| validity.push(valid));
            let bits = validity.bits().unwrap();
            assert_eq!((0..60).map(|at| bits.get(at)).collect::<Vec<_>>(), expected);
            assert_eq!((bits.len(), validity.len()), (60, 60));
        }
        let mut validity = Validity::default();
        (0..9).for_each(|_| validity.push(true));
        assert!(validity.bits().is_none());
    }
}
