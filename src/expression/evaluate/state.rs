//! What a node holds while a stride of rows passes through, and how others read it.
//!
//! A stride is small enough that a dozen registers stay in the first-level cache. Truth, validity and failures are
//! bits, two cache lines of them a stride.

use arrcalc_datasets::{Column, Text, Values};
use arrcalc_kernels::elementwise::Operand;
use arrcalc_kernels::{Bits, Level};

use super::super::bind::node::{Constant, Node, Op, Repr};
use super::aligned::Aligned;

/// Rows that pass through the registers at once.
pub(super) const STRIDE: usize = 1024;

/// One bit a row of a stride.
pub(super) type Mask = [u64; STRIDE / 64];

/// Every row.
pub(super) const ALL: Mask = [u64::MAX; STRIDE / 64];

/// Up to a stride of `bits` from `first`.
pub(super) fn mask_of(bits: Bits<'_>, first: usize) -> Mask {
    std::array::from_fn(|word| bits.word(first + 64 * word))
}

/// `function` word by word.
pub(super) fn zip(a: &Mask, b: &Mask, function: impl Fn(u64, u64) -> u64) -> Mask {
    std::array::from_fn(|word| function(a[word], b[word]))
}

/// Values of text, one after the other.
#[derive(Debug)]
pub(super) struct TextBuffer {
    pub(super) offsets: Vec<i64>,
    pub(super) data: Vec<u8>,
}

impl TextBuffer {
    pub(super) fn new() -> Self {
        Self { offsets: vec![0], data: Vec::new() }
    }

    pub(super) fn clear(&mut self) {
        self.offsets.truncate(1);
        self.data.clear();
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        self.data.extend_from_slice(bytes);
        self.offsets.push(self.data.len() as i64);
    }

    pub(super) fn text(&self) -> Text<'_> {
        Text::Offsets64 { offsets: &self.offsets, data: &self.data }
    }
}

/// A register, by representation.
#[derive(Debug)]
pub(super) enum Buffer {
    Bits,
    I64(Aligned<i64>),
    U64(Aligned<u64>),
    F32(Aligned<f32>),
    F64(Aligned<f64>),
    I128(Aligned<i128>),
    Text(TextBuffer),
}

impl Buffer {
    pub(super) fn new(repr: Repr) -> Self {
        match repr {
            Repr::Bool => Buffer::Bits,
            Repr::I64 => Buffer::I64(Aligned::new(STRIDE)),
            Repr::U64 => Buffer::U64(Aligned::new(STRIDE)),
            Repr::F32 => Buffer::F32(Aligned::new(STRIDE)),
            Repr::F64 => Buffer::F64(Aligned::new(STRIDE)),
            Repr::I128 => Buffer::I128(Aligned::new(STRIDE)),
            Repr::Text => Buffer::Text(TextBuffer::new()),
        }
    }
}

/// What a node's values are for the rows of the stride.
#[derive(Debug)]
pub(super) struct Cell {
    pub(super) buffer: Buffer,
    /// Values of a predicate; meaningless where they are null.
    pub(super) truth: Mask,
    /// Rows that are not null; `ALL` while `nulls` is false.
    pub(super) valid: Mask,
    pub(super) nulls: bool,
    /// Rows whose evaluation failed, here or in an operand that they needed.
    pub(super) faults: Mask,
    pub(super) failing: bool,
}

impl Cell {
    pub(super) fn new(node: &Node) -> Self {
        let mut cell = Self {
            buffer: if node.constant().is_some() { Buffer::Bits } else { Buffer::new(node.repr()) },
            truth: [0; STRIDE / 64],
            valid: ALL,
            nulls: false,
            faults: [0; STRIDE / 64],
            failing: false,
        };
        match node.constant() {
            Some(Constant::Bool(true)) => cell.truth = ALL,
            Some(Constant::Null) => (cell.valid, cell.nulls) = ([0; STRIDE / 64], true),
            _ => {}
        }
        cell
    }

    /// Neither nulls nor failures.
    pub(super) fn reset(&mut self) {
        (self.valid, self.nulls) = (ALL, false);
        (self.faults, self.failing) = ([0; STRIDE / 64], false);
    }

    /// Rows are null where an operand is, and failed where one did.
    pub(super) fn inherit(&mut self, operands: &[&Cell]) {
        self.reset();
        for operand in operands {
            if operand.nulls {
                self.keep_valid(&operand.valid);
            }
            if operand.failing {
                self.add_faults(&operand.faults);
            }
        }
    }

    /// Rows outside `valid` become null.
    pub(super) fn keep_valid(&mut self, valid: &Mask) {
        self.valid = zip(&self.valid, valid, |a, b| a & b);
        self.nulls = true;
    }

    /// Rows of `faults` failed.
    pub(super) fn add_faults(&mut self, faults: &Mask) {
        self.faults = zip(&self.faults, faults, |a, b| a | b);
        self.failing = self.faults != [0; STRIDE / 64];
    }

