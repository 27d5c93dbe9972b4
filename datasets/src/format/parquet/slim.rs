//! The footer without what is not used. The parquet crate goes by field numbers and stops at a field that has
//! another type than it knows, as files of other writers and other days have them; and what it does not see it
//! cannot be led astray by. So the footer is copied, field by field, by this table.
//! Source: apache/parquet-format, src/main/thrift/parquet.thrift.

use super::thrift::{BINARY, Compact, I32, I64, LIST, STRUCT};
use crate::fault::Fault;

/// A field that is kept if it has this wire type.
#[derive(Debug)]
struct Kept {
    id: i64,
    wire: u8,
    inner: Inner,
}

/// What of a field's value is kept.
#[derive(Debug)]
enum Inner {
    /// All, byte by byte.
    All,
    /// A structure's fields.
    Struct(&'static [Kept]),
    /// The fields of a list's structures.
    Structs(&'static [Kept]),
    /// A list of this wire type.
    List(u8),
}

const fn all(id: i64, wire: u8) -> Kept {
    Kept { id, wire, inner: Inner::All }
}

static FILE_METADATA: &[Kept] = &[
    all(1, I32),
    Kept { id: 2, wire: LIST, inner: Inner::Structs(SCHEMA_ELEMENT) },
    all(3, I64),
    Kept { id: 4, wire: LIST, inner: Inner::Structs(ROW_GROUP) },
    Kept { id: 5, wire: LIST, inner: Inner::Structs(KEY_VALUE) },
    all(6, BINARY),
];

/// Type, width, repetition, name, children, converted type, scale, precision, field id, logical type.
static SCHEMA_ELEMENT: &[Kept] = &[
    all(1, I32),
    all(2, I32),
    all(3, I32),
    all(4, BINARY),
    all(5, I32),
    all(6, I32),
    all(7, I32),
    all(8, I32),
    all(9, I32),
    all(10, STRUCT),
];

static KEY_VALUE: &[Kept] = &[all(1, BINARY), all(2, BINARY)];

/// Columns, bytes, rows.
static ROW_GROUP: &[Kept] =
    &[Kept { id: 1, wire: LIST, inner: Inner::Structs(COLUMN_CHUNK) }, all(2, I64), all(3, I64)];

/// Other file's path, offset, metadata.
static COLUMN_CHUNK: &[Kept] =
    &[all(1, BINARY), all(2, I64), Kept { id: 3, wire: STRUCT, inner: Inner::Struct(COLUMN_METADATA) }];

/// Type, encodings, path, codec, values, sizes, offsets, null count.
static COLUMN_METADATA: &[Kept] = &[
    all(1, I32),
    Kept { id: 2, wire: LIST, inner: Inner::List(I32) },
    Kept { id: 3, wire: LIST, inner: Inner::List(BINARY) },
    all(4, I32),
    all(5, I64),
    all(6, I64),
    all(7, I64),
    all(9, I64),
    all(11, I64),
    Kept { id: 12, wire: STRUCT, inner: Inner::Struct(&[all(3, I64)]) },
];

/// ColumnChunk.crypto_metadata: the column is encrypted.
const CRYPTO_METADATA: i64 = 8;

/// The footer, slimmed.
pub(super) fn slim(footer: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut slimmed = Vec::with_capacity(footer.len());
    copy(footer, &mut Compact::new(footer), FILE_METADATA, &mut slimmed)?;
    Ok(slimmed)
}

fn copy(
    footer: &[u8],
    reader: &mut Compact<'_>,
    kept: &'static [Kept],
    slimmed: &mut Vec<u8>,
) -> Result<(), Fault> {
    let (mut last, mut last_kept) = (0, 0);
    while let Some((wire, id)) = reader.field(&mut last)? {
        if id == CRYPTO_METADATA && std::ptr::eq(kept, COLUMN_CHUNK) {
            return Err(Fault::unsupported("encrypted columns are not read; decrypt the file first"));
        }
        // A field that comes again, or out of order, is nobody's writer's.
        let found = kept.iter().find(|field| field.id == id && field.wire == wire && id > last_kept);
        let Some(field) = found else {
            reader.skip(wire)?;
            continue;
        };
        slimmed.push(((id - last_kept) as u8) << 4 | wire);
        last_kept = id;
        let start = reader.position();
        match field.inner {
            Inner::All => reader.skip(wire)?,
            Inner::Struct(kept) => {
                copy(footer, reader, kept, slimmed)?;
                continue;
            }
            Inner::Structs(kept) => {
                let count = list(reader, STRUCT)?;
                slimmed.extend_from_slice(&footer[start..reader.position()]);
                for _ in 0..count {
                    copy(footer, reader, kept, slimmed)?;
                }
                continue;
            }
            Inner::List(wire) => {
                let count = list(reader, wire)?;
                for _ in 0..count {
                    reader.skip_element(wire)?;
                }
            }
        }
        slimmed.extend_from_slice(&footer[start..reader.position()]);
    }
    slimmed.push(0);
    Ok(())
}

/// The length of a list whose elements have the right type; an empty list may say any.
fn list(reader: &mut Compact<'_>, wire: u8) -> Result<usize, Fault> {
    match reader.list()? {
        (_, 0) => Ok(0),
        (found, count) if found == wire => Ok(count),
        _ => Err(Fault::malformed("the footer has a list of the wrong type; the file is damaged")),
    }
}
