//! Elements into what a chunk lends: the array's own bytes where they are native, aligned and without gaps, a scratch
//! buffer otherwise.

use arrcalc_kernels::Bits;
use half::f16;

use super::element::{Element, Native, Stored};
use super::strided::{Run, Strided};
use super::{temporal, text};
use crate::chunk::{Column, Text, Values};

/// A value that cannot be decoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Row within the array.
    pub(crate) row: usize,
    /// What was found.
    pub(crate) reason: String,
}

/// Buffers of one column, reused from chunk to chunk.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    /// Values of any width, aligned for all of them.
    words: Vec<u64>,
    /// 32-bit days.
    days: Vec<i32>,
    /// Truth values, or validity.
    bits: Vec<u8>,
    /// Whether `bits` holds a null.
    has_nulls: bool,
    pub(super) offsets: Vec<i64>,
    pub(super) text: Vec<u8>,
}

impl Scratch {
    /// The first `count` values of type `T`.
    fn values<T: Native>(&self, count: usize) -> &[T] {
        &bytemuck::cast_slice(&self.words)[..count]
    }

    fn values_mut<T: Native>(&mut self, count: usize) -> &mut [T] {
        let words = (count * size_of::<T>()).div_ceil(size_of::<u64>());
        if self.words.len() < words {
            self.words.resize(words, 0);
        }
        &mut bytemuck::cast_slice_mut(&mut self.words)[..count]
    }

    /// Sets validity from NaT among `ticks`.
    fn mark_nulls(bits: &mut Vec<u8>, ticks: &[i64]) -> bool {
        bits.clear();
        let mut nulls = 0usize;
        bits.extend(ticks.chunks(8).map(|eight| {
            eight.iter().enumerate().fold(0u8, |byte, (at, &tick)| {
                nulls += usize::from(tick == temporal::NAT);
                byte | (u8::from(tick != temporal::NAT) << at)
            })
        }));
        nulls > 0
    }
}

/// A column's elements: how to read them, where they are.
#[derive(Clone, Debug)]
pub(crate) struct Elements {
    /// What they are.
    pub(crate) element: Element,
    /// Where they are.
    pub(crate) strided: Strided,
}

