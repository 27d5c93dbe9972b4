//! States as bytes: versioned, checked, and equal iff the states are.
//!
//! ```text
//! magic "AcEx" | version u8 | kind u8 | parameter u8 | 0 | counts 5 x u64 | sums | FNV-1a u64 of all before
//! sum = place i16 | length u16 | limbs, canonical: see Accumulator::canonical
//! ```
//! Everything is little-endian.

use super::accumulator::Accumulator;
use super::counts::Counts;
use std::fmt;

const MAGIC: [u8; 4] = *b"AcEx";
const VERSION: u8 = 1;
const HEADER_BYTES: usize = 8;
const COUNTS_BYTES: usize = 5 * 8;
const CHECKSUM_BYTES: usize = 8;

/// What a state is of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    PowerSums = 1,
    DotSums = 2,
}

/// Why bytes are not a state.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateError {
    /// They do not begin as a state does.
    NotAState,
    /// They were written by a version that this one does not know.
    Version {
        /// The version found.
        found: u8,
    },
    /// They are a state of another aggregate.
    OtherAggregate,
    /// They end too early, or go on after the end.
    Length {
        /// The number of bytes found.
        found_bytes: usize,
    },
    /// They were changed after they were written.
    Checksum,
    /// They are well formed, but no data has this state.
    Impossible,
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StateError::NotAState => f.write_str("not the bytes of an exact state"),
            StateError::Version { found } => {
                write!(
                    f,
                    "an exact state of version {found}, expected {VERSION}: read it with the program that wrote it"
                )
            }
            StateError::OtherAggregate => f.write_str("the state of another aggregate"),
            StateError::Length { found_bytes } => {
                write!(f, "an exact state cannot be {found_bytes} bytes long: it was cut or extended")
            }
            StateError::Checksum => {
                f.write_str("the checksum of an exact state is wrong: its bytes were changed")
            }
            StateError::Impossible => f.write_str("an exact state that no data can have"),
        }
    }
}

impl std::error::Error for StateError {}

/// Writes a state.
pub(super) fn write(kind: Kind, parameter: u8, counts: &Counts, sums: &[Accumulator]) -> Vec<u8> {
    let limbs: usize = sums.iter().map(|sum| 4 + 8 * sum.canonical().1.len()).sum();
    let mut bytes = Vec::with_capacity(HEADER_BYTES + COUNTS_BYTES + limbs + CHECKSUM_BYTES);
    bytes.extend(MAGIC);
    bytes.extend([VERSION, kind as u8, parameter, 0]);
    for count in counts.to_array() {
        bytes.extend(count.to_le_bytes());
    }
    for sum in sums {
        let (place, limbs) = sum.canonical();
        bytes.extend((place as i16).to_le_bytes());
        bytes.extend((limbs.len() as u16).to_le_bytes());
        for limb in limbs {
            bytes.extend(limb.to_le_bytes());
        }
    }
    let checksum = fnv1a(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// Reads a state with as many sums as `powers` has entries; sum `i` is of products of `powers[i]` floats, which
/// bounds its limbs.
pub(super) fn read(
    kind: Kind,
    parameter: u8,
    powers: &[i32],
    bytes: &[u8],
) -> Result<(Counts, Vec<Accumulator>), StateError> {
    let wrong_length = StateError::Length { found_bytes: bytes.len() };
    if bytes.get(..4) != Some(&MAGIC) {
        return Err(StateError::NotAState);
    }
    let header = bytes.get(4..HEADER_BYTES).ok_or(wrong_length.clone())?;
    if header[0] != VERSION {
        return Err(StateError::Version { found: header[0] });
    }
    if header[1] != kind as u8 || header[2] != parameter || header[3] != 0 {
        return Err(StateError::OtherAggregate);
    }
    let (body, checksum) = bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(wrong_length.clone())?;
    let mut rest = Cursor { bytes: body.get(HEADER_BYTES..).ok_or(wrong_length.clone())? };
    let mut counts = [0u64; 5];
    for count in &mut counts {
        *count = u64::from_le_bytes(rest.take().ok_or(wrong_length.clone())?);
    }
    let mut sums = Vec::with_capacity(powers.len());
    let mut limbs = Vec::new();
    for &power in powers {
        let place = i32::from(i16::from_le_bytes(rest.take().ok_or(wrong_length.clone())?));
        let length = u16::from_le_bytes(rest.take().ok_or(wrong_length.clone())?);
        limbs.clear();
        for _ in 0..length {
            limbs.push(u64::from_le_bytes(rest.take().ok_or(wrong_length.clone())?));
        }
        if place * 64 < -1074 * power - 63 || (place + i32::from(length)) * 64 > 1024 * power + 3 * 64 {
            return Err(if fnv1a(body) == u64::from_le_bytes(*checksum) {
                StateError::Impossible
            } else {
                StateError::Checksum
            });
        }
        sums.push(Accumulator::from_canonical(place, &limbs));
    }
    if !rest.bytes.is_empty() {
        return Err(wrong_length);
    }
    if fnv1a(body) != u64::from_le_bytes(*checksum) {
        return Err(StateError::Checksum);
    }
    let sums: Option<Vec<Accumulator>> = sums.into_iter().collect();
    Ok((Counts::from_array(counts), sums.ok_or(StateError::Impossible)?))
}

struct Cursor<'a> {
    bytes: &'a [u8],
}

impl Cursor<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (head, tail) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = tail;
        Some(*head)
    }
}

/// The 64-bit FNV-1a hash (Fowler, Noll, Vo): finds accidents, is no signature.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}
