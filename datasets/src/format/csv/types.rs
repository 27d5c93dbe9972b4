//! The type of a column as the join of its cells' types: a mergeable state.
//!
//! ```text
//! null < bool;   null < int64 < float64;   null < date < timestamp[us] < timestamp[ns];   all others join to string
//! ```
//! The state is the set of the kinds of cells seen, so merging is set union: commutative, associative, idempotent,
//! whatever way the rows were cut. [`CellKinds::data_type`] reads the join off the set.

use std::ops::BitOrAssign;

use super::shape::other_bytes;
use crate::schema::{DataType, TimeUnit};
use crate::text;

/// A set of kinds of cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct CellKinds(u16);

impl CellKinds {
    pub(super) const BOOL: Self = Self(1);
    pub(super) const INTEGER: Self = Self(1 << 1);
    /// A float, or an integer that 64 bits do not hold.
    pub(super) const FLOAT: Self = Self(1 << 2);
    pub(super) const DATE: Self = Self(1 << 3);
    /// A timestamp without offset from UTC.
    pub(super) const LOCAL: Self = Self(1 << 4);
    /// A timestamp with an offset from UTC.
    pub(super) const ZONED: Self = Self(1 << 5);
    /// A timestamp with more than six digits of fraction.
    pub(super) const NANOSECONDS: Self = Self(1 << 6);
    /// A date or timestamp that 64 bits of nanoseconds do not hold.
    pub(super) const PAST_NANOSECONDS: Self = Self(1 << 7);
    /// A date that 64 bits of microseconds do not hold.
    pub(super) const PAST_MICROSECONDS: Self = Self(1 << 8);
    pub(super) const TEXT: Self = Self(1 << 9);

    fn has(self, kinds: Self) -> bool {
        self.0 & kinds.0 != 0
    }

    /// Whether further cells cannot change the type.
    #[inline]
    pub(super) fn is_text(self) -> bool {
        self.has(Self::TEXT)
    }

    /// The join of the kinds.
    pub(super) fn data_type(self) -> DataType {
        let integer_or_float = self.has(Self::INTEGER) || self.has(Self::FLOAT);
        let timestamp = self.has(Self::LOCAL) || self.has(Self::ZONED);
        let temporal = timestamp || self.has(Self::DATE);
        let families = [self.has(Self::BOOL), integer_or_float, temporal];
        if self.has(Self::TEXT) || families.iter().filter(|&&present| present).count() > 1 {
            return DataType::String;
        }
        if self.has(Self::BOOL) {
            DataType::Bool
        } else if self.has(Self::FLOAT) {
            DataType::Float64
        } else if self.has(Self::INTEGER) {
            DataType::Int64
        } else if timestamp {
            self.timestamp_type()
        } else if temporal {
            DataType::Date
        } else {
            DataType::Null
        }
    }

    fn timestamp_type(self) -> DataType {
        if self.has(Self::LOCAL) && self.has(Self::ZONED) {
            return DataType::String;
        }
        let zone = self.has(Self::ZONED).then(|| "UTC".into());
        if !self.has(Self::NANOSECONDS) && !self.has(Self::PAST_MICROSECONDS) {
            DataType::Timestamp(TimeUnit::Microsecond, zone)
        } else if self.has(Self::NANOSECONDS) && !self.has(Self::PAST_NANOSECONDS) {
            DataType::Timestamp(TimeUnit::Nanosecond, zone)
        } else {
            DataType::String
        }
    }
}

impl BitOrAssign for CellKinds {
    /// The union; with text in it, text alone, so that a column known as text need not be looked at further.
    #[inline]
    fn bitor_assign(&mut self, other: Self) {
        let union = self.0 | other.0;
        self.0 = if union & Self::TEXT.0 != 0 { Self::TEXT.0 } else { union };
    }
}

/// The kind of a cell that is not null.
#[inline]
pub(super) fn classify(cell: &[u8]) -> CellKinds {
    let Some(&first) = cell.first() else { return CellKinds::TEXT };
    match first {
        b'0'..=b'9' | b'.' => classify_number(cell, 0),
        b'+' | b'-' => classify_number(cell, 1),
        b't' | b'T' | b'f' | b'F' | b'n' | b'N' | b'i' | b'I' => classify_word(cell),
        b' ' | b'\t' => classify_padded(cell),
        _ => CellKinds::TEXT,
    }
}

