//! What a footer claims of row groups and column chunks, held against the file.

use std::ops::Range;

use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};

use crate::fault::Fault;

/// First row of each row group, and the end.
pub(super) fn row_starts(metadata: &ParquetMetaData, pages_end: usize) -> Result<Vec<u64>, Fault> {
    let leaves = metadata.file_metadata().schema_descr().num_columns();
    let mut starts = vec![0u64];
    for group in metadata.row_groups() {
        let rows = u64::try_from(group.num_rows()).map_err(|_| {
            Fault::malformed("a row group has a negative number of rows; the file is damaged")
        })?;
        if group.num_columns() != leaves {
            return Err(Fault::malformed(format!(
                "a row group has {} columns, the schema {leaves}; the file is damaged",
                group.num_columns()
            )));
        }
        for chunk in group.columns() {
            chunk_bytes(chunk, pages_end)?;
            let flat = chunk.column_descr().max_rep_level() == 0;
            if flat && u64::try_from(chunk.num_values()).ok() != Some(rows) {
                return Err(Fault::malformed(format!(
                    "column '{}' has {} values in a row group of {rows} rows; the file is damaged",
                    chunk.column_path().string(),
                    chunk.num_values()
                )));
            }
        }
        let end = starts[starts.len() - 1]
            .checked_add(rows)
            .filter(|&end| i64::try_from(end).is_ok())
            .ok_or_else(|| Fault::malformed("it has more rows than can be counted; the file is damaged"))?;
        starts.push(end);
    }
    // The footer's own total is wrong in files that every reader reads; the row groups count.
    Ok(starts)
}

/// Where a column chunk lies: inside the file, before the footer.
pub(super) fn chunk_bytes(chunk: &ColumnChunkMetaData, pages_end: usize) -> Result<Range<usize>, Fault> {
    let name = || chunk.column_path().string();
    if chunk.file_path().is_some_and(|path| !path.is_empty()) {
        return Err(Fault::unsupported(format!(
            "column '{}' lies in another file; merge them first",
            name()
        )));
    }
    let start = match chunk.dictionary_page_offset() {
        // Some writers say 0 for "none".
        Some(offset) if offset > 0 && offset < chunk.data_page_offset() => offset,
        _ => chunk.data_page_offset(),
    };
    let place = usize::try_from(start)
        .ok()
        .zip(usize::try_from(chunk.compressed_size()).ok())
        .and_then(|(start, bytes)| Some(start..start.checked_add(bytes)?))
        .filter(|place| place.start >= 4 && place.end <= pages_end);
    // A chunk without values may lie nowhere.
    match place {
        Some(place) => Ok(place),
        None if chunk.num_values() == 0 => Ok(4..4),
        None => Err(Fault::malformed(format!(
            "column '{}' lies at bytes {start}..+{}, outside the {pages_end} bytes before the footer; the file is cut short or damaged",
            name(),
            chunk.compressed_size()
        ))),
    }
}
