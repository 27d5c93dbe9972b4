//! gzip and Zstandard around a whole npy file: unpacked once, under the caps, since an array must be there for several
//! passes. Compressed text is read by CSV itself.

use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;

use crate::error::Result;
use crate::options::OpenOptions;
use crate::spool::SpoolRoom;

/// Unpacked bytes that stay in memory; more go to a temporary file.
const MEMORY_BYTES: u64 = 64 << 20;

/// A compression of whole files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Codec {
    Gzip,
    Zstd,
}

impl Codec {
    /// The compression that a file beginning with `start` is in.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        if start.starts_with(&[0x1f, 0x8b]) {
            Some(Codec::Gzip)
        } else if start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Codec::Zstd)
        } else {
            None
        }
    }

    /// Unpacks `packed`, all members or frames of it.
    pub(super) fn decoder<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Codec::Gzip => Box::new(flate2::read::MultiGzDecoder::new(packed)),
            Codec::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
        })
    }

    /// All of `packed`, the bytes of `path`, unpacked.
    pub(super) fn unpack(self, packed: &[u8], path: &Path, options: &OpenOptions) -> Result<Bytes> {
        let room = SpoolRoom::new(path, options, MEMORY_BYTES);
        let mut decoder = self.decoder(packed).map_err(|error| room.stream_error(error))?;
        room.take(&mut *decoder)?.bytes(path)
    }
}
