//! gzip and Zstandard around a whole file: recognised by magic bytes, decompressed as a stream into memory or an
//! unnamed temporary file, so that the format inside is read like any other file.

use std::fmt;
use std::io::{self, Read};
use std::path::Path;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};
use crate::mapped_file::MappedFile;
use crate::options::OpenOptions;
use crate::spool::SpoolRoom;

/// Decompressed bytes that stay in memory; more go to a temporary file.
const MEMORY_BYTES: u64 = 64 << 20;
/// Below so many bytes no ratio is suspicious: a short run of zeros compresses without bounds.
const RATIO_FREE_BYTES: u64 = 16 << 20;

/// What a file is wrapped in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    /// RFC 1952, one or more members.
    Gzip,
    /// RFC 8878, one or more frames.
    Zstd,
}

impl fmt::Display for Codec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Codec::Gzip => "gzip",
            Codec::Zstd => "zstd",
        })
    }
}

impl Codec {
    /// The codec by the file's first bytes.
    pub(crate) fn of(bytes: &[u8]) -> Option<Self> {
        if bytes.starts_with(b"\x1f\x8b\x08") {
            Some(Codec::Gzip)
        } else if bytes.starts_with(b"\x28\xb5\x2f\xfd") {
            Some(Codec::Zstd)
        } else {
            None
        }
    }

    /// Unpacks `packed`, all members or frames of it.
    pub(crate) fn decoder<'r>(self, packed: impl Read + 'r) -> io::Result<Box<dyn Read + 'r>> {
        Ok(match self {
            Codec::Gzip => Box::new(MultiGzDecoder::new(packed)),
            Codec::Zstd => Box::new(zstd::stream::read::Decoder::new(packed)?),
        })
    }
}

/// A file, and its bytes without the wrapper.
#[derive(Debug)]
pub(crate) struct Unwrapped {
    /// The file as it is, for what tells that it changed.
    pub(crate) file: MappedFile,
    /// Its bytes, decompressed where they were compressed.
    pub(crate) bytes: Bytes,
    /// What it was wrapped in.
    pub(crate) codec: Option<Codec>,
}

/// Maps `path`, and decompresses it where its first bytes say that it is compressed.
///
/// # Errors
/// `Error::Io`; `Error::Malformed` for a damaged or cut stream; `Error::Limit` where it grows past
/// `limits.temp_bytes`, or, past 16 MiB, by more than `limits.ratio`.
pub(crate) fn open(path: &Path, options: &OpenOptions) -> Result<Unwrapped> {
    let file = MappedFile::open(path)?;
    let codec = Codec::of(file.bytes());
    let bytes = match codec {
        Some(codec) => decompress(path, file.bytes(), codec, options)?,
        None => file.bytes().clone(),
    };
    Ok(Unwrapped { file, bytes, codec })
}

fn decompress(path: &Path, bytes: &[u8], codec: Codec, options: &OpenOptions) -> Result<Bytes> {
    let room = SpoolRoom::new(path, options, MEMORY_BYTES);
    let ratio = options.limits.ratio;
    let grown_max = ratio.saturating_mul(bytes.len() as u64).max(RATIO_FREE_BYTES);
    let decoder = codec.decoder(bytes).map_err(|error| room.stream_error(damage(codec, error)))?;
    let check = |total_bytes| {
        if total_bytes <= grown_max {
            return Ok(());
        }
        Err(Error::Limit {
            path: path.to_path_buf(),
            what: format!("the {codec} stream, which grows by more than {ratio} times,"),
            needed_bytes: total_bytes,
            limit_bytes: grown_max,
            option: "--max-ratio",
        })
    };
    room.take_while(&mut Damaged { decoder, codec }, &check)?.bytes(path)
}

/// A decoder whose every failure is the data's fault, since its input is in memory.
struct Damaged<R> {
    decoder: R,
    codec: Codec,
}

impl<R: Read> Read for Damaged<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.decoder.read(buffer).map_err(|error| damage(self.codec, error))
    }
}

fn damage(codec: Codec, error: io::Error) -> io::Error {
    let reason = match error.kind() {
        io::ErrorKind::Interrupted => return error,
        io::ErrorKind::UnexpectedEof => format!("the {codec} stream is cut short"),
        _ => format!("the {codec} stream is damaged: {error}"),
    };
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;
    use crate::limits::Limits;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn open_bytes(bytes: &[u8], limits: &Limits) -> Result<Unwrapped> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        open(file.path(), &OpenOptions { limits: *limits, ..OpenOptions::default() })
    }

    #[test]
    fn wrapped_and_plain_files_give_the_same_bytes() {
        let plain: Vec<u8> =
            (0..300_000_u32).flat_map(|value| value.wrapping_mul(value).to_le_bytes()).collect();
        let limits = [Limits::default(), Limits { memory_bytes: 1_000, ..Limits::default() }];
        for limits in limits {
            assert_eq!(open_bytes(&plain, &limits).unwrap().codec, None);
            let (first, second) = plain.split_at(1_000);
            let members = [gzip(first), gzip(second)].concat();
            let frames = [zstd::encode_all(first, 1).unwrap(), zstd::encode_all(second, 3).unwrap()].concat();
            for (bytes, codec) in [(gzip(&plain), Codec::Gzip), (members, Codec::Gzip), (frames, Codec::Zstd)]
            {
                let unwrapped = open_bytes(&bytes, &limits).unwrap();
                assert_eq!((unwrapped.codec, unwrapped.bytes == plain), (Some(codec), true));
            }
        }
    }

    #[test]
    fn every_cut_and_every_flipped_byte_is_an_error_or_the_same_bytes() {
        let plain = b"x,y\n1,2\n3,4\n".repeat(50);
        let mut checked = zstd::Encoder::new(Vec::new(), 1).unwrap();
        checked.include_checksum(true).unwrap();
        checked.write_all(&plain).unwrap();
        for bytes in [gzip(&plain), checked.finish().unwrap()] {
            for at in 4..bytes.len() {
                match open_bytes(&bytes[..at], &Limits::default()) {
                    Err(Error::Malformed { .. }) => {}
                    other => panic!("cut at {at}: {other:?}"),
                }
                let mut flipped = bytes.clone();
                flipped[at] ^= 0x55;
                match open_bytes(&flipped, &Limits::default()) {
                    Err(Error::Malformed { .. }) => {}
                    Ok(unwrapped) => assert_eq!(unwrapped.bytes, plain, "flipped at {at}"),
                    Err(other) => panic!("{other}"),
                }
            }
        }
    }

    #[test]
    fn a_bomb_is_refused_by_ratio_and_by_space() {
        let zeros = vec![0; 32 << 20];
        let bomb = zstd::encode_all(&zeros[..], 1).unwrap();
        assert!(zeros.len() / bomb.len() > 1_100);
        assert!(matches!(
            open_bytes(&bomb, &Limits::default()),
            Err(Error::Limit { option: "--max-ratio", .. })
        ));
        let limits = Limits { memory_bytes: 4 << 20, temp_bytes: 8 << 20, ..Limits::default() };
        assert!(matches!(open_bytes(&gzip(&zeros), &limits), Err(Error::Limit { option: "--max-temp", .. })));
    }
}
