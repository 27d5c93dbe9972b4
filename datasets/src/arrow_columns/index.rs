//! Which stored value each row of a dictionary or run-end encoded array holds.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef};
use arrow_schema::DataType as Arrow;

/// Positions of rows' values, by their storage.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Index<'a> {
    Int8(&'a [i8]),
    Int16(&'a [i16]),
    Int32(&'a [i32]),
    Int64(&'a [i64]),
    UInt8(&'a [u8]),
    UInt16(&'a [u16]),
    UInt32(&'a [u32]),
    UInt64(&'a [u64]),
    /// Run ends, and the logical offset of row 0.
    Ends16(&'a [i16], usize),
    Ends32(&'a [i32], usize),
    Ends64(&'a [i64], usize),
}

impl<'a> Index<'a> {
    /// The index and the values of a dictionary or run-end encoded array.
    pub(crate) fn of(array: &'a ArrayRef) -> Option<(Self, &'a ArrayRef)> {
        macro_rules! codes {
            ($variant:ident, $arrow:ty) => {{
                let array = array.as_dictionary::<$arrow>();
                (Index::$variant(array.keys().values()), array.values())
            }};
        }
        macro_rules! ends {
            ($variant:ident, $arrow:ty) => {{
                let array = array.as_run::<$arrow>();
                (Index::$variant(array.run_ends().values(), array.run_ends().offset()), array.values())
            }};
        }
        Some(match array.data_type() {
            Arrow::Dictionary(codes, _) => match **codes {
                Arrow::Int8 => codes!(Int8, Int8Type),
                Arrow::Int16 => codes!(Int16, Int16Type),
                Arrow::Int32 => codes!(Int32, Int32Type),
                Arrow::Int64 => codes!(Int64, Int64Type),
                Arrow::UInt8 => codes!(UInt8, UInt8Type),
                Arrow::UInt16 => codes!(UInt16, UInt16Type),
                Arrow::UInt32 => codes!(UInt32, UInt32Type),
                Arrow::UInt64 => codes!(UInt64, UInt64Type),
                _ => return None,
            },
            Arrow::RunEndEncoded(ends, _) => match ends.data_type() {
                Arrow::Int16 => ends!(Ends16, Int16Type),
                Arrow::Int32 => ends!(Ends32, Int32Type),
                Arrow::Int64 => ends!(Ends64, Int64Type),
                _ => return None,
            },
            _ => return None,
        })
    }

    /// Writes the positions of `rows` into `codes`; what null slots hold is brought below `count`.
    pub(crate) fn fill(&self, rows: Range<usize>, count: usize, codes: &mut Vec<u32>) {
        codes.clear();
        // A null slot may hold anything. The codes of valid rows are in range: arrow's constructors see to it.
        macro_rules! clamp {
            ($codes:expr) => {
                codes.extend($codes[rows].iter().map(|&code| {
                    let code = code as u64;
                    if code < count as u64 { code as u32 } else { 0 }
                }))
            };
        }
        match *self {
            Index::Int8(c) => clamp!(c),
            Index::Int16(c) => clamp!(c),
            Index::Int32(c) => clamp!(c),
            Index::Int64(c) => clamp!(c),
            Index::UInt8(c) => clamp!(c),
            Index::UInt16(c) => clamp!(c),
            Index::UInt32(c) => clamp!(c),
            Index::UInt64(c) => clamp!(c),
            Index::Ends16(ends, offset) => fill_runs(ends, offset, rows, codes),
            Index::Ends32(ends, offset) => fill_runs(ends, offset, rows, codes),
            Index::Ends64(ends, offset) => fill_runs(ends, offset, rows, codes),
        }
    }
}

/// Expands runs: row `i` lies in the first run whose end is beyond `offset + i`.
fn fill_runs<T: Copy + TryInto<usize>>(ends: &[T], offset: usize, rows: Range<usize>, codes: &mut Vec<u32>) {
    let end_of = |run: usize| ends[run].try_into().unwrap_or(0);
    let mut run = ends.partition_point(|&end| end.try_into().unwrap_or(0) <= offset + rows.start);
    let mut row = rows.start;
    while row < rows.end && run < ends.len() {
        let stop = end_of(run).saturating_sub(offset).clamp(row, rows.end);
        codes.resize(codes.len() + (stop - row), run as u32);
        row = stop;
        run += 1;
    }
}
