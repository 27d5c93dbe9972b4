//! Where results go and in which form: a terminal gets a table, a pipe CSV, a file what its extension says.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use arrcalc::answer::{Scalar, Table};
use arrcalc::datasets::Field;
use arrcalc::datasets::format::Format;
use arrcalc::datasets::write::Output;
use arrcalc::present::{
    Headings, Precision, RowEncoder, RowForm, RowWriter, row_table, write_rows, write_table,
};

use crate::arguments::shared::{Form, Shared};
use crate::failure::{Failure, Result};
use crate::session::Session;

/// Where the result of a command goes.
#[derive(Debug)]
pub(crate) struct Destination {
    /// `-` is standard output.
    path: PathBuf,
    form: Target,
}

/// Forms of a result: the text forms, and the formats of files that the library writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// For a person.
    Table,
    /// For programs, as text.
    Rows(RowForm),
    /// For programs, as a file format.
    File(Format),
}

/// Text that is held back until it is known whether more comes: a short answer that fails prints nothing.
const HELD_BYTES: usize = 1 << 20;

impl Destination {
    /// What `-o`, `--format`, `--raw` and the terminal together mean.
    pub(crate) fn choose(output: Option<&Path>, shared: &Shared) -> Result<Self> {
        let path = output.unwrap_or(Path::new("-")).to_path_buf();
        let is_stdout = path.as_os_str() == "-";
        let named = shared.format.map(|form| match form {
            Form::Table => Target::Table,
            Form::Json => Target::Rows(RowForm::Json),
            Form::Jsonl => Target::Rows(RowForm::JsonLines),
            Form::Csv => Target::Rows(RowForm::Csv),
            Form::Markdown => Target::Rows(RowForm::Markdown),
            Form::Arrow => Target::File(Format::ArrowStream),
        });
        let form = match named {
            _ if shared.raw => Target::Rows(RowForm::Raw),
            Some(form) => form,
            None if !is_stdout => by_extension(&path)?,
            None if io::stdout().is_terminal() => Target::Table,
            None => Target::Rows(RowForm::Csv),
        };
        Ok(Self { path, form })
    }

    pub(crate) fn form(&self) -> Target {
        self.form
    }

    /// Whether the result appears on a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.path.as_os_str() == "-" && io::stdout().is_terminal()
    }

    /// Writes `text` whole.
    pub(crate) fn write_text(&self, text: &str) -> Result<()> {
        let mut output = self.open()?;
        output.write_all(text.as_bytes()).map_err(|error| self.failure(error))?;
        self.close(output)
    }

    /// Writes rows in this form. `produce` calls its argument with every row.
    pub(crate) fn write_rows(
        &self,
        session: &Session,
        fields: &[Field],
        produce: impl FnOnce(&mut dyn FnMut(&[Scalar]) -> Result<()>) -> Result<()>,
    ) -> Result<()> {
        match self.form {
            Target::Rows(form) => {
                let begin = || {
                    let (precision, header) = (session.precision(), session.header());
                    RowWriter::new(self.open()?, form, fields, precision, header)
                        .map_err(|error| self.failure(error))
                };
                // Only once there is a row, or there are none: what fails before says nothing.
                let mut begun = None;
                produce(&mut |row| {
                    let writer = match &mut begun {
                        Some(writer) => writer,
                        none => none.insert(begin()?),
                    };
                    writer.row(row).map_err(|error| self.failure(error))
                })?;
                let writer = match begun {
                    Some(writer) => writer,
                    None => begin()?,
                };
                let output = writer.finish().map_err(|error| self.failure(error))?;
                self.close(output)
            }
            Target::Table | Target::File(_) => {
                let mut rows = Vec::new();
                produce(&mut |row| {
                    rows.push(row.to_vec());
                    Ok(())
                })?;
                self.write_gathered(session, fields, &rows, &session.precision())
            }
        }
    }

    /// Writes rows in the text form `form`, part by part. `produce` gives its second argument the text that the first one
    /// makes of some rows. What fails before [`HELD_BYTES`] says nothing.
    pub(crate) fn write_parts(
        &self,
        session: &Session,
        form: RowForm,
        fields: &[Field],
        produce: impl FnOnce(
            &RowEncoder,
            &mut (dyn FnMut(&str) -> arrcalc::Result<()> + Send),
        ) -> arrcalc::Result<()>,
    ) -> Result<()> {
        let encoder = RowEncoder::new(form, fields, session.precision());
        let (mut held, mut output, mut is_empty) = (String::new(), None::<Output>, true);
        encoder.push_header(session.header(), &mut held);
        produce(&encoder, &mut |part| {
            held.push_str(encoder.between(is_empty));
            is_empty = false;
            let output = match &mut output {
                Some(output) => output,
                None if held.len() + part.len() <= HELD_BYTES => {
                    held.push_str(part);
                    return Ok(());
                }
                none => none.insert(Output::create(&self.path)?),
            };
            for text in [held.as_str(), part] {
                output.write_all(text.as_bytes()).map_err(|error| output.error(error))?;
            }
            held.clear();
            Ok(())
        })?;
        let mut output = output.map_or_else(|| self.open(), Ok)?;
        for text in [held.as_str(), encoder.footer(is_empty)] {
            output.write_all(text.as_bytes()).map_err(|error| self.failure(error))?;
        }
        self.close(output)
    }

    /// Writes a result in this form.
    pub(crate) fn write_table(&self, session: &Session, table: &Table) -> Result<()> {
        if let Target::File(format) = self.form {
            return Ok(write_table(&self.path, format, table)?);
        }
        self.write_rows(session, table.fields(), |emit| {
            (0..table.row_count()).try_for_each(|row| emit(&table.row(row)))
        })
    }

    fn write_gathered(
        &self,
        session: &Session,
        fields: &[Field],
        rows: &[Vec<Scalar>],
        precision: &Precision,
    ) -> Result<()> {
        if let Target::File(format) = self.form {
            return Ok(write_rows(&self.path, format, fields, rows)?);
        }
        let page = session.page(self);
        let headings = if session.header() { Headings::NamesAndTypes } else { Headings::None };
        self.write_text(&row_table(fields, rows, &page, precision, headings))
    }

    fn open(&self) -> Result<Output> {
        Ok(Output::create(&self.path)?)
    }

    fn close(&self, output: Output) -> Result<()> {
        Ok(output.commit()?)
    }

    fn failure(&self, error: io::Error) -> Failure {
        Failure::write(&self.path.display().to_string(), error)
    }
}

fn by_extension(path: &Path) -> Result<Target> {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "csv" => Ok(Target::Rows(RowForm::Csv)),
        "json" => Ok(Target::Rows(RowForm::Json)),
        "jsonl" | "ndjson" => Ok(Target::Rows(RowForm::JsonLines)),
        "md" => Ok(Target::Rows(RowForm::Markdown)),
        "txt" => Ok(Target::Table),
        _ => Format::of_extension(path).map(Target::File).ok_or_else(|| {
            Failure::Usage(format!(
                "{}: the name does not tell the form; end it in .csv, .json, .parquet, ... or use --format",
                path.display()
            ))
        }),
    }
}
