//! Writes npy files: one column is a 1-D array, several are a structured array with a field each. Times of day become
//! timedelta64; a time zone is left out, its ticks being those of UTC.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

use super::records::{Days, Records};
use super::{NullPolicy, Output, Part, PartEncoder, TableWriter, WriteOptions};
use crate::chunk::Chunk;
use crate::error::{Error, Result};
use crate::schema::{DataType, Schema};

/// Header and data begin at multiples of it, so that a mapped array is aligned for every kernel.
const ALIGNMENT_BYTES: usize = 64;

/// A writer of this format.
pub(super) fn create(path: &Path, schema: &Schema, options: &WriteOptions) -> Result<Box<dyn TableWriter>> {
    let request = |reason: &str| Error::Request { path: path.to_path_buf(), reason: reason.into() };
    if schema.fields.is_empty() {
        return Err(request("a table without columns is no array"));
    }
    if path.extension().is_some_and(|extension| extension == "gz" || extension == "zst") {
        return Err(request("npy is written uncompressed, so that it can be mapped; end the name in .npy"));
    }
    let records = Records::new(path, schema, Days::Wide, options.null)?;
    let row_count = options.row_count.filter(|_| options.null != NullPolicy::Drop);
    let mut output = Output::create(path)?;
    if !output.is_seekable() && row_count.is_none() {
        return Err(request(
            "an npy header tells the number of rows, which is not known yet; write to a file",
        ));
    }
    let descr = descr(schema);
    output.write_all(&header(&descr, row_count.unwrap_or(0))).map_err(|error| output.error(error))?;
    Ok(Box::new(NpyWriter { records, output, descr, row_count }))
}

#[derive(Debug)]
struct NpyWriter {
    records: Records,
    output: Output,
    descr: String,
    /// Rows that were announced.
    row_count: Option<u64>,
}

impl TableWriter for NpyWriter {
    fn write(&mut self, chunk: &Chunk<'_>) -> Result<()> {
        self.records.write(chunk, &mut self.output)
    }

    fn part_encoder(&self) -> Option<Box<dyn PartEncoder>> {
        Some(self.records.part_encoder())
    }

    fn append(&mut self, part: &mut Part) -> Result<()> {
        self.records.append(part, &mut self.output)
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        let rows = self.records.rows_out;
        if self.output.is_seekable() {
            let header = header(&self.descr, rows);
            self.output.rewrite_start(&header).map_err(|error| self.output.error(error))?;
        } else if self.row_count != Some(rows) {
            let reason = format!("{rows} rows came, {} were announced", self.row_count.unwrap_or(0));
            return Err(Error::Request { path: self.output.path().to_path_buf(), reason });
        }
        self.output.commit()
    }
}

/// The element type as a Python literal.
fn descr(schema: &Schema) -> String {
    if let [field] = schema.fields.as_slice() {
        return format!("'{}'", type_string(&field.data_type));
    }
    let fields = schema.fields.iter().map(|field| {
        let mut name = String::new();
        for letter in field.name.chars() {
            match letter {
                '\\' | '\'' => name.extend(['\\', letter]),
                letter if letter.is_control() => {
                    // A string takes what is written to it.
                    let _ = write!(name, "\\u{:04x}", u32::from(letter));
                }
                letter => name.push(letter),
            }
        }
        format!("('{name}', '{}')", type_string(&field.data_type))
    });
    format!("[{}]", fields.collect::<Vec<_>>().join(", "))
}

fn type_string(data_type: &DataType) -> String {
    let text = match data_type {
        DataType::Bool => "|b1",
        DataType::Int8 => "|i1",
        DataType::UInt8 => "|u1",
        DataType::Int16 => "<i2",
        DataType::UInt16 => "<u2",
        DataType::Int32 => "<i4",
        DataType::UInt32 => "<u4",
        DataType::Int64 => "<i8",
        DataType::UInt64 => "<u8",
        DataType::Float16 => "<f2",
        DataType::Float32 => "<f4",
        DataType::Date => "<M8[D]",
        DataType::Timestamp(unit, _) => return format!("<M8[{}]", unit.symbol()),
        DataType::Time(unit) | DataType::Duration(unit) => return format!("<m8[{}]", unit.symbol()),
        // `Records` takes no other type.
        _ => "<f8",
    };
    text.into()
}

/// The header, of the same length for every number of rows.
fn header(descr: &str, rows: u64) -> Vec<u8> {
    let dict = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': ({rows},), }}");
    // The longest number has 20 digits.
    let longest = dict.len() - rows.to_string().len() + 20;
    // Names beyond ASCII need version 3.0, which is UTF-8; long headers need the wide length of 2.0.
    let (version, length_bytes) =
        match (dict.is_ascii(), longest + 2 * ALIGNMENT_BYTES <= usize::from(u16::MAX)) {
            (true, true) => (1, 2),
            (true, false) => (2, 4),
            (false, _) => (3, 4),
        };
    let prefix = 8 + length_bytes;
    let total = (prefix + longest + 1).next_multiple_of(ALIGNMENT_BYTES);
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend_from_slice(&[version, 0]);
    bytes.extend_from_slice(&((total - prefix) as u32).to_le_bytes()[..length_bytes]);
    bytes.extend_from_slice(dict.as_bytes());
    bytes.resize(total - 1, b' ');
    bytes.push(b'\n');
    bytes
}
