//! The header of an npy file: a total function of its bytes. Nothing is allocated from a number in them before it is
//! compared with the bytes that are there.

use std::path::Path;

use crate::array::literal::{self, Literal};
use crate::array::{ArrayView, Dtype, Storage, array_bytes, tuple};
use crate::error::Error;

/// What every npy file begins with.
pub(crate) const MAGIC: &[u8] = b"\x93NUMPY";
/// Bytes of magic, version, and the longer form of the header's length.
const PREFIX_BYTES: usize = 12;

/// What an npy header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    version: (u8, u8),
    dtype: Dtype,
    is_fortran: bool,
    shape: Vec<usize>,
    /// Byte of the first element.
    pub(crate) data_start: usize,
    /// Bytes of all elements.
    pub(crate) data_bytes: usize,
}

/// What is wrong with a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeaderError {
    /// It is no header, or not one of this file.
    Malformed(String),
    /// It is one, of something that is not read.
    Unsupported(String),
}

impl HeaderError {
    /// The error of a file, or of a member as `file.npz:member`.
    pub(crate) fn at(self, path: &Path) -> Error {
        let path = path.to_path_buf();
        match self {
            HeaderError::Malformed(reason) => Error::Malformed { path, column: None, rows: None, reason },
            HeaderError::Unsupported(reason) => Error::Unsupported { path, column: None, reason },
        }
    }
}

fn malformed<T>(reason: impl Into<String>) -> Result<T, HeaderError> {
    Err(HeaderError::Malformed(reason.into()))
}

impl Header {
    /// How many bytes from the start [`Header::read`] may look at.
    pub(crate) fn bytes_max(header_bytes_max: u64) -> u64 {
        header_bytes_max.saturating_add(PREFIX_BYTES as u64)
    }

    /// Reads the header that `prefix` begins with; the array and its header take `total_bytes` altogether.
    pub(crate) fn read(prefix: &[u8], total_bytes: u64, header_bytes_max: u64) -> Result<Self, HeaderError> {
        let Some(rest) = prefix.strip_prefix(MAGIC) else {
            return malformed("not an npy file: it does not begin with \\x93NUMPY");
        };
        let cut =
            || HeaderError::Malformed(format!("the file ends inside its header, after {total_bytes} bytes"));
        let version = rest.first_chunk::<2>().map(|&[major, minor]| (major, minor)).ok_or_else(cut)?;
        let rest = &rest[2..];
        let (header_bytes, rest) = match version {
            (1, 0) => {
                let (length, rest) = rest.split_first_chunk::<2>().ok_or_else(cut)?;
                (u64::from(u16::from_le_bytes(*length)), rest)
            }
            (2 | 3, 0) => {
                let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
                (u64::from(u32::from_le_bytes(*length)), rest)
            }
            (major, minor) => {
                let reason = format!("npy version {major}.{minor}; 1.0, 2.0 and 3.0 are read");
                return malformed(reason);
            }
        };
        let data_start = (prefix.len() - rest.len()) as u64 + header_bytes;
        if data_start > total_bytes {
            return malformed(format!(
                "the header claims {header_bytes} bytes, the file has {total_bytes} altogether"
            ));
        }
        if header_bytes > header_bytes_max {
            return malformed(format!(
                "the header has {header_bytes} bytes; at most {header_bytes_max} are read"
            ));
        }
        let text = rest.get(..header_bytes as usize).ok_or_else(cut)?;
        let text = if version == (3, 0) {
            match str::from_utf8(text) {
                Ok(text) => text.to_owned(),
                Err(error) => {
                    return malformed(format!("byte {} of the header is not UTF-8", error.valid_up_to()));
                }
            }
        } else {
            text.iter().map(|&byte| char::from(byte)).collect()
        };
        let (dtype, is_fortran, shape) = fields(&text)?;
        let data_bytes = array_bytes(&shape, dtype.item_bytes()).map_err(HeaderError::Malformed)?;
        let found = total_bytes - data_start;
        if found != data_bytes as u64 {
            let what =
                if found < data_bytes as u64 { "the file is cut off" } else { "more than one array follows" };
            return malformed(format!(
                "{what}: an array of shape {} and {} bytes an element takes {data_bytes} bytes, {found} are there",
                tuple(&shape),
                dtype.item_bytes(),
            ));
        }
        Ok(Self { version, dtype, is_fortran, shape, data_start: data_start as usize, data_bytes })
    }

    /// The array in `data`, the bytes after the header.
    pub(crate) fn view<'a>(&self, data: Storage<'a>) -> Result<ArrayView<'a>, HeaderError> {
        if data.len() != self.data_bytes {
            return malformed(format!("{} bytes of data where {} belong", data.len(), self.data_bytes));
        }
        Ok(ArrayView::ordered(data, self.dtype.clone(), &self.shape, self.is_fortran))
    }

    /// `npy 1.0`.
    pub(crate) fn format_name(&self) -> String {
        format!("npy {}.{}", self.version.0, self.version.1)
    }

    /// Number of axes.
    pub(crate) fn axes(&self) -> usize {
        self.shape.len()
    }

    /// Whether elements have fields.
    pub(crate) fn is_structure(&self) -> bool {
        self.dtype.is_structure()
    }

    /// The shape as Python writes it.
    pub(crate) fn shape_text(&self) -> String {
        tuple(&self.shape)
    }

    /// Remarks for `info`.
    pub(crate) fn notes(&self) -> Vec<String> {
        let is_told = self.is_fortran && self.shape.iter().filter(|&&len| len > 1).count() > 1;
        if is_told { vec!["Fortran order".into()] } else { Vec::new() }
    }
}

/// Type, order and shape of the dict.
fn fields(text: &str) -> Result<(Dtype, bool, Vec<usize>), HeaderError> {
    let Literal::Dict(entries) = literal::parse(text).map_err(HeaderError::Malformed)? else {
        return malformed("the header is no Python dict");
    };
    let entry = |name: &str| {
        let found = entries.iter().find(|(key, _)| matches!(key, Literal::Text(key) if key == name));
        found.map(|(_, value)| value)
    };
    let (Some(descr), Some(order), Some(shape), 3) =
        (entry("descr"), entry("fortran_order"), entry("shape"), entries.len())
    else {
        return malformed("the header has other keys than descr, fortran_order and shape");
    };
    let &Literal::Bool(is_fortran) = order else {
        return malformed("fortran_order is neither True nor False");
    };
    let Literal::Tuple(axes) = shape else { return malformed("shape is no tuple") };
    let shape: Option<Vec<usize>> = axes
        .iter()
        .map(|axis| match axis {
            Literal::Integer(len) => isize::try_from(*len).ok().and_then(|len| usize::try_from(len).ok()),
            _ => None,
        })
        .collect();
    let Some(shape) = shape else { return malformed("shape holds something else than lengths of axes") };
    let dtype = Dtype::from_literal(descr).map_err(|error| HeaderError::Unsupported(error.to_string()))?;
    Ok((dtype, is_fortran, shape))
}
