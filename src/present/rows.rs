//! Rows of values in the forms that programs read (CSV, JSON, a JSON object a line, Markdown, bare) and as an
//! aligned table for a person.

use std::io::{self, Write};

use arrcalc_datasets::Field;

use crate::answer::Scalar;

use super::grid::{Align, GridColumn, lines, printable, shorten, total_width};
use super::page::Page;
use super::row_encoder::{RowEncoder, RowForm, is_right_aligned};
use super::value::{Precision, plain};

/// A text cell of a table for a person.
const TEXT_WIDTH: usize = 32;

/// Writes rows one by one, so that any number of them passes through.
#[derive(Debug)]
pub struct RowWriter<W> {
    sink: W,
    encoder: RowEncoder,
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
        let encoder = RowEncoder::new(form, fields, precision);
        let mut line = String::new();
        encoder.push_header(header, &mut line);
        sink.write_all(line.as_bytes())?;
        Ok(Self { sink, encoder, rows: 0, line })
    }

    /// Appends a row: one value for each field.
    ///
    /// # Errors
    /// The sink's.
    pub fn row(&mut self, values: &[Scalar]) -> io::Result<()> {
        self.line.clear();
        self.line.push_str(self.encoder.between(self.rows == 0));
        self.encoder.push_row(values, &mut self.line);
        self.rows += 1;
        self.sink.write_all(self.line.as_bytes())
    }

    /// Writes what the form puts last and gives the sink back.
    ///
    /// # Errors
    /// The sink's.
    pub fn finish(mut self) -> io::Result<W> {
        self.sink.write_all(self.encoder.footer(self.rows == 0).as_bytes())?;
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

fn cell(value: &Scalar, precision: &Precision) -> String {
    match value {
        Scalar::Null => "·".into(),
        Scalar::Text(text) => shorten(&printable(text), TEXT_WIDTH),
        other => plain(other, precision),
    }
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::DataType;

    use super::*;
    use crate::answer::Table;

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
    fn parts_of_chunks_are_what_single_rows_are() {
        let kinds = [DataType::Float16, DataType::Float32, DataType::Float64, DataType::Bool, DataType::Date];
        let mut fields = fields();
        fields.extend(kinds.map(|data_type| Field { name: data_type.to_string(), data_type }));
        let mut table = Table::new(fields.clone());
        let floats = [0.5, f32::NAN, f32::NEG_INFINITY, -0.0];
        for (row, float) in rows().into_iter().zip(floats) {
            let wide = Scalar::Float64(f64::from(float) / 3.0);
            let more = [Scalar::Float32(float), Scalar::Float32(float / 3.0), wide];
            let last = [Scalar::Bool(float > 0.0), Scalar::Date(15_000)];
            table.push(&[row, more.into(), last.into()].concat());
        }
        let precisions = [Precision::default(), Precision { digits: Some(3), hex: false }];
        for form in [RowForm::Csv, RowForm::Json, RowForm::JsonLines, RowForm::Markdown, RowForm::Raw] {
            for precision in precisions {
                let mut writer = RowWriter::new(Vec::new(), form, &fields, precision, true).expect("memory");
                (0..4).for_each(|row| writer.row(&table.row(row)).expect("memory"));
                let expected = String::from_utf8(writer.finish().expect("memory")).expect("text");
                let encoder = RowEncoder::new(form, &fields, precision);
                let mut found = String::new();
                encoder.push_header(true, &mut found);
                for part in [0..3, 3..4] {
                    found.push_str(encoder.between(part.start == 0));
                    encoder.push_rows(&table.lend_rows(part), &mut found);
                }
                found.push_str(encoder.footer(false));
                assert_eq!(found, expected);
            }
        }
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
