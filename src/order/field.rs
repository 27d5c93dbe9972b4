//! Keys as fields of bits, which lie side by side as one long number for each row, the first key highest: rows compare
//! as these numbers do.
//!
//! Numbers take as many bits as their span needs, text goes by seven bytes at a time and how many of them there are (so
//! that text which ends comes before text which goes on with a zero byte), a dictionary by the ranks of its entries.

use arrcalc_datasets::{Text, Values};
use arrcalc_kernels::order::{Coder, Orderable, Span, append_bits, append_codes, span};
use arrcalc_kernels::{Bits, Level};
use half::f16;

use super::key::SortKey;
use super::pieces::PIECE_ROWS;
use crate::Scope;
use crate::error::Result;

/// Bytes of text in one field.
const TEXT_BYTES: usize = 7;

/// Bits for how many bytes of text there are in a field, one more standing for text that goes on.
const COUNT_BITS: u32 = 4;

/// Some bits of a key.
pub(super) struct Field<'a> {
    reader: Reader<'a>,
    validity: Option<Bits<'a>>,
    /// How many bits, 1 to 64.
    pub(super) width: u32,
}

enum Reader<'a> {
    /// Whether the row is a value (or a null, where nulls come first... or last).
    Valid {
        inverted: bool,
    },
    Bool {
        bits: Bits<'a>,
        inverted: bool,
    },
    Int8(&'a [i8], Coder),
    Int16(&'a [i16], Coder),
    Int32(&'a [i32], Coder),
    Int64(&'a [i64], Coder),
    UInt8(&'a [u8], Coder),
    UInt16(&'a [u16], Coder),
    UInt32(&'a [u32], Coder),
    UInt64(&'a [u64], Coder),
    Float16(&'a [f16], Coder),
    Float32(&'a [f32], Coder),
    Float64(&'a [f64], Coder),
    /// Bits `cut..cut + width` of the distance from the first value.
    Wide {
        values: &'a [i128],
        first: i128,
        descending: bool,
        cut: u32,
    },
    /// Bytes `skip..skip + bytes` of text.
    Text {
        text: Text<'a>,
        skip: usize,
        bytes: usize,
        inverted: u64,
    },
    /// Ranks of codes.
    Ranks {
        codes: &'a [u32],
        ranks: Vec<u32>,
        inverted: u64,
    },
}

/// Which bits of a field go into a word: those of `mask` without the low `cut`, `take` in number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) mask: u64,
    pub(super) cut: u32,
    pub(super) take: u32,
}

impl<'a> Field<'a> {
    /// The fields of `key`, highest first; none where all rows are equal.
    pub(super) fn of(scope: &Scope<'_>, key: &SortKey<'a>) -> Result<Vec<Self>> {
        let SortKey { column, descending, nulls_first } = *key;
        let nulls = |bits: &Bits<'_>| bits.count_ones() < bits.len();
        let validity = column.validity.filter(nulls);
        let mut fields = Vec::new();
        if matches!(column.values, Values::Null(_)) {
            return Ok(fields);
        }
        if validity.is_some() {
            let reader = Reader::Valid { inverted: !nulls_first };
            fields.push(Field { reader, validity, width: 1 });
        }
        macro_rules! number {
            ($variant:ident, $values:expr) => {{
                let coder = Coder::new(spans(scope, $values, validity)?, descending);
                fields.push(Field {
                    reader: Reader::$variant($values, coder),
                    validity,
                    width: coder.width(),
                });
            }};
        }
        match column.values {
            Values::Null(_) => {}
            Values::Bool(bits) => {
                fields.push(Field {
                    reader: Reader::Bool { bits, inverted: descending },
                    validity,
                    width: 1,
                });
            }
            Values::Int8(values) => number!(Int8, values),
            Values::Int16(values) => number!(Int16, values),
            Values::Int32(values) => number!(Int32, values),
            Values::Int64(values) => number!(Int64, values),
            Values::UInt8(values) => number!(UInt8, values),
            Values::UInt16(values) => number!(UInt16, values),
            Values::UInt32(values) => number!(UInt32, values),
            Values::UInt64(values) => number!(UInt64, values),
            Values::Float16(values) => number!(Float16, values),
            Values::Float32(values) => number!(Float32, values),
            Values::Float64(values) => number!(Float64, values),
            Values::Decimal128(values) => fields.extend(wide(values, validity, descending)),
            Values::Text(Text::Codes { codes, values }) => {
                let ranks = ranks(values);
                let width = ranks.iter().max().map_or(0, |rank| 32 - rank.leading_zeros());
                let inverted = if descending { (1 << width) - 1 } else { 0 };
                fields.push(Field { reader: Reader::Ranks { codes, ranks, inverted }, validity, width });
            }
            Values::Text(text) => fields.extend(texts(scope, text, validity, descending)?),
        }
        fields.retain(|field| field.width > 0);
        Ok(fields)
    }

    /// Appends bits of the rows from `first` on to `words`, one a row.
    pub(super) fn append(&self, level: Level, first: usize, part: Part, words: &mut [u64]) {
        let rows = first..first + words.len();
        let validity = self.validity.map(|bits| bits.slice(first, words.len()));
        macro_rules! number {
            ($values:expr, $coder:expr) => {
                append_codes(level, &$values[rows], validity, *$coder, (part.take, part.cut), words)
            };
        }
        match &self.reader {
            Reader::Valid { inverted } => {
                if let Some(bits) = validity {
                    append_bits(bits, None, *inverted, words);
                }
            }
            Reader::Bool { bits, inverted } => {
                append_bits(bits.slice(first, words.len()), validity, *inverted, words);
            }
            Reader::Int8(values, coder) => number!(values, coder),
            Reader::Int16(values, coder) => number!(values, coder),
            Reader::Int32(values, coder) => number!(values, coder),
            Reader::Int64(values, coder) => number!(values, coder),
            Reader::UInt8(values, coder) => number!(values, coder),
            Reader::UInt16(values, coder) => number!(values, coder),
            Reader::UInt32(values, coder) => number!(values, coder),
            Reader::UInt64(values, coder) => number!(values, coder),
            Reader::Float16(values, coder) => number!(values, coder),
            Reader::Float32(values, coder) => number!(values, coder),
            Reader::Float64(values, coder) => number!(values, coder),
            _ => self.each(rows, part, words),
        }
    }

    /// Appends bits of `rows` to `words`, one a row.
    pub(super) fn append_rows(&self, rows: &[u64], part: Part, words: &mut [u64]) {
        self.each(rows.iter().map(|&row| row as usize), part, words);
    }

    fn each(&self, rows: impl Iterator<Item = usize>, part: Part, words: &mut [u64]) {
        let Part { mask, cut, take } = part;
        let is_valid = |row| self.validity.is_none_or(|bits| bits.get(row));
        macro_rules! append {
            ($row:ident => $code:expr) => {
                for (word, $row) in words.iter_mut().zip(rows) {
                    let code = if is_valid($row) { $code } else { 0 };
                    *word = *word << take | (code & mask) >> cut;
                }
            };
        }
        match &self.reader {
            Reader::Valid { inverted } => {
                for (word, row) in words.iter_mut().zip(rows) {
                    *word = *word << take | u64::from(is_valid(row) != *inverted);
                }
            }
            Reader::Bool { bits, inverted } => append!(row => u64::from(bits.get(row) != *inverted)),
            Reader::Int8(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Int16(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Int32(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Int64(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::UInt8(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::UInt16(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::UInt32(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::UInt64(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Float16(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Float32(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Float64(values, coder) => append!(row => coder.code(values[row].ordered())),
            Reader::Wide { values, first, descending, cut } => append!(row => {
                let (low, high) = if *descending { (values[row], *first) } else { (*first, values[row]) };
                (high.wrapping_sub(low) as u128 >> cut) as u64
            }),
            Reader::Text { text, skip, bytes, inverted } => {
                append!(row => text_code(text.bytes(row), *skip, *bytes) ^ inverted)
            }
            Reader::Ranks { codes, ranks, inverted } => append!(row => {
                ranks.get(codes[row] as usize).map_or(0, |&rank| u64::from(rank)) ^ inverted
            }),
        }
    }
}

/// The span of `values`, on all threads.
fn spans<T: Orderable>(scope: &Scope<'_>, values: &[T], validity: Option<Bits<'_>>) -> Result<Span> {
    let piece = |at: usize| {
        let rows = at * PIECE_ROWS..values.len().min((at + 1) * PIECE_ROWS);
        span(scope.level(), &values[rows.clone()], validity.map(|bits| bits.slice(rows.start, rows.len())))
    };
    let spans = scope.fold(
        values.len().div_ceil(PIECE_ROWS),
        || Span::EMPTY,
        |state, at| {
            *state = state.merge(piece(at));
            Ok(())
        },
    )?;
    Ok(spans.into_iter().fold(Span::EMPTY, Span::merge))
}

/// One field or two for 128-bit values.
fn wide<'a>(values: &'a [i128], validity: Option<Bits<'a>>, descending: bool) -> Vec<Field<'a>> {
    let valid = (values.iter().enumerate()).filter(|(row, _)| validity.is_none_or(|bits| bits.get(*row)));
    let (mut lowest, mut highest) = (i128::MAX, i128::MIN);
    for (_, &value) in valid {
        lowest = lowest.min(value);
        highest = highest.max(value);
    }
    if lowest >= highest {
        return Vec::new();
    }
    let width = 128 - (highest.wrapping_sub(lowest) as u128).leading_zeros();
    let first = if descending { highest } else { lowest };
    let field =
        |cut, width| Field { reader: Reader::Wide { values, first, descending, cut }, validity, width };
    if width > 64 { vec![field(64, width - 64), field(0, 64)] } else { vec![field(0, width)] }
}

/// The place of each entry among the distinct ones; equal entries have the same.
fn ranks(values: &[&str]) -> Vec<u32> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by_key(|&entry| values[entry]);
    let mut ranks = vec![0; values.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(values[pair[0]] != values[pair[1]]);
        ranks[pair[1]] = rank;
    }
    ranks
}

/// As many fields as the longest text has parts, after what all begin with.
fn texts<'a>(
    scope: &Scope<'_>,
    text: Text<'a>,
    validity: Option<Bits<'a>>,
    descending: bool,
) -> Result<Vec<Field<'a>>> {
    let rows = text.len();
    let is_valid = |row: &usize| validity.is_none_or(|bits| bits.get(*row));
    let Some(first) = (0..rows).find(is_valid) else { return Ok(Vec::new()) };
    let first = text.bytes(first);
    let state = || (first.len(), first.len());
    let found = scope.fold(rows.div_ceil(PIECE_ROWS), state, |(shared, longest), at| {
        for row in (at * PIECE_ROWS..rows.min((at + 1) * PIECE_ROWS)).filter(is_valid) {
            let bytes = text.bytes(row);
            *longest = bytes.len().max(*longest);
            if !bytes.starts_with(&first[..*shared]) {
                *shared = bytes.iter().zip(first).take_while(|(one, other)| one == other).count();
            }
        }
        Ok(())
    })?;
    let skip = found.iter().map(|(shared, _)| *shared).min().unwrap_or(0);
    let longest = found.iter().map(|(_, longest)| *longest).max().unwrap_or(0);
    Ok((skip..longest)
        .step_by(TEXT_BYTES)
        .map(|skip| {
            let bytes = TEXT_BYTES.min(longest - skip);
            let width = 8 * bytes as u32 + COUNT_BITS;
            let inverted = if descending { (1 << width) - 1 } else { 0 };
            Field { reader: Reader::Text { text, skip, bytes, inverted }, validity, width }
        })
        .collect())
}

/// `count` bytes from `skip` on, zeros where there are none, and how many of them there are; one more where text goes on.
fn text_code(text: &[u8], skip: usize, count: usize) -> u64 {
    let rest = text.get(skip..).unwrap_or_default();
    let mut word = [0; 8];
    let own = rest.len().min(count);
    word[8 - count..8 - count + own].copy_from_slice(&rest[..own]);
    u64::from_be_bytes(word) << COUNT_BITS | rest.len().min(count + 1) as u64
}
