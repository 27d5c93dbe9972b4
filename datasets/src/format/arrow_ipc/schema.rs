//! The schema of an IPC file, read from its flatbuffer into our own tree. The arrow crate's conversion panics on
//! what it does not know; this one returns an error.
//! Source: apache/arrow, format/Schema.fbs.

use std::sync::Arc;

use arrow_ipc as fb;
use arrow_schema::{DataType as Arrow, Field, Fields, IntervalUnit, TimeUnit, UnionFields, UnionMode};

use super::layout::{Codes, Layout, Node};
use crate::fault::Fault;
use crate::limits::Limits;

/// A column: its type as Arrow has it, and where its parts lie in a record batch.
#[derive(Clone, Debug)]
pub(super) struct IpcColumn {
    pub(super) name: String,
    pub(super) arrow: Arrow,
    pub(super) node: Node,
}

/// The columns of a schema.
pub(super) fn columns(schema: fb::Schema<'_>, limits: &Limits) -> Result<Vec<IpcColumn>, Fault> {
    if schema.endianness() != fb::Endianness::Little {
        return Err(Fault::unsupported("big-endian Arrow files are not read; write it little-endian"));
    }
    let fields =
        schema.fields().ok_or_else(|| Fault::malformed("its schema has no fields; the file is damaged"))?;
    if fields.len() > limits.columns {
        return Err(Fault::malformed(format!(
            "it has {} columns, the limit is {}",
            fields.len(),
            limits.columns
        )));
    }
    fields
        .iter()
        .map(|field| {
            let (field, node) = column(field, limits.nesting)?;
            Ok(IpcColumn { name: field.name().clone(), arrow: field.data_type().clone(), node })
        })
        .collect()
}

/// The fields of a schema message, as Parquet writers embed it; `None` where it is not understood.
pub(crate) fn embedded_schema(bytes: &[u8]) -> Option<Fields> {
    let message = match bytes.split_first_chunk::<8>() {
        Some(([0xff, 0xff, 0xff, 0xff, ..], message)) => message,
        _ => bytes,
    };
    let message = fb::root_as_message_with_opts(&super::messages::verifier(), message).ok()?;
    let columns = columns(message.header_as_schema()?, &Limits::default()).ok()?;
    Some(columns.into_iter().map(|column| Field::new(column.name, column.arrow, true)).collect())
}

fn column(field: fb::Field<'_>, depth: usize) -> Result<(Field, Node), Fault> {
    let depth = depth.checked_sub(1).ok_or_else(|| Fault::malformed("a type is nested too deep"))?;
    let mut fields: Vec<Arc<Field>> = Vec::new();
    let mut children = Vec::new();
    for child in field.children().iter().flatten() {
        let (field, node) = column(child, depth)?;
        fields.push(field.into());
        children.push(node);
    }
    let (mut arrow, layout) = data_type(field, &fields)?;
    let mut node = Node { layout, dictionary: None, children };
    if let Some(dictionary) = field.dictionary() {
        // Without an index type codes are int32.
        let (width, signed) =
            dictionary.indexType().map_or((32, true), |int| (int.bitWidth(), int.is_signed()));
        let codes = int(width, signed)?;
        node.dictionary = Some(Codes { id: dictionary.id(), codes: codes.clone() });
        arrow = Arrow::Dictionary(Box::new(codes), Box::new(arrow));
    }
    Ok((Field::new(field.name().unwrap_or_default(), arrow, field.nullable()), node))
}

fn unknown(what: &str) -> Fault {
    Fault::malformed(format!("its schema has {what} that does not exist; the file is damaged"))
}

fn int(width: i32, signed: bool) -> Result<Arrow, Fault> {
    Ok(match (width, signed) {
        (8, true) => Arrow::Int8,
        (16, true) => Arrow::Int16,
        (32, true) => Arrow::Int32,
        (64, true) => Arrow::Int64,
        (8, false) => Arrow::UInt8,
        (16, false) => Arrow::UInt16,
        (32, false) => Arrow::UInt32,
        (64, false) => Arrow::UInt64,
        _ => return Err(unknown("an integer type")),
    })
}

