//! `arrcalc info`: what a file says of itself, without computing anything.

use std::path::PathBuf;

use arrcalc::Explanation;
use arrcalc::answer::Scalar;
use arrcalc::datasets::{DataType, Dataset, Field, SourceFacts};
use arrcalc::explain::{Explain, Outline};
use arrcalc::present::{Headings, Precision, RowForm, description_heading, printable, push_json, row_table};
use clap::Args;

use crate::Run;
use crate::arguments::input::{Input, NullTokens};
use crate::command::describe::heading;
use crate::destination::{Destination, Target};
use crate::failure::Result;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  arrcalc info datasets/samples/flights.parquet
  arrcalc info datasets/samples/weather.csv
  arrcalc info datasets/samples/penguins.csv --format json";

/// Show columns, types, sizes and how the file stores them
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Info {
    /// Files of one table, in this order; - is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Write to a file; its extension tells the form
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    null_tokens: NullTokens,
}

impl Info {
    /// What it would do.
    pub(crate) fn explain(&self, session: &Session) -> Result<Explanation> {
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        self.foretell(session, &dataset)
    }

    fn foretell(&self, session: &Session, dataset: &Dataset<'_>) -> Result<Explanation> {
        let outline = Outline::rows(dataset, Vec::new(), 0);
        Ok(session.engine().run(&Explain::new(dataset, outline))?)
    }
}

impl Run for Info {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(self.output.as_deref(), session.shared())?;
        let dataset = session.open(&self.files, &self.input, &self.null_tokens.null)?;
        session.foretell(|| self.foretell(session, &dataset))?;
        let facts = dataset.facts();
        let rows = column_rows(&dataset, &facts);
        match destination.form() {
            Target::Table => {
                let page = session.page(&destination);
                let heading = heading(&self.files, &dataset);
                let columns = dataset.schema().fields.len();
                let mut text = description_heading(&heading, dataset.row_count(), columns, &page);
                text.push('\n');
                for (file, facts) in self.files.iter().zip(&facts) {
                    let prefix =
                        if self.files.len() > 1 { format!("{}: ", file.display()) } else { String::new() };
                    for note in remarks(facts) {
                        text.push_str(&printable(&format!("{prefix}{note}")));
                        text.push('\n');
                    }
                }
                text.push('\n');
                let headings = if session.header() { Headings::Names } else { Headings::None };
                text.push_str(&row_table(&column_fields(), &rows, &page, &session.precision(), headings));
                destination.write_text(&text)
            }
            Target::Rows(RowForm::Json) => {
                destination.write_text(&document(&self.files, &dataset, &facts, &rows))
            }
            Target::Rows(_) | Target::File(_) => destination
                .write_rows(session, &column_fields(), |emit| rows.iter().try_for_each(|row| emit(row))),
        }
    }
}

/// What `info` says of every column.
fn column_fields() -> Vec<Field> {
    let field = |name: &str, data_type| Field { name: name.into(), data_type };
    vec![
        field("column", DataType::String),
        field("type", DataType::String),
        field("nulls", DataType::UInt64),
        field("access", DataType::String),
        field("encoding", DataType::String),
    ]
}

fn column_rows(dataset: &Dataset<'_>, facts: &[SourceFacts]) -> Vec<Vec<Scalar>> {
    let text = |text: &str| if text.is_empty() { Scalar::Null } else { Scalar::Text(text.into()) };
    let fields = dataset.schema().fields.iter().enumerate();
    fields
        .map(|(index, field)| {
            let columns: Vec<_> = facts.iter().filter_map(|facts| facts.columns.get(index)).collect();
            // Known only if every file knows it.
            let nulls: Option<u64> = columns.iter().map(|column| column.null_count).sum();
            let mut encodings: Vec<&str> = columns.iter().map(|column| column.encoding.as_str()).collect();
            encodings.dedup();
            let access = match columns.iter().filter(|column| column.mapped).count() {
                0 => "decoded",
                mapped if mapped == columns.len() => "mapped",
                _ => "mixed",
            };
            vec![
                Scalar::Text(field.name.clone()),
                Scalar::Text(field.data_type.to_string()),
                nulls
                    .filter(|_| !columns.is_empty())
                    .map_or(Scalar::Null, |count| Scalar::Integer(count.into())),
                text(access),
                text(&encodings.join(" | ")),
            ]
        })
        .collect()
}

/// `2 row groups`-like facts and the reader's remarks.
fn remarks(facts: &SourceFacts) -> Vec<String> {
    let mut remarks = facts.notes.clone();
    if facts.parts > 1 {
        remarks.insert(0, format!("{} independent pieces", facts.parts));
    }
    remarks
}

/// `{"rows":N,"files":[...],"columns":[...]}`
fn document(files: &[PathBuf], dataset: &Dataset<'_>, facts: &[SourceFacts], rows: &[Vec<Scalar>]) -> String {
    let precision = Precision::default();
    let mut out = format!("{{\"rows\":{},\"files\":[", dataset.row_count());
    for (index, (file, facts)) in files.iter().zip(facts).enumerate() {
        out.push_str(if index == 0 { "\n" } else { ",\n" });
        out.push_str("{\"file\":");
        push_json(&Scalar::Text(file.display().to_string()), &precision, &mut out);
        out.push_str(",\"format\":");
        push_json(&Scalar::Text(facts.format.clone()), &precision, &mut out);
        out.push_str(&format!(",\"bytes\":{},\"parts\":{},\"notes\":[", facts.file_bytes, facts.parts));
        for (index, note) in facts.notes.iter().enumerate() {
            out.push_str(if index == 0 { "" } else { "," });
            push_json(&Scalar::Text(note.clone()), &precision, &mut out);
        }
        out.push_str("]}");
    }
    out.push_str("\n],\"columns\":[");
    for (index, row) in rows.iter().enumerate() {
        out.push_str(if index == 0 { "\n{" } else { ",\n{" });
        for (field, value) in ["name", "type", "nulls", "access", "encoding"].iter().zip(row) {
            out.push_str(&format!("{}\"{field}\":", if *field == "name" { "" } else { "," }));
            push_json(value, &precision, &mut out);
        }
        out.push('}');
    }
    out.push_str("\n]}\n");
    out
}
