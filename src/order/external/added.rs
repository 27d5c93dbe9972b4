//! A column that rows get besides their own: a function of their number in the table.

use arrcalc_datasets::{Chunk, Column, DataType, Field, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::random::Deck;

use crate::answer::OwnedColumn;

/// The last column of what is sorted, where it is none of the table's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Added {
    /// There is none.
    Nothing,
    /// `row`: the row's number, from 0.
    RowNumbers,
    /// The row's bucket in a shuffle: sorted by it, rows have only to be mixed in each.
    Buckets(Deck),
}

/// Memory for the values of one chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Room {
    numbers: Vec<i64>,
    buckets: Vec<u16>,
}

impl Added {
    pub(super) fn field(self) -> Option<Field> {
        let field = |name: &str, data_type| Some(Field { name: name.into(), data_type });
        match self {
            Added::Nothing => None,
            Added::RowNumbers => field("row", DataType::Int64),
            Added::Buckets(_) => field("bucket", DataType::UInt16),
        }
    }

    /// The chunk with this column.
    pub(super) fn to<'c>(self, level: Level, chunk: &Chunk<'c>, room: &'c mut Room) -> Chunk<'c> {
        let Chunk { first_row, row_count, .. } = *chunk;
        let last = match self {
            Added::Nothing => None,
            Added::RowNumbers => {
                room.numbers.clear();
                room.numbers.extend((first_row as i64..).take(row_count));
                Some(Values::Int64(&room.numbers))
            }
            Added::Buckets(deck) => {
                room.buckets.resize(row_count, 0);
                deck.fill(level, first_row, &mut room.buckets);
                Some(Values::UInt16(&room.buckets))
            }
        };
        let last = last.map(|values| Column { values, validity: None });
        Chunk { first_row, row_count, columns: chunk.columns.iter().copied().chain(last).collect() }
    }

    /// This column of a whole table of `rows` rows.
    pub(super) fn whole(self, level: Level, rows: usize) -> Option<OwnedColumn> {
        match self {
            Added::Nothing => None,
            Added::RowNumbers => Some((0..rows as i64).collect::<Vec<_>>().into()),
            Added::Buckets(deck) => {
                let mut buckets = vec![0; rows];
                deck.fill(level, 0, &mut buckets);
                Some(buckets.into())
            }
        }
    }
}
