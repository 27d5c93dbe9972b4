//! Where the bytes of a cell that are no digits stand, all at once: numbers' lengths vary from row to row, and a loop
//! that ends where the digits do is guessed wrong by the processor nearly every time.

use wide::u8x16;

/// Cells that [`other_bytes`] looks at: shorter ones are quick byte by byte.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=32;

/// Bit `i` is set where byte `i` is no digit; `None` for cells of other than 8 to 32 bytes.
#[inline]
pub(super) fn other_bytes(cell: &[u8]) -> Option<u32> {
    if !LENGTHS.contains(&cell.len()) {
        return None;
    }
    // Loads from both ends overlap, and agree where they do.
    match (cell.first_chunk::<16>(), cell.last_chunk::<16>()) {
        (Some(&first), Some(&last)) => Some(others(first) | others(last) << (cell.len() - 16)),
        _ => {
            let (first, last) = (cell.first_chunk::<8>()?, cell.last_chunk::<8>()?);
            let first = u128::from(u64::from_le_bytes(*first));
            let last = u128::from(u64::from_le_bytes(*last)) << (8 * (cell.len() - 8));
            Some(others((first | last).to_le_bytes()) & ((1 << cell.len()) - 1))
        }
    }
}

#[inline]
fn others(bytes: [u8; 16]) -> u32 {
    let digits = u8x16::new(bytes) - u8x16::splat(b'0');
    let is_digit = digits.min(u8x16::splat(9)).simd_eq(digits);
    !is_digit.to_bitmask() & 0xffff
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_of_every_length_is_told_apart() {
        for len in 0..40 {
            let digits: Vec<u8> = (0..len).map(|at| b'0' + (at * 7 % 10) as u8).collect();
            let expected = LENGTHS.contains(&len).then_some(0);
            assert_eq!(other_bytes(&digits), expected, "{len}");
            for at in 0..len {
                for byte in 0..=255_u8 {
                    let mut cell = digits.clone();
                    cell[at] = byte;
                    let expected = expected.map(|_| u32::from(!byte.is_ascii_digit()) << at);
                    assert_eq!(other_bytes(&cell), expected, "{byte} at {at} of {len}");
                }
            }
        }
    }
}