/// A cell that begins with a sign, a digit or a point; `digits_at` is where digits may start.
#[inline]
fn classify_number(cell: &[u8], digits_at: usize) -> CellKinds {
    if let Some(others) = other_bytes(cell) {
        // The sign is no digit, and the first byte may only be that, a digit or a point.
        let others = others & !(digits_at as u32);
        let digits = cell.len() - digits_at;
        if others == 0 && digits <= 18 {
            return CellKinds::INTEGER;
        }
        if others.is_power_of_two() && cell[others.trailing_zeros() as usize] == b'.' {
            return CellKinds::FLOAT;
        }
    }
    classify_any_number(cell, digits_at)
}

/// As [`classify_number`], byte by byte.
fn classify_any_number(cell: &[u8], digits_at: usize) -> CellKinds {
    let whole_end = skip_digits(cell, digits_at);
    let whole_digits = whole_end - digits_at;
    let mut at = whole_end;
    match cell.get(at) {
        None if whole_digits == 0 => return CellKinds::TEXT,
        // 18 digits always fit.
        None if whole_digits <= 18 => return CellKinds::INTEGER,
        None => return classify_long_integer(cell),
        Some(b'.') => {
            at = skip_digits(cell, at + 1);
            if whole_digits == 0 && at == whole_end + 1 {
                return CellKinds::TEXT;
            }
        }
        Some(b'e' | b'E') if whole_digits > 0 => {}
        Some(_) => return classify_other(cell),
    }
    if let Some(b'e' | b'E') = cell.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = cell.get(at) {
            at += 1;
        }
        let exponent_at = at;
        at = skip_digits(cell, at);
        if at == exponent_at {
            return CellKinds::TEXT;
        }
    }
    if at == cell.len() { CellKinds::FLOAT } else { classify_other(cell) }
}

/// The first position from `at` that holds no digit.
#[inline]
fn skip_digits(cell: &[u8], mut at: usize) -> usize {
    while let Some(bytes) = cell[at..].first_chunk::<8>() {
        let digits = leading_digits(u64::from_le_bytes(*bytes));
        at += digits;
        if digits < 8 {
            return at;
        }
    }
    while at < cell.len() && cell[at].is_ascii_digit() {
        at += 1;
    }
    at
}

/// How many of eight bytes, lowest first, are digits before the first that is none.
#[inline]
fn leading_digits(word: u64) -> usize {
    // A digit is 0x30..=0x39: the high nibble is 3, and it still is after adding 6. Carries out of a byte run
    // upwards only, so they cannot hide the lowest byte that is no digit.
    const HIGH: u64 = 0xf0f0_f0f0_f0f0_f0f0;
    const THREES: u64 = 0x3030_3030_3030_3030;
    const SIXES: u64 = 0x0606_0606_0606_0606;
    let wrong = ((word & HIGH) ^ THREES) | ((word.wrapping_add(SIXES) & HIGH) ^ THREES);
    (wrong.trailing_zeros() / 8) as usize
}

fn classify_long_integer(cell: &[u8]) -> CellKinds {
    let value = str::from_utf8(cell).ok().and_then(|cell| cell.parse::<i64>().ok());
    if value.is_some() { CellKinds::INTEGER } else { CellKinds::FLOAT }
}

/// `true`, `nan`, `Infinity` ...
fn classify_word(cell: &[u8]) -> CellKinds {
    if let Some(b' ' | b'\t') = cell.last() {
        return classify_padded(cell);
    }
    // The longest word is `infinity`.
    match str::from_utf8(cell) {
        Ok(word) if cell.len() <= 8 => {
            if text::parse_bool(word).is_some() {
                CellKinds::BOOL
            } else if text::parse_float64(word).is_some() {
                CellKinds::FLOAT
            } else {
                CellKinds::TEXT
            }
        }
        _ => CellKinds::TEXT,
    }
}

