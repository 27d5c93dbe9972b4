//! Row groups' least and greatest values, as the writer noted them in the footer. Only those are believed whose order
//! is certain: signed integers and moments of time, and text, where the footer says that the order is the type's own.
//! Floats are never believed (NaN and the zeros' signs), nor unsigned integers and the notes of the first years,
//! which writers ordered in several ways.
//! Source: apache/parquet-format, src/main/thrift/parquet.thrift, `Statistics` and `ColumnOrder`.

use std::ops::Range;

use super::columns::{Reading, RootColumn};
use super::page_index::IndexPlaces;
use super::thrift::{BINARY, Compact, I32, I64, LIST, STRUCT};
use crate::fault::Fault;
use crate::schema::DataType;
use crate::source::Bound;

/// Bytes of the least and of the greatest value.
type Places = (Range<u32>, Range<u32>);

/// Where in the footer the bounds of each column chunk stand.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    leaves: usize,
    /// Least and greatest value, group by group.
    places: Vec<Option<Places>>,
    /// Bounds of pages, group by group.
    indexes: Vec<Option<IndexPlaces>>,
    /// Which leaves are ordered as their types are.
    is_ordered: Vec<bool>,
}

impl Bounds {
    /// The bounds of `groups` row groups of `leaves` leaves. A footer in which they cannot be found has none.
    pub(super) fn read(footer: &[u8], groups: usize, leaves: usize) -> Self {
        match walk(footer, leaves) {
            Ok(bounds) if bounds.places.len() == groups * leaves => bounds,
            _ => Self::default(),
        }
    }

    /// Least and greatest value of a column in a row group; they may not occur, but nothing lies outside.
    pub(super) fn of(&self, footer: &[u8], group: usize, column: &RootColumn) -> Option<(Bound, Bound)> {
        let leaf = self.ordered_leaf(column)?;
        let (min, max) = self.places.get(group * self.leaves + leaf)?.as_ref()?;
        let value =
            |place: &Range<u32>| value_of(footer.get(place.start as usize..place.end as usize)?, column);
        Some((value(min)?, value(max)?)).filter(|(min, max)| min <= max)
    }

    /// Where bounds of the pages of a column in a row group stand.
    pub(super) fn index(&self, group: usize, column: &RootColumn) -> Option<&IndexPlaces> {
        let leaf = self.ordered_leaf(column)?;
        self.indexes.get(group * self.leaves + leaf)?.as_ref()
    }

    /// The leaf of a flat column whose order is its type's.
    fn ordered_leaf(&self, column: &RootColumn) -> Option<usize> {
        let leaf = column.leaves.start;
        let is_ordered = self.is_ordered.get(leaf).copied().unwrap_or(false);
        (column.leaves.len() == 1 && is_ordered).then_some(leaf)
    }
}

/// A bound as it is stored, of the columns whose order is certain.
pub(super) fn value_of(bytes: &[u8], column: &RootColumn) -> Option<Bound> {
    match (column.reading, &column.data_type) {
        (
            Reading::Int32,
            DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Date | DataType::Time(_),
        ) => Some(Bound::Integer(i32::from_le_bytes(bytes.try_into().ok()?).into())),
        (
            Reading::Int64,
            DataType::Int64 | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_),
        ) => Some(Bound::Integer(i64::from_le_bytes(bytes.try_into().ok()?))),
        (Reading::Text, DataType::String) => Some(Bound::Text(str::from_utf8(bytes).ok()?.into())),
        _ => None,
    }
}

fn walk(footer: &[u8], leaves: usize) -> Result<Bounds, Fault> {
    let mut reader = Compact::new(footer);
    let mut bounds = Bounds { leaves, ..Bounds::default() };
    let mut last = 0;
    while let Some((wire, id)) = reader.field(&mut last)? {
        match (id, wire) {
            // FileMetaData.row_groups, each with its RowGroup.columns.
            (4, LIST) => each(&mut reader, |reader| {
                fields(reader, |reader, id, wire| match (id, wire) {
                    (1, LIST) => each(reader, |reader| {
                        let (place, index) = column_chunk(reader)?;
                        bounds.places.push(place);
                        bounds.indexes.push(index);
                        Ok(())
                    }),
                    _ => reader.skip(wire),
                })
            })?,
            // FileMetaData.column_orders, each a union of which TYPE_ORDER is the first.
            (7, LIST) => each(&mut reader, |reader| {
                let mut is_ordered = false;
                fields(reader, |reader, id, wire| {
                    is_ordered |= (id, wire) == (1, STRUCT);
                    reader.skip(wire)
                })?;
                bounds.is_ordered.push(is_ordered);
                Ok(())
            })?,
            (_, wire) => reader.skip(wire)?,
        }
    }
    Ok(bounds)
}

