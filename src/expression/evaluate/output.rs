//! Results of a block: strides appended in the type that was bound.

use arrcalc_datasets::{Column, DataType, Text, Values};
use arrcalc_kernels::Bits;
use arrcalc_kernels::elementwise::{Operand, map2};
use half::f16;

use super::super::bind::node::{Constant, Node, Repr};
use super::aligned::Aligned;
use super::state::{Buffer, Cell, Lane, TextBuffer, View};

/// Values of one expression.
#[derive(Debug)]
pub(super) struct Output {
    values: Owned,
    /// Bits once there is a null; those of the rows before it are filled in then.
    valid: Vec<u8>,
    nulls: bool,
    rows: usize,
}

#[derive(Debug)]
enum Owned {
    Null,
    Bool(Vec<u8>),
    Int8(Aligned<i8>),
    Int16(Aligned<i16>),
    Int32(Aligned<i32>),
    Int64(Aligned<i64>),
    UInt8(Aligned<u8>),
    UInt16(Aligned<u16>),
    UInt32(Aligned<u32>),
    UInt64(Aligned<u64>),
    Float16(Aligned<f16>),
    Float32(Aligned<f32>),
    Float64(Aligned<f64>),
    Decimal128(Aligned<i128>),
    Text(TextBuffer),
}

impl Output {
    pub(super) fn new(data_type: &DataType) -> Self {
        let values = match data_type {
            DataType::Bool => Owned::Bool(Vec::new()),
            DataType::Int8 => Owned::Int8(Aligned::new(0)),
            DataType::Int16 => Owned::Int16(Aligned::new(0)),
            DataType::Int32 | DataType::Date => Owned::Int32(Aligned::new(0)),
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_) => {
                Owned::Int64(Aligned::new(0))
            }
            DataType::UInt8 => Owned::UInt8(Aligned::new(0)),
            DataType::UInt16 => Owned::UInt16(Aligned::new(0)),
            DataType::UInt32 => Owned::UInt32(Aligned::new(0)),
            DataType::UInt64 => Owned::UInt64(Aligned::new(0)),
            DataType::Float16 => Owned::Float16(Aligned::new(0)),
            DataType::Float32 => Owned::Float32(Aligned::new(0)),
            DataType::Float64 => Owned::Float64(Aligned::new(0)),
            DataType::Decimal128 { .. } => Owned::Decimal128(Aligned::new(0)),
            DataType::String => Owned::Text(TextBuffer::new()),
            _ => Owned::Null,
        };
        Self { values, valid: Vec::new(), nulls: false, rows: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.valid.clear();
        (self.nulls, self.rows) = (false, 0);
        // Buffers of numbers keep their length: rows are written over.
        match &mut self.values {
            Owned::Bool(bytes) => bytes.clear(),
            Owned::Text(text) => text.clear(),
            _ => {}
        }
    }

    /// Adds the stride that `node` holds.
    pub(super) fn append(&mut self, view: View<'_>, node: usize) {
        let cell = &view.cells[node];
        let start = self.rows;
        self.rows += view.len;
        if cell.nulls && !self.nulls {
            self.nulls = true;
            self.valid.resize(start / 8, u8::MAX);
        }
        if self.nulls {
            cell.valid.iter().for_each(|word| self.valid.extend_from_slice(&word.to_le_bytes()));
        }
        // Values that the bound type cannot hold stand in null rows and rows that are not selected.
        macro_rules! narrow {
            ($out:expr, $type:ty) => {
                push(view, node, start, $out, |value: i64| value as $type)
            };
        }
        match &mut self.values {
            Owned::Null => {}
            Owned::Bool(out) => cell.truth.iter().for_each(|word| out.extend_from_slice(&word.to_le_bytes())),
            Owned::Int8(out) => narrow!(out, i8),
            Owned::Int16(out) => narrow!(out, i16),
            Owned::Int32(out) => narrow!(out, i32),
            Owned::Int64(out) => narrow!(out, i64),
            Owned::UInt8(out) => narrow!(out, u8),
            Owned::UInt16(out) => narrow!(out, u16),
            Owned::UInt32(out) => narrow!(out, u32),
            Owned::UInt64(out) => push(view, node, start, out, |value: u64| value),
            Owned::Float16(out) => {
                push(view, node, start, out, |x: f32| if x.is_nan() { f16::NAN } else { f16::from_f32(x) });
            }
            Owned::Float32(out) => {
                push(view, node, start, out, |x: f32| if x.is_nan() { f32::NAN } else { x })
            }
            Owned::Float64(out) => {
                push(view, node, start, out, |x: f64| if x.is_nan() { f64::NAN } else { x })
            }
            Owned::Decimal128(out) => push(view, node, start, out, |value: i128| value),
            Owned::Text(out) => {
                let text = view.text(node);
                for row in 0..view.len {
                    let valid = cell.valid[row / 64] >> (row % 64) & 1 == 1;
                    out.push(if valid { text.bytes(row) } else { b"" });
                }
            }
        }
    }

