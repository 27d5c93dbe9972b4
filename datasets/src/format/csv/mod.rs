//! Delimited text. Opening looks at every cell once, in parallel, to find types, rows and pieces ([`survey`]);
//! reading cuts a piece into cells again and decodes the columns asked for.
//!
//! ```text
//! dialect -> header -> survey (split, types) -> pieces;   read(piece): split -> column buffers -> chunk
//! ```

mod column;
mod dialect;
mod fault;
mod header;
mod join;
mod kept;
mod number;
mod read;
mod shape;
mod split;
mod structure;
mod survey;
mod types;
mod validity;

#[cfg(test)]
mod kept_tests;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use bytes::Bytes;

use self::column::ColumnBuffer;
use self::dialect::Dialect;
use self::header::read_header;
pub(crate) use self::join::join_types;
use self::kept::{KeptCells, Room};
use self::survey::{Piece, Table, survey};
use self::types::CellKinds;
use crate::chunk::Chunk;
use crate::compressed::{self, Codec, Unwrapped};
use crate::error::{Error, Result};
use crate::executor::Executor;
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::schema::{DataType, Field, Schema};
use crate::source::{ColumnFacts, Flow, Layout, ReadRequest, Source, SourceFacts, Unit};

/// Smallest and largest piece: small ones share little files among the workers, large ones keep what is kept for each
/// piece small. Sixteen pieces are enough for work stealing on a few cores.
const PIECE_BYTES_MIN: usize = 256 << 10;
const PIECE_BYTES_MAX: usize = 4 << 20;
const PIECES_WANTED: usize = 16;

/// A CSV file, surveyed.
#[derive(Debug)]
pub(crate) struct CsvSource {
    path: PathBuf,
    /// The file, for what tells that it changed, and what it is wrapped in.
    file: Option<(MappedFile, Option<Codec>)>,
    /// Its text, decompressed.
    text: Bytes,
    dialect: Dialect,
    schema: Schema,
    /// The kinds of each column's cells; `None` where its type is given.
    kinds: Vec<Option<CellKinds>>,
    null_counts: Vec<u64>,
    pieces: Vec<Piece>,
    /// Of each piece, what the survey has read of its columns.
    kept: Vec<Vec<KeptCells>>,
    row_count: u64,
}

/// Opens a file of this format.
pub(crate) fn open(path: &Path, options: &OpenOptions, executor: &dyn Executor) -> Result<Box<dyn Source>> {
    let Unwrapped { file, bytes: text, codec } = compressed::open(path, options)?;
    let piece_bytes = (text.len() / PIECES_WANTED).clamp(PIECE_BYTES_MIN, PIECE_BYTES_MAX);
    let source = open_text(path, text, options, executor, piece_bytes)?;
    Ok(Box::new(CsvSource { file: Some((file, codec)), ..source }))
}

/// Surveys `text`, cut into pieces of about `piece_bytes`.
fn open_text(
    path: &Path,
    text: Bytes,
    options: &OpenOptions,
    executor: &dyn Executor,
    piece_bytes: usize,
) -> Result<CsvSource> {
    let dialect = Dialect::new(path, &options.csv, &options.limits)?;
    let header = read_header(path, &text, &dialect)?;
    let given = given_types(path, &header.names, &options.types)?;
    let is_given: Vec<bool> = given.iter().map(Option::is_some).collect();
    let room = Room::new(options.hold_bytes);
    let table = Table {
        text: &text,
        start: header.records_at,
        column_count: header.names.len(),
        is_given: &is_given,
        dialect: &dialect,
        room: &room,
    };
    let survey = survey(&table, piece_bytes, executor)
        .map_err(|fault| fault.into_error(path, &text, dialect.line_bytes))?;
    let kinds = given.iter().zip(&survey.columns).map(|(given, column)| match given {
        Some(_) => None,
        None => Some(column.kinds),
    });
    let kinds: Vec<Option<CellKinds>> = kinds.collect();
    let types = given.into_iter().zip(&survey.columns);
    let types = types.map(|(given, column)| given.unwrap_or_else(|| column.kinds.data_type()));
    let fields = header.names.into_iter().zip(types).map(|(name, data_type)| Field { name, data_type });
    let schema = Schema { fields: fields.collect() };
    Ok(CsvSource {
        path: path.to_path_buf(),
        file: None,
        dialect,
        schema,
        kinds,
        null_counts: survey.columns.iter().map(|column| column.null_count).collect(),
        pieces: survey.pieces,
        kept: survey.kept,
        row_count: survey.row_count,
        text,
    })
}

/// The type given for each column; the last word on a column wins.
fn given_types(path: &Path, names: &[String], types: &[(String, DataType)]) -> Result<Vec<Option<DataType>>> {
    let mut given = vec![None; names.len()];
    for (name, data_type) in types {
        let reason = match names.iter().position(|other| other == name) {
            Some(_) if ColumnBuffer::new(data_type).is_none() => {
                format!("column '{name}' cannot be read as {data_type}; give it another type")
            }
            Some(column) => {
                given[column] = Some(data_type.clone());
                continue;
            }
            None => format!(
                "a type is given for column '{name}', which does not exist; the first columns are {}",
                first_names(names)
            ),
        };
        return Err(Error::Request { path: path.to_path_buf(), reason });
    }
    Ok(given)
}

fn first_names(names: &[String]) -> String {
    names.iter().take(8).map(|name| format!("'{}'", fault::shown(name))).collect::<Vec<_>>().join(", ")
}

impl Source for CsvSource {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    fn row_count(&self) -> u64 {
        self.row_count
    }

    /// One unit a piece, with all columns whatever the layout: cutting a line into cells costs as much for one column
    /// as for all.
    fn units(&self, columns: &[usize], _layout: Layout, _unit_rows: u64) -> Vec<Unit> {
        let unit = |(part, piece): (usize, &Piece)| Unit {
            source: 0,
            part,
            rows: piece.first_row..piece.first_row + piece.row_count,
            columns: columns.to_vec(),
        };
        self.pieces.iter().enumerate().map(unit).collect()
    }

    fn read(
        &self,
        unit: &Unit,
        request: &ReadRequest,
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
    ) -> Result<()> {
        read::read_piece(self, unit.part, &unit.columns, request, sink)
    }

    fn held_bytes(&self) -> u64 {
        self.kept.iter().flatten().map(KeptCells::bytes).sum()
    }

    fn facts(&self) -> SourceFacts {
        let column = |(index, &nulls): (usize, &u64)| {
            let data_type = &self.schema.fields[index].data_type;
            let held = self.kept.iter().all(|piece| piece[index].are(data_type));
            ColumnFacts { mapped: false, held, encoding: "text".into(), null_count: Some(nulls) }
        };
        let (file_bytes, codec) = match &self.file {
            Some((file, codec)) => (file.bytes().len() as u64, *codec),
            None => (self.text.len() as u64, None),
        };
        SourceFacts {
            format: "CSV".into(),
            file_bytes,
            parts: self.pieces.len(),
            notes: codec.iter().map(|codec| format!("{codec}, {} bytes of text", self.text.len())).collect(),
            columns: self.null_counts.iter().enumerate().map(column).collect(),
        }
    }

    fn verify_unchanged(&self) -> Result<()> {
        self.file.as_ref().map_or(Ok(()), |(file, _)| file.verify_unchanged())
    }

    fn path(&self) -> &Path {
        &self.path
    }

    fn as_csv(&mut self) -> Option<&mut CsvSource> {
        Some(self)
    }
}
