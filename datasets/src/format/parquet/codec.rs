//! Decompression of pages into exactly the bytes that the header promised: never more is written or
//! allocated, so a bomb costs what its header says, and the header was checked.

use std::io::Read;

use parquet::basic::Compression;

use crate::fault::Fault;

/// A page codec with the state that it reuses.
pub(super) enum Codec {
    Stored,
    Snappy(snap::raw::Decoder),
    Gzip,
    Brotli,
    Lz4Raw,
    /// Hadoop's frames, or LZ4's own frames, or raw: writers disagreed about what `LZ4` means.
    Lz4,
    Zstd(zstd::bulk::Decompressor<'static>),
}

impl std::fmt::Debug for Codec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// The codec's name, as `info` shows it.
pub(super) fn name(compression: Compression) -> &'static str {
    match compression {
        Compression::UNCOMPRESSED => "uncompressed",
        Compression::SNAPPY => "snappy",
        Compression::GZIP(_) => "gzip",
        Compression::LZO => "lzo",
        Compression::BROTLI(_) => "brotli",
        Compression::LZ4 => "lz4",
        Compression::ZSTD(_) => "zstd",
        Compression::LZ4_RAW => "lz4_raw",
    }
}

fn broken(name: &str, why: impl std::fmt::Display) -> Fault {
    Fault::malformed(format!("a page is not valid {name}: {why}; the file is damaged"))
}

impl Codec {
    /// The codec of a column chunk.
    pub(super) fn new(compression: Compression) -> Result<Self, Fault> {
        Ok(match compression {
            Compression::UNCOMPRESSED => Codec::Stored,
            Compression::SNAPPY => Codec::Snappy(snap::raw::Decoder::new()),
            Compression::GZIP(_) => Codec::Gzip,
            Compression::BROTLI(_) => Codec::Brotli,
            Compression::LZ4 => Codec::Lz4,
            Compression::LZ4_RAW => Codec::Lz4Raw,
            Compression::ZSTD(_) => Codec::Zstd(
                zstd::bulk::Decompressor::new().map_err(|error| Fault::unsupported(error.to_string()))?,
            ),
            other => return Err(Fault::unsupported(format!("pages compressed with {other} are not read"))),
        })
    }

    fn name(&self) -> &'static str {
        match self {
            Codec::Stored => "uncompressed data",
            Codec::Snappy(_) => "snappy",
            Codec::Gzip => "gzip",
            Codec::Brotli => "brotli",
            Codec::Lz4Raw | Codec::Lz4 => "lz4",
            Codec::Zstd(_) => "zstd",
        }
    }

    /// Fills all of `page` from `stored`.
    pub(super) fn decompress(&mut self, stored: &[u8], page: &mut [u8]) -> Result<(), Fault> {
        let name = self.name();
        let expected = page.len();
        let written = match self {
            Codec::Stored => {
                if stored.len() == expected {
                    page.copy_from_slice(stored);
                }
                stored.len()
            }
            Codec::Snappy(decoder) => {
                let claimed = snap::raw::decompress_len(stored).map_err(|error| broken(name, error))?;
                if claimed != expected {
                    return Err(size_differs(name, expected, claimed));
                }
                decoder.decompress(stored, page).map_err(|error| broken(name, error))?
            }
            Codec::Gzip => {
                // Several members may follow one another.
                let reader = flate2::bufread::MultiGzDecoder::new(stored);
                read_exactly(reader, page).map_err(|error| broken(name, error))?
            }
            Codec::Brotli => {
                let reader = brotli_decompressor::Decompressor::new(stored, 4096);
                read_exactly(reader, page).map_err(|error| broken(name, error))?
            }
            Codec::Lz4Raw => {
                lz4_flex::block::decompress_into(stored, page).map_err(|error| broken(name, error))?
            }
            Codec::Lz4 => {
                decompress_lz4(stored, page).ok_or_else(|| broken(name, "no known framing fits"))?
            }
            Codec::Zstd(decoder) => {
                decoder.decompress_to_buffer(stored, page).map_err(|error| broken(name, error))?
            }
        };
        if written == expected { Ok(()) } else { Err(size_differs(name, expected, written)) }
    }
}

fn size_differs(name: &str, expected: usize, found: usize) -> Fault {
    Fault::malformed(format!(
        "a page of {name} holds {found} bytes where its header says {expected}; the file is damaged"
    ))
}

/// Fills `page`; bytes beyond it are counted by one, so that too long a stream is seen.
fn read_exactly(mut reader: impl Read, page: &mut [u8]) -> std::io::Result<usize> {
    let mut filled = 0;
    while filled < page.len() {
        match reader.read(&mut page[filled..])? {
            0 => return Ok(filled),
            count => filled += count,
        }
    }
    Ok(filled + reader.read(&mut [0u8])?)
}

fn decompress_lz4(stored: &[u8], page: &mut [u8]) -> Option<usize> {
    if let Some(written) = decompress_hadoop(stored, page) {
        return Some(written);
    }
    if let Ok(written) = read_exactly(lz4_flex::frame::FrameDecoder::new(stored), page) {
        return Some(written);
    }
    lz4_flex::block::decompress_into(stored, page).ok()
}

/// Hadoop's `Lz4Codec`: frames of (decompressed size, compressed size), both big-endian, then the block.
fn decompress_hadoop(mut stored: &[u8], page: &mut [u8]) -> Option<usize> {
    let mut filled = 0usize;
    while !stored.is_empty() {
        let (sizes, rest) = stored.split_first_chunk::<8>()?;
        let [d0, d1, d2, d3, c0, c1, c2, c3] = *sizes;
        let block_bytes = u32::from_be_bytes([d0, d1, d2, d3]) as usize;
        let stored_bytes = u32::from_be_bytes([c0, c1, c2, c3]) as usize;
        let block = page.get_mut(filled..filled.checked_add(block_bytes)?)?;
        if lz4_flex::block::decompress_into(rest.get(..stored_bytes)?, block).ok()? != block_bytes {
            return None;
        }
        filled += block_bytes;
        stored = &rest[stored_bytes..];
    }
    Some(filled)
}
