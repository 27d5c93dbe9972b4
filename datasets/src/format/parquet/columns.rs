//! The columns of a Parquet schema, and how each is read.

use std::ops::Range;

use arrow_schema::{DataType as Arrow, Field, FieldRef, Fields};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_schema_by_columns};
use parquet::basic::{Repetition, Type as Physical};
use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::SchemaDescriptor;

use super::super::arrow_ipc::embedded_schema;
use crate::arrow_columns;
use crate::fault::{Fault, guarded};
use crate::schema::DataType;

/// How the values of a column become slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// 4-byte integers: ours, or narrower or wider ones of ours.
    Int32,
    /// 8-byte integers, or decimals.
    Int64,
    Float32,
    Float64,
    /// Strings: codes where the chunk has a dictionary throughout.
    Text,
    /// What the parquet crate turns into an Arrow array.
    Array,
    /// Shown only.
    Unsupported,
}

/// A column of the table: a root of the schema.
#[derive(Clone, Debug)]
pub(super) struct RootColumn {
    pub(super) name: String,
    pub(super) data_type: DataType,
    pub(super) reading: Reading,
    /// The type that the parquet crate is asked for.
    pub(super) field: FieldRef,
    /// Its leaves among the schema's.
    pub(super) leaves: Range<usize>,
    /// Whether levels stand before the values.
    pub(super) nullable: bool,
    /// Whether rows may be null.
    pub(super) optional: bool,
}

/// The columns of the file.
pub(super) fn of(metadata: &ParquetMetaData) -> Result<Vec<RootColumn>, Fault> {
    let schema = metadata.file_metadata().schema_descr();
    let roots = schema.root_schema().get_fields();
    let fields = arrow_fields(schema, embedded(metadata).as_ref())?;
    let mut leaves_end = 0;
    roots
        .iter()
        .zip(&fields)
        .enumerate()
        .map(|(root, (node, field))| {
            let start = leaves_end;
            while leaves_end < schema.num_columns() && schema.get_column_root_idx(leaves_end) == root {
                leaves_end += 1;
            }
            let data_type = match field {
                Some(field) => arrow_columns::data_type(field.data_type()),
                None => DataType::Unsupported("unknown".into()),
            };
            let flat =
                leaves_end - start == 1 && node.is_primitive() && schema.column(start).max_rep_level() == 0;
            let reading = match &data_type {
                DataType::Unsupported(_) => Reading::Unsupported,
                _ if !flat => Reading::Unsupported,
                _ => reading(schema.column(start).physical_type(), &data_type),
            };
            let data_type = match (reading, data_type) {
                (Reading::Unsupported, DataType::Unsupported(name)) => DataType::Unsupported(name),
                (Reading::Unsupported, other) => DataType::Unsupported(format!("repeated {other}").into()),
                (_, data_type) => data_type,
            };
            let fallback = || Field::new(node.name(), Arrow::Null, true).into();
            Ok(RootColumn {
                name: node.name().to_string(),
                data_type,
                reading,
                field: field.clone().unwrap_or_else(fallback),
                leaves: start..leaves_end,
                optional: node.get_basic_info().repetition() == Repetition::OPTIONAL,
                nullable: flat && schema.column(start).max_def_level() > 0,
            })
        })
        .collect()
}

fn reading(physical: Physical, data_type: &DataType) -> Reading {
    use DataType::*;
    match (physical, data_type) {
        (
            Physical::INT32,
            Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32 | Date | Time(_) | Decimal128 { .. },
        ) => Reading::Int32,
        (Physical::INT64, Int64 | UInt64 | Time(_) | Timestamp(..) | Duration(_) | Decimal128 { .. }) => {
            Reading::Int64
        }
        (Physical::FLOAT, Float32) => Reading::Float32,
        (Physical::DOUBLE, Float64) => Reading::Float64,
        (Physical::BYTE_ARRAY, String) => Reading::Text,
        _ => Reading::Array,
    }
}

/// Arrow's type for each root, by the crate; `None` for roots that it cannot make sense of.
fn arrow_fields(
    schema: &SchemaDescriptor,
    embedded: Option<&Fields>,
) -> Result<Vec<Option<FieldRef>>, Fault> {
    let fields_of = |mask| {
        guarded("schema", || {
            parquet_to_arrow_schema_by_columns(schema, mask, None)
                .map(|schema| schema.fields)
                .map_err(|error| Fault::unsupported(format!("its schema is not read: {error}")))
        })
    };
    let count = schema.root_schema().get_fields().len();
    let Ok(fields) = fields_of(ProjectionMask::all()) else {
        // One root is odd: the others are still read.
        return Ok((0..count)
            .map(|root| fields_of(ProjectionMask::roots(schema, [root])).ok()?.first().cloned())
            .collect());
    };
    if fields.len() != count {
        return Err(Fault::malformed("its schema has groups without columns"));
    }
    Ok(match embedded {
        Some(embedded) if embedded.len() == count => {
            fields.iter().zip(embedded).map(|(field, hint)| Some(with_hint(field, hint))).collect()
        }
        _ => fields.iter().cloned().map(Some).collect(),
    })
}

/// The Arrow schema that writers embed restores time zones and durations, which Parquet itself cannot say.
fn with_hint(field: &FieldRef, hint: &FieldRef) -> FieldRef {
    let applies = field.name() == hint.name()
        && match (field.data_type(), hint.data_type()) {
            (Arrow::Timestamp(unit, Some(_)), Arrow::Timestamp(hinted, Some(_))) => unit == hinted,
            (Arrow::Int64, Arrow::Duration(_)) => true,
            _ => false,
        };
    if applies {
        field.as_ref().clone().with_data_type(hint.data_type().clone()).into()
    } else {
        field.clone()
    }
}

fn embedded(metadata: &ParquetMetaData) -> Option<Fields> {
    let entries = metadata.file_metadata().key_value_metadata()?;
    let entry = entries.iter().find(|entry| entry.key == parquet::arrow::ARROW_SCHEMA_META_KEY)?;
    embedded_schema(&super::base64::decode(entry.value.as_deref()?)?)
}
