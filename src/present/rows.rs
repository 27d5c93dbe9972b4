//! Rows of values in the forms that programs read (CSV, JSON, a JSON object a line, Markdown, bare) and as an
//! aligned table for a person.

use std::io::{self, Write};

use arrcalc_datasets::Field;

use crate::answer::Scalar;

use super::description_fields::object;
use super::grid::{Align, GridColumn, lines, printable, shorten, total_width};
use super::page::Page;
use super::value::{Precision, plain, push_plain};

/// A text cell of a table for a person.
const TEXT_WIDTH: usize = 32;

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

/// Writes rows one by one, so that any number of them passes through.
#[derive(Debug)]
pub struct RowWriter<W> {
    sink: W,
    form: RowForm,
    names: Vec<String>,
    precision: Precision,
    rows: u64,
    line: String,
}

impl<W: Write> RowWriter<W> {
    /// Begins a table; `header`: whether CSV and Markdown say the names first.
    ///
    /// # Errors
    /// The sink's.
    pub fn new(
        mut sink: W,
        form: RowForm,
        fields: &[Field],
        precision: Precision,
        header: bool,
    ) -> io::Result<Self> {
        let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
        let mut line = String::new();
        match form {
            RowForm::Csv if header => {
                join(names.iter(), ',', &mut line, |name, out| push_csv_text(name, out));
                line.push('\n');
            }
            RowForm::Json => line.push('['),
            RowForm::Markdown => {
                // Markdown has no table without a header.
                line.push_str("| ");
                let shown: &[String] = if header { &names } else { &[] };
                for index in 0..names.len() {
                    let name = shown.get(index).map_or(String::new(), |name| markdown_cell(name));
                    line.push_str(&format!("{}{name}", if index > 0 { " | " } else { "" }));
                }
                line.push_str(" |\n|");
                for field in fields {
                    line.push_str(if is_right_aligned(field) { "---:|" } else { "---|" });
                }
                line.push('\n');
            }
            _ => {}
        }
        sink.write_all(line.as_bytes())?;
        Ok(Self { sink, form, names, precision, rows: 0, line })
    }

    /// Appends a row: one value for each field.
    ///
    /// # Errors
    /// The sink's.
    pub fn row(&mut self, values: &[Scalar]) -> io::Result<()> {
        let precision = self.precision;
        let line = &mut self.line;
        line.clear();
        match self.form {
            RowForm::Csv => {
                // A row of one null would be an empty line, which readers skip.
                if let [Scalar::Null] = values {
                    line.push_str("NA");
                } else {
                    join(values.iter(), ',', line, |value, out| push_csv(value, &precision, out));
                }
                line.push('\n');
            }
            RowForm::Json => {
                line.push_str(if self.rows == 0 { "\n" } else { ",\n" });
                object(&self.names, values, &precision, line);
            }
            RowForm::JsonLines => {
                object(&self.names, values, &precision, line);
                line.push('\n');
            }
            RowForm::Markdown => {
                line.push_str("| ");
                for (index, value) in values.iter().enumerate() {
                    line.push_str(if index > 0 { " | " } else { "" });
                    line.push_str(&markdown_cell(&plain(value, &precision)));
                }
                line.push_str(" |\n");
            }
            RowForm::Raw => {
                join(values.iter(), '\t', line, |value, out| push_plain(value, &precision, out));
                line.push('\n');
            }
        }
        self.rows += 1;
        self.sink.write_all(line.as_bytes())
    }

    /// Writes what the form puts last and gives the sink back.
    ///
    /// # Errors
    /// The sink's.
    pub fn finish(mut self) -> io::Result<W> {
        if self.form == RowForm::Json {
            self.sink.write_all(if self.rows == 0 { b"]\n" } else { b"\n]\n" })?;
        }
        Ok(self.sink)
    }
}

/// What stands above the columns of a table for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Headings {
    /// Nothing.
    None,
    /// Names.
    Names,
    /// Names, and types below them.
    NamesAndTypes,
}

