//! What an audit found: a table for a person, rows for programs.

use arrcalc_datasets::{DataType, Field};

use crate::answer::Scalar;
use crate::audit::{AuditAnswer, ColumnAudit, Method};

use super::grid::{Align, GridColumn, lines, printable, shorten};
use super::page::Page;
use super::significant;

/// A column's name in the table.
const NAME_WIDTH: usize = 24;

/// A line for each column: its exact sum, how ill-conditioned it is, and by how many units in the last place each usual
/// method of summation misses. Ends in a newline.
pub fn audit_table(answer: &AuditAnswer, page: &Page) -> String {
    let column = |heading: &str, cell: &dyn Fn(&ColumnAudit) -> String| {
        GridColumn::new(heading, Align::Right, answer.columns.iter().map(cell).collect())
    };
    let number =
        |value: Option<f64>| value.map_or("·".into(), |value| significant::float(value, page.digits));
    let names = answer.columns.iter().map(|column| shorten(&printable(&column.name), NAME_WIDTH)).collect();
    let mut columns = vec![
        GridColumn::new("column", Align::Left, names),
        column("exact sum", &|column| number(Some(column.sum))),
        column("condition", &|column| number(column.condition)),
        column("digits lost", &|column| column.digits_lost.map_or("·".into(), |digits| digits.to_string())),
    ];
    for method in Method::ALL {
        let ulps = |column: &ColumnAudit| match column.method(method).ulps {
            Some(ulps) => significant::float(ulps, page.digits),
            None => "·".into(),
        };
        columns.push(column(heading(method), &ulps));
    }
    let shown: Vec<&GridColumn> = columns.iter().collect();
    let mut out = String::new();
    for (index, line) in lines(&shown, 2).iter().enumerate() {
        out.push_str(&if index == 0 { page.bold(line) } else { line.clone() });
        out.push('\n');
    }
    out
}

/// The fields of [`audit_row`].
pub fn audit_fields() -> Vec<Field> {
    let field = |name: &str, data_type| Field { name: name.to_owned(), data_type };
    let mut fields = vec![
        field("column", DataType::String),
        field("type", DataType::String),
        field("count", DataType::Int64),
        field("sum", DataType::Float64),
        field("var", DataType::Float64),
        field("condition", DataType::Float64),
        field("digits_lost", DataType::Int64),
    ];
    for method in Method::ALL {
        let name = method.name();
        fields.push(field(name, DataType::Float64));
        fields.push(field(&format!("{name}_ulps"), DataType::Float64));
    }
    fields
}

/// What was found of a column, for programs.
pub fn audit_row(column: &ColumnAudit) -> Vec<Scalar> {
    let float = |value: Option<f64>| value.map_or(Scalar::Null, Scalar::Float64);
    let mut row = vec![
        Scalar::Text(column.name.clone()),
        Scalar::Text(column.data_type.to_string()),
        Scalar::Integer(column.count.into()),
        Scalar::Float64(column.sum),
        float(column.variance),
        float(column.condition),
        column.digits_lost.map_or(Scalar::Null, |digits| Scalar::Integer(digits.into())),
    ];
    for method in Method::ALL {
        let found = column.method(method);
        row.push(Scalar::Float64(found.value));
        row.push(float(found.ulps));
    }
    row
}

/// A method's name above its column.
fn heading(method: Method) -> &'static str {
    match method {
        Method::LeftToRight => "in order",
        Method::Pairwise => "pairwise",
        Method::Kahan => "Kahan",
        Method::Neumaier => "Neumaier",
        Method::TextbookVariance => "textbook var",
    }
}
