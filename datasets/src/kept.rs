//! Columns kept in memory between passes, where reading them again would mean decoding them again.
//!
//! Filling fresh memory costs several times what copying does, as the system clears it first: so blocks go from one column
//! to the next and from one piece of work to the next ([`Scratch::any`]), and integers are kept in a narrower type where all
//! of a piece fit, which readers of columns widen anyway.

use std::mem::{size_of, take};
use std::sync::{Arc, Mutex, PoisonError};

use arrcalc_kernels::Bits;
use bytemuck::Pod;
use half::f16;

use crate::Scratch;
use crate::chunk::{Column, Values};

/// The smallest and the largest block: small tables take little, large ones few maps.
const BLOCK_BYTES: (usize, usize) = (16 << 10, 4 << 20);
/// Where pieces start: the widest vector's alignment.
const ALIGN: usize = 64;

/// Memory that columns give back when they are dropped, and take before they ask the system. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct KeptSpace {
    blocks: Arc<Mutex<Vec<Scratch>>>,
}

impl KeptSpace {
    /// No memory yet.
    pub fn new() -> Self {
        Self::default()
    }

    fn take(&self, bytes: usize) -> Option<Scratch> {
        let mut blocks = self.blocks.lock().unwrap_or_else(PoisonError::into_inner);
        let place = blocks.iter().rposition(|block| block.len() >= bytes)?;
        Some(blocks.swap_remove(place))
    }
}

/// Pieces of one column, in the order in which they came.
#[derive(Debug)]
pub struct KeptColumn {
    space: KeptSpace,
    blocks: Vec<Scratch>,
    /// Bytes of the last block that are taken.
    used: usize,
    pieces: Vec<Piece>,
    /// The system refused memory, or a type is not kept: pieces are missing.
    incomplete: bool,
}

/// Bytes of a block.
#[derive(Clone, Copy, Debug)]
struct Place {
    block: usize,
    start: usize,
    bytes: usize,
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    width: Width,
    rows: usize,
    values: Place,
    validity: Option<Place>,
}

/// Types as they are kept.
#[derive(Clone, Copy, Debug)]
enum Width {
    Null,
    Bool,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Float16,
    Float32,
    Float64,
}

impl KeptColumn {
    /// A column without rows, which takes its memory from `space` and gives it back there.
    pub fn new(space: &KeptSpace) -> Self {
        let (blocks, pieces) = (Vec::new(), Vec::new());
        Self { space: space.clone(), blocks, used: 0, pieces, incomplete: false }
    }

    /// Bytes that `rows` rows of up to 8 bytes may take, on one thread of several.
    pub fn bytes(rows: u64) -> u64 {
        rows.saturating_mul(8).saturating_add(rows / 8)
    }

    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    /// Whether there is no piece.
    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Whether every piece that was pushed is here: text and decimals are not kept, and memory may be refused.
    pub fn is_complete(&self) -> bool {
        !self.incomplete
    }

    /// Copies the rows of `column`.
    pub fn push(&mut self, column: &Column<'_>) {
        if self.incomplete {
            return;
        }
        match self.piece(column) {
            Some(piece) => self.pieces.push(piece),
            None => self.give_up(),
        }
    }

    /// Takes over the pieces of `other`, behind its own.
    pub fn append(&mut self, mut other: Self) {
        if self.incomplete || other.incomplete {
            return self.give_up();
        }
        let before = self.blocks.len();
        let moved = |place: Place| Place { block: place.block + before, ..place };
        self.pieces.extend(take(&mut other.pieces).into_iter().map(|piece| Piece {
            values: moved(piece.values),
            validity: piece.validity.map(moved),
            ..piece
        }));
        if !other.blocks.is_empty() {
            self.blocks.append(&mut other.blocks);
            self.used = other.used;
        }
    }

