//! The pages of a column chunk: every header is read and checked before anything of the chunk is decoded, and
//! decompression writes no more than the header claims and the caps allow.

use std::ops::Range;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};

use super::codec::Codec;
use super::delta;
use super::levels::{Depth, Value};
use super::page_header::{Kind, PageHeader};
use crate::fault::{Fault, within};

/// A checked page: its header and where its bytes lie in the file.
#[derive(Clone, Debug)]
pub(super) struct PagePlace {
    pub(super) header: PageHeader,
    pub(super) stored: Range<usize>,
}

/// Where a column chunk lies and what the footer says of it.
#[derive(Clone, Debug)]
pub(super) struct ChunkPlace {
    /// Bytes of the chunk in the file.
    pub(super) bytes: Range<usize>,
    /// Where the pages of any chunk must have ended: the footer's start.
    pub(super) pages_end: usize,
    /// Values, nulls included.
    pub(super) value_count: u64,
    pub(super) compression: Compression,
}

/// Some writers forgot the dictionary's header in the chunk's size (PARQUET-816); as much as other readers grant.
const FORGOTTEN_HEADER_BYTES: usize = 100;

/// Walks the page headers of a chunk. Each page must lie inside the chunk, claim at most `page_limit` bytes
/// decompressed, and all data pages together hold exactly the values that the footer says.
pub(super) fn walk(file: &[u8], chunk: &ChunkPlace, page_limit: u64) -> Result<Vec<PagePlace>, Fault> {
    let end = chunk.bytes.end.saturating_add(FORGOTTEN_HEADER_BYTES).min(chunk.pages_end);
    let mut pages: Vec<PagePlace> = Vec::new();
    let (mut at, mut values) = (chunk.bytes.start, 0u64);
    while values < chunk.value_count {
        if at >= end {
            return Err(Fault::malformed(format!(
                "its pages hold {values} values, the footer says {}; the file is damaged",
                chunk.value_count
            )));
        }
        let (header, header_bytes) = PageHeader::read(&file[at..end])?;
        let start = at + header_bytes;
        let stored = start..start.saturating_add(header.stored_bytes as usize);
        if stored.end > end {
            return Err(Fault::malformed(format!(
                "a page of {} bytes runs past the end of its column chunk; the file is damaged",
                header.stored_bytes
            )));
        }
        at = stored.end;
        within("a page", u64::from(header.page_bytes), page_limit)?;
        match header.kind {
            Kind::Other => continue,
            Kind::Dictionary if !pages.is_empty() => {
                return Err(Fault::malformed("a dictionary page is not the first page; the file is damaged"));
            }
            Kind::Dictionary => {}
            Kind::DataV2 { level_bytes, .. } => {
                let levels = u64::from(level_bytes.repetition) + u64::from(level_bytes.definition);
                if levels > u64::from(header.stored_bytes.min(header.page_bytes)) {
                    return Err(Fault::malformed(
                        "a page's levels are longer than the page; the file is damaged",
                    ));
                }
                values += u64::from(header.value_count);
            }
            Kind::Data => values += u64::from(header.value_count),
        }
        pages.push(PagePlace { header, stored });
    }
    if values > chunk.value_count {
        return Err(Fault::malformed(format!(
            "its pages hold {values} values, the footer says {}; the file is damaged",
            chunk.value_count
        )));
    }
    Ok(pages)
}

impl PagePlace {
    /// The page as stored, its checksum verified.
    pub(super) fn stored<'f>(&self, file: &'f [u8]) -> Result<&'f [u8], Fault> {
        let stored = &file[self.stored.clone()];
        match self.header.crc {
            Some(crc) if crc32fast::hash(stored) != crc => {
                Err(Fault::malformed("a page does not have its checksum; the file is damaged"))
            }
            _ => Ok(stored),
        }
    }

    /// Bytes at the start of the page that are never compressed: the levels of version 2.
    pub(super) fn plain_prefix_bytes(&self) -> usize {
        match self.header.kind {
            Kind::DataV2 { level_bytes, .. } => (level_bytes.repetition + level_bytes.definition) as usize,
            _ => 0,
        }
    }

    /// Whether the bytes after the prefix are compressed at all.
    pub(super) fn is_compressed(&self, compression: Compression) -> bool {
        compression != Compression::UNCOMPRESSED
            && !matches!(self.header.kind, Kind::DataV2 { compressed: false, .. })
    }

    /// Bytes of the page once decompressed.
    pub(super) fn decoded_bytes(&self, compression: Compression) -> usize {
        if self.is_compressed(compression) { self.header.page_bytes as usize } else { self.stored.len() }
    }

    /// Writes the decompressed page into `page`, which has [`PagePlace::decoded_bytes`] bytes.
    pub(super) fn decompress(
        &self,
        file: &[u8],
        compression: Compression,
        codec: &mut Codec,
        page: &mut [u8],
    ) -> Result<(), Fault> {
        let stored = self.stored(file)?;
        if !self.is_compressed(compression) {
            page.copy_from_slice(stored);
            return Ok(());
        }
        let prefix = self.plain_prefix_bytes();
        page[..prefix].copy_from_slice(&stored[..prefix]);
        // A page without values may be stored as nothing at all.
        if page.len() > prefix {
            codec.decompress(&stored[prefix..], &mut page[prefix..])?;
        }
        Ok(())
    }
}