/// Something that starts like a number: a date, a timestamp, a signed infinity, a number before blanks.
fn classify_other(cell: &[u8]) -> CellKinds {
    if let Some(b' ' | b'\t') = cell.last() {
        return classify_padded(cell);
    }
    let Ok(cell) = str::from_utf8(cell) else { return CellKinds::TEXT };
    if let Some(days) = text::parse_date(cell) {
        return classify_date(days);
    }
    if let Some(timestamp) = text::parse_timestamp(cell) {
        return classify_timestamp(timestamp);
    }
    // What is left is `+inf`, `-nan` and the like.
    let word = cell.trim_start_matches(['+', '-']);
    if cell.len() == word.len() + 1 { classify_signed_word(word) } else { CellKinds::TEXT }
}

fn classify_signed_word(word: &str) -> CellKinds {
    let float = ["nan", "inf", "infinity"].iter().any(|name| name.eq_ignore_ascii_case(word));
    if float { CellKinds::FLOAT } else { CellKinds::TEXT }
}

fn classify_date(days: i64) -> CellKinds {
    let mut kinds = CellKinds::DATE;
    if i32::try_from(days).is_err() {
        return CellKinds::TEXT;
    }
    let midnight = text::Timestamp { seconds: days * 86_400, nanoseconds: 0, zoned: false };
    if midnight.ticks(TimeUnit::Nanosecond).is_none() {
        kinds |= CellKinds::PAST_NANOSECONDS;
    }
    if midnight.ticks(TimeUnit::Microsecond).is_none() {
        kinds |= CellKinds::PAST_MICROSECONDS;
    }
    kinds
}

fn classify_timestamp(timestamp: text::Timestamp) -> CellKinds {
    let mut kinds = if timestamp.zoned { CellKinds::ZONED } else { CellKinds::LOCAL };
    if !timestamp.nanoseconds.is_multiple_of(1_000) {
        kinds |= CellKinds::NANOSECONDS;
        return if timestamp.ticks(TimeUnit::Nanosecond).is_some() { kinds } else { CellKinds::TEXT };
    }
    if timestamp.ticks(TimeUnit::Microsecond).is_none() {
        return CellKinds::TEXT;
    }
    if timestamp.ticks(TimeUnit::Nanosecond).is_none() {
        kinds |= CellKinds::PAST_NANOSECONDS;
    }
    kinds
}

/// Blanks around a number, date or boolean do not make it text; blanks alone do.
fn classify_padded(cell: &[u8]) -> CellKinds {
    match trim_blanks(cell) {
        [] => CellKinds::TEXT,
        trimmed => classify(trimmed),
    }
}