    /// Piece `index`, with the values that were pushed; integers may be narrower than they were.
    ///
    /// # Panics
    /// If there is no such piece.
    pub fn get(&self, index: usize) -> Column<'_> {
        let Piece { width, rows, values, validity } = self.pieces[index];
        let bytes =
            |place: Place| &self.blocks[place.block].slice::<u8>(place.start + place.bytes)[place.start..];
        macro_rules! numbers {
            ($variant:ident) => {
                Values::$variant(bytemuck::cast_slice(bytes(values)))
            };
        }
        let lent = match width {
            Width::Null => Values::Null(rows),
            Width::Bool => Values::Bool(Bits::new(bytes(values), 0, rows)),
            Width::Int8 => numbers!(Int8),
            Width::Int16 => numbers!(Int16),
            Width::Int32 => numbers!(Int32),
            Width::Int64 => numbers!(Int64),
            Width::UInt8 => numbers!(UInt8),
            Width::UInt16 => numbers!(UInt16),
            Width::UInt32 => numbers!(UInt32),
            Width::UInt64 => numbers!(UInt64),
            Width::Float16 => numbers!(Float16),
            Width::Float32 => numbers!(Float32),
            Width::Float64 => numbers!(Float64),
        };
        Column { values: lent, validity: validity.map(|place| Bits::new(bytes(place), 0, rows)) }
    }

    fn give_up(&mut self) {
        let mut none = Self::new(&self.space);
        none.incomplete = true;
        *self = none;
    }

    fn piece(&mut self, column: &Column<'_>) -> Option<Piece> {
        let rows = column.values.len();
        let (width, values) = match column.values {
            Values::Null(_) => (Width::Null, self.room(0)?),
            Values::Bool(bits) => (Width::Bool, self.bits(&bits)?),
            Values::Int8(values) => (Width::Int8, self.copy(values)?),
            Values::Int16(values) => (Width::Int16, self.copy(values)?),
            Values::Int32(values) => match magnitude_32(values) {
                0..0x8000 => (Width::Int16, self.narrow(values, |value| value as i16)?),
                _ => (Width::Int32, self.copy(values)?),
            },
            Values::Int64(values) => match magnitude_64(values) {
                0..0x8000 => (Width::Int16, self.narrow(values, |value| value as i16)?),
                0x8000..0x8000_0000 => (Width::Int32, self.narrow(values, |value| value as i32)?),
                _ => (Width::Int64, self.copy(values)?),
            },
            Values::UInt8(values) => (Width::UInt8, self.copy(values)?),
            Values::UInt16(values) => (Width::UInt16, self.copy(values)?),
            Values::UInt32(values) => (Width::UInt32, self.copy(values)?),
            Values::UInt64(values) => (Width::UInt64, self.copy(values)?),
            Values::Float16(values) => (Width::Float16, self.copy::<f16>(values)?),
            Values::Float32(values) => (Width::Float32, self.copy(values)?),
            Values::Float64(values) => (Width::Float64, self.copy(values)?),
            Values::Decimal128(_) | Values::Text(_) => return None,
        };
        let validity = match &column.validity {
            Some(bits) => Some(self.bits(bits)?),
            None => None,
        };
        Some(Piece { width, rows, values, validity })
    }

    /// Room for `bytes` bytes.
    fn room(&mut self, bytes: usize) -> Option<Place> {
        let start = self.used.next_multiple_of(ALIGN);
        let end = start.checked_add(bytes)?;
        let start = if self.blocks.last().is_some_and(|block| end <= block.len()) {
            start
        } else {
            // As much again as there is.
            let held: usize = self.blocks.iter().map(|block| block.len()).sum();
            let least = held.clamp(BLOCK_BYTES.0, BLOCK_BYTES.1).max(bytes);
            self.blocks.push(self.space.take(least).or_else(|| Scratch::any(least))?);
            0
        };
        self.used = start + bytes;
        Some(Place { block: self.blocks.len() - 1, start, bytes })
    }

    fn slice(&mut self, place: Place) -> &mut [u8] {
        &mut self.blocks[place.block].slice_mut::<u8>(place.start + place.bytes)[place.start..]
    }

    fn copy<T: Pod>(&mut self, values: &[T]) -> Option<Place> {
        let place = self.room(size_of_val(values))?;
        self.slice(place).copy_from_slice(bytemuck::cast_slice(values));
        Some(place)
    }

    fn narrow<S: Copy, T: Pod>(&mut self, values: &[S], narrow: impl Fn(S) -> T) -> Option<Place> {
        let place = self.room(values.len().checked_mul(size_of::<T>())?)?;
        for (kept, &value) in bytemuck::cast_slice_mut(self.slice(place)).iter_mut().zip(values) {
            *kept = narrow(value);
        }
        Some(place)
    }

    fn bits(&mut self, bits: &Bits<'_>) -> Option<Place> {
        let place = self.room(bits.len().div_ceil(64) * 8)?;
        for (index, word) in self.slice(place).as_chunks_mut::<8>().0.iter_mut().enumerate() {
            *word = bits.word(64 * index).to_le_bytes();
        }
        Some(place)
    }
}

