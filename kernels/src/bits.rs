//! A borrowed run of bits, least significant first: validity masks and boolean columns as Arrow lays them out.

/// `len` bits that start `offset` bits into `bytes`.
#[derive(Clone, Copy, Debug)]
pub struct Bits<'a> {
    bytes: &'a [u8],
    offset: usize,
    len: usize,
}

impl<'a> Bits<'a> {
    /// Views `len` bits of `bytes` from bit `offset`.
    ///
    /// # Panics
    /// If the run ends past `bytes`.
    pub fn new(bytes: &'a [u8], offset: usize, len: usize) -> Self {
        assert!(
            offset.checked_add(len).is_some_and(|end| end <= bytes.len().saturating_mul(8)),
            "a run of bits must lie inside its bytes"
        );
        Self { bytes, offset, len }
    }

    /// Number of bits.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no bit.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Bit `index`.
    ///
    /// # Panics
    /// If `index >= len`.
    #[inline]
    pub fn get(&self, index: usize) -> bool {
        assert!(index < self.len, "bit index out of range");
        let at = self.offset + index;
        self.bytes[at >> 3] >> (at & 7) & 1 == 1
    }

    /// The sub-run of `len` bits from `start`.
    ///
    /// # Panics
    /// If it ends past this run.
    pub fn slice(&self, start: usize, len: usize) -> Bits<'a> {
        assert!(start.checked_add(len).is_some_and(|end| end <= self.len), "slice out of range");
        Bits { bytes: self.bytes, offset: self.offset + start, len }
    }

    /// Up to 64 bits from `start`, lowest first, zero past the end.
    #[inline]
    pub fn word(&self, start: usize) -> u64 {
        if start >= self.len {
            return 0;
        }
        let at = self.offset + start;
        let (byte, shift) = (at >> 3, at & 7);
        let rest = &self.bytes[byte..];
        let word = match rest.split_first_chunk::<8>() {
            Some((eight, [])) => u64::from_le_bytes(*eight) >> shift,
            // Shifted twice: by 64 places there is no shift.
            Some((eight, [ninth, ..])) => {
                u64::from_le_bytes(*eight) >> shift | u64::from(*ninth) << 1 << (63 - shift)
            }
            None => {
                let mut eight = [0; 8];
                eight[..rest.len()].copy_from_slice(rest);
                u64::from_le_bytes(eight) >> shift
            }
        };
        let left = self.len - start;
        if left >= 64 { word } else { word & ((1u64 << left) - 1) }
    }

    /// The bytes, where the run begins with one: bits past the run's end may be anything.
    pub fn whole_bytes(&self) -> Option<&'a [u8]> {
        let first = self.offset / 8;
        self.offset.is_multiple_of(8).then(|| &self.bytes[first..first + self.len.div_ceil(8)])
    }

    /// Number of set bits.
    pub fn count_ones(&self) -> usize {
        (0..self.len).step_by(64).map(|start| self.word(start).count_ones() as usize).sum()
    }
}
