//! Columns of 4- and 8-byte values and of dictionary codes, decoded a span at a time. A plain page without nulls
//! is lent as it was decompressed; everything else is written into one buffer that fits the second-level cache.

use std::marker::PhantomData;
use std::ops::Range;

use arrcalc_kernels::Bits;
use bytemuck::Pod;
use bytes::Bytes;
use parquet::basic::{Compression, Encoding};

use super::dictionary;
use super::hybrid::{BitVec, Hybrid};
use super::page_header::Kind;
use super::pages::PagePlace;
use super::workspace::{Buffers, Workspace, room};
use crate::fault::Fault;

/// Rows that are decoded before they are lent: 16,384 values of 8 bytes are 128 KiB.
const SPAN_ROWS: usize = 16_384;
/// Fewer rows than this are not worth lending from the page itself.
const DIRECT_ROWS: usize = 4_096;
/// Codes that are unpacked before they are looked up.
const CODES: usize = 1_024;

/// What a column chunk stores.
pub(super) trait Stored: Pod {
    /// Whether plain pages hold such values.
    const PLAIN: bool;

    /// Values of `codes`, all of which are below the dictionary's length.
    fn look_up(dictionary: &[Self], codes: &[u32], values: &mut [Self]);
}

macro_rules! number {
    ($($number:ty)*) => {$(
        impl Stored for $number {
            const PLAIN: bool = true;

            fn look_up(dictionary: &[Self], codes: &[u32], values: &mut [Self]) {
                for (value, &code) in values.iter_mut().zip(codes) {
                    *value = dictionary[code as usize];
                }
            }
        }
    )*};
}
number!(i32 i64 f32 f64);

/// Codes stay codes: text is counted by them.
impl Stored for u32 {
    const PLAIN: bool = false;

    fn look_up(_: &[Self], codes: &[u32], values: &mut [Self]) {
        values.copy_from_slice(codes);
    }
}

/// Whether [`FixedColumn`] decodes every one of `pages`.
pub(super) fn decodes<T: Stored>(pages: &[PagePlace]) -> bool {
    pages.iter().all(|page| {
        let header = &page.header;
        match header.kind {
            Kind::Dictionary => matches!(header.encoding, Encoding::PLAIN | Encoding::PLAIN_DICTIONARY),
            Kind::Data if header.definition_encoding != Encoding::RLE => false,
            Kind::Data | Kind::DataV2 { .. } => match header.encoding {
                Encoding::PLAIN => T::PLAIN,
                Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => true,
                _ => false,
            },
            Kind::Other => true,
        }
    })
}

/// The values of the open page that are still to come.
#[derive(Debug)]
enum Source {
    Plain(Range<usize>),
    Codes(Hybrid),
}

/// Rows that can be lent.
#[derive(Debug)]
enum Span {
    /// In the page, from this byte.
    Page(usize),
    /// In the buffer, from its start.
    Buffer,
}

/// A column chunk on its way to slices.
#[derive(Debug)]
pub(super) struct FixedColumn<T> {
    file: Bytes,
    pages: std::vec::IntoIter<PagePlace>,
    compression: Compression,
    nullable: bool,
    /// The page, the dictionary, values that were written anew and their validity.
    space: Workspace,
    dictionary_len: usize,
    page: PageShape,
    page_rows: usize,
    levels: Option<Hybrid>,
    source: Source,
    span: Span,
    span_rows: usize,
    lent_rows: usize,
    /// Rows after the span that nobody wants.
    owed_rows: u64,
    /// The longest span of all pages.
    longest_span: usize,
    values: PhantomData<T>,
}

/// Where the decompressed page lies in its buffer: so that the values behind its levels are aligned where that can be
/// foreseen.
#[derive(Clone, Copy, Debug, Default)]
struct PageShape {
    start: usize,
    len: usize,
    /// Bytes before the values of the last page.
    prefix: usize,
}