impl Elements {
    /// The elements as they lie in `bytes`, where a kernel can read them there.
    fn in_place<'b, T: Native>(&self, bytes: &'b [u8], first: usize, count: usize) -> Option<&'b [T]> {
        let item_bytes = self.element.item_bytes;
        if count == 0 {
            return Some(&[]);
        }
        if self.element.is_swapped() || !self.strided.is_contiguous(item_bytes) {
            return None;
        }
        bytemuck::try_cast_slice(&bytes[self.strided.byte_range(item_bytes, first, count)]).ok()
    }

    /// Whether chunks lend `bytes` themselves.
    pub(crate) fn is_in_place(&self, bytes: &[u8]) -> bool {
        let count = self.strided.len();
        match self.element.stored {
            Stored::Int8 | Stored::UInt8 => self.in_place::<u8>(bytes, 0, count).is_some(),
            Stored::Int16 | Stored::UInt16 | Stored::Float16 => {
                self.in_place::<u16>(bytes, 0, count).is_some()
            }
            Stored::Int32 | Stored::UInt32 | Stored::Float32 => {
                self.in_place::<u32>(bytes, 0, count).is_some()
            }
            Stored::Int64 | Stored::UInt64 | Stored::Float64 | Stored::Ticks { factor: 1 } => {
                self.in_place::<u64>(bytes, 0, count).is_some()
            }
            _ => false,
        }
    }

    /// Decodes rows `first..first + count` of `bytes` into `scratch`, unless they can be lent as they are.
    pub(crate) fn fill(
        &self,
        bytes: &[u8],
        first: usize,
        count: usize,
        scratch: &mut Scratch,
    ) -> Result<(), Fault> {
        match self.element.stored {
            Stored::Int8 => self.gather::<i8>(bytes, first, count, scratch),
            Stored::Int16 => self.gather::<i16>(bytes, first, count, scratch),
            Stored::Int32 => self.gather::<i32>(bytes, first, count, scratch),
            Stored::Int64 => self.gather::<i64>(bytes, first, count, scratch),
            Stored::UInt8 => self.gather::<u8>(bytes, first, count, scratch),
            Stored::UInt16 => self.gather::<u16>(bytes, first, count, scratch),
            Stored::UInt32 => self.gather::<u32>(bytes, first, count, scratch),
            Stored::UInt64 => self.gather::<u64>(bytes, first, count, scratch),
            Stored::Float16 => self.gather::<f16>(bytes, first, count, scratch),
            Stored::Float32 => self.gather::<f32>(bytes, first, count, scratch),
            Stored::Float64 => self.gather::<f64>(bytes, first, count, scratch),
            Stored::Bool => {
                self.gather::<u8>(bytes, first, count, scratch);
                let mut bits = std::mem::take(&mut scratch.bits);
                let values =
                    self.in_place::<u8>(bytes, first, count).unwrap_or_else(|| scratch.values(count));
                pack(values, &mut bits);
                scratch.bits = bits;
            }
            Stored::Ticks { factor: 1 } => {
                self.gather::<i64>(bytes, first, count, scratch);
                let mut bits = std::mem::take(&mut scratch.bits);
                let ticks =
                    self.in_place::<i64>(bytes, first, count).unwrap_or_else(|| scratch.values(count));
                scratch.has_nulls = Scratch::mark_nulls(&mut bits, ticks);
                scratch.bits = bits;
            }
            Stored::Ticks { factor } => {
                self.copy::<i64>(bytes, first, count, scratch);
                self.mark(count, scratch);
                temporal::scale(scratch.values_mut(count), factor)
                    .map_err(|index| self.does_not_fit(first + index, "64-bit ticks"))?;
            }
            Stored::Days { factor } => {
                self.copy::<i64>(bytes, first, count, scratch);
                self.mark(count, scratch);
                let mut days = std::mem::take(&mut scratch.days);
                let done = temporal::days(scratch.values(count), factor, &mut days);
                scratch.days = days;
                done.map_err(|index| self.does_not_fit(first + index, "a 32-bit day"))?;
            }
            Stored::Months { factor } => {
                self.copy::<i64>(bytes, first, count, scratch);
                self.mark(count, scratch);
                let mut days = std::mem::take(&mut scratch.days);
                let done = temporal::days_of_months(scratch.values(count), factor, &mut days);
                scratch.days = days;
                done.map_err(|index| self.does_not_fit(first + index, "a 32-bit day"))?;
            }
            Stored::Utf8 | Stored::Ucs4 => return text::decode(self, bytes, first, count, scratch),
            Stored::Unreadable => {}
        }
        Ok(())
    }

    /// What `fill` prepared, as a column.
    pub(crate) fn lend<'s>(
        &self,
        bytes: &'s [u8],
        first: usize,
        count: usize,
        scratch: &'s Scratch,
    ) -> Column<'s> {
        fn either<'s, T: Native>(
            elements: &Elements,
            (bytes, first, count): (&'s [u8], usize, usize),
            scratch: &'s Scratch,
        ) -> &'s [T] {
            elements.in_place(bytes, first, count).unwrap_or_else(|| scratch.values(count))
        }
        let at = (bytes, first, count);
        let values = match self.element.stored {
            Stored::Bool => Values::Bool(Bits::new(&scratch.bits, 0, count)),
            Stored::Int8 => Values::Int8(either(self, at, scratch)),
            Stored::Int16 => Values::Int16(either(self, at, scratch)),
            Stored::Int32 => Values::Int32(either(self, at, scratch)),
            Stored::Int64 | Stored::Ticks { factor: 1 } => Values::Int64(either(self, at, scratch)),
            Stored::UInt8 => Values::UInt8(either(self, at, scratch)),
            Stored::UInt16 => Values::UInt16(either(self, at, scratch)),
            Stored::UInt32 => Values::UInt32(either(self, at, scratch)),
            Stored::UInt64 => Values::UInt64(either(self, at, scratch)),
            Stored::Float16 => Values::Float16(either(self, at, scratch)),
            Stored::Float32 => Values::Float32(either(self, at, scratch)),
            Stored::Float64 => Values::Float64(either(self, at, scratch)),
            Stored::Ticks { .. } => Values::Int64(scratch.values(count)),
            Stored::Days { .. } | Stored::Months { .. } => Values::Int32(&scratch.days[..count]),
            Stored::Utf8 | Stored::Ucs4 => {
                Values::Text(Text::Offsets64 { offsets: &scratch.offsets[..count + 1], data: &scratch.text })
            }
            Stored::Unreadable => Values::Null(count),
        };
        let nullable =
            matches!(self.element.stored, Stored::Ticks { .. } | Stored::Days { .. } | Stored::Months { .. });
        let validity = (nullable && scratch.has_nulls).then(|| Bits::new(&scratch.bits, 0, count));
        Column { values, validity }
    }

    fn mark(&self, count: usize, scratch: &mut Scratch) {
        let mut bits = std::mem::take(&mut scratch.bits);
        scratch.has_nulls = Scratch::mark_nulls(&mut bits, scratch.values(count));
        scratch.bits = bits;
    }

    fn does_not_fit(&self, row: usize, what: &str) -> Fault {
        Fault { row, reason: format!("a {} does not fit {what}", self.element.data_type) }
    }

    fn gather<T: Native>(&self, bytes: &[u8], first: usize, count: usize, scratch: &mut Scratch) {
        if self.in_place::<T>(bytes, first, count).is_none() {
            self.copy::<T>(bytes, first, count, scratch);
        }
    }

    fn copy<T: Native>(&self, bytes: &[u8], first: usize, count: usize, scratch: &mut Scratch) {
        let swapped = self.element.is_swapped();
        let mut left = scratch.values_mut::<T>(count);
        self.strided.for_each_run(first, count, |run| {
            let (out, rest) = std::mem::take(&mut left).split_at_mut(run.len);
            copy_run(bytes, run, swapped, out);
            left = rest;
        });
    }
}