    /// Adds truth values without nulls.
    pub(super) fn append_bits(&mut self, words: &[u64]) {
        if let Owned::Bool(out) = &mut self.values {
            // Room at once, so that the loop is a copy.
            let start = out.len();
            out.resize(start + size_of_val(words), 0);
            for (to, word) in out[start..].as_chunks_mut().0.iter_mut().zip(words) {
                *to = word.to_le_bytes();
            }
        }
    }

    /// What was appended, `rows` of them.
    pub(super) fn column(&self, rows: usize) -> Column<'_> {
        let values = match &self.values {
            Owned::Null => Values::Null(rows),
            Owned::Bool(bytes) => Values::Bool(Bits::new(bytes, 0, rows)),
            Owned::Int8(values) => Values::Int8(&values[..rows]),
            Owned::Int16(values) => Values::Int16(&values[..rows]),
            Owned::Int32(values) => Values::Int32(&values[..rows]),
            Owned::Int64(values) => Values::Int64(&values[..rows]),
            Owned::UInt8(values) => Values::UInt8(&values[..rows]),
            Owned::UInt16(values) => Values::UInt16(&values[..rows]),
            Owned::UInt32(values) => Values::UInt32(&values[..rows]),
            Owned::UInt64(values) => Values::UInt64(&values[..rows]),
            Owned::Float16(values) => Values::Float16(&values[..rows]),
            Owned::Float32(values) => Values::Float32(&values[..rows]),
            Owned::Float64(values) => Values::Float64(&values[..rows]),
            Owned::Decimal128(values) => Values::Decimal128(&values[..rows]),
            Owned::Text(buffer) => {
                Values::Text(Text::Offsets64 { offsets: &buffer.offsets, data: &buffer.data })
            }
        };
        Column { values, validity: self.nulls.then(|| Bits::new(&self.valid, 0, rows)) }
    }
}

/// Appends a stride through `function`.
fn push<T: Lane, R: Copy + Default>(
    view: View<'_>,
    node: usize,
    start: usize,
    out: &mut Aligned<R>,
    function: impl Fn(T) -> R,
) {
    let end = start + view.len;
    out.grow(end);
    map2(view.level, view.operand::<T>(node), Operand::Scalar(()), &mut out[start..end], |value, ()| {
        function(value)
    });
}

/// Gives the cell of a constant one row that holds it.
pub(super) fn spread(node: &Node, cell: &mut Cell) {
    cell.buffer = Buffer::new(node.repr());
    match (&mut cell.buffer, node.constant()) {
        (Buffer::I64(out), Some(Constant::I64(value))) => out[0] = *value,
        (Buffer::U64(out), Some(Constant::U64(value))) => out[0] = *value,
        (Buffer::F32(out), Some(Constant::F32(bits))) => out[0] = f32::from_bits(*bits),
        (Buffer::F64(out), Some(Constant::F64(bits))) => out[0] = f64::from_bits(*bits),
        (Buffer::I128(out), Some(Constant::I128(value))) => out[0] = *value,
        (Buffer::Text(out), Some(Constant::Text(text))) => out.push(text.as_bytes()),
        (Buffer::Text(out), _) => out.push(b""),
        // Truth and nulls are in the cell's bits already.
        _ => {}
    }
}

/// The value of the first row of a cell.
pub(super) fn constant(node: &Node, cell: &Cell) -> Constant {
    if cell.valid[0] & 1 == 0 {
        return Constant::Null;
    }
    match (&cell.buffer, node.repr()) {
        (Buffer::I64(values), _) => Constant::I64(values[0]),
        (Buffer::U64(values), _) => Constant::U64(values[0]),
        (Buffer::F32(values), _) => Constant::F32(values[0].to_bits()),
        (Buffer::F64(values), _) => Constant::F64(values[0].to_bits()),
        (Buffer::I128(values), _) => Constant::I128(values[0]),
        (Buffer::Text(buffer), Repr::Text) => {
            Constant::Text(String::from_utf8_lossy(&buffer.data).as_ref().into())
        }
        _ => Constant::Bool(cell.truth[0] & 1 == 1),
    }
}