/// Rows as a table for a person: numbers to the right. What is wider than the page continues
/// below, so that nothing is left out. Ends in a newline.
pub fn row_table(
    fields: &[Field],
    rows: &[Vec<Scalar>],
    page: &Page,
    precision: &Precision,
    headings: Headings,
) -> String {
    let columns: Vec<GridColumn> = fields
        .iter()
        .enumerate()
        .map(|(index, field)| {
            let align = if is_right_aligned(field) { Align::Right } else { Align::Left };
            let cells = rows.iter().map(|row| cell(&row[index], precision)).collect();
            let name = shorten(&printable(&field.name), TEXT_WIDTH);
            let data_type = shorten(&printable(&field.data_type.to_string()), TEXT_WIDTH);
            let headings = match headings {
                Headings::None => vec![],
                Headings::Names => vec![name],
                Headings::NamesAndTypes => vec![name, data_type],
            };
            GridColumn { headings, cells, align }
        })
        .collect();
    let mut out = String::new();
    let mut start = 0;
    while start < columns.len() {
        let mut end = start + 1;
        while end < columns.len()
            && total_width(&columns[start..=end].iter().collect::<Vec<_>>(), 2) <= page.width
        {
            end += 1;
        }
        if start > 0 {
            out.push('\n');
        }
        let group: Vec<&GridColumn> = columns[start..end].iter().collect();
        for (index, line) in lines(&group, 2).iter().enumerate() {
            let line = match index {
                0 if headings != Headings::None => page.bold(line),
                1 if headings == Headings::NamesAndTypes => page.dim(line),
                _ => line.clone(),
            };
            out.push_str(&line);
            out.push('\n');
        }
        start = end;
    }
    out
}

fn is_right_aligned(field: &Field) -> bool {
    field.data_type.is_numeric()
}

fn cell(value: &Scalar, precision: &Precision) -> String {
    match value {
        Scalar::Null => "·".into(),
        Scalar::Text(text) => shorten(&printable(text), TEXT_WIDTH),
        other => plain(other, precision),
    }
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

#[cfg(test)]
mod tests {
    use arrcalc_datasets::DataType;

    use super::*;

    fn fields() -> Vec<Field> {
        let field = |name: &str, data_type| Field { name: name.into(), data_type };
        vec![field("id", DataType::Int64), field("say \"x\"", DataType::String)]
    }

    fn rows() -> Vec<Vec<Scalar>> {
        let text = |text: &str| Scalar::Text(text.into());
        vec![
            vec![Scalar::Integer(1), text("a,b")],
            vec![Scalar::Null, text("")],
            vec![Scalar::Integer(-20), Scalar::Null],
            vec![Scalar::Integer(3), text("line\nbreak | \"q\"")],
        ]
    }

    fn written(form: RowForm) -> String {
        let mut writer =
            RowWriter::new(Vec::new(), form, &fields(), Precision::default(), true).expect("memory");
        for row in rows() {
            writer.row(&row).expect("memory");
        }
        String::from_utf8(writer.finish().expect("memory")).expect("text")
    }

    #[test]
    fn csv_tells_nulls_from_empty_text() {
        let expected = "id,\"say \"\"x\"\"\"\n1,\"a,b\"\n,\"\"\n-20,\n3,\"line\nbreak | \"\"q\"\"\"\n";
        assert_eq!(written(RowForm::Csv), expected);
    }

    #[test]
    fn json_forms_are_valid_and_agree() {
        let array: serde_json::Value = serde_json::from_str(&written(RowForm::Json)).expect("valid");
        let lines: Vec<serde_json::Value> = written(RowForm::JsonLines)
            .lines()
            .map(|line| serde_json::from_str(line).expect("valid"))
            .collect();
        assert_eq!(array, serde_json::Value::Array(lines));
        assert_eq!(array[3]["say \"x\""], "line\nbreak | \"q\"");
        assert_eq!(array[2]["say \"x\""], serde_json::Value::Null);
    }

    #[test]
    fn markdown_escapes_what_would_break_a_row() {
        let expected = "| id | say \"x\" |\n|---:|---|\n| 1 | a,b |\n|  |  |\n| -20 |  |\n\
                        | 3 | line\\nbreak \\| \"q\" |\n";
        assert_eq!(written(RowForm::Markdown), expected);
    }

    #[test]
    fn a_table_wider_than_the_page_continues_below() {
        let page = Page { width: 12, ..Page::default() };
        let table = row_table(&fields(), &rows()[..2], &page, &Precision::default(), Headings::NamesAndTypes);
        assert_eq!(table, "   id\nint64\n    1\n    ·\n\nsay \"x\"\nstring\na,b\n\n");
        let page = Page::default();
        let table = row_table(&fields(), &rows()[..2], &page, &Precision::default(), Headings::NamesAndTypes);
        assert_eq!(table, "   id  say \"x\"\nint64  string\n    1  a,b\n    ·\n");
    }
}