/// Copies one run to `out`, of the same length.
fn copy_run<T: Native>(bytes: &[u8], run: Run, swapped: bool, out: &mut [T]) {
    let width = size_of::<T>();
    let step = run.stride_bytes.unsigned_abs();
    if step == width && run.stride_bytes > 0 {
        let source = &bytes[run.start..run.start + run.len * width];
        bytemuck::cast_slice_mut(out).copy_from_slice(source);
    } else if step >= width {
        // The run from its lowest address on; the last piece may be cut off behind its element.
        let span = (run.len - 1) * step;
        let low = if run.stride_bytes > 0 { run.start } else { run.start - span };
        let pieces = bytes[low..low + span + width].chunks(step);
        let read = |piece: &[u8]| bytemuck::pod_read_unaligned::<T>(&piece[..width]);
        if run.stride_bytes > 0 {
            out.iter_mut().zip(pieces).for_each(|(value, piece)| *value = read(piece));
        } else {
            out.iter_mut().zip(pieces.rev()).for_each(|(value, piece)| *value = read(piece));
        }
    } else {
        // Elements that overlap, or one element again and again.
        for (index, value) in out.iter_mut().enumerate() {
            let at = run.start.wrapping_add_signed(run.stride_bytes.wrapping_mul(index as isize));
            *value = bytemuck::pod_read_unaligned(&bytes[at..at + width]);
        }
    }
    if swapped {
        out.iter_mut().for_each(|value| *value = value.swap_bytes());
    }
}

/// Bytes to bits, any byte but 0 being true.
fn pack(values: &[u8], bits: &mut Vec<u8>) {
    bits.clear();
    bits.extend(values.chunks(8).map(|eight| {
        eight.iter().enumerate().fold(0u8, |byte, (at, &value)| byte | (u8::from(value != 0) << at))
    }));
}
