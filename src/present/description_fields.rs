//! A description as rows of named values, in the fixed order of `describe --format json`. What has no meaning
//! for a type is null.

use arrcalc_datasets::{DataType, Field};

use crate::answer::{ColumnDescription, Description, Scalar};

use super::value::{Precision, push_json, push_json_string};

/// Names of the fields of a column, in their fixed order.
pub const FIELDS: [&str; 24] = [
    "name",
    "type",
    "count",
    "nulls",
    "nans",
    "infinities",
    "zeros",
    "distinct",
    "distinct_estimate",
    "sum",
    "mean",
    "std",
    "var",
    "min",
    "q01",
    "q05",
    "q25",
    "median",
    "q75",
    "q95",
    "q99",
    "max",
    "skewness",
    "kurtosis",
];

/// Types of [`FIELDS`] where rows need types: what differs from column to column is text.
pub fn field_types() -> Vec<Field> {
    let data_type = |name: &str| match name {
        "count" | "nulls" | "nans" | "infinities" | "zeros" | "distinct" | "distinct_estimate" => {
            DataType::UInt64
        }
        "var" | "skewness" | "kurtosis" => DataType::Float64,
        _ => DataType::String,
    };
    FIELDS.iter().map(|name| Field { name: (*name).to_owned(), data_type: data_type(name) }).collect()
}

/// Values of the fields of `column`, in the order of [`FIELDS`].
pub fn field_values(column: &ColumnDescription) -> Vec<Scalar> {
    let count = |count: Option<u64>| count.map_or(Scalar::Null, |count| Scalar::Integer(count.into()));
    let mut values = vec![
        Scalar::Text(column.name.clone()),
        Scalar::Text(column.data_type.to_string()),
        count(Some(column.count)),
        count(Some(column.nulls)),
        count(column.nans),
        count(column.infinities),
        count(column.zeros),
        count(column.distinct),
        count(column.distinct_estimate),
        column.sum.clone(),
        column.mean.clone(),
        column.std.clone(),
        column.var.clone(),
        column.min.clone(),
    ];
    values.extend_from_slice(&column.quantiles);
    values.extend([column.max.clone(), column.skewness.clone(), column.kurtosis.clone()]);
    values
}

/// The fixed document: `{"rows":N,"columns":[{...},...]}`, a line each column.
///
/// It depends on the data alone: not on file names, format, threads, chunks or time.
pub fn description_json(description: &Description, precision: &Precision) -> String {
    let mut out = format!("{{\"rows\":{},\"columns\":[", description.rows);
    for (index, column) in description.columns.iter().enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        object(&FIELDS, &field_values(column), precision, &mut out);
    }
    out.push_str(if description.columns.is_empty() { "]}" } else { "\n]}" });
    out
}

/// Appends `{"name":value,...}`.
pub(crate) fn object(names: &[impl AsRef<str>], values: &[Scalar], precision: &Precision, out: &mut String) {
    out.push('{');
    for (index, (name, value)) in names.iter().zip(values).enumerate() {
        if index > 0 {
            out.push(',');
        }
        push_json_string(name.as_ref(), out);
        out.push(':');
        push_json(value, precision, out);
    }
    out.push('}');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_named_as_the_description_orders_them() {
        let first = FIELDS.iter().position(|&name| name == "q01").expect("there");
        for (offset, (name, ..)) in ColumnDescription::QUANTILES.iter().enumerate() {
            assert_eq!(FIELDS[first + offset], *name);
        }
    }

    #[test]
    fn an_empty_table_is_a_valid_document() {
        let empty = Description { rows: 0, columns: vec![] };
        assert_eq!(description_json(&empty, &Precision::default()), r#"{"rows":0,"columns":[]}"#);
    }
}
