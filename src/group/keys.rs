//! Tuples of keys to dense numbers of groups.

use arrcalc_datasets::{Column, DataType, Executor};
use arrcalc_kernels::Level;
use arrcalc_kernels::group::PairTable;

use super::key_column::KeyColumn;
use crate::answer::{OwnedColumn, Scalar};

/// One thread's table of key tuples: which groups there are, and their numbers.
///
/// Every column's values are numbered, then pairs of the numbers of the columns so far and of the next column. Of
/// columns of floats -0.0 and +0.0 are one key, 0.0, and so are all NaNs; null is a key. Without columns there is one
/// group once there is a row.
///
/// # Examples
/// ```
/// use arrcalc::answer::Scalar;
/// use arrcalc::datasets::{Column, DataType, Values};
/// use arrcalc::group::Keys;
/// use arrcalc::kernels::Level;
///
/// let mut keys = Keys::new(&[DataType::Int64]);
/// let mut ids = Vec::new();
/// let column = Column { values: Values::Int64(&[7, -1, 7]), validity: None };
/// keys.assign(Level::detect(), 3, &[column], &mut ids);
/// assert_eq!(ids[0], ids[2]);
/// let sorted: Vec<_> = keys.sorted().into_iter().map(|id| keys.key(0, id)).collect();
/// assert_eq!(sorted, [Scalar::Integer(-1), Scalar::Integer(7)]);
/// ```
#[derive(Clone, Debug)]
pub struct Keys {
    columns: Vec<KeyColumn>,
    /// Table `i` pairs the numbers of columns `0..=i` with those of column `i + 1`.
    pairs: Vec<PairTable>,
    /// Whether there was a row; what counts without columns.
    has_rows: bool,
    scratch: Vec<u32>,
}

impl Keys {
    /// The table without groups, for keys of these types.
    pub fn new(types: &[DataType]) -> Self {
        let pairs = vec![PairTable::new(); types.len().saturating_sub(1)];
        let columns = types.iter().map(KeyColumn::new).collect();
        Self { columns, pairs, has_rows: false, scratch: Vec::new() }
    }

    /// Replaces `ids` by the number of each row's group; new groups get the next numbers.
    ///
    /// # Panics
    /// If `columns` are not as many as the types, or not of them, or not of `rows` rows.
    pub fn assign(&mut self, level: Level, rows: usize, columns: &[Column<'_>], ids: &mut Vec<u32>) {
        assert_eq!(columns.len(), self.columns.len(), "a column for each key");
        assert!(columns.iter().all(|column| column.values.len() == rows), "columns of as many rows");
        self.has_rows |= rows > 0;
        ids.clear();
        ids.resize(rows, 0);
        let Some((first, rest)) = columns.split_first() else { return };
        self.columns[0].assign(level, first, ids);
        self.scratch.resize(rows, 0);
        for (index, column) in rest.iter().enumerate() {
            let keys = &mut self.columns[index + 1];
            keys.assign(level, column, &mut self.scratch);
            self.pairs[index].assign(level, ids, &self.scratch, keys.len());
        }
    }

    /// Number of groups.
    pub fn len(&self) -> usize {
        match (self.pairs.last(), self.columns.last()) {
            (Some(pairs), _) => pairs.len(),
            (None, Some(column)) => column.len(),
            (None, None) => usize::from(self.has_rows),
        }
    }

    /// Whether there is no group.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in the groups of `other`, of the same types; entry `i` is the number here of its group `i`.
    ///
    /// # Panics
    /// If the types differ.
    pub fn merge(&mut self, other: &Keys) -> Vec<u32> {
        assert_eq!(self.columns.len(), other.columns.len(), "tables of the same keys");
        self.has_rows |= other.has_rows;
        let mut columns = self
            .columns
            .iter_mut()
            .zip(&other.columns)
            .map(|(mine, theirs)| mine.merge(theirs))
            .collect::<Vec<_>>();
        if columns.is_empty() {
            return vec![0; other.len()];
        }
        let mut ids = std::mem::take(&mut columns[0]);
        for (index, theirs) in other.pairs.iter().enumerate() {
            let (firsts, seconds) = (ids, &columns[index + 1]);
            let pairs = (0..theirs.len() as u32).map(|number| theirs.pair(number));
            let (mut first, second): (Vec<u32>, Vec<u32>) =
                pairs.map(|(first, second)| (firsts[first as usize], seconds[second as usize])).unzip();
            let count = self.columns[index + 1].len();
            self.pairs[index].assign(Level::detect(), &mut first, &second, count);
            ids = first;
        }
        ids
    }

    /// The numbers of all groups in the order of output: by the first key, then the second ...; numbers, then NaN,
    /// then null.
    pub fn sorted(&self) -> Vec<u32> {
        let Some(first) = self.columns.first() else { return vec![0; self.len()] };
        let mut order = first.sorted();
        for (column, pairs) in self.columns[1..].iter().zip(&self.pairs) {
            let (first, second) = (ranks(&order), ranks(&column.sorted()));
            let mut keyed: Vec<(u64, u32)> = (0..pairs.len() as u32)
                .map(|number| {
                    let (a, b) = pairs.pair(number);
                    (u64::from(first[a as usize]) << 32 | u64::from(second[b as usize]), number)
                })
                .collect();
            keyed.sort_unstable();
            order = keyed.into_iter().map(|(_, number)| number).collect();
        }
        order
    }

    /// Key `column` of group `id`.
    ///
    /// # Panics
    /// If there is no such column or group.
    pub fn key(&self, column: usize, id: u32) -> Scalar {
        let mut number = id;
        for (index, pairs) in self.pairs.iter().enumerate().rev() {
            let (first, second) = pairs.pair(number);
            if index + 1 == column {
                return self.columns[column].value(second);
            }
            number = first;
        }
        self.columns[column].value(number)
    }

    /// The only key of the groups `order` as a column, where they are many and it is an integer of 64 bits.
    pub(crate) fn column(&self, order: &[u32], executor: &dyn Executor) -> Option<OwnedColumn> {
        let [column] = &self.columns[..] else { return None };
        column.integers(order, executor)
    }

    /// Bytes of memory that the table takes.
    pub fn memory_bytes(&self) -> usize {
        self.columns.iter().map(KeyColumn::memory_bytes).sum::<usize>()
            + self.pairs.iter().map(PairTable::memory_bytes).sum::<usize>()
            + self.scratch.capacity() * size_of::<u32>()
    }
}

/// The inverse of a permutation.
fn ranks(order: &[u32]) -> Vec<u32> {
    let mut ranks = vec![0; order.len()];
    order.iter().zip(0..).for_each(|(&number, rank)| ranks[number as usize] = rank);
    ranks
}