fn time_unit(unit: fb::TimeUnit) -> Result<TimeUnit, Fault> {
    Ok(match unit {
        fb::TimeUnit::SECOND => TimeUnit::Second,
        fb::TimeUnit::MILLISECOND => TimeUnit::Millisecond,
        fb::TimeUnit::MICROSECOND => TimeUnit::Microsecond,
        fb::TimeUnit::NANOSECOND => TimeUnit::Nanosecond,
        _ => return Err(unknown("a time unit")),
    })
}

/// The type of a field but for its dictionary.
fn data_type(field: fb::Field<'_>, children: &[Arc<Field>]) -> Result<(Arrow, Layout), Fault> {
    let lost = || unknown("a type without its details, or one");
    let one = || match children {
        [child] => Ok(Arc::clone(child)),
        _ => Err(Fault::malformed("a list type has not exactly one child; the file is damaged")),
    };
    Ok(match field.type_type() {
        fb::Type::Null => (Arrow::Null, Layout::Null),
        fb::Type::Bool => (Arrow::Boolean, Layout::Bits),
        fb::Type::Int => {
            let detail = field.type_as_int().ok_or_else(lost)?;
            (int(detail.bitWidth(), detail.is_signed())?, Layout::Fixed(detail.bitWidth() as usize / 8))
        }
        fb::Type::FloatingPoint => match field.type_as_floating_point().ok_or_else(lost)?.precision() {
            fb::Precision::HALF => (Arrow::Float16, Layout::Fixed(2)),
            fb::Precision::SINGLE => (Arrow::Float32, Layout::Fixed(4)),
            fb::Precision::DOUBLE => (Arrow::Float64, Layout::Fixed(8)),
            _ => return Err(unknown("a float precision")),
        },
        fb::Type::Decimal => decimal(field.type_as_decimal().ok_or_else(lost)?)?,
        fb::Type::Date => match field.type_as_date().ok_or_else(lost)?.unit() {
            fb::DateUnit::DAY => (Arrow::Date32, Layout::Fixed(4)),
            fb::DateUnit::MILLISECOND => (Arrow::Date64, Layout::Fixed(8)),
            _ => return Err(unknown("a date unit")),
        },
        fb::Type::Time => {
            let detail = field.type_as_time().ok_or_else(lost)?;
            match (detail.bitWidth(), time_unit(detail.unit())?) {
                (32, unit @ (TimeUnit::Second | TimeUnit::Millisecond)) => {
                    (Arrow::Time32(unit), Layout::Fixed(4))
                }
                (64, unit @ (TimeUnit::Microsecond | TimeUnit::Nanosecond)) => {
                    (Arrow::Time64(unit), Layout::Fixed(8))
                }
                _ => return Err(unknown("a time type")),
            }
        }
        fb::Type::Timestamp => {
            let detail = field.type_as_timestamp().ok_or_else(lost)?;
            let zone = detail.timezone().filter(|zone| !zone.is_empty());
            (Arrow::Timestamp(time_unit(detail.unit())?, zone.map(Into::into)), Layout::Fixed(8))
        }
        fb::Type::Duration => {
            let unit = field.type_as_duration().ok_or_else(lost)?.unit();
            (Arrow::Duration(time_unit(unit)?), Layout::Fixed(8))
        }
        fb::Type::Interval => match field.type_as_interval().ok_or_else(lost)?.unit() {
            fb::IntervalUnit::YEAR_MONTH => (Arrow::Interval(IntervalUnit::YearMonth), Layout::Fixed(4)),
            fb::IntervalUnit::DAY_TIME => (Arrow::Interval(IntervalUnit::DayTime), Layout::Fixed(8)),
            fb::IntervalUnit::MONTH_DAY_NANO => {
                (Arrow::Interval(IntervalUnit::MonthDayNano), Layout::Fixed(16))
            }
            _ => return Err(unknown("an interval unit")),
        },
        fb::Type::Utf8 => (Arrow::Utf8, Layout::Bytes { large: false, utf8: true }),
        fb::Type::LargeUtf8 => (Arrow::LargeUtf8, Layout::Bytes { large: true, utf8: true }),
        fb::Type::Binary => (Arrow::Binary, Layout::Bytes { large: false, utf8: false }),
        fb::Type::LargeBinary => (Arrow::LargeBinary, Layout::Bytes { large: true, utf8: false }),
        fb::Type::Utf8View => (Arrow::Utf8View, Layout::Views { utf8: true }),
        fb::Type::BinaryView => (Arrow::BinaryView, Layout::Views { utf8: false }),
        fb::Type::FixedSizeBinary => {
            let width = field.type_as_fixed_size_binary().ok_or_else(lost)?.byteWidth();
            let bytes = usize::try_from(width).map_err(|_| unknown("a binary width"))?;
            (Arrow::FixedSizeBinary(width), Layout::Fixed(bytes))
        }
        fb::Type::List => (Arrow::List(one()?), Layout::List { large: false }),
        fb::Type::LargeList => (Arrow::LargeList(one()?), Layout::List { large: true }),
        fb::Type::ListView => (Arrow::ListView(one()?), Layout::ListViews { large: false }),
        fb::Type::LargeListView => (Arrow::LargeListView(one()?), Layout::ListViews { large: true }),
        fb::Type::FixedSizeList => {
            let size = field.type_as_fixed_size_list().ok_or_else(lost)?.listSize();
            let items = usize::try_from(size).map_err(|_| unknown("a list size"))?;
            (Arrow::FixedSizeList(one()?, size), Layout::FixedList(items))
        }
        fb::Type::Map => {
            let entries = one()?;
            if !matches!(entries.data_type(), Arrow::Struct(pair) if pair.len() == 2) {
                return Err(Fault::malformed("a map type has not keys and values; the file is damaged"));
            }
            let sorted = field.type_as_map().ok_or_else(lost)?.keysSorted();
            (Arrow::Map(entries, sorted), Layout::Map)
        }
        fb::Type::Struct_ => (Arrow::Struct(children.to_vec().into()), Layout::Struct),
        fb::Type::Union => union(field.type_as_union().ok_or_else(lost)?, children)?,
        fb::Type::RunEndEncoded => match children {
            [ends, values] if matches!(ends.data_type(), Arrow::Int16 | Arrow::Int32 | Arrow::Int64) => {
                (Arrow::RunEndEncoded(Arc::clone(ends), Arc::clone(values)), Layout::Runs)
            }
            _ => {
                return Err(Fault::malformed(
                    "a run-end encoded type has wrong children; the file is damaged",
                ));
            }
        },
        _ => return Err(unknown("a type")),
    })
}

