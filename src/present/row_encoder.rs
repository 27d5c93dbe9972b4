//! Rows as text in the forms that programs read: of values, or of chunks, where threads each encode a part.

use arrcalc_datasets::text::{is_null, push_value};
use arrcalc_datasets::{Chunk, Column, Field, Values};

use super::description_fields::object;
use super::grid::printable;
use super::value::{Precision, plain, push_json, push_json_string, push_plain};
use crate::answer::{Scalar, value_at};

/// How rows are written for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowForm {
    /// RFC 4180 with `\n`: nulls are empty, empty text is `""`.
    Csv,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// A table of GitHub-flavoured Markdown.
    Markdown,
    /// Bare values between tabs.
    Raw,
}

/// Encodes rows in one form. A whole table is the header, the parts with [`RowEncoder::between`] before each, and the
/// footer; parts are of one row or more.
#[derive(Clone, Debug)]
pub struct RowEncoder {
    form: RowForm,
    fields: Vec<Field>,
    names: Vec<String>,
    precision: Precision,
}

impl RowEncoder {
    /// An encoder of rows of `fields`.
    pub fn new(form: RowForm, fields: &[Field], precision: Precision) -> Self {
        let names = fields.iter().map(|field| field.name.clone()).collect();
        Self { form, fields: fields.to_vec(), names, precision }
    }

    /// Appends what stands before all rows; `header`: whether CSV and Markdown say the names.
    pub fn push_header(&self, header: bool, out: &mut String) {
        match self.form {
            RowForm::Csv if header => {
                join(self.names.iter(), ',', out, |name, out| push_csv_text(name, out));
                out.push('\n');
            }
            RowForm::Json => out.push('['),
            RowForm::Markdown => {
                // Markdown has no table without a header.
                out.push_str("| ");
                for (index, name) in self.names.iter().enumerate() {
                    out.push_str(if index > 0 { " | " } else { "" });
                    if header {
                        out.push_str(&markdown_cell(name));
                    }
                }
                out.push_str(" |\n|");
                for field in &self.fields {
                    out.push_str(if is_right_aligned(field) { "---:|" } else { "---|" });
                }
                out.push('\n');
            }
            _ => {}
        }
    }

    /// What stands before a part.
    pub fn between(&self, is_first: bool) -> &'static str {
        match (self.form, is_first) {
            (RowForm::Json, true) => "\n",
            (RowForm::Json, false) => ",\n",
            _ => "",
        }
    }

    /// What stands behind all rows; `is_empty`: whether there are none.
    pub fn footer(&self, is_empty: bool) -> &'static str {
        match (self.form, is_empty) {
            (RowForm::Json, true) => "]\n",
            (RowForm::Json, false) => "\n]\n",
            _ => "",
        }
    }

    /// Appends a row: one value for each field.
    pub fn push_row(&self, values: &[Scalar], out: &mut String) {
        let precision = &self.precision;
        match self.form {
            // A row of one null would be an empty line, which readers skip.
            RowForm::Csv if matches!(values, [Scalar::Null]) => out.push_str("NA"),
            RowForm::Csv => join(values.iter(), ',', out, |value, out| push_csv(value, precision, out)),
            RowForm::Json | RowForm::JsonLines => object(&self.names, values, precision, out),
            RowForm::Markdown => {
                out.push_str("| ");
                for (index, value) in values.iter().enumerate() {
                    out.push_str(if index > 0 { " | " } else { "" });
                    out.push_str(&markdown_cell(&plain(value, precision)));
                }
                out.push_str(" |");
            }
            RowForm::Raw => join(values.iter(), '\t', out, |value, out| push_plain(value, precision, out)),
        }
        if self.form != RowForm::Json {
            out.push('\n');
        }
    }

    /// Appends the rows of `chunk`, whose columns are the fields.
    pub fn push_rows(&self, chunk: &Chunk<'_>, out: &mut String) {
        for row in 0..chunk.row_count {
            if row > 0 {
                out.push_str(self.between(false));
            }
            self.push_row_of(chunk, row, out);
        }
    }

    fn push_row_of(&self, chunk: &Chunk<'_>, row: usize, out: &mut String) {
        let columns = chunk.columns.iter().zip(&self.fields);
        match self.form {
            // A row of one null would be an empty line, which readers skip.
            RowForm::Csv if matches!(&chunk.columns[..], [only] if is_null(only, row)) => {
                out.push_str("NA\n");
            }
            RowForm::Csv => {
                join(columns, ',', out, |(column, field), out| self.push_cell(column, field, row, out));
                out.push('\n');
            }
            RowForm::Json | RowForm::JsonLines => {
                out.push('{');
                join(columns, ',', out, |(column, field), out| {
                    push_json_string(&field.name, out);
                    out.push(':');
                    self.push_cell(column, field, row, out);
                });
                out.push_str(if self.form == RowForm::Json { "}" } else { "}\n" });
            }
            _ => {
                let values: Vec<Scalar> =
                    columns.map(|(column, field)| value_at(column, &field.data_type, row)).collect();
                self.push_row(&values, out);
            }
        }
    }

    /// A cell of CSV or JSON. Where its text is the same in both, and as it lies, no value is made of it first.
    fn push_cell(&self, column: &Column<'_>, field: &Field, row: usize, out: &mut String) {
        let is_json = self.form != RowForm::Csv;
        if is_null(column, row) {
            return out.push_str(if is_json { "null" } else { "" });
        }
        let is_plain = match column.values {
            Values::Text(text) => {
                let text = String::from_utf8_lossy(text.bytes(row));
                return if is_json { push_json_string(&text, out) } else { push_csv_text(&text, out) };
            }
            Values::Bool(_) => true,
            Values::Decimal128(_) => false,
            Values::Float16(values) => self.precision == Precision::default() && values[row].is_finite(),
            Values::Float32(values) => self.precision == Precision::default() && values[row].is_finite(),
            Values::Float64(values) => self.precision == Precision::default() && values[row].is_finite(),
            _ => !field.data_type.is_temporal(),
        };
        if is_plain {
            return push_value(out, &column.values, row, &field.data_type);
        }
        let value = value_at(column, &field.data_type, row);
        if is_json {
            push_json(&value, &self.precision, out);
        } else {
            push_plain(&value, &self.precision, out);
        }
    }
}

pub(super) fn is_right_aligned(field: &Field) -> bool {
    field.data_type.is_numeric()
}

fn join<T>(
    items: impl Iterator<Item = T>,
    separator: char,
    line: &mut String,
    push: impl Fn(T, &mut String),
) {
    for (index, item) in items.enumerate() {
        if index > 0 {
            line.push(separator);
        }
        push(item, line);
    }
}

fn push_csv(value: &Scalar, precision: &Precision, out: &mut String) {
    match value {
        Scalar::Text(text) => push_csv_text(text, out),
        other => push_plain(other, precision, out),
    }
}

/// Text is quoted where it would not read back as itself: special characters, and what reads as null.
fn push_csv_text(text: &str, out: &mut String) {
    let is_null_token = matches!(text, "" | "NA" | "null" | "NULL");
    if !is_null_token && !text.contains([',', '"', '\n', '\r']) && text.trim() == text {
        return out.push_str(text);
    }
    out.push('"');
    out.push_str(&text.replace('"', "\"\""));
    out.push('"');
}

fn markdown_cell(text: &str) -> String {
    printable(text).replace('|', "\\|")
}
