//! Codes of rows, which compare as the rows do: a word where one key of at most 64 bits decides, else bytes.
//!
//! Source of the byte form: the normalised keys of database sorts (Graefe, "Implementing sorting in database systems",
//! ACM Computing Surveys 38, 2006, section 2.1).

use arrcalc_datasets::{Chunk, Column, Schema, Values, text};
use arrcalc_kernels::OrderKey;

use super::super::TableKey;

/// How rows are coded.
#[derive(Clone, Debug)]
pub(super) struct Coder {
    keys: Vec<TableKey>,
    is_word: bool,
}

/// A code for each row of a chunk.
#[derive(Debug)]
pub(super) enum Codes {
    /// Null rows have none: theirs means nothing.
    Words(Vec<u64>),
    /// Row `i` has `data[ends[i - 1]..ends[i]]`.
    Bytes { ends: Vec<usize>, data: Vec<u8> },
}

impl Coder {
    /// The coder of `keys`, columns of `schema`.
    pub(super) fn new(keys: &[TableKey], schema: &Schema) -> Self {
        use arrcalc_datasets::DataType::{Decimal128, String};
        let is_wide =
            |key: &TableKey| matches!(schema.fields[key.column].data_type, Decimal128 { .. } | String);
        Self { keys: keys.to_vec(), is_word: keys.len() == 1 && !is_wide(&keys[0]) }
    }

    /// Whether codes are words. Rows whose key is null are then to be set apart by [`Coder::is_null`].
    pub(super) fn is_word(&self) -> bool {
        self.is_word
    }

    /// Whether nulls stand before everything, where codes are words.
    pub(super) fn nulls_first(&self) -> bool {
        self.keys[0].nulls_first
    }

    /// Whether row `row` has no word.
    pub(super) fn is_null(&self, chunk: &Chunk<'_>, row: usize) -> bool {
        text::is_null(&chunk.columns[self.keys[0].column], row)
    }

    /// Whether the chunk has rows without a word.
    pub(super) fn has_nulls(&self, chunk: &Chunk<'_>) -> bool {
        let column = &chunk.columns[self.keys[0].column];
        column.validity.is_some() || matches!(column.values, Values::Null(_))
    }

    /// The codes of the rows of `chunk`, into `codes`, whose memory is used again.
    pub(super) fn encode(&self, chunk: &Chunk<'_>, codes: &mut Codes) {
        match codes {
            Codes::Words(words) => {
                words.clear();
                let key = &self.keys[0];
                push_words(&chunk.columns[key.column], key.descending, words);
            }
            Codes::Bytes { ends, data } => {
                ends.clear();
                data.clear();
                for row in 0..chunk.row_count {
                    self.keys.iter().for_each(|key| push_bytes(key, &chunk.columns[key.column], row, data));
                    ends.push(data.len());
                }
            }
        }
    }

    /// No codes yet.
    pub(super) fn codes(&self) -> Codes {
        if self.is_word {
            Codes::Words(Vec::new())
        } else {
            Codes::Bytes { ends: Vec::new(), data: Vec::new() }
        }
    }
}

impl Codes {
    /// Whether no row's code is below that of the row before it.
    pub(super) fn is_ascending(&self) -> bool {
        match self {
            Codes::Words(words) => words.is_sorted(),
            Codes::Bytes { ends, .. } => (1..ends.len()).all(|row| self.bytes(row - 1) <= self.bytes(row)),
        }
    }

    /// The code of row `row`, as bytes that compare as codes do.
    pub(super) fn comparable(&self, row: usize) -> Vec<u8> {
        match self {
            Codes::Words(words) => words[row].to_be_bytes().to_vec(),
            Codes::Bytes { .. } => self.bytes(row).to_vec(),
        }
    }

    /// The bytes of row `row`.
    pub(super) fn bytes(&self, row: usize) -> &[u8] {
        match self {
            Codes::Words(_) => &[],
            Codes::Bytes { ends, data } => {
                &data[row.checked_sub(1).map_or(0, |before| ends[before])..ends[row]]
            }
        }
    }
}

/// Zeros of both signs have one word, and so have all NaNs: the highest, in both directions.
fn float_word(value: f64, descending: bool) -> u64 {
    if value.is_nan() {
        return u64::MAX;
    }
    directed((value + 0.0).key(), descending)
}

fn directed(word: u64, descending: bool) -> u64 {
    if descending { !word } else { word }
}