impl PageShape {
    /// A page of `len` bytes whose values probably stand `prefix` bytes from its start.
    fn new(len: usize, prefix: usize) -> Self {
        Self { start: prefix.next_multiple_of(16) - prefix, len, prefix }
    }

    fn of(self, words: &[u128]) -> &[u8] {
        &bytemuck::cast_slice(words)[self.start..self.start + self.len]
    }
}

impl<T: Stored> FixedColumn<T> {
    /// A column of checked pages that [`decodes`] them all. Of codes, `code_count` is the number of what they stand for.
    pub(super) fn new(
        file: Bytes,
        pages: Vec<PagePlace>,
        compression: Compression,
        nullable: bool,
        code_count: usize,
    ) -> Result<Self, Fault> {
        let mut space = Workspace::take(compression)?;
        let dictionary_len = match T::PLAIN {
            true => dictionary::read_numbers(&file, &pages, compression, size_of::<T>(), &mut space)?,
            false => code_count,
        };
        let data = |page: &&PagePlace| matches!(page.header.kind, Kind::Data | Kind::DataV2 { .. });
        let rows = pages.iter().filter(data).map(|page| u64::from(page.header.value_count)).sum::<u64>();
        Ok(Self {
            file,
            pages: pages.into_iter(),
            compression,
            nullable,
            space,
            dictionary_len,
            page: PageShape::default(),
            page_rows: 0,
            levels: None,
            source: Source::Plain(0..0),
            span: Span::Buffer,
            span_rows: 0,
            lent_rows: 0,
            owed_rows: 0,
            longest_span: rows.min(SPAN_ROWS as u64) as usize,
            values: PhantomData,
        })
    }

    /// Rows that can be lent now; decodes more if there are none. Zero only at the end of the chunk.
    pub(super) fn available(&mut self) -> Result<usize, Fault> {
        if self.lent_rows == self.span_rows {
            self.pass_over()?;
            self.fill()?;
        }
        Ok(self.span_rows - self.lent_rows)
    }

    /// Lends the next `rows` rows, at most [`FixedColumn::available`].
    pub(super) fn lend(&self, rows: usize) -> (&[T], Option<Bits<'_>>) {
        let lent = self.lent_rows..self.lent_rows + rows;
        match self.span {
            Span::Page(from) => {
                let page = self.page.of(&self.space.page);
                let bytes = &page[from..from + self.span_rows * size_of::<T>()];
                (&bytemuck::cast_slice(bytes)[lent], None)
            }
            Span::Buffer => {
                let validity = &self.space.validity;
                let validity =
                    (validity.ones() < validity.len()).then(|| Bits::new(validity.bytes(), lent.start, rows));
                let bytes: &[u8] = bytemuck::cast_slice(&self.space.values);
                (
                    bytemuck::cast_slice(&bytes[lent.start * size_of::<T>()..lent.end * size_of::<T>()]),
                    validity,
                )
            }
        }
    }

    /// Steps over what was lent.
    pub(super) fn advance(&mut self, rows: usize) {
        self.lent_rows += rows;
    }

    /// Steps over rows, whether or not they were decoded: pages of which no row is wanted never are.
    pub(super) fn skip(&mut self, rows: u64) {
        let ready = rows.min((self.span_rows - self.lent_rows) as u64);
        self.lent_rows += ready as usize;
        self.owed_rows += rows - ready;
    }

