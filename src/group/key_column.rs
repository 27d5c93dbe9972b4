//! One key column: its values as dense numbers.

use arrcalc_datasets::{Column, DataType, Executor, Text, Values};
use arrcalc_kernels::group::{ByteTable, WordTable};
use arrcalc_kernels::{Level, OrderKey};

use super::answers::numbers;
use super::selection::Selection;
use crate::aggregate::{Element, Kind, float_value, integer_value};
use crate::answer::{OwnedColumn, Scalar};

/// The distinct values of a column, numbered; a null has a number like any value.
#[derive(Clone, Debug)]
pub(super) struct KeyColumn {
    data_type: DataType,
    table: Table,
}

#[derive(Clone, Debug)]
enum Table {
    /// Numbers of at most 64 bits, by their order keys.
    Words(WordTable),
    /// Text by its bytes, decimals by 16 bytes that are in their order.
    Bytes(ByteTable),
}

impl KeyColumn {
    pub(super) fn new(data_type: &DataType) -> Self {
        let table = match Kind::of(data_type) {
            Kind::Text | Kind::Decimal => Table::Bytes(ByteTable::new()),
            _ => Table::Words(WordTable::new()),
        };
        Self { data_type: data_type.clone(), table }
    }

    pub(super) fn len(&self) -> usize {
        match &self.table {
            Table::Words(table) => table.len(),
            Table::Bytes(table) => table.len(),
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        match &self.table {
            Table::Words(table) => table.memory_bytes(),
            Table::Bytes(table) => table.memory_bytes(),
        }
    }

    /// Writes the number of each row's value.
    ///
    /// # Panics
    /// If the column is not of the type.
    pub(super) fn assign(&mut self, level: Level, column: &Column<'_>, numbers: &mut [u32]) {
        let selection = Selection::of(column);
        if selection.is_all() {
            self.assign_valid(level, column, numbers);
            return;
        }
        let placeholder = self.placeholder();
        let mut valid = vec![0; selection.count()];
        self.assign_valid(level, column, &mut valid);
        numbers.fill(placeholder);
        let mut next = valid.iter();
        selection.for_each(|row| {
            if let Some(&number) = next.next() {
                numbers[row] = number;
            }
        });
    }

    fn placeholder(&mut self) -> u32 {
        match &mut self.table {
            Table::Words(table) => table.placeholder(),
            Table::Bytes(table) => table.placeholder(),
        }
    }

    /// Numbers of the values that are not null.
    fn assign_valid(&mut self, level: Level, column: &Column<'_>, numbers: &mut [u32]) {
        match (&mut self.table, Kind::of(&self.data_type)) {
            (Table::Words(table), Kind::Float) => words::<f64>(table, level, column, numbers),
            (Table::Words(table), Kind::Signed) => words::<i64>(table, level, column, numbers),
            (Table::Words(table), Kind::Unsigned) => words::<u64>(table, level, column, numbers),
            (Table::Bytes(table), Kind::Decimal) => {
                let mut next = numbers.iter_mut();
                i128::blocks(level, column, |block| {
                    for (value, number) in block.values.iter().zip(next.by_ref()) {
                        *number = table.number(&ordered_bytes(*value));
                    }
                });
            }
            (Table::Bytes(table), Kind::Text) => {
                if let Values::Text(text) = column.values {
                    strings(table, text, &Selection::of(column), numbers);
                }
            }
            _ => {}
        }
    }

    /// The numbers of the values in the order of the values: numbers, NaN, null.
    pub(super) fn sorted(&self) -> Vec<u32> {
        match &self.table {
            Table::Words(table) => table.sorted(),
            Table::Bytes(table) => table.sorted(),
        }
    }

    /// The numbers that `other`'s values have here.
    pub(super) fn merge(&mut self, other: &Self) -> Vec<u32> {
        let mut numbers = Vec::with_capacity(other.len());
        match (&mut self.table, &other.table) {
            (Table::Words(mine), Table::Words(theirs)) => {
                for (number, &word) in (0..).zip(theirs.words()) {
                    let is_null = theirs.has_placeholder() == Some(number);
                    numbers.push(if is_null { mine.placeholder() } else { mine.number(word) });
                }
            }
            (Table::Bytes(mine), Table::Bytes(theirs)) => {
                for number in 0..theirs.len() as u32 {
                    let is_null = theirs.has_placeholder() == Some(number);
                    numbers.push(if is_null { mine.placeholder() } else { mine.number(theirs.get(number)) });
                }
            }
            _ => panic!("keys of columns of different types do not merge"),
        }
        numbers
    }

    /// The values of the numbers `order`, where they are many and integers of 64 bits.
    pub(super) fn integers(&self, order: &[u32], executor: &dyn Executor) -> Option<OwnedColumn> {
        let Table::Words(table) = &self.table else { return None };
        if self.data_type != DataType::Int64 || table.has_placeholder().is_some() {
            return None;
        }
        let words = table.words();
        let key = |number: u32| Some(i64::from_key(words[number as usize]));
        numbers(order, executor, |_| (), key).map(OwnedColumn::from)
    }

    /// The value of number `number`.
    pub(super) fn value(&self, number: u32) -> Scalar {
        match &self.table {
            Table::Words(table) if table.has_placeholder() == Some(number) => Scalar::Null,
            Table::Bytes(table) if table.has_placeholder() == Some(number) => Scalar::Null,
            Table::Words(table) => {
                let word = table.words()[number as usize];
                match Kind::of(&self.data_type) {
                    Kind::Float => float_value(&self.data_type, f64::from_key(word)),
                    Kind::Unsigned => integer_value(&self.data_type, word.into()),
                    _ => integer_value(&self.data_type, i64::from_key(word).into()),
                }
            }
            Table::Bytes(table) => {
                let bytes = table.get(number);
                match (Kind::of(&self.data_type), bytes.try_into()) {
                    (Kind::Decimal, Ok(bytes)) => integer_value(&self.data_type, from_ordered_bytes(bytes)),
                    _ => Scalar::Text(String::from_utf8_lossy(bytes).into_owned()),
                }
            }
        }
    }
}

fn words<E: Element + OrderKey>(
    table: &mut WordTable,
    level: Level,
    column: &Column<'_>,
    numbers: &mut [u32],
) {
    let mut done = 0;
    E::blocks(level, column, |block| {
        let end = done + block.values.len();
        table.assign(level, block.values, &mut numbers[done..end]);
        done = end;
    });
}

fn strings(table: &mut ByteTable, text: Text<'_>, selection: &Selection<'_>, numbers: &mut [u32]) {
    let mut next = numbers.iter_mut();
    match text {
        // Each string of a dictionary is looked up once, where it is used at all.
        Text::Codes { codes, values } if values.len() <= codes.len().max(4096) => {
            let mut known: Vec<Option<u32>> = vec![None; values.len()];
            selection.for_each(|row| {
                let code = codes[row] as usize;
                let number = *known[code].get_or_insert_with(|| table.number(values[code].as_bytes()));
                if let Some(to) = next.next() {
                    *to = number;
                }
            });
        }
        _ => selection.for_each(|row| {
            let number = table.number(text.bytes(row));
            if let Some(to) = next.next() {
                *to = number;
            }
        }),
    }
}

/// Bytes that compare as the integers do.
fn ordered_bytes(value: i128) -> [u8; 16] {
    (value ^ i128::MIN).to_be_bytes()
}

fn from_ordered_bytes(bytes: [u8; 16]) -> i128 {
    i128::from_be_bytes(bytes) ^ i128::MIN
}