/// Hands checked pages to the parquet crate's decoders.
pub(super) struct CheckedPages {
    file: Bytes,
    pages: std::iter::Peekable<std::vec::IntoIter<PagePlace>>,
    compression: Compression,
    codec: Codec,
    depth: Depth,
}

impl CheckedPages {
    pub(super) fn new(
        file: Bytes,
        pages: Vec<PagePlace>,
        compression: Compression,
        depth: Depth,
    ) -> Result<Self, Fault> {
        let codec = Codec::new(compression)?;
        Ok(Self { file, pages: pages.into_iter().peekable(), compression, codec, depth })
    }

    fn decode(&mut self, place: &PagePlace) -> Result<Page, Fault> {
        let buf = if place.is_compressed(self.compression) {
            let mut page = vec![0; place.decoded_bytes(self.compression)];
            place.decompress(&self.file, self.compression, &mut self.codec, &mut page)?;
            Bytes::from(page)
        } else {
            place.stored(&self.file)?;
            self.file.slice(place.stored.clone())
        };
        let header = &place.header;
        let (num_values, encoding) = (header.value_count, header.encoding);
        // The crate makes room for what these claim.
        if header.kind == Kind::Dictionary {
            let least = match self.depth.value {
                Value::Bit => 0,
                Value::Fixed(bytes) => bytes,
                Value::Bytes => 4,
            };
            if least.max(1).saturating_mul(num_values as usize) > buf.len() {
                return Err(Fault::malformed(format!(
                    "a dictionary page is too short for its {num_values} values; the file is damaged"
                )));
            }
        } else {
            delta::check(&buf[self.depth.levels_end(header, &buf)?..], encoding, num_values as usize)?;
        }
        Ok(match header.kind {
            Kind::Dictionary => Page::DictionaryPage { buf, num_values, encoding, is_sorted: false },
            Kind::DataV2 { level_bytes, null_count, row_count, compressed } => Page::DataPageV2 {
                buf,
                num_values,
                encoding,
                num_nulls: null_count,
                num_rows: row_count,
                def_levels_byte_len: level_bytes.definition,
                rep_levels_byte_len: level_bytes.repetition,
                is_compressed: compressed,
                statistics: None,
            },
            Kind::Data | Kind::Other => Page::DataPage {
                buf,
                num_values,
                encoding,
                def_level_encoding: header.definition_encoding,
                rep_level_encoding: header.repetition_encoding,
                statistics: None,
            },
        })
    }
}

/// A fault on its way through the parquet crate.
fn through(fault: Fault) -> ParquetError {
    ParquetError::General(match fault {
        Fault::Malformed(reason) | Fault::Unsupported(reason) => reason,
        Fault::Memory { what, needed_bytes, limit_bytes } => {
            format!("{what} needs {needed_bytes} bytes, the limit is {limit_bytes}")
        }
    })
}

impl Iterator for CheckedPages {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for CheckedPages {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        match self.pages.next() {
            Some(place) => self.decode(&place).map(Some).map_err(through),
            None => Ok(None),
        }
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        Ok(self.pages.peek().map(|place| PageMetadata {
            num_rows: match place.header.kind {
                Kind::DataV2 { row_count, .. } => Some(row_count as usize),
                _ => None,
            },
            num_levels: match place.header.kind {
                Kind::Dictionary => None,
                _ => Some(place.header.value_count as usize),
            },
            is_dict: place.header.kind == Kind::Dictionary,
        }))
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.pages.next();
        Ok(())
    }
}