    /// Steps over the rows owed: whole pages as they are, parts of a page decoded.
    fn pass_over(&mut self) -> Result<(), Fault> {
        while self.owed_rows > 0 {
            if self.page_rows == 0 {
                let is_data = |page: &PagePlace| matches!(page.header.kind, Kind::Data | Kind::DataV2 { .. });
                match self.pages.as_slice().first() {
                    None => {
                        return Err(Fault::malformed(
                            "it has fewer rows than its row group; the file is damaged",
                        ));
                    }
                    Some(page) if !is_data(page) => drop(self.pages.next()),
                    Some(page) if u64::from(page.header.value_count) <= self.owed_rows => {
                        self.owed_rows -= u64::from(page.header.value_count);
                        self.pages.next();
                    }
                    Some(_) => drop(self.open_page()?),
                }
                continue;
            }
            let rows =
                self.page_rows.min(SPAN_ROWS).min(usize::try_from(self.owed_rows).unwrap_or(usize::MAX));
            (self.span_rows, self.lent_rows) = (0, 0);
            self.space.validity.clear();
            self.decode(rows)?;
            self.page_rows -= rows;
            self.owed_rows -= rows as u64;
        }
        Ok(())
    }

    fn fill(&mut self) -> Result<(), Fault> {
        self.lent_rows = 0;
        self.span_rows = 0;
        self.span = Span::Buffer;
        self.space.validity.clear();
        while self.span_rows < SPAN_ROWS {
            if self.page_rows == 0 && !self.open_page()? {
                break;
            }
            if self.span_rows == 0
                && let Some((from, rows)) = self.direct()?
            {
                self.span = Span::Page(from);
                self.span_rows = rows;
                break;
            }
            let rows = self.page_rows.min(SPAN_ROWS - self.span_rows);
            self.decode(rows)?;
            self.page_rows -= rows;
            self.span_rows += rows;
        }
        Ok(())
    }

    /// Opens the next data page with rows; false at the end of the chunk.
    fn open_page(&mut self) -> Result<bool, Fault> {
        let place = loop {
            match self.pages.next() {
                None => return Ok(false),
                Some(place) if matches!(place.header.kind, Kind::Dictionary | Kind::Other) => {}
                Some(place) if place.header.value_count == 0 => {}
                Some(place) => break place,
            }
        };
        let rows = place.header.value_count as usize;
        let len = place.decoded_bytes(self.compression);
        let levels_v2 = place.plain_prefix_bytes();
        let prefix = match place.header.kind {
            Kind::DataV2 { .. } => levels_v2,
            _ if !self.nullable => 0,
            // Levels that are all 1: their length, a run's head, one value.
            _ if self.page.prefix == 0 => 4 + varint_bytes(rows << 1) + 1,
            _ => self.page.prefix,
        };
        self.page = PageShape::new(len, prefix);
        let space = &mut *self.space;
        let room = &mut room(&mut space.page, self.page.start + len)[self.page.start..];
        place.decompress(&self.file, self.compression, &mut space.codec, room)?;
        let page = self.page.of(&space.page);
        let mut at = 0;
        self.levels = None;
        match place.header.kind {
            Kind::DataV2 { level_bytes, .. } => {
                if level_bytes.repetition > 0 {
                    return Err(Fault::malformed("a flat column has repetition levels; the file is damaged"));
                }
                at = levels_v2;
                if self.nullable {
                    self.levels = Some(Hybrid::new(0, levels_v2, 1));
                }
            }
            _ if self.nullable => {
                let bytes = page
                    .first_chunk::<4>()
                    .map(|bytes| u32::from_le_bytes(*bytes) as usize)
                    .filter(|&bytes| bytes <= page.len() - 4)
                    .ok_or_else(|| {
                        Fault::malformed("a page's levels run past its end; the file is damaged")
                    })?;
                at = 4 + bytes;
                self.levels = Some(Hybrid::new(4, at, 1));
            }
            _ => {}
        }
        self.source = match place.header.encoding {
            Encoding::PLAIN => Source::Plain(at..len),
            _ if at == len => Source::Codes(Hybrid::new(at, at, 0)),
            _ => {
                let width = page[at];
                if width > 32 {
                    return Err(Fault::malformed(format!("codes of {width} bits; the file is damaged")));
                }
                Source::Codes(Hybrid::new(at + 1, len, width))
            }
        };
        self.page.prefix = at;
        self.page_rows = rows;
        Ok(true)
    }