fn decimal(detail: fb::Decimal<'_>) -> Result<(Arrow, Layout), Fault> {
    let (digits, layout) = match detail.bitWidth() {
        32 => (9, Layout::Fixed(4)),
        64 => (18, Layout::Fixed(8)),
        128 => (38, Layout::Fixed(16)),
        256 => (76, Layout::Fixed(32)),
        _ => return Err(unknown("a decimal width")),
    };
    let precision = u8::try_from(detail.precision()).ok().filter(|p| (1..=digits).contains(p));
    let precision = precision.ok_or_else(|| unknown("a decimal precision"))?;
    let scale = i8::try_from(detail.scale()).ok().filter(|&scale| i32::from(scale) <= i32::from(precision));
    let scale = scale.ok_or_else(|| unknown("a decimal scale"))?;
    let arrow = match detail.bitWidth() {
        32 => Arrow::Decimal32(precision, scale),
        64 => Arrow::Decimal64(precision, scale),
        128 => Arrow::Decimal128(precision, scale),
        _ => Arrow::Decimal256(precision, scale),
    };
    Ok((arrow, layout))
}

fn union(detail: fb::Union<'_>, children: &[Arc<Field>]) -> Result<(Arrow, Layout), Fault> {
    let dense = match detail.mode() {
        fb::UnionMode::Dense => true,
        fb::UnionMode::Sparse => false,
        _ => return Err(unknown("a union mode")),
    };
    let ids: Option<Vec<i8>> = match detail.typeIds() {
        Some(ids) => ids.iter().map(|id| i8::try_from(id).ok().filter(|&id| id >= 0)).collect(),
        None => (0..children.len()).map(|id| i8::try_from(id).ok()).collect(),
    };
    let ids = ids.filter(|ids| ids.len() == children.len()).ok_or_else(|| unknown("a union type id"))?;
    let fields = UnionFields::try_new(ids.iter().copied(), children.iter().cloned())
        .map_err(|_| unknown("a union type id"))?;
    let mode = if dense { UnionMode::Dense } else { UnionMode::Sparse };
    Ok((Arrow::Union(fields, mode), Layout::Union { dense, ids }))
}