fn push_words(column: &Column<'_>, descending: bool, words: &mut Vec<u64>) {
    macro_rules! signed {
        ($values:expr) => {
            words.extend($values.iter().map(|&value| directed(i64::from(value).key(), descending)))
        };
    }
    macro_rules! unsigned {
        ($values:expr) => {
            words.extend($values.iter().map(|&value| directed(u64::from(value), descending)))
        };
    }
    macro_rules! floats {
        ($values:expr) => {
            words.extend($values.iter().map(|&value| float_word(f64::from(value), descending)))
        };
    }
    match column.values {
        Values::Null(rows) => words.resize(rows, 0),
        Values::Bool(bits) => {
            words.extend((0..bits.len()).map(|row| directed(u64::from(bits.get(row)), descending)));
        }
        Values::Int8(values) => signed!(values),
        Values::Int16(values) => signed!(values),
        Values::Int32(values) => signed!(values),
        Values::Int64(values) => signed!(values),
        Values::UInt8(values) => unsigned!(values),
        Values::UInt16(values) => unsigned!(values),
        Values::UInt32(values) => unsigned!(values),
        Values::UInt64(values) => unsigned!(values),
        Values::Float16(values) => floats!(values),
        Values::Float32(values) => floats!(values),
        Values::Float64(values) => floats!(values),
        Values::Decimal128(_) | Values::Text(_) => panic!("wide keys have no words"),
    }
}

/// A byte that tells whether there is a value, then the value, highest byte first.
fn push_bytes(key: &TableKey, column: &Column<'_>, row: usize, data: &mut Vec<u8>) {
    let is_null = text::is_null(column, row);
    data.push(u8::from(is_null != key.nulls_first));
    if is_null {
        return;
    }
    let flip = if key.descending { 0xff } else { 0 };
    match column.values {
        Values::Decimal128(values) => {
            let unsigned = values[row] as u128 ^ 1 << 127;
            data.extend(unsigned.to_be_bytes().map(|byte| byte ^ flip));
        }
        Values::Text(text) => {
            // A zero byte is followed by 255, the end by 0: a prefix comes before what it begins.
            for &byte in text.bytes(row) {
                data.push(byte ^ flip);
                if byte == 0 {
                    data.push(0xff ^ flip);
                }
            }
            data.extend([flip, flip]);
        }
        _ => {
            let one = Column { values: column.values.slice(row..row + 1), validity: None };
            let mut words = Vec::with_capacity(1);
            push_words(&one, key.descending, &mut words);
            data.extend(words[0].to_be_bytes());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cmp::Ordering;

    use arrcalc_datasets::{DataType, Field, Text};
    use arrcalc_kernels::Bits;

    use super::*;
    use crate::order::{SortKey, sorted_rows};

    /// Two columns with nulls, NaN, zeros of both signs, zero bytes and prefixes.
    fn check(keys: &[TableKey]) {
        let floats =
            [0.5, -0.0, f64::NAN, 0.0, f64::NEG_INFINITY, 7.0, f64::INFINITY, -f64::NAN, 0.5, -1e-310];
        let words = ["b", "", "a\0", "a", "a\0b", "é", "b", "", "a", "a\0\u{1}"];
        let validity = [0b1101_1111u8, 0b11];
        let bits = Some(Bits::new(&validity, 0, 10));
        let columns = vec![
            Column { values: Values::Float64(&floats), validity: bits },
            Column { values: Values::Text(Text::Slices(&words)), validity: None },
        ];
        let field = |name: &str, data_type| Field { name: name.into(), data_type };
        let schema = Schema { fields: vec![field("x", DataType::Float64), field("s", DataType::String)] };
        let chunk = Chunk { first_row: 0, row_count: 10, columns };
        let coder = Coder::new(keys, &schema);
        let mut codes = coder.codes();
        coder.encode(&chunk, &mut codes);
        let sort_keys: Vec<SortKey<'_>> = (keys.iter())
            .map(|key| SortKey {
                column: chunk.columns[key.column],
                descending: key.descending,
                nulls_first: key.nulls_first,
            })
            .collect();
        let expected = sorted_rows(&sort_keys, 10);
        let mut rows: Vec<usize> = (0..10).collect();
        rows.sort_by(|&left, &right| match &codes {
            Codes::Bytes { .. } => codes.bytes(left).cmp(codes.bytes(right)),
            Codes::Words(words) => match (coder.is_null(&chunk, left), coder.is_null(&chunk, right)) {
                (false, false) => words[left].cmp(&words[right]),
                (true, true) => Ordering::Equal,
                (is_null, _) if is_null == coder.nulls_first() => Ordering::Less,
                _ => Ordering::Greater,
            },
        });
        assert_eq!(rows, expected, "{keys:?}");
    }

    #[test]
    fn codes_compare_as_rows_do() {
        for flags in 0..16 {
            let key = |column, bits: i32| TableKey {
                column,
                descending: bits & 1 == 1,
                nulls_first: bits & 2 == 2,
            };
            check(&[key(0, flags), key(1, flags >> 2)]);
            check(&[key(1, flags), key(0, flags >> 2)]);
            check(&[key(0, flags)]);
            check(&[key(1, flags)]);
        }
    }
}
