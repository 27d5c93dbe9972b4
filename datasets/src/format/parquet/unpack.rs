//! Integers of `W` bits, packed least significant bit first, 32 at a time.
//! Source: apache/parquet-format, Encodings.md, "RLE/bit-packing hybrid".

/// Values a call unpacks: they take `4 * W` bytes, so every call starts at a byte.
pub(super) const BLOCK: usize = 32;

/// Unpacks 32 values of `width` bits from the first `4 * width` bytes of `packed`.
pub(super) fn unpack(packed: &[u8], width: u8, values: &mut [u32; BLOCK]) {
    macro_rules! widths {
        ($($width:literal)*) => {
            match width {
                $($width => unpack_width::<$width>(packed, values),)*
                _ => values.fill(0),
            }
        };
    }
    widths!(1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32);
}

/// One instance a width: all shifts are constants once the loop is unrolled.
#[inline]
fn unpack_width<const W: usize>(packed: &[u8], values: &mut [u32; BLOCK]) {
    let mut words = [0u32; 33];
    for (word, bytes) in words.iter_mut().zip(packed[..4 * W].as_chunks::<4>().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    let mask = u64::MAX >> (64 - W);
    for (index, value) in values.iter_mut().enumerate() {
        let bit = index * W;
        let pair = u64::from(words[bit / 32]) | u64::from(words[bit / 32 + 1]) << 32;
        *value = (pair >> (bit % 32) & mask) as u32;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_unpacks_to_what_a_bit_by_bit_reader_sees() {
        let packed: Vec<u8> = (0..128u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        for width in 1..=32u8 {
            let mut values = [0; BLOCK];
            unpack(&packed, width, &mut values);
            for (index, &value) in values.iter().enumerate() {
                let expected = (0..usize::from(width)).fold(0u32, |sum, bit| {
                    let at = index * usize::from(width) + bit;
                    sum | u32::from(packed[at / 8] >> (at % 8) & 1) << bit
                });
                assert_eq!(value, expected, "width {width}, index {index}");
            }
        }
    }
}
