//! Columns that are read by copying from the file instead of through its map: see `array::copied` for why that is faster
//! for whoever does not come back often.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::chunk::{Chunk, Column, Values};
use crate::error::Result;
use crate::mapped_file::MappedFile;
use crate::source::Flow;

/// Bytes of a file that copying pays for: a smaller one is a few faults.
const FILE_BYTES_MIN: usize = 16 << 20;

/// Bytes that are copied at a time: they are read while they are in the second-level cache.
const COPIED_BYTES: usize = 512 << 10;

/// Bytes of the widest value that is copied.
const VALUE_BYTES: usize = 8;

/// What is to be copied.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// By column: rows that may still be copied. Only a hint, as what is read is the same either way.
    left: Vec<AtomicU64>,
    /// Buffers that no reader has now, one for each column that is read at a time.
    buffers: Mutex<Vec<Vec<Vec<u64>>>>,
}

impl Copies {
    /// For so many columns of `file`, of which none is to be copied yet.
    pub(super) fn of(file: &MappedFile, columns: usize) -> Self {
        let columns = if file.bytes().len() < FILE_BYTES_MIN { 0 } else { columns };
        Self { left: (0..columns).map(|_| AtomicU64::new(0)).collect(), buffers: Mutex::default() }
    }

    /// Lets the next `rows` rows of `column` be copied.
    pub(super) fn allow(&self, column: usize, rows: u64) {
        if let Some(left) = self.left.get(column) {
            left.store(rows, Ordering::Relaxed);
        }
    }

