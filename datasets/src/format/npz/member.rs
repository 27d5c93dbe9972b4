//! One npy file inside an archive.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use flate2::Crc;
use flate2::bufread::DeflateDecoder;

use super::directory::{Entry, Method};
use crate::array::{ArrayView, Deferred, Storage};
use crate::error::{Error, Result};
use crate::format::npy::{Header, HeaderError};
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::spool::SpoolRoom;

/// Unpacked bytes of one member that stay in memory; larger members go to a temporary file.
const MEMORY_BYTES: u64 = 16 << 20;

/// An array of the archive.
#[derive(Debug)]
pub(super) struct Member {
    /// Name without `.npy`.
    pub(super) name: String,
    /// `file.npz:name`, for errors.
    pub(super) path: PathBuf,
    /// What its header says, or why it is not read: that is an error only where the member is asked for.
    pub(super) header: std::result::Result<Header, HeaderError>,
    /// Its values.
    data: Storage<'static>,
}

impl Member {
    /// Looks at the header of `entry`.
    ///
    /// # Errors
    /// Where the entry cannot hold an npy file of the size that it claims.
    pub(super) fn new(file: &Arc<MappedFile>, entry: Entry, options: &OpenOptions) -> Result<Self> {
        let name = entry.name.strip_suffix(".npy").unwrap_or(&entry.name).to_owned();
        let mut path = file.path().as_os_str().to_owned();
        path.push(format!(":{name}"));
        let path = PathBuf::from(path);
        let malformed =
            |reason: String| Error::Malformed { path: path.clone(), column: None, rows: None, reason };
        let packed = file.bytes().slice(entry.data.clone());
        let header_bytes_max = options.limits.header_bytes;
        let (header, data) = match entry.method {
            Method::Stored => {
                let header = Header::read(&packed, packed.len() as u64, header_bytes_max);
                let start = header.as_ref().map_or(0, |header| header.data_start);
                (header, Storage::Shared(packed.slice(start..)))
            }
            Method::Deflated => {
                // A small array of equal values may be packed well; the rule is for what could hurt.
                let plausible = (packed.len() as u64 + 1).saturating_mul(options.limits.ratio);
                if entry.size_bytes > plausible {
                    return Err(malformed(format!(
                        "{} bytes are said to unpack to {}, which deflate cannot do",
                        packed.len(),
                        entry.size_bytes
                    )));
                }
                let prefix_bytes = Header::bytes_max(header_bytes_max).min(entry.size_bytes);
                let mut prefix = Vec::new();
                DeflateDecoder::new(&*packed)
                    .take(prefix_bytes)
                    .read_to_end(&mut prefix)
                    .map_err(|error| malformed(format!("cannot be unpacked: {error}")))?;
                let header = Header::read(&prefix, entry.size_bytes, header_bytes_max);
                let data_bytes = header.as_ref().map_or(0, |header| header.data_bytes);
                let start = header.as_ref().map_or(0, |header| header.data_start);
                let room = SpoolRoom::new(&path, options, MEMORY_BYTES);
                let produce = move || inflate(&packed, &entry, &room).map(|bytes| bytes.slice(start..));
                (header, Storage::Deferred(Arc::new(Deferred::new(data_bytes, Box::new(produce)))))
            }
            Method::Other(number) => {
                let reason = format!("zip method {number}; stored and deflated members are read");
                return Err(Error::Unsupported { path, column: None, reason });
            }
        };
        Ok(Self { name, path, header, data })
    }

    /// Whether `name` means this member.
    pub(super) fn is_called(&self, name: &str) -> bool {
        self.name == name || name.strip_suffix(".npy") == Some(&self.name)
    }

    /// Its header.
    pub(super) fn header(&self) -> Result<&Header> {
        self.header.as_ref().map_err(|error| error.clone().at(&self.path))
    }

    /// It as an array.
    pub(super) fn array(&self) -> Result<ArrayView<'static>> {
        self.header()?.view(self.data.clone()).map_err(|error| error.at(&self.path))
    }

    /// Its shape as text.
    pub(super) fn shape(&self) -> String {
        self.header.as_ref().map_or_else(|_| "(unreadable)".into(), Header::shape_text)
    }
}

/// All bytes of a deflated entry.
fn inflate(packed: &[u8], entry: &Entry, room: &SpoolRoom) -> Result<Bytes> {
    let malformed =
        |reason: String| Error::Malformed { path: room.path.clone(), column: None, rows: None, reason };
    let mut stream =
        Checked { inner: DeflateDecoder::new(packed).take(entry.size_bytes + 1), crc: Crc::new() };
    let bytes = room.take(&mut stream)?.bytes(Path::new(&room.path))?;
    if bytes.len() as u64 != entry.size_bytes {
        let more = if bytes.len() as u64 > entry.size_bytes { "more" } else { "less" };
        return Err(malformed(format!("unpacks to {more} than the {} bytes it claims", entry.size_bytes)));
    }
    if stream.crc.sum() != entry.crc32 {
        return Err(malformed("the CRC-32 of its bytes is not the one written beside them".into()));
    }
    Ok(bytes)
}

/// A stream whose CRC-32 is taken on the way.
struct Checked<R> {
    inner: R,
    crc: Crc,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.crc.update(&buffer[..count]);
        Ok(count)
    }
}
