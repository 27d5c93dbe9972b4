//! Arrow's types as ours, ours as Arrow's, and Arrow's names as pyarrow prints them (for types that are only
//! shown).

use arrow_schema::{DataType as Arrow, Field, IntervalUnit, TimeUnit as ArrowUnit, UnionMode};

use crate::schema::{DataType, TimeUnit};

fn unit(unit: &ArrowUnit) -> TimeUnit {
    match unit {
        ArrowUnit::Second => TimeUnit::Second,
        ArrowUnit::Millisecond => TimeUnit::Millisecond,
        ArrowUnit::Microsecond => TimeUnit::Microsecond,
        ArrowUnit::Nanosecond => TimeUnit::Nanosecond,
    }
}

fn arrow_unit(unit: TimeUnit) -> ArrowUnit {
    match unit {
        TimeUnit::Second => ArrowUnit::Second,
        TimeUnit::Millisecond => ArrowUnit::Millisecond,
        TimeUnit::Microsecond => ArrowUnit::Microsecond,
        TimeUnit::Nanosecond => ArrowUnit::Nanosecond,
    }
}

/// The logical type of an Arrow column. Dictionaries and runs have the type of their values; what is not read
/// is `Unsupported` by its name.
pub(crate) fn data_type(arrow: &Arrow) -> DataType {
    match arrow {
        Arrow::Dictionary(_, values) if is_gathered(values) => data_type(values),
        Arrow::RunEndEncoded(_, values) if is_gathered(values.data_type()) => data_type(values.data_type()),
        _ => flat_type(arrow).unwrap_or_else(|| DataType::Unsupported(type_name(arrow).into())),
    }
}

/// Whether a dictionary or a run of such values is read: what needs no second conversion.
pub(crate) fn is_gathered(values: &Arrow) -> bool {
    !matches!(values, Arrow::Null | Arrow::Time32(_) | Arrow::Date64) && flat_type(values).is_some()
}

fn flat_type(arrow: &Arrow) -> Option<DataType> {
    Some(match arrow {
        Arrow::Null => DataType::Null,
        Arrow::Boolean => DataType::Bool,
        Arrow::Int8 => DataType::Int8,
        Arrow::Int16 => DataType::Int16,
        Arrow::Int32 => DataType::Int32,
        Arrow::Int64 => DataType::Int64,
        Arrow::UInt8 => DataType::UInt8,
        Arrow::UInt16 => DataType::UInt16,
        Arrow::UInt32 => DataType::UInt32,
        Arrow::UInt64 => DataType::UInt64,
        Arrow::Float16 => DataType::Float16,
        Arrow::Float32 => DataType::Float32,
        Arrow::Float64 => DataType::Float64,
        Arrow::Decimal128(precision, scale) => DataType::Decimal128 { precision: *precision, scale: *scale },
        Arrow::Date32 | Arrow::Date64 => DataType::Date,
        Arrow::Time32(u) | Arrow::Time64(u) => DataType::Time(unit(u)),
        Arrow::Timestamp(u, zone) => DataType::Timestamp(unit(u), zone.as_deref().map(Into::into)),
        Arrow::Duration(u) => DataType::Duration(unit(u)),
        Arrow::Utf8 | Arrow::LargeUtf8 | Arrow::Utf8View => DataType::String,
        _ => return None,
    })
}

/// The Arrow type in which a column is written; `None` for what is not written.
pub(crate) fn arrow_type(data_type: &DataType) -> Option<Arrow> {
    Some(match data_type {
        DataType::Null => Arrow::Null,
        DataType::Bool => Arrow::Boolean,
        DataType::Int8 => Arrow::Int8,
        DataType::Int16 => Arrow::Int16,
        DataType::Int32 => Arrow::Int32,
        DataType::Int64 => Arrow::Int64,
        DataType::UInt8 => Arrow::UInt8,
        DataType::UInt16 => Arrow::UInt16,
        DataType::UInt32 => Arrow::UInt32,
        DataType::UInt64 => Arrow::UInt64,
        DataType::Float16 => Arrow::Float16,
        DataType::Float32 => Arrow::Float32,
        DataType::Float64 => Arrow::Float64,
        DataType::Decimal128 { precision, scale } => Arrow::Decimal128(*precision, *scale),
        DataType::Date => Arrow::Date32,
        DataType::Time(u @ (TimeUnit::Second | TimeUnit::Millisecond)) => Arrow::Time32(arrow_unit(*u)),
        DataType::Time(u) => Arrow::Time64(arrow_unit(*u)),
        DataType::Timestamp(u, zone) => Arrow::Timestamp(arrow_unit(*u), zone.as_deref().map(Into::into)),
        DataType::Duration(u) => Arrow::Duration(arrow_unit(*u)),
        DataType::String => Arrow::Utf8,
        DataType::Unsupported(_) => return None,
    })
}

