//! The counts that delta encodings claim, held against their page before the parquet crate makes room for them.
//! Source: apache/parquet-format, Encodings.md, "Delta Encoding", "Delta-length byte array", "Delta Strings".

use parquet::basic::Encoding;

use crate::fault::Fault;

fn damaged() -> Fault {
    Fault::malformed("a delta-encoded page does not hold what its header says; the file is damaged")
}

/// Checks that the delta streams at the start of `values` claim at most `most` values.
pub(super) fn check(values: &[u8], encoding: Encoding, most: usize) -> Result<(), Fault> {
    let streams = match encoding {
        Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
        // Lengths of prefixes, then of suffixes.
        Encoding::DELTA_BYTE_ARRAY => 2,
        _ => return Ok(()),
    };
    // A page of nulls may be empty.
    let mut rest = values;
    for _ in 0..streams {
        if rest.is_empty() {
            return Ok(());
        }
        let bytes = walk(rest, most)?;
        rest = rest.get(bytes..).unwrap_or_default();
    }
    Ok(())
}

/// Walks one stream of delta-packed integers; returns its bytes.
fn walk(stream: &[u8], most: usize) -> Result<usize, Fault> {
    let mut at = 0;
    let varint = |at: &mut usize| -> Result<u64, Fault> {
        let mut value = 0u64;
        for shift in (0..70).step_by(7) {
            let byte = *stream.get(*at).ok_or_else(damaged)?;
            *at += 1;
            value |= u64::from(byte & 0x7f).checked_shl(shift).unwrap_or(0);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(damaged())
    };
    let block_values = varint(&mut at)?;
    let miniblocks = varint(&mut at)?;
    let count = varint(&mut at)?;
    let _first = varint(&mut at)?;
    let miniblock_values = block_values.checked_div(miniblocks).ok_or_else(damaged)?;
    let is_sound = count <= most as u64
        && miniblocks <= stream.len() as u64
        && miniblock_values > 0
        && miniblock_values.is_multiple_of(32)
        && block_values == miniblock_values.saturating_mul(miniblocks)
        && block_values <= u64::from(u32::MAX);
    if !is_sound {
        return Err(damaged());
    }
    let mut left = count.saturating_sub(1);
    while left > 0 {
        let _least = varint(&mut at)?;
        let widths = stream.get(at..at + miniblocks as usize).ok_or_else(damaged)?;
        at += widths.len();
        for &width in widths {
            if left == 0 {
                break;
            }
            if width > 64 {
                return Err(damaged());
            }
            // The last miniblock may be cut where its values end.
            at += (miniblock_values / 8) as usize * usize::from(width);
            left = left.saturating_sub(miniblock_values);
        }
    }
    Ok(at)
}