    /// Rows of `faults` that are not null failed here.
    pub(super) fn fail(&mut self, faults: &Mask) {
        let faults = zip(faults, &self.valid, |a, b| a & b);
        self.add_faults(&faults);
    }

    /// Rows that are true.
    pub(super) fn is_true(&self) -> Mask {
        zip(&self.truth, &self.valid, |a, b| a & b)
    }
}

/// An element of registers.
pub(super) trait Lane: Copy + Default + 'static {
    /// The column's values, if they lie as the register's would.
    fn lent<'a>(values: &Values<'a>) -> Option<&'a [Self]>;
    fn constant(constant: &Constant) -> Option<Self>;
    fn buffer(buffer: &Buffer) -> &[Self];
    fn buffer_mut(buffer: &mut Buffer) -> &mut [Self];
}

macro_rules! lane {
    ($type:ty, $variant:ident, $values:ident, $bits:expr) => {
        impl Lane for $type {
            fn lent<'a>(values: &Values<'a>) -> Option<&'a [Self]> {
                if let Values::$values(values) = *values { Some(values) } else { None }
            }
            fn constant(constant: &Constant) -> Option<Self> {
                if let Constant::$variant(value) = constant { Some($bits(*value)) } else { None }
            }
            fn buffer(buffer: &Buffer) -> &[Self] {
                if let Buffer::$variant(values) = buffer { values } else { &[] }
            }
            fn buffer_mut(buffer: &mut Buffer) -> &mut [Self] {
                if let Buffer::$variant(values) = buffer { values } else { &mut [] }
            }
        }
    };
}

lane!(i64, I64, Int64, std::convert::identity);
lane!(u64, U64, UInt64, std::convert::identity);
lane!(f32, F32, Float32, f32::from_bits);
lane!(f64, F64, Float64, f64::from_bits);
lane!(i128, I128, Decimal128, std::convert::identity);

/// The nodes before one, as its operation sees them.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) level: Level,
    pub(super) nodes: &'a [Node],
    pub(super) cells: &'a [Cell],
    /// The chunk's columns.
    pub(super) columns: &'a [Column<'a>],
    /// By node: where in the chunk its column is.
    pub(super) positions: &'a [usize],
    /// The stride's rows within the chunk.
    pub(super) first: usize,
    pub(super) len: usize,
}

impl<'a> View<'a> {
    /// The stride's rows of node `node`'s column.
    pub(super) fn column(&self, node: usize) -> Option<Column<'a>> {
        let is_column = matches!(self.nodes[node].op, Op::Column(_));
        is_column.then(|| self.columns[self.positions[node]].slice(self.first..self.first + self.len))
    }

    /// Values of node `node`; those of null rows may be anything.
    pub(super) fn operand<T: Lane>(&self, node: usize) -> Operand<'a, T> {
        if let Some(constant) = self.nodes[node].constant() {
            return Operand::Scalar(T::constant(constant).unwrap_or_default());
        }
        match self.column(node).and_then(|column| T::lent(&column.values)) {
            Some(values) => Operand::Slice(values),
            None => Operand::Slice(&T::buffer(&self.cells[node].buffer)[..self.len]),
        }
    }

    /// As [`View::operand`], with one value a row for a constant too.
    pub(super) fn values<T: Lane, R>(&self, node: usize, body: impl FnOnce(&[T]) -> R) -> R {
        match self.operand::<T>(node) {
            Operand::Slice(values) => body(values),
            Operand::Scalar(value) => body(&[value; STRIDE][..self.len]),
        }
    }

    /// Text of node `node`.
    pub(super) fn text(&self, node: usize) -> TextOperand<'a> {
        if let Some(constant) = self.nodes[node].constant() {
            return match constant {
                Constant::Text(text) => TextOperand::Scalar(text),
                _ => TextOperand::Scalar(""),
            };
        }
        match self.column(node) {
            Some(Column { values: Values::Text(text), .. }) => TextOperand::Rows(text),
            Some(_) => TextOperand::Scalar(""),
            None => match &self.cells[node].buffer {
                Buffer::Text(buffer) => TextOperand::Rows(buffer.text()),
                _ => TextOperand::Scalar(""),
            },
        }
    }
}

/// An operand of text.
#[derive(Clone, Copy)]
pub(super) enum TextOperand<'a> {
    Scalar(&'a str),
    Rows(Text<'a>),
}

impl<'a> TextOperand<'a> {
    /// The bytes of row `row`.
    pub(super) fn bytes(&self, row: usize) -> &'a [u8] {
        match self {
            TextOperand::Scalar(text) => text.as_bytes(),
            TextOperand::Rows(text) => text.bytes(row),
        }
    }

    /// The text of row `row`.
    pub(super) fn str(&self, row: usize) -> &'a str {
        match self {
            TextOperand::Scalar(text) => text,
            TextOperand::Rows(Text::Slices(slices)) => slices[row],
            // Readers validate text; null slots may hold anything and are not looked at.
            TextOperand::Rows(text) => std::str::from_utf8(text.bytes(row)).unwrap_or_default(),
        }
    }
}
