//! Chunks gathered into Arrow record batches, for the writers of Arrow's formats. Columns are copied once, into
//! buffers that a batch takes over; nulls become zeros, so that nobody's memory leaks into a file.

use std::sync::Arc;

use arrcalc_kernels::Bits;
use arrow_array::builder::{BooleanBufferBuilder, BufferBuilder};
use arrow_array::types::*;
use arrow_array::{
    ArrayRef, ArrowPrimitiveType, BooleanArray, NullArray, PrimitiveArray, RecordBatch, RecordBatchOptions,
    StringArray,
};
use arrow_buffer::{ArrowNativeType, Buffer, NullBuffer, OffsetBuffer};
use arrow_schema::{DataType as Arrow, Field, SchemaRef, TimeUnit};

use crate::arrow_columns::arrow_type;
use crate::chunk::{Column, Values};
use crate::schema::{DataType, Schema};

/// The Arrow schema of a table; `Err` is the first column whose type is not written.
pub(super) fn arrow_schema(
    schema: &Schema,
    written: impl Fn(&DataType) -> DataType,
) -> Result<SchemaRef, usize> {
    let fields = schema.fields.iter().enumerate().map(|(at, field)| {
        arrow_type(&written(&field.data_type)).map(|arrow| Field::new(&field.name, arrow, true)).ok_or(at)
    });
    Ok(Arc::new(arrow_schema::Schema::new(fields.collect::<Result<Vec<_>, _>>()?)))
}

/// Gathers rows.
pub(super) struct BatchBuilder {
    schema: SchemaRef,
    columns: Vec<Gathered>,
    rows: usize,
}

/// One column's rows so far. Bytes are those of its Arrow type's values, or of its text.
struct Gathered {
    bytes: BufferBuilder<u8>,
    bits: BooleanBufferBuilder,
    offsets: BufferBuilder<i32>,
    validity: BooleanBufferBuilder,
    nulls: usize,
}

/// What cannot be written.
pub(super) struct Refused {
    pub(super) column: usize,
    pub(super) reason: String,
}

impl BatchBuilder {
    pub(super) fn new(schema: SchemaRef) -> Self {
        Self::with_capacity(schema, 0)
    }

    /// With room for the values of `rows` rows, text aside.
    pub(super) fn with_capacity(schema: SchemaRef, rows: usize) -> Self {
        let bytes = |field: &Arc<Field>| rows * field.data_type().primitive_width().unwrap_or(0);
        let columns = schema.fields().iter().map(|field| Gathered::new(bytes(field))).collect();
        Self { schema, columns, rows: 0 }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows
    }

    /// Bytes of the gathered values.
    pub(super) fn bytes(&self) -> usize {
        self.columns.iter().map(|column| column.bytes.len() + column.bits.len() / 8).sum()
    }

    /// Appends `rows` rows of `columns`.
    pub(super) fn push(&mut self, columns: &[Column<'_>], rows: usize) -> Result<(), Refused> {
        for (at, (column, gathered)) in columns.iter().zip(&mut self.columns).enumerate() {
            gathered
                .push(column, self.schema.field(at).data_type())
                .map_err(|(_, reason)| Refused { column: at, reason })?;
        }
        self.rows += rows;
        Ok(())
    }

    /// The rows gathered, as a batch; the builder is empty again.
    pub(super) fn take(&mut self) -> Result<RecordBatch, String> {
        let rows = std::mem::take(&mut self.rows);
        let arrays = self
            .columns
            .iter_mut()
            .zip(self.schema.fields())
            .map(|(column, field)| column.take(field.data_type(), rows))
            .collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|error| error.to_string())
    }
}

impl Gathered {
    fn new(capacity_bytes: usize) -> Self {
        Self {
            bytes: BufferBuilder::new(capacity_bytes),
            bits: BooleanBufferBuilder::new(0),
            offsets: BufferBuilder::new(0),
            validity: BooleanBufferBuilder::new(0),
            nulls: 0,
        }
    }

    fn push(&mut self, column: &Column<'_>, arrow: &Arrow) -> Result<(), (usize, String)> {
        let rows = column.values.len();
        let start = self.bytes.len();
        match column.validity {
            None => self.validity.append_n(rows, true),
            Some(bits) => {
                self.nulls += rows - bits.count_ones();
                push_bits(&mut self.validity, bits);
            }
        }
        match column.values {
            Values::Null(_) => {}
            Values::Bool(bits) => push_bits(&mut self.bits, bits),
            Values::Int8(v) => self.push_numbers(v),
            Values::Int16(v) => self.push_numbers(v),
            Values::Int32(v) => self.push_numbers(v),
            Values::Int64(v) => match arrow {
                Arrow::Time32(_) => {
                    for (row, &value) in v.iter().enumerate() {
                        let valid = column.validity.is_none_or(|bits| bits.get(row));
                        let narrow = if valid { i32::try_from(value).ok() } else { Some(0) };
                        let reason = || (row, format!("a time of {value} ticks is longer than a day"));
                        self.push_numbers(&[narrow.ok_or_else(reason)?]);
                    }
                }
                _ => self.push_numbers(v),
            },
            Values::UInt8(v) => self.push_numbers(v),
            Values::UInt16(v) => self.push_numbers(v),
            Values::UInt32(v) => self.push_numbers(v),
            Values::UInt64(v) => self.push_numbers(v),
            Values::Float16(v) => self.push_numbers(v),
            Values::Float32(v) => self.push_numbers(v),
            Values::Float64(v) => self.push_numbers(v),
            Values::Decimal128(v) => self.push_numbers(v),
            Values::Text(text) => {
                for row in 0..rows {
                    if column.validity.is_none_or(|bits| bits.get(row)) {
                        self.bytes.append_slice(text.bytes(row));
                    }
                    let end = i32::try_from(self.bytes.len());
                    self.offsets.append(end.map_err(|_| (row, "a batch of more than 2 GiB of text".into()))?);
                }
            }
        }
        // Nothing that stood in a null slot is to be seen in a file.
        if let (Some(bits), Some(width)) = (column.validity, arrow.primitive_width()) {
            let bytes = &mut self.bytes.as_slice_mut()[start..];
            for row in (0..rows).filter(|&row| !bits.get(row)) {
                bytes[row * width..(row + 1) * width].fill(0);
            }
        }
        Ok(())
    }

