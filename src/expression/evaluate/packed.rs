//! Predicates to selections, and columns packed by them.

use arrcalc_datasets::{Column, Text, Values};
use arrcalc_kernels::elementwise::{compress, copy_bits};
use arrcalc_kernels::{Bits, Level};
use half::f16;

/// Writes the rows where `predicate` is true (neither false nor null) as bits; returns how many. Bits past the last
/// row are zero.
///
/// # Panics
/// If `out` has fewer bytes than the rows need.
pub fn select(level: Level, predicate: &Column<'_>, out: &mut [u8]) -> usize {
    let rows = predicate.values.len();
    let out = &mut out[..rows.div_ceil(8)];
    if let Column { values: Values::Bool(bits), validity: None } = predicate {
        return copy_bits(level, *bits, out);
    }
    let mut count = 0;
    for (index, bytes) in out.chunks_mut(8).enumerate() {
        let mut word = match predicate.values {
            Values::Bool(bits) => bits.word(64 * index),
            _ => 0,
        };
        if let Some(validity) = predicate.validity {
            word &= validity.word(64 * index);
        }
        count += word.count_ones() as usize;
        bytes.copy_from_slice(&word.to_le_bytes()[..bytes.len()]);
    }
    count
}

/// A buffer of the rows of a column whose bit is set, packed densely in the column's own type.
#[derive(Debug, Default)]
pub struct Packed<'a> {
    floats: Vec<f64>,
    signed: Vec<i64>,
    unsigned: Vec<u64>,
    decimals: Vec<i128>,
    int8: Vec<i8>,
    int16: Vec<i16>,
    int32: Vec<i32>,
    uint8: Vec<u8>,
    uint16: Vec<u16>,
    uint32: Vec<u32>,
    float16: Vec<f16>,
    float32: Vec<f32>,
    bits: Vec<u8>,
    validity: Vec<u8>,
    slices: Vec<&'a str>,
}

impl<'a> Packed<'a> {
    /// An empty buffer.
    pub fn new() -> Self {
        Self::default()
    }

    /// The buffer with its memory and without what it borrowed.
    pub fn emptied<'b>(self) -> Packed<'b> {
        let Self { mut slices, .. } = self;
        slices.clear();
        Packed {
            // Of an empty vector, in its own memory.
            slices: slices.into_iter().map(|_| "").collect(),
            floats: self.floats,
            signed: self.signed,
            unsigned: self.unsigned,
            decimals: self.decimals,
            int8: self.int8,
            int16: self.int16,
            int32: self.int32,
            uint8: self.uint8,
            uint16: self.uint16,
            uint32: self.uint32,
            float16: self.float16,
            float32: self.float32,
            bits: self.bits,
            validity: self.validity,
        }
    }

    /// The rows of `column` whose bit in `selected` is set, in order, with their validity. Text of a dictionary keeps
    /// its codes, other text becomes slices; memory is reused from call to call.
    ///
    /// # Panics
    /// If `selected` has another length than the column.
    pub fn pack<'s>(&'s mut self, level: Level, column: &Column<'a>, selected: Bits<'_>) -> Column<'s>
    where
        'a: 's,
    {
        assert!(column.values.len() == selected.len(), "one bit for each row");
        // Kernels count by themselves.
        let count = || selected.count_ones();
        macro_rules! wide {
            ($values:expr, $buffer:ident, $variant:ident) => {{
                if self.$buffer.len() < $values.len() {
                    self.$buffer.resize($values.len(), Default::default());
                }
                let count = compress(level, $values, selected, &mut self.$buffer);
                Values::$variant(&self.$buffer[..count])
            }};
        }
        macro_rules! narrow {
            ($values:expr, $buffer:ident, $variant:ident) => {{
                let count = left_pack($values, selected, &mut self.$buffer);
                Values::$variant(&self.$buffer[..count])
            }};
        }
        let validity = column.validity.map(|validity| {
            pack_bits(validity, selected, &mut self.validity);
            Bits::new(&self.validity, 0, count())
        });
        let values = match column.values {
            Values::Null(_) => Values::Null(count()),
            Values::Bool(bits) => {
                pack_bits(bits, selected, &mut self.bits);
                Values::Bool(Bits::new(&self.bits, 0, count()))
            }
            Values::Int64(values) => wide!(values, signed, Int64),
            Values::UInt64(values) => wide!(values, unsigned, UInt64),
            Values::Float64(values) => wide!(values, floats, Float64),
            Values::Int8(values) => narrow!(values, int8, Int8),
            Values::Int16(values) => narrow!(values, int16, Int16),
            Values::Int32(values) => narrow!(values, int32, Int32),
            Values::UInt8(values) => narrow!(values, uint8, UInt8),
            Values::UInt16(values) => narrow!(values, uint16, UInt16),
            Values::UInt32(values) => narrow!(values, uint32, UInt32),
            Values::Float16(values) => narrow!(values, float16, Float16),
            Values::Float32(values) => narrow!(values, float32, Float32),
            Values::Decimal128(values) => narrow!(values, decimals, Decimal128),
            Values::Text(Text::Codes { codes, values }) => {
                let count = left_pack(codes, selected, &mut self.uint32);
                Values::Text(Text::Codes { codes: &self.uint32[..count], values })
            }
            Values::Text(text) => {
                self.slices.clear();
                for start in (0..selected.len()).step_by(64) {
                    let mut word = selected.word(start);
                    while word != 0 {
                        let row = start + word.trailing_zeros() as usize;
                        // Readers validate text; null slots may hold anything.
                        self.slices.push(std::str::from_utf8(text.bytes(row)).unwrap_or_default());
                        word &= word - 1;
                    }
                }
                Values::Text(Text::Slices(&self.slices))
            }
        };
        Column { values, validity }
    }
}

/// Moves the values whose bit is set to the front of `out`; returns how many.
fn left_pack<T: Copy + Default>(values: &[T], selected: Bits<'_>, out: &mut Vec<T>) -> usize {
    // One place more: the value after the last kept one is stored too.
    if out.len() <= values.len() {
        out.resize(values.len() + 1, T::default());
    }
    let mut to = 0;
    for (index, part) in values.chunks(64).enumerate() {
        let word = selected.word(64 * index);
        if word == u64::MAX {
            out[to..to + 64].copy_from_slice(part);
            to += 64;
        } else if word != 0 {
            // Without a branch on the bit: a wrong guess costs more than a store that is overwritten.
            for (bit, value) in part.iter().enumerate() {
                out[to] = *value;
                to += (word >> bit & 1) as usize;
            }
        }
    }
    to
}

/// The bits of `bits` at the set bits of `selected`.
fn pack_bits(bits: Bits<'_>, selected: Bits<'_>, out: &mut Vec<u8>) {
    out.clear();
    let (mut pending, mut filled) = (0u64, 0);
    for start in (0..selected.len()).step_by(64) {
        let (word, mut chosen) = (bits.word(start), selected.word(start));
        while chosen != 0 {
            pending |= (word >> chosen.trailing_zeros() & 1) << filled;
            filled += 1;
            if filled == 64 {
                out.extend_from_slice(&pending.to_le_bytes());
                (pending, filled) = (0, 0);
            }
            chosen &= chosen - 1;
        }
    }
    out.extend_from_slice(&pending.to_le_bytes());
}
