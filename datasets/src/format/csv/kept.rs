//! Numbers that the survey read while it looked for types: where a column turns out to be of numbers, its cells need
//! not be cut out and read again. They take 8 bytes a cell, about what the cell took in the file, and are kept piece
//! by piece as far as [`Room`] goes; what is not kept is read from the text.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU64, Ordering};

use arrcalc_kernels::Bits;

use super::number::{Number, number};
use super::types::{CellKinds, classify, trim_blanks};
use super::validity::Validity;
use crate::chunk::{Column, Values};
use crate::schema::DataType;

/// Rows that memory is taken for, over those that are likely.
const RESERVED: f64 = 1.03;

/// Bytes that may still be kept, all pieces together. Which pieces find room may vary: it changes no value.
#[derive(Debug)]
pub(super) struct Room(AtomicU64);

impl Room {
    pub(super) fn new(bytes: u64) -> Self {
        Self(AtomicU64::new(bytes))
    }

    fn is_left(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }

    fn take(&self, bytes: u64) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }

    fn give_back(&self, bytes: u64) {
        self.0.fetch_add(bytes, Ordering::Relaxed);
    }
}

/// The numbers of one column of a piece.
#[derive(Debug)]
enum Numbers {
    /// While no other were seen.
    Integers(Vec<i64>),
    Floats(Vec<f64>),
    /// A cell was no number, or one that its type alone does not tell.
    None,
}

/// The cells of one column of a piece, nulls being any number.
#[derive(Debug)]
pub(super) struct KeptCells {
    numbers: Numbers,
    validity: Validity,
}

impl KeptCells {
    /// No cells yet; none will be kept unless `is_wanted`.
    pub(super) fn new(is_wanted: bool, room: &Room) -> Self {
        let numbers = if is_wanted && room.is_left() { Numbers::Integers(Vec::new()) } else { Numbers::None };
        Self { numbers, validity: Validity::default() }
    }

    fn give_up(&mut self) {
        *self = Self { numbers: Numbers::None, validity: Validity::default() };
    }

    /// After `rows` rows in `scanned` bytes: memory for as many more as are likely in `bytes` bytes.
    pub(super) fn reserve(&mut self, rows: usize, scanned: usize, bytes: usize) {
        // No more than there are bytes, whatever the first rows were like.
        let likely = bytes as f64 / scanned.max(1) as f64 * rows as f64 * RESERVED;
        let rows = (likely as usize).min(bytes);
        match &mut self.numbers {
            Numbers::Integers(values) => values.reserve(rows),
            Numbers::Floats(values) => values.reserve(rows),
            Numbers::None => {}
        }
    }

    /// Appends a null.
    #[inline]
    pub(super) fn push_null(&mut self) {
        match &mut self.numbers {
            Numbers::Integers(values) => values.push(0),
            Numbers::Floats(values) => values.push(0.0),
            Numbers::None => return,
        }
        self.validity.push(false);
    }

    /// Appends a cell that is not null, and tells its kind.
    #[inline]
    pub(super) fn push(&mut self, cell: &[u8]) -> CellKinds {
        if let Numbers::None = self.numbers {
            return classify(cell);
        }
        match (number(cell), &mut self.numbers) {
            (Some(Number::Float(value)), Numbers::Floats(values)) => values.push(value),
            (Some(Number::Integer(value)), Numbers::Integers(values)) if value != 0 => values.push(value),
            (Some(found), _) => return self.push_other(cell, found),
            (None, _) => return self.push_slowly(cell),
        }
        self.validity.push(true);
        if matches!(self.numbers, Numbers::Floats(_)) { CellKinds::FLOAT } else { CellKinds::INTEGER }
    }

    /// A number of the other type than those before it, or 0.
    fn push_other(&mut self, cell: &[u8], found: Number) -> CellKinds {
        let kind = match found {
            Number::Integer(_) => CellKinds::INTEGER,
            Number::Float(_) => CellKinds::FLOAT,
        };
        match (found, &mut self.numbers) {
            (_, Numbers::None) => return kind,
            // The float that these digits write has a sign.
            (Number::Integer(0), _) if cell.contains(&b'-') => {
                self.give_up();
                return kind;
            }
            (Number::Integer(value), Numbers::Integers(values)) => values.push(value),
            // Both are the float nearest to what the digits write.
            (Number::Integer(value), Numbers::Floats(values)) => values.push(value as f64),
            (Number::Float(value), Numbers::Floats(values)) => values.push(value),
            (Number::Float(value), Numbers::Integers(values)) => {
                let mut floats = Vec::with_capacity(values.capacity());
                floats.extend(values.iter().map(|&value| value as f64));
                floats.push(value);
                self.numbers = Numbers::Floats(floats);
            }
        }
        self.validity.push(true);
        kind
    }

    /// A cell that only the whole grammar tells.
    #[cold]
    fn push_slowly(&mut self, cell: &[u8]) -> CellKinds {
        let kind = classify(cell);
        let trimmed = || str::from_utf8(trim_blanks(cell)).ok();
        let value = if kind == CellKinds::FLOAT {
            trimmed().and_then(super::number::parse_f64).map(Number::Float)
        } else if kind == CellKinds::INTEGER {
            trimmed().and_then(|cell| super::number::parse_i64(cell.as_bytes())).map(Number::Integer)
        } else {
            None
        };
        match value {
            Some(value) => {
                self.push_other(cell, value);
            }
            None => self.give_up(),
        }
        kind
    }

