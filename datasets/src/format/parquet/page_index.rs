//! Least and greatest values page by page, where the writer noted them (the page index: a column index with bounds and
//! an offset index with places), so that pages of which no row can matter are not decoded. The index is believed only
//! as far as it is in accord with the page headers that are there; what is not is as if it were not noted.
//! Source: apache/parquet-format, PageIndex.md; src/main/thrift/parquet.thrift, `ColumnIndex` and `OffsetIndex`.

use std::ops::Range;

use super::bounds::{fields, value_of};
use super::columns::RootColumn;
use super::page_header::Kind;
use super::pages::PagePlace;
use super::thrift::{BINARY, Compact, FALSE, I32, I64, LIST, STRUCT, TRUE};
use crate::fault::Fault;
use crate::source::UnitBounds;

/// Where the two parts of a column chunk's page index lie in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct IndexPlaces {
    pub(super) column: Range<u64>,
    pub(super) offset: Range<u64>,
}

/// Bounds of the pages of a column chunk.
#[derive(Debug, PartialEq)]
pub(super) struct PageBounds {
    /// First row of each page within the row group, and the end.
    starts: Vec<u64>,
    /// By page; `None`: not known.
    bounds: Vec<Option<UnitBounds>>,
}

impl PageBounds {
    /// The bounds that `places` note for `pages`, all pages of a flat `column` with as many rows as values; `None` where
    /// there are none to be believed.
    pub(super) fn read(
        file: &[u8],
        places: &IndexPlaces,
        column: &RootColumn,
        pages: &[PagePlace],
    ) -> Option<Self> {
        let bytes = |place: &Range<u64>| {
            let (start, end) = (usize::try_from(place.start).ok()?, usize::try_from(place.end).ok()?);
            file.get(start..end).filter(|bytes| !bytes.is_empty())
        };
        let data: Vec<&PagePlace> = (pages.iter())
            .filter(|page| matches!(page.header.kind, Kind::Data | Kind::DataV2 { .. }))
            .collect();
        let offset_index = bytes(&places.offset)?;
        let mut starts = Vec::with_capacity(data.len() + 1);
        let mut end = 0;
        let mut left = data.iter();
        // Each location must be that of the next page, and its first row the one that the headers give.
        let mut agrees = true;
        locations(offset_index, &mut |location| {
            agrees &= left.next().is_some_and(|page| {
                let is_there = (location.offset as u64) < page.stored.start as u64
                    && location.offset.checked_add(location.bytes) == i64::try_from(page.stored.end).ok();
                starts.push(end);
                let is_next = i64::try_from(end).ok() == Some(location.first_row);
                end += u64::from(page.header.value_count);
                is_there && is_next
            });
        })
        .ok()?;
        if !agrees || left.next().is_some() {
            return None;
        }
        starts.push(end);
        let bounds = column_index(bytes(&places.column)?, column, &data).ok()??;
        Some(Self { starts, bounds })
    }

    /// First rows of the pages, and the end.
    pub(super) fn starts(&self) -> &[u64] {
        &self.starts
    }

    /// Bounds of the page in which `row` lies.
    pub(super) fn of_row(&self, row: u64) -> Option<UnitBounds> {
        let page = self.starts.partition_point(|&start| start <= row).checked_sub(1)?;
        self.bounds.get(page)?.clone()
    }
}

#[derive(Default)]
struct Location {
    offset: i64,
    bytes: i64,
    first_row: i64,
}

/// OffsetIndex.page_locations.
fn locations(bytes: &[u8], visit: &mut dyn FnMut(Location)) -> Result<(), Fault> {
    let mut reader = Compact::new(bytes);
    fields(&mut reader, |reader, id, wire| match (id, wire) {
        (1, LIST) => {
            let (wire, count) = reader.list()?;
            for _ in 0..count {
                if wire != STRUCT {
                    return reader.skip_element(wire);
                }
                let mut location = Location { offset: -1, bytes: -1, first_row: -1 };
                fields(reader, |reader, id, wire| {
                    match (id, wire) {
                        (1, I64) => location.offset = reader.i64()?,
                        (2, I32) => location.bytes = reader.i64()?,
                        (3, I64) => location.first_row = reader.i64()?,
                        _ => reader.skip(wire)?,
                    }
                    Ok(())
                })?;
                visit(location);
            }
            Ok(())
        }
        _ => reader.skip(wire),
    })
}

/// ColumnIndex.null_pages, .min_values, .max_values and .null_counts, one of each for each of `pages`; `None` where
/// their numbers differ.
fn column_index(
    bytes: &[u8],
    column: &RootColumn,
    pages: &[&PagePlace],
) -> Result<Option<Vec<Option<UnitBounds>>>, Fault> {
    let mut reader = Compact::new(bytes);
    let (mut null_pages, mut nulls) = (Vec::new(), Vec::new());
    let (mut least, mut greatest): (Vec<&[u8]>, Vec<&[u8]>) = (Vec::new(), Vec::new());
    fields(&mut reader, |reader, id, wire| match (id, wire) {
        (1, LIST) => elements(reader, &[TRUE, FALSE], pages.len(), |reader| {
            null_pages.push(reader.flag()?);
            Ok(())
        }),
        (2, LIST) => elements(reader, &[BINARY], pages.len(), |reader| {
            least.push(&bytes[reader.binary()?]);
            Ok(())
        }),
        (3, LIST) => elements(reader, &[BINARY], pages.len(), |reader| {
            greatest.push(&bytes[reader.binary()?]);
            Ok(())
        }),
        (5, LIST) => elements(reader, &[I64], pages.len(), |reader| {
            nulls.push(reader.i64()?);
            Ok(())
        }),
        _ => reader.skip(wire),
    })?;
    let count = pages.len();
    if null_pages.len() != count || least.len() != count || greatest.len() != count {
        return Ok(None);
    }
    let bounds = (0..count).map(|page| {
        let values = u64::from(pages[page].header.value_count);
        let null_count = nulls.get(page).and_then(|&nulls| u64::try_from(nulls).ok());
        let null_count = null_count.filter(|&nulls| nulls <= values);
        if null_pages[page] {
            // A page of nulls alone must have as many.
            return (null_count == Some(values)).then_some(UnitBounds { range: None, null_count });
        }
        let range = value_of(least[page], column).zip(value_of(greatest[page], column));
        range.filter(|(min, max)| min <= max).map(|range| UnitBounds { range: Some(range), null_count })
    });
    Ok(Some(bounds.collect()))
}

/// Visits the elements of a list of one of `kinds`, of which there are `count`.
fn elements<'a>(
    reader: &mut Compact<'a>,
    kinds: &[u8],
    count: usize,
    mut visit: impl FnMut(&mut Compact<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (wire, found) = reader.list()?;
    if found != count || !kinds.contains(&wire) {
        return Err(Fault::malformed("a page index does not fit its pages"));
    }
    (0..count).try_for_each(|_| visit(reader))
}