    /// Where the page itself can be lent from, and for how many rows.
    fn direct(&mut self) -> Result<Option<(usize, usize)>, Fault> {
        let Source::Plain(range) = &mut self.source else { return Ok(None) };
        let page = self.page.of(&self.space.page);
        let valid = match &mut self.levels {
            None => self.page_rows,
            Some(levels) => match levels.peek_equal(page)? {
                Some((1, run)) => run.min(self.page_rows),
                _ => 0,
            },
        };
        let bytes = valid.saturating_mul(size_of::<T>());
        if valid < DIRECT_ROWS || bytes > range.len() {
            return Ok(None);
        }
        if bytemuck::try_cast_slice::<u8, T>(&page[range.start..range.start + bytes]).is_err() {
            return Ok(None);
        }
        if let Some(levels) = &mut self.levels {
            levels.skip_equal(valid);
        }
        let from = range.start;
        range.start += bytes;
        self.page_rows -= valid;
        Ok(Some((from, valid)))
    }

    /// Decodes `rows` rows of the open page behind what the buffer holds.
    fn decode(&mut self, rows: usize) -> Result<(), Fault> {
        let base = self.span_rows;
        let Buffers { page, values, dictionary, validity, .. } = &mut *self.space;
        let page = self.page.of(page);
        let ones_before = validity.ones();
        match &mut self.levels {
            Some(levels) => levels.read_bits(page, rows, validity)?,
            None => validity.push_equal(true, rows),
        }
        let dense = validity.ones() - ones_before;
        // Room for the longest span at once: what a span already has is not moved.
        let values: &mut [T] = bytemuck::cast_slice_mut(room(values, self.longest_span * size_of::<T>()));
        let values = &mut values[base..base + rows];
        match &mut self.source {
            Source::Plain(range) => {
                let bytes = dense * size_of::<T>();
                if bytes > range.len() {
                    return Err(Fault::malformed(
                        "a page has fewer values than its header says; the file is damaged",
                    ));
                }
                bytemuck::cast_slice_mut(&mut values[..dense])
                    .copy_from_slice(&page[range.start..range.start + bytes]);
                range.start += bytes;
            }
            Source::Codes(codes) => {
                let dictionary: &[u8] = bytemuck::cast_slice(dictionary);
                let numbers = if T::PLAIN { self.dictionary_len * size_of::<T>() } else { 0 };
                let dictionary: &[T] = bytemuck::cast_slice(&dictionary[..numbers]);
                let mut buffer = [0; CODES];
                for values in values[..dense].chunks_mut(CODES) {
                    let buffer = &mut buffer[..values.len()];
                    codes.read(page, buffer)?;
                    let largest = buffer.iter().fold(0, |largest, &code| largest.max(code));
                    if largest as usize >= self.dictionary_len {
                        return Err(Fault::malformed(format!(
                            "code {largest} of a dictionary of {} values; the file is damaged",
                            self.dictionary_len
                        )));
                    }
                    T::look_up(dictionary, buffer, values);
                }
            }
        }
        spread(values, dense, base, validity);
        Ok(())
    }
}

/// Moves the first `dense` values to the set bits of `validity` from `base` on.
fn spread<T: Pod>(values: &mut [T], dense: usize, base: usize, validity: &BitVec) {
    let mut from = dense;
    let mut end = values.len();
    while from < end && end > 0 {
        let start = end.saturating_sub(64);
        let word = validity.word(base + start);
        let ones = if end - start == 64 { u64::MAX } else { (1 << (end - start)) - 1 };
        if word & ones == ones {
            from -= end - start;
            values.copy_within(from..from + (end - start), start);
        } else {
            for row in (start..end).rev() {
                if word >> (row - start) & 1 == 1 {
                    from -= 1;
                    values[row] = values[from];
                }
            }
        }
        end = start;
    }
}

fn varint_bytes(value: usize) -> usize {
    (usize::BITS - value.leading_zeros()).div_ceil(7).max(1) as usize
}