    /// Appends a cell that is no number.
    pub(super) fn push_text(&mut self) {
        self.give_up();
    }

    /// Bytes that they take.
    pub(super) fn bytes(&self) -> u64 {
        let rows = match &self.numbers {
            Numbers::Integers(values) => values.len(),
            Numbers::Floats(values) => values.len(),
            Numbers::None => 0,
        };
        8 * rows as u64
    }

    /// Keeps the cells if there is room.
    pub(super) fn finish(&mut self, room: &Room) {
        let bytes = self.bytes();
        if bytes > 0 && !room.take(bytes) {
            self.give_up();
        }
        match &mut self.numbers {
            Numbers::Integers(values) => values.shrink_to_fit(),
            Numbers::Floats(values) => values.shrink_to_fit(),
            Numbers::None => {}
        }
    }

    /// Forgets the cells.
    pub(super) fn forget(self, room: &Room) {
        room.give_back(self.bytes());
    }

    /// Whether they are values of `data_type`.
    pub(super) fn are(&self, data_type: &DataType) -> bool {
        matches!(
            (&self.numbers, data_type),
            (Numbers::Integers(_), DataType::Int64 | DataType::Float64)
                | (Numbers::Floats(_), DataType::Float64)
        )
    }

    /// The cells as values of `data_type`.
    pub(super) fn lend(&self, data_type: &DataType) -> Option<Lent<'_>> {
        let numbers = match (&self.numbers, data_type) {
            (Numbers::Integers(values), DataType::Int64) => LentNumbers::Integers(values),
            (Numbers::Integers(values), DataType::Float64) => {
                LentNumbers::Floats(values.iter().map(|&value| value as f64).collect())
            }
            (Numbers::Floats(values), DataType::Float64) => LentNumbers::Floats(Cow::Borrowed(values)),
            _ => return None,
        };
        Some(Lent { numbers, validity: self.validity.bits() })
    }
}

/// The cells of a piece in their column's type.
#[derive(Debug)]
pub(super) struct Lent<'k> {
    numbers: LentNumbers<'k>,
    validity: Option<Bits<'k>>,
}

#[derive(Debug)]
enum LentNumbers<'k> {
    Integers(&'k [i64]),
    Floats(Cow<'k, [f64]>),
}

impl Lent<'_> {
    /// All rows of the piece.
    pub(super) fn column(&self) -> Column<'_> {
        let values = match &self.numbers {
            LentNumbers::Integers(values) => Values::Int64(values),
            LentNumbers::Floats(values) => Values::Float64(values),
        };
        Column { values, validity: self.validity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_numbers_are_those_of_the_classifier_and_the_parsers() {
        let alphabet = b"0159+-.eEinfNa ";
        let mut state = 11_u64;
        let mut kept = 0;
        for round in 0..300_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let mut bits = state >> 8;
            let mut cell: Vec<u8> = (0..(state >> 60) + 1)
                .map(|_| {
                    bits = bits.rotate_right(5);
                    alphabet[(bits & 31) as usize % alphabet.len()]
                })
                .collect();
            if round % 2 == 0 {
                // Mostly digits, with a sign and a point perhaps.
                cell = ((state >> 3) as i64 >> (state >> 58)).to_string().into_bytes();
                cell.insert(
                    (state >> 30) as usize % (cell.len() + 1),
                    if state & 4 == 0 { b'.' } else { b'7' },
                );
            }
            let room = Room::new(u64::MAX);
            let mut column = KeptCells::new(true, &room);
            assert_eq!(column.push(&cell), classify(&cell), "'{}'", cell.escape_ascii());
            let trimmed = str::from_utf8(trim_blanks(&cell)).unwrap();
            if let Some(lent) = column.lend(&DataType::Int64) {
                kept += 1;
                let Values::Int64(&[value]) = lent.column().values else { panic!("one integer") };
                assert_eq!(Ok(value), trimmed.parse());
            }
            if let Some(lent) = column.lend(&DataType::Float64) {
                kept += 1;
                let Values::Float64(&[value]) = lent.column().values else { panic!("one float") };
                let expected: f64 = trimmed.parse().unwrap();
                assert!(
                    value.to_bits() == expected.to_bits() || value.is_nan() && expected.is_nan(),
                    "{trimmed}"
                );
            }
        }
        assert!(kept > 100_000, "{kept} numbers");
    }

    #[test]
    fn a_negative_zero_among_integers_is_left_to_the_text() {
        let room = Room::new(100);
        for (cells, kept) in [(["1", "-0"], false), (["-0.0", "-0"], false), (["0", "-0.0"], true)] {
            let mut column = KeptCells::new(true, &room);
            cells.iter().for_each(|cell| {
                column.push(cell.as_bytes());
            });
            assert_eq!(column.are(&DataType::Float64), kept, "{cells:?}");
        }
    }

    #[test]
    fn there_is_room_until_it_is_taken() {
        let room = Room::new(24);
        let column = |cells: &[&str]| {
            let mut column = KeptCells::new(true, &room);
            cells.iter().for_each(|cell| {
                column.push(cell.as_bytes());
            });
            column.finish(&room);
            column
        };
        let first = column(&["1", "2"]);
        assert!(first.are(&DataType::Int64) && column(&["3"]).are(&DataType::Float64));
        assert!(!column(&["4"]).are(&DataType::Int64), "nothing is left");
        first.forget(&room);
        assert!(column(&["5"]).are(&DataType::Int64), "what was given back");
    }
}