impl Drop for KeptColumn {
    fn drop(&mut self) {
        self.space.blocks.lock().unwrap_or_else(PoisonError::into_inner).append(&mut self.blocks);
    }
}

/// All bits in which any value differs from its sign: at least its magnitude's.
fn magnitude_64(values: &[i64]) -> u64 {
    values.iter().fold(0, |bits, &value| bits | (value ^ (value >> 63)) as u64)
}

/// As [`magnitude_64`].
fn magnitude_32(values: &[i32]) -> u32 {
    values.iter().fold(0, |bits, &value| bits | (value ^ (value >> 31)) as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn integers(column: &Column<'_>) -> Vec<i64> {
        match column.values {
            Values::Int16(values) => values.iter().map(|&value| value.into()).collect(),
            Values::Int32(values) => values.iter().map(|&value| value.into()).collect(),
            Values::Int64(values) => values.to_vec(),
            ref other => panic!("integers are kept as integers, not as {other:?}"),
        }
    }

    #[test]
    fn integers_come_back_whatever_width_they_were_kept_in() {
        let mut kept = KeptColumn::new(&KeptSpace::new());
        let edges =
            [0, 1, -1, 0x7fff, -0x8000, 0x8000, -0x8001, 0x7fff_ffff, -0x8000_0000, 1 << 31, i64::MIN];
        for edge in edges {
            kept.push(&Column { values: Values::Int64(&[edge, 3]), validity: None });
            let narrow = [edge as i32, 7];
            kept.push(&Column { values: Values::Int32(&narrow), validity: None });
        }
        for (index, edge) in edges.into_iter().enumerate() {
            assert_eq!(integers(&kept.get(2 * index)), [edge, 3]);
            assert_eq!(integers(&kept.get(2 * index + 1)), [i64::from(edge as i32), 7]);
        }
        assert!(matches!(kept.get(0).values, Values::Int16(_)), "0 and 3 fit two bytes");
    }

    #[test]
    fn pieces_of_any_length_survive_growth_and_appending() {
        let values: Vec<f64> = (0..100_000).map(f64::from).collect();
        let space = KeptSpace::new();
        let (mut kept, mut other) = (KeptColumn::new(&space), KeptColumn::new(&space));
        let lengths = [1usize, 99_999, 0, 63, 50_000, 100_000, 7];
        for (index, length) in lengths.into_iter().enumerate() {
            let into = if index < 4 { &mut kept } else { &mut other };
            let bytes: Vec<u8> = (0..length.div_ceil(8) + 1).map(|byte| (byte * 37) as u8).collect();
            let validity = (index % 2 == 1).then(|| Bits::new(&bytes, 3, length));
            into.push(&Column { values: Values::Float64(&values[..length]), validity });
        }
        kept.append(other);
        kept.push(&Column { values: Values::Float64(&values), validity: None });
        assert!(kept.is_complete() && kept.len() == lengths.len() + 1);
        for (index, length) in lengths.into_iter().chain([values.len()]).enumerate() {
            let column = kept.get(index);
            assert!(matches!(column.values, Values::Float64(lent) if lent == &values[..length]));
            assert_eq!(column.validity.is_some(), index < lengths.len() && index % 2 == 1);
            for row in 0..length {
                let expected = |byte: usize| (byte * 37) as u8;
                let bit = expected((row + 3) / 8) >> ((row + 3) % 8) & 1 == 1;
                assert!(column.validity.is_none_or(|bits| bits.get(row) == bit));
            }
        }
        drop(kept);
        let mut next = KeptColumn::new(&space);
        let fresh = space.blocks.lock().unwrap().len();
        next.push(&Column { values: Values::Float64(&values), validity: None });
        assert_eq!(space.blocks.lock().unwrap().len(), fresh - 1, "memory is used again");
        assert!(matches!(next.get(0).values, Values::Float64(lent) if lent == &values[..]));
    }

    #[test]
    fn what_is_not_kept_is_told() {
        let mut kept = KeptColumn::new(&KeptSpace::new());
        kept.push(&Column { values: Values::Decimal128(&[1]), validity: None });
        kept.push(&Column { values: Values::Int8(&[1]), validity: None });
        assert!(!kept.is_complete() && kept.is_empty());
    }
}
