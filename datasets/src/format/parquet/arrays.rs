//! Columns that the parquet crate decodes: rare encodings and types, and text without a dictionary. Pages are ours,
//! checked and decompressed by us; the crate sees only their bytes.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::cast::AsArray;
use arrow_schema::{DataType as Arrow, Field, FieldRef, Fields};
use bytes::Bytes;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowGroups};
use parquet::arrow::{ProjectionMask, parquet_to_arrow_field_levels};
use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::column::page::{PageIterator, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ParquetMetaData, RowGroupMetaData};

use super::columns::RootColumn;
use super::dictionary::DictionaryPage;
use super::levels::Depth;
use super::pages::{CheckedPages, PagePlace};
use crate::arrow_columns::{Stored, StoredText};
use crate::fault::{Fault, guarded};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 16_384;
/// Bytes that a batch may grow to where rows may be long.
const BATCH_BYTES: usize = 128 << 20;

/// Checked pages of one leaf.
pub(super) type Leaf = (Vec<PagePlace>, Compression);

/// A column of one row group on its way through Arrow arrays.
pub(super) struct ArrayColumn {
    reader: ParquetRecordBatchReader,
    pub(super) array: Option<Stored>,
    lent_rows: usize,
    /// Rows after the array that nobody wants.
    owed_rows: u64,
}

impl std::fmt::Debug for ArrayColumn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArrayColumn").field("lent_rows", &self.lent_rows).finish_non_exhaustive()
    }
}

/// One row group of which only some leaves exist.
struct OneGroup<'a> {
    file: Bytes,
    metadata: &'a ParquetMetaData,
    group: usize,
    first_leaf: usize,
    leaves: Vec<Leaf>,
}

/// The single chunk of a leaf.
struct OneChunk(Option<ParquetResult<Box<dyn PageReader>>>);

impl Iterator for OneChunk {
    type Item = ParquetResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take()
    }
}

impl PageIterator for OneChunk {}

impl RowGroups for OneGroup<'_> {
    fn num_rows(&self) -> usize {
        self.metadata.row_group(self.group).num_rows() as usize
    }

    fn column_chunks(&self, leaf: usize) -> ParquetResult<Box<dyn PageIterator>> {
        let lost = || ParquetError::General(format!("leaf {leaf} was not asked for"));
        let (pages, compression) =
            leaf.checked_sub(self.first_leaf).and_then(|at| self.leaves.get(at)).ok_or_else(lost)?;
        let depth = Depth::of(self.metadata.row_group(self.group).column(leaf).column_descr());
        let pages = CheckedPages::new(self.file.clone(), pages.clone(), *compression, depth)
            .map_err(|_| ParquetError::General(format!("compression {compression} is not read")))?;
        Ok(Box::new(OneChunk(Some(Ok(Box::new(pages))))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.metadata.row_group(self.group)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        self.metadata
    }
}

fn decoding(error: impl std::fmt::Display) -> Fault {
    Fault::malformed(format!("its pages cannot be decoded: {error}"))
}

impl ArrayColumn {
    /// Prepares `column` of row group `group`; `root` is its place in the schema.
    pub(super) fn new(
        file: &Bytes,
        metadata: &ParquetMetaData,
        group: usize,
        root: usize,
        column: &RootColumn,
        leaves: Vec<Leaf>,
    ) -> Result<Self, Fault> {
        let schema = metadata.file_metadata().schema_descr();
        let text =
            column.leaves.clone().any(|leaf| schema.column(leaf).physical_type() == Physical::BYTE_ARRAY);
        let batch_rows = if text { batch_rows(file, &leaves)? } else { BATCH_ROWS };
        guarded("column", || {
            let roots = schema.root_schema().get_fields();
            let hint: Fields = roots
                .iter()
                .enumerate()
                .map(|(at, node)| {
                    if at == root {
                        column.field.clone()
                    } else {
                        FieldRef::new(Field::new(node.name(), Arrow::Null, true))
                    }
                })
                .collect();
            let mask = || ProjectionMask::roots(schema, [root]);
            let levels = parquet_to_arrow_field_levels(schema, mask(), Some(&hint))
                .or_else(|_| parquet_to_arrow_field_levels(schema, mask(), None))
                .map_err(decoding)?;
            let group =
                OneGroup { file: file.clone(), metadata, group, first_leaf: column.leaves.start, leaves };
            let reader = ParquetRecordBatchReader::try_new_with_row_groups(&levels, &group, batch_rows, None)
                .map_err(decoding)?;
            Ok(Self { reader, array: None, lent_rows: 0, owed_rows: 0 })
        })
    }

    /// Rows that can be lent now; decodes more if there are none. Zero only at the end of the chunk.
    pub(super) fn available(&mut self) -> Result<usize, Fault> {
        while self.array.as_ref().is_none_or(|array| self.lent_rows == array.len()) {
            let batch = guarded("column", || self.reader.next().transpose().map_err(decoding))?;
            self.lent_rows = 0;
            self.array = batch.map(|batch| stored(batch.column(0))).transpose()?;
            let Some(array) = &self.array else {
                let is_short = self.owed_rows > 0;
                let reason = "it has fewer rows than its row group; the file is damaged";
                return if is_short { Err(Fault::malformed(reason)) } else { Ok(0) };
            };
            let owed = self.owed_rows.min(array.len() as u64);
            self.lent_rows = owed as usize;
            self.owed_rows -= owed;
        }
        Ok(self.array.as_ref().map_or(0, |array| array.len() - self.lent_rows))
    }

    /// Steps over rows, whether or not they were decoded.
    pub(super) fn skip(&mut self, rows: u64) {
        let ready = self.array.as_ref().map_or(0, |array| array.len() - self.lent_rows) as u64;
        self.lent_rows += rows.min(ready) as usize;
        self.owed_rows += rows.saturating_sub(ready);
    }

    /// The first row of [`ArrayColumn::array`] that was not lent.
    pub(super) fn position(&self) -> usize {
        self.lent_rows
    }

    /// Steps over what was lent.
    pub(super) fn advance(&mut self, rows: usize) {
        self.lent_rows += rows;
    }
}

/// The array as it can be lent. The crate was seen to let text through that is not UTF-8: it is checked here.
fn stored(array: &ArrayRef) -> Result<Stored, Fault> {
    if *array.data_type() != Arrow::Utf8 {
        return Ok(Stored::Array(Arc::clone(array)));
    }
    let (offsets, data, nulls) = array.as_string::<i32>().clone().into_parts();
    StoredText::new(offsets.into_inner(), data, nulls).map(Stored::Text32).map_err(Fault::Malformed)
}

/// How many rows may be decoded at once: a dictionary's longest value, or a prefix that deltas share, may come
/// with every row.
fn batch_rows(file: &[u8], leaves: &[Leaf]) -> Result<usize, Fault> {
    let mut longest = 1;
    for (pages, compression) in leaves {
        let dictionary = DictionaryPage::read(file, pages, *compression)?;
        longest = longest.max(dictionary.longest());
        let deltas = pages.iter().filter(|page| page.header.encoding == Encoding::DELTA_BYTE_ARRAY);
        longest = longest.max(deltas.map(|page| page.decoded_bytes(*compression)).max().unwrap_or(0));
    }
    Ok(BATCH_ROWS.min(BATCH_BYTES / longest).max(1))
}