    /// Which of `columns` are copied of the next `rows` rows; `None` for none.
    pub(super) fn begin(&self, columns: &[usize], rows: u64) -> Option<Vec<bool>> {
        let spend = |&column: &usize| {
            let left = self.left.get(column)?;
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(rows)).ok()
        };
        let copied: Vec<bool> = columns.iter().map(|column| spend(column).is_some()).collect();
        copied.contains(&true).then_some(copied)
    }

    /// Rows of a chunk of which so many columns are copied.
    pub(super) fn chunk_rows(copied: &[bool], most: usize) -> usize {
        let count = copied.iter().filter(|&&is_copied| is_copied).count();
        most.min(COPIED_BYTES / (VALUE_BYTES * count.max(1))).max(1)
    }

    /// Calls `read` with a sink for mapped chunks, which hands them to `sink` with the values of `copied` columns copied.
    ///
    /// # Errors
    /// As [`MappedFile::copy`].
    pub(super) fn read<R>(
        &self,
        file: &MappedFile,
        copied: &[bool],
        sink: &mut dyn FnMut(&Chunk<'_>) -> Flow,
        read: impl FnOnce(&mut dyn FnMut(&Chunk<'_>) -> Flow) -> R,
    ) -> Result<R> {
        let mut buffers = self.lock().pop().unwrap_or_default();
        buffers.resize_with(buffers.len().max(copied.len()), Vec::new);
        let mut failed = None;
        let result = read(&mut |chunk| {
            let columns = chunk.columns.iter().zip(&mut buffers).zip(copied);
            let columns = columns.map(|((column, buffer), &is_copied)| {
                let values = if is_copied { copy(file, &column.values, buffer)? } else { None };
                Ok(Column { values: values.unwrap_or(column.values), validity: column.validity })
            });
            match columns.collect::<Result<Vec<_>>>() {
                Ok(columns) => sink(&Chunk { columns, ..*chunk }),
                Err(error) => {
                    failed = Some(error);
                    Flow::Break(())
                }
            }
        });
        self.lock().push(buffers);
        failed.map_or(Ok(result), Err)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Vec<Vec<u64>>>> {
        self.buffers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A copy of `values` in `buffer`, if they lie in the map of `file`.
fn copy<'b>(file: &MappedFile, values: &Values<'_>, buffer: &'b mut Vec<u64>) -> Result<Option<Values<'b>>> {
    macro_rules! copied {
        ($($variant:ident),*) => {
            match values {
                $(Values::$variant(values) => {
                    let bytes = fetch(file, bytemuck::cast_slice(values), buffer)?;
                    bytes.map(|bytes| Values::$variant(bytemuck::cast_slice(bytes)))
                })*
                _ => None,
            }
        };
    }
    Ok(copied!(Int32, Int64, UInt32, UInt64, Float32, Float64))
}

fn fetch<'b>(file: &MappedFile, bytes: &[u8], buffer: &'b mut Vec<u64>) -> Result<Option<&'b [u8]>> {
    // What was decompressed or written anew lies elsewhere.
    let start = bytes.as_ptr().addr().checked_sub(file.bytes().as_ptr().addr());
    let is_mapped =
        |start: &usize| start.checked_add(bytes.len()).is_some_and(|end| end <= file.bytes().len());
    let Some(start) = start.filter(is_mapped) else { return Ok(None) };
    let words = bytes.len().div_ceil(size_of::<u64>());
    if buffer.len() < words {
        buffer.resize(words, 0);
    }
    let copy = &mut bytemuck::cast_slice_mut(buffer)[..bytes.len()];
    file.copy(start as u64, copy)?;
    Ok(Some(copy))
}

#[cfg(test)]
mod tests {
    use std::ops::ControlFlow;
    use std::sync::Arc;

    use arrow_array::{ArrayRef, Float64Array, Int32Array, RecordBatch, StringArray};
    use arrow_ipc::writer::FileWriter;

    use super::*;
    use crate::{Dataset, Layout, ReadRequest};

    #[test]
    fn what_is_copied_is_what_is_mapped() {
        let rows = 500_000;
        let batch = |start: i32| {
            let numbers: ArrayRef = Arc::new(Float64Array::from_iter_values(
                (start..start + rows).map(|row| f64::from(row) * 0.5),
            ));
            let nulls: ArrayRef = Arc::new(Int32Array::from_iter(
                (start..start + rows).map(|row| (row % 3 > 0).then_some(row)),
            ));
            let texts: ArrayRef = Arc::new(StringArray::from_iter_values(
                (start..start + rows).map(|row| (row % 10).to_string()),
            ));
            RecordBatch::try_from_iter_with_nullable([
                ("x", numbers, false),
                ("n", nulls, true),
                ("t", texts, false),
            ])
            .expect("columns of one length")
        };
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("large.arrow");
        let file = std::fs::File::create(&path).expect("a file");
        let mut writer = FileWriter::try_new(file, &batch(0).schema()).expect("a writer");
        writer.write(&batch(0)).expect("written");
        writer.write(&batch(rows)).expect("written");
        writer.finish().expect("written");
        assert!(std::fs::metadata(&path).expect("a file").len() > FILE_BYTES_MIN as u64);

        let dataset = Dataset::open(&path).expect("a dataset");
        dataset.read_twice(&[0, 1, 2]);
        let mut chunks = [0; 3];
        for count in &mut chunks {
            let mut next = 0;
            for unit in dataset.units(&[0, 1, 2], Layout::Together, 300_000) {
                let mut take = |chunk: &Chunk<'_>| {
                    let [x, n, t] = &chunk.columns[..] else { panic!("three columns") };
                    let (Values::Float64(x), Values::Int32(values), Values::Text(texts)) =
                        (x.values, n.values, t.values)
                    else {
                        panic!("types as they were written")
                    };
                    for at in 0..chunk.row_count {
                        assert_eq!(x[at], f64::from(next) * 0.5);
                        let is_there = n.validity.is_none_or(|bits| bits.get(at));
                        assert_eq!(is_there.then_some(values[at]), (next % 3 > 0).then_some(next));
                        assert_eq!(texts.bytes(at), (next % 10).to_string().as_bytes());
                        next += 1;
                    }
                    *count += 1;
                    ControlFlow::Continue(())
                };
                dataset
                    .read(&unit, &ReadRequest { chunk_rows: 200_000, memory_bytes: 1 << 30 }, &mut take)
                    .expect("rows");
            }
            assert_eq!(next, 2 * rows);
        }
        // The third time nothing is copied, and chunks are as long as they were asked for.
        assert!(chunks[0] == chunks[1] && chunks[1] > chunks[2], "{chunks:?}");

        // A file that was cut meanwhile is an error, where its map would be the end of the program.
        let unit = dataset.units(&[0], Layout::Together, 100_000).swap_remove(0);
        let file = std::fs::OpenOptions::new().write(true).open(&path).expect("a file");
        file.set_len(64 << 10).expect("cut");
        dataset.read_twice(&[0]);
        let request = ReadRequest { chunk_rows: 200_000, memory_bytes: 1 << 30 };
        let cut = dataset.read(&unit, &request, &mut |_| ControlFlow::Continue(()));
        assert!(matches!(cut, Err(crate::Error::Changed { .. })), "{cut:?}");
    }
}