    fn push_numbers<T: bytemuck::NoUninit>(&mut self, values: &[T]) {
        self.bytes.append_slice(bytemuck::cast_slice(values));
    }

    fn take(&mut self, arrow: &Arrow, rows: usize) -> Result<ArrayRef, String> {
        let validity = self.validity.finish();
        let nulls = (std::mem::take(&mut self.nulls) > 0).then(|| NullBuffer::new(validity));
        let bytes = self.bytes.finish();
        macro_rules! primitive {
            ($arrow:ty) => {
                Arc::new(primitive::<$arrow>(bytes, rows, nulls)?.with_data_type(arrow.clone()))
            };
        }
        Ok(match arrow {
            Arrow::Null => Arc::new(NullArray::new(rows)),
            Arrow::Boolean => Arc::new(BooleanArray::new(self.bits.finish(), nulls)),
            Arrow::Int8 => primitive!(Int8Type),
            Arrow::Int16 => primitive!(Int16Type),
            Arrow::Int32 => primitive!(Int32Type),
            Arrow::Int64 => primitive!(Int64Type),
            Arrow::UInt8 => primitive!(UInt8Type),
            Arrow::UInt16 => primitive!(UInt16Type),
            Arrow::UInt32 => primitive!(UInt32Type),
            Arrow::UInt64 => primitive!(UInt64Type),
            Arrow::Float16 => primitive!(Float16Type),
            Arrow::Float32 => primitive!(Float32Type),
            Arrow::Float64 => primitive!(Float64Type),
            Arrow::Decimal128(..) => primitive!(Decimal128Type),
            Arrow::Date32 => primitive!(Date32Type),
            Arrow::Time32(TimeUnit::Second) => primitive!(Time32SecondType),
            Arrow::Time32(_) => primitive!(Time32MillisecondType),
            Arrow::Time64(TimeUnit::Microsecond) => primitive!(Time64MicrosecondType),
            Arrow::Time64(_) => primitive!(Time64NanosecondType),
            Arrow::Timestamp(TimeUnit::Second, _) => primitive!(TimestampSecondType),
            Arrow::Timestamp(TimeUnit::Millisecond, _) => primitive!(TimestampMillisecondType),
            Arrow::Timestamp(TimeUnit::Microsecond, _) => primitive!(TimestampMicrosecondType),
            Arrow::Timestamp(TimeUnit::Nanosecond, _) => primitive!(TimestampNanosecondType),
            Arrow::Duration(TimeUnit::Second) => primitive!(DurationSecondType),
            Arrow::Duration(TimeUnit::Millisecond) => primitive!(DurationMillisecondType),
            Arrow::Duration(TimeUnit::Microsecond) => primitive!(DurationMicrosecondType),
            Arrow::Duration(TimeUnit::Nanosecond) => primitive!(DurationNanosecondType),
            Arrow::Utf8 => {
                let mut offsets = BufferBuilder::<i32>::new(rows + 1);
                offsets.append(0);
                offsets.append_slice(self.offsets.as_slice());
                self.offsets = BufferBuilder::new(0);
                let offsets = OffsetBuffer::new(offsets.finish().into());
                Arc::new(StringArray::try_new(offsets, bytes, nulls).map_err(|error| error.to_string())?)
            }
            other => return Err(format!("type {other} is not written")),
        })
    }
}

fn primitive<T: ArrowPrimitiveType>(
    bytes: Buffer,
    rows: usize,
    nulls: Option<NullBuffer>,
) -> Result<PrimitiveArray<T>, String> {
    let width = T::Native::get_byte_width();
    if bytes.len() != rows * width {
        return Err("a chunk has values of another type than its schema".into());
    }
    let values = arrow_buffer::ScalarBuffer::<T::Native>::new(bytes, 0, rows);
    PrimitiveArray::try_new(values, nulls).map_err(|error| error.to_string())
}

fn push_bits(builder: &mut BooleanBufferBuilder, bits: Bits<'_>) {
    for start in (0..bits.len()).step_by(64) {
        let word = bits.word(start).to_le_bytes();
        builder.append_packed_range(0..(bits.len() - start).min(64), &word);
    }
}