/// ColumnChunk.meta_data, ColumnMetaData.statistics, Statistics.max_value and .min_value; ColumnChunk's offsets and
/// lengths of the page index.
fn column_chunk(reader: &mut Compact<'_>) -> Result<(Option<Places>, Option<IndexPlaces>), Fault> {
    let (mut min, mut max) = (None, None);
    // Of the offset index, then of the column index.
    let mut index = [None; 4];
    fields(reader, |reader, id, wire| match (id, wire) {
        (3, STRUCT) => fields(reader, |reader, id, wire| match (id, wire) {
            (12, STRUCT) => fields(reader, |reader, id, wire| match (id, wire) {
                (5, BINARY) => {
                    max = Some(reader.binary()?);
                    Ok(())
                }
                (6, BINARY) => {
                    min = Some(reader.binary()?);
                    Ok(())
                }
                _ => reader.skip(wire),
            }),
            _ => reader.skip(wire),
        }),
        (4..=7, I32 | I64) => {
            index[(id - 4) as usize] = u64::try_from(reader.i64()?).ok();
            Ok(())
        }
        _ => reader.skip(wire),
    })?;
    let range = |at: usize| Some(index[at]?..index[at]?.checked_add(index[at + 1]?)?);
    let index = range(0).zip(range(2)).map(|(offset, column)| IndexPlaces { column, offset });
    let narrow = |place: Range<usize>| Some(u32::try_from(place.start).ok()?..u32::try_from(place.end).ok()?);
    Ok((min.and_then(narrow).zip(max.and_then(narrow)), index))
}

/// Visits the structures of a list.
fn each<'a>(
    reader: &mut Compact<'a>,
    mut visit: impl FnMut(&mut Compact<'a>) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let (wire, count) = reader.list()?;
    if wire != STRUCT && count > 0 {
        return Err(Fault::malformed("the footer has a list of the wrong type; the file is damaged"));
    }
    (0..count).try_for_each(|_| visit(reader))
}

/// Visits the fields of a structure.
pub(super) fn fields<'a>(
    reader: &mut Compact<'a>,
    mut visit: impl FnMut(&mut Compact<'a>, i64, u8) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let mut last = 0;
    while let Some((wire, id)) = reader.field(&mut last)? {
        visit(reader, id, wire)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::{
        ArrayRef, Float64Array, Int16Array, Int64Array, RecordBatch, StringArray, UInt32Array,
    };
    use parquet::arrow::ArrowWriter;
    use parquet::file::properties::WriterProperties;

    use crate::source::{Bound, Layout, UnitBounds};
    use crate::{Dataset, Unit};

    /// Seven rows in row groups of three.
    fn table() -> (tempfile::NamedTempFile, Dataset<'static>) {
        let columns: Vec<(&str, ArrayRef)> = vec![
            ("i", Arc::new(Int16Array::from(vec![Some(-5), None, Some(7), None, None, None, Some(9)]))),
            ("l", Arc::new(Int64Array::from(vec![i64::MIN, 0, i64::MAX, 4, 3, 5, -1]))),
            ("s", Arc::new(StringArray::from(vec!["b", "é", "a", "", "z", "Z", "q"]))),
            ("f", Arc::new(Float64Array::from(vec![1.0, 2.0, f64::NAN, 0.0, -0.0, 1.0, 2.0]))),
            ("u", Arc::new(UInt32Array::from(vec![1, u32::MAX, 3, 4, 5, 6, 7]))),
        ];
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true)));
        let batch = batch.unwrap();
        let file = tempfile::Builder::new().suffix(".parquet").tempfile().unwrap();
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(3)).build();
        let mut writer =
            ArrowWriter::try_new(file.reopen().unwrap(), batch.schema(), Some(properties)).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let dataset = Dataset::open(file.path()).unwrap();
        (file, dataset)
    }

    fn integers(min: i64, max: i64, null_count: u64) -> Option<UnitBounds> {
        let range = Some((Bound::Integer(min), Bound::Integer(max)));
        Some(UnitBounds { range, null_count: Some(null_count) })
    }

    fn texts(min: &str, max: &str) -> Option<UnitBounds> {
        let range = Some((Bound::Text(min.into()), Bound::Text(max.into())));
        Some(UnitBounds { range, null_count: Some(0) })
    }

    #[test]
    fn bounds_are_those_of_the_row_groups() {
        let (_file, dataset) = table();
        let of = |unit: &Unit| (0..5).map(|column| dataset.unit_bounds(unit, column)).collect::<Vec<_>>();
        let groups: Vec<_> = dataset.units(&[0, 1], Layout::Together, 1).iter().map(of).collect();
        assert_eq!(groups.len(), 3);
        assert_eq!(
            groups[0],
            [integers(-5, 7, 1), integers(i64::MIN, i64::MAX, 0), texts("a", "é"), None, None]
        );
        let nothing = Some(UnitBounds { range: None, null_count: Some(3) });
        assert_eq!(groups[1], [nothing, integers(3, 5, 0), texts("", "z"), None, None]);
        assert_eq!(groups[2], [integers(9, 9, 0), integers(-1, -1, 0), texts("q", "q"), None, None]);
        // Row groups that share a unit are joined.
        let whole = dataset.units(&[0], Layout::Together, 100);
        assert_eq!(whole.len(), 1);
        assert_eq!(
            of(&whole[0]),
            [integers(-5, 9, 4), integers(i64::MIN, i64::MAX, 0), texts("", "é"), None, None]
        );
    }

    #[test]
    fn other_types_of_a_common_table_have_no_bounds() {
        let (file, _) = table();
        let other = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        std::fs::write(other.path(), "i,l,s,f,u\n1.5,2,x,1,1\n").unwrap();
        let paths = [file.path(), other.path()];
        let dataset = Dataset::open_with(&paths, &Default::default(), &crate::Sequential).unwrap();
        let units = dataset.units(&[0, 1], Layout::Together, 1);
        assert_eq!(dataset.unit_bounds(&units[2], 0), None, "the common type is float64");
        assert_eq!(dataset.unit_bounds(&units[2], 1), integers(-1, -1, 0));
        assert_eq!(dataset.unit_bounds(&units[3], 1), None, "text has none");
    }
}