/// The cell without spaces and tabs around it.
pub(super) fn trim_blanks(cell: &[u8]) -> &[u8] {
    let start = cell.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(cell.len());
    let end = cell.iter().rposition(|byte| !matches!(byte, b' ' | b'\t')).map_or(start, |last| last + 1);
    &cell[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The join of cells, as the reader forms it with default null tokens.
    fn join(cells: &[&str]) -> DataType {
        let mut kinds = CellKinds::default();
        for cell in cells.iter().filter(|cell| !cell.is_empty()) {
            kinds |= classify(cell.as_bytes());
        }
        kinds.data_type()
    }

    const CELLS: [&str; 24] = [
        "",
        "true",
        "FALSE",
        "1",
        "-7",
        "9223372036854775807",
        "9223372036854775808",
        "1.5",
        "-.5e-3",
        "NaN",
        "-inf",
        "2013-01-01",
        "-9999-01-01",
        "+300000-01-01",
        "2013-01-01 06:00",
        "2013-01-01T06:00:00.123456",
        "2013-01-01T06:00:00.123456789",
        "9999-12-31T00:00:00",
        "2013-01-01T06:00:00Z",
        "2013-01-01T06:00:00.000000001+01:00",
        "x",
        " ",
        "1 ",
        "0x1",
    ];

    #[test]
    fn the_join_is_a_commutative_associative_idempotent_monoid() {
        let kinds: Vec<CellKinds> = CELLS
            .iter()
            .map(|cell| if cell.is_empty() { CellKinds::default() } else { classify(cell.as_bytes()) })
            .collect();
        let join = |mut a: CellKinds, b| {
            a |= b;
            a
        };
        for &a in &kinds {
            assert_eq!(join(a, a), a);
            assert_eq!(join(a, CellKinds::default()), a);
            for &b in &kinds {
                assert_eq!(join(a, b), join(b, a));
                for &c in &kinds {
                    assert_eq!(join(join(a, b), c), join(a, join(b, c)));
                    for &d in &kinds {
                        assert_eq!(join(join(a, b), join(c, d)), join(join(join(a, d), c), b));
                    }
                }
            }
        }
    }

    #[test]
    fn joins_are_those_of_the_lattice() {
        let us = |zone: Option<&str>| DataType::Timestamp(TimeUnit::Microsecond, zone.map(Box::from));
        let ns = |zone: Option<&str>| DataType::Timestamp(TimeUnit::Nanosecond, zone.map(Box::from));
        assert_eq!(join(&[]), DataType::Null);
        assert_eq!(join(&["", ""]), DataType::Null);
        assert_eq!(join(&["True", "", "false"]), DataType::Bool);
        assert_eq!(join(&["1", "+2", "007", "-9223372036854775808"]), DataType::Int64);
        assert_eq!(join(&["1", "9223372036854775808"]), DataType::Float64);
        assert_eq!(join(&["1", "2."]), DataType::Float64);
        assert_eq!(join(&["1", "nan", "-Infinity", "+inf", ".5", "1e5", "1E-400"]), DataType::Float64);
        assert_eq!(join(&[" 1", "2 ", "\t3.5"]), DataType::Float64);
        assert_eq!(join(&["2013-01-01", ""]), DataType::Date);
        assert_eq!(join(&["2013-01-01", "2013-01-01 06:00"]), us(None));
        assert_eq!(join(&["2013-01-01", "2013-01-01T06:00:00Z"]), us(Some("UTC")));
        assert_eq!(join(&["2013-01-01T06:00:00.123456789", "2013-01-01"]), ns(None));
        assert_eq!(join(&["2013-01-01T06:00:00.123456789+01:00"]), ns(Some("UTC")));
        for mixed in [
            vec!["1", "true"],
            vec!["1", "x"],
            vec!["1", "2013-01-01"],
            vec!["true", "x"],
            vec![" "],
            vec!["2013-01-01 06:00", "2013-01-01 06:00Z"],
            vec!["2013-01-01T06:00:00.123456789", "9999-01-01"],
            vec!["2013-01-01T06:00:00", "+300000-01-01"],
            vec!["+300000-01-01T00:00"],
            vec!["9999-01-01T00:00:00.123456789"],
        ] {
            assert_eq!(join(&mixed), DataType::String, "{mixed:?}");
        }
    }

    #[test]
    fn a_float_is_what_the_standard_library_reads_and_nothing_else() {
        let alphabet = b"0159+-.eEinfNa ";
        let mut state = 7_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
            let mut bits = state >> 8;
            let cell: Vec<u8> = (0..state >> 61)
                .map(|_| {
                    bits = bits.rotate_right(5);
                    alphabet[(bits & 31) as usize % alphabet.len()]
                })
                .collect();
            let cell = str::from_utf8(&cell).unwrap();
            let trimmed = cell.trim_matches([' ', '\t']);
            let expected = if trimmed.parse::<i64>().is_ok() {
                CellKinds::INTEGER
            } else if trimmed.parse::<f64>().is_ok() {
                CellKinds::FLOAT
            } else {
                CellKinds::TEXT
            };
            assert_eq!(classify(cell.as_bytes()), expected, "'{cell}'");
        }
    }

    #[test]
    fn digits_are_counted_in_words_as_one_by_one() {
        for filler in [0x00, 0x2f, 0x3a, 0x3f, b'a', 0xb5, 0xff, 0xfa] {
            for wrong_at in 0..=8 {
                let mut bytes = *b"90561234";
                if wrong_at < 8 {
                    bytes[wrong_at] = filler;
                    bytes[wrong_at + 1..].fill(0xff);
                }
                assert_eq!(leading_digits(u64::from_le_bytes(bytes)), wrong_at);
            }
        }
    }
}
