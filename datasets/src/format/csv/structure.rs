//! Finds the bytes that cut text into cells (delimiter, quote, line ends) 64 at a time, as a bit mask.
//!
//! Source of the idea: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second" (2019), section 3.1.1.

use wide::u8x16;

use super::dialect::Dialect;

/// Bytes that one mask covers.
pub(super) const BLOCK_BYTES: usize = 64;

const LANES: usize = 16;
const _: () = assert!(BLOCK_BYTES == u64::BITS as usize && BLOCK_BYTES.is_multiple_of(LANES));

/// The four bytes that matter, each in all lanes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Needles {
    delimiter: u8x16,
    quote: u8x16,
    newline: u8x16,
    carriage_return: u8x16,
}

impl Needles {
    pub(super) fn new(dialect: &Dialect) -> Self {
        Self {
            delimiter: u8x16::splat(dialect.delimiter),
            quote: u8x16::splat(dialect.quote),
            newline: u8x16::splat(b'\n'),
            carriage_return: u8x16::splat(b'\r'),
        }
    }

    /// Bit `i` is set where `text[start + i]` is one of the four; nothing is set past the end of `text`.
    #[inline]
    pub(super) fn mask(&self, text: &[u8], start: usize) -> u64 {
        match text[start..].first_chunk::<BLOCK_BYTES>() {
            Some(block) => self.mask_block(block),
            None => {
                // The last block is padded with zeros, which none of the four is.
                let mut block = [0; BLOCK_BYTES];
                block[..text.len() - start].copy_from_slice(&text[start..]);
                self.mask_block(&block)
            }
        }
    }

    #[inline]
    fn mask_block(&self, block: &[u8; BLOCK_BYTES]) -> u64 {
        let (lanes, _) = block.as_chunks::<LANES>();
        let mut mask = 0;
        for (index, &lane) in lanes.iter().enumerate() {
            let lane = u8x16::new(lane);
            let hits = lane.simd_eq(self.delimiter)
                | lane.simd_eq(self.quote)
                | lane.simd_eq(self.newline)
                | lane.simd_eq(self.carriage_return);
            mask |= u64::from(hits.to_bitmask()) << (index * LANES);
        }
        mask
    }
}