/// The name of an Arrow type as pyarrow prints it, our spelling where we have one.
pub(crate) fn type_name(arrow: &Arrow) -> String {
    if let Some(ours) = flat_type(arrow) {
        return ours.to_string();
    }
    let one = |name: &str, field: &Field| format!("{name}<{}>", field_name(field));
    match arrow {
        Arrow::Binary => "binary".into(),
        Arrow::LargeBinary => "large_binary".into(),
        Arrow::BinaryView => "binary_view".into(),
        Arrow::FixedSizeBinary(width) => format!("fixed_size_binary[{width}]"),
        Arrow::Decimal32(p, s) => format!("decimal32({p}, {s})"),
        Arrow::Decimal64(p, s) => format!("decimal64({p}, {s})"),
        Arrow::Decimal256(p, s) => format!("decimal256({p}, {s})"),
        Arrow::Interval(IntervalUnit::YearMonth) => "month_interval".into(),
        Arrow::Interval(IntervalUnit::DayTime) => "day_time_interval".into(),
        Arrow::Interval(IntervalUnit::MonthDayNano) => "month_day_nano_interval".into(),
        Arrow::List(field) => one("list", field),
        Arrow::LargeList(field) => one("large_list", field),
        Arrow::ListView(field) => one("list_view", field),
        Arrow::LargeListView(field) => one("large_list_view", field),
        Arrow::FixedSizeList(field, size) => format!("{}[{size}]", one("fixed_size_list", field)),
        Arrow::Struct(fields) => {
            format!("struct<{}>", fields.iter().map(|f| field_name(f)).collect::<Vec<_>>().join(", "))
        }
        Arrow::Map(entries, _) => match entries.data_type() {
            Arrow::Struct(pair) if pair.len() == 2 => {
                format!("map<{}, {}>", type_name(pair[0].data_type()), type_name(pair[1].data_type()))
            }
            other => format!("map<{}>", type_name(other)),
        },
        Arrow::Union(fields, mode) => {
            let mode = if *mode == UnionMode::Dense { "dense" } else { "sparse" };
            let fields: Vec<_> = fields.iter().map(|(id, f)| format!("{}={id}", field_name(f))).collect();
            format!("{mode}_union<{}>", fields.join(", "))
        }
        Arrow::Dictionary(codes, values) => {
            format!("dictionary<values={}, indices={}>", type_name(values), type_name(codes))
        }
        Arrow::RunEndEncoded(ends, values) => format!(
            "run_end_encoded<run_ends: {}, values: {}>",
            type_name(ends.data_type()),
            type_name(values.data_type())
        ),
        other => other.to_string(),
    }
}

fn field_name(field: &Field) -> String {
    let nullable = if field.is_nullable() { "" } else { " not null" };
    format!("{}: {}{nullable}", field.name(), type_name(field.data_type()))
}

/// How a type is stored, where that differs from what it is called.
pub(crate) fn storage_name(arrow: &Arrow) -> String {
    match arrow {
        Arrow::Dictionary(codes, _) => format!("dictionary[{}]", type_name(codes)),
        Arrow::RunEndEncoded(ends, _) => format!("run_end_encoded[{}]", type_name(ends.data_type())),
        Arrow::LargeUtf8 => "large_string".into(),
        Arrow::Utf8View => "string_view".into(),
        Arrow::Date32 => "date32".into(),
        Arrow::Date64 => "date64".into(),
        Arrow::Time32(_) => "time32".into(),
        Arrow::Time64(_) => "time64".into(),
        _ => "plain".into(),
    }
}

/// Whether a column of this type is lent as it lies.
pub(crate) fn is_lent_in_place(arrow: &Arrow) -> bool {
    !matches!(
        arrow,
        Arrow::Dictionary(..) | Arrow::RunEndEncoded(..) | Arrow::Utf8View | Arrow::Date64 | Arrow::Time32(_)
    ) && flat_type(arrow).is_some()
}
