//! `min`, `max`, `argmin`, `argmax`, from one state of extrema with their rows.

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::reduce::{Census, Extrema, NO_ROW};
use arrcalc_kernels::{Level, OrderKey};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, float_value, integer_value};
use super::{Aggregate, Element, NanPolicy};

/// Which extremum, and whether its value or its row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// The lowest value; -0.0 is lower than +0.0.
    Min,
    /// The highest value; +0.0 is higher than -0.0.
    Max,
    /// The lowest row that holds the lowest value; the zeros are equal.
    ArgMin,
    /// The lowest row that holds the highest value; the zeros are equal.
    ArgMax,
}

/// Lowest and highest value of the first column of the chunks, and their rows: as an aggregate, its own answer.
///
/// Class: exact; the rows are positioned. Cost: one pass at the speed of memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Extremes {
    data_type: DataType,
    nan: NanPolicy,
    state: State,
}

/// One extremum of the first column of the chunks.
///
/// Special values: a NaN gives NaN, or its first row, unless it is ignored; no values give null. Text is ordered by its
/// bytes. Rows are counted from 0 over all files.
/// Class: `Min` and `Max` exact, `ArgMin` and `ArgMax` positioned. Cost: one pass at the speed of memory.
#[derive(Clone, Debug)]
pub struct Extremum {
    which: Which,
    extremes: Extremes,
}

#[derive(Clone, Debug, PartialEq)]
enum State {
    Float(Extrema<f64>),
    Signed(Extrema<i64>),
    Unsigned(Extrema<u64>),
    /// Value and row of the lowest, then of the highest.
    Decimal(Option<[(i128, u64); 2]>),
    Text(Option<[(Box<[u8]>, u64); 2]>),
    Null,
}

impl Extremes {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] for types without an order.
    pub fn new(data_type: &DataType, nan: NanPolicy) -> Result<Self> {
        let state = match Kind::of(data_type) {
            Kind::Float => State::Float(Extrema::new()),
            Kind::Signed => State::Signed(Extrema::new()),
            Kind::Unsigned => State::Unsigned(Extrema::new()),
            Kind::Decimal => State::Decimal(None),
            Kind::Text => State::Text(None),
            Kind::Null => State::Null,
            Kind::Opaque => {
                return Err(Error::Request { reason: format!("no minimum of values of type {data_type}") });
            }
        };
        Ok(Self { data_type: data_type.clone(), nan, state })
    }

    /// The lowest value.
    pub fn min(&self) -> Scalar {
        self.value(|low, _| low)
    }

    /// The highest value.
    pub fn max(&self) -> Scalar {
        self.value(|_, high| high)
    }

    /// The lowest row of the lowest value, or of a NaN where it propagates.
    pub fn argmin(&self) -> Option<u64> {
        self.row(|low, _| low)
    }

    /// The lowest row of the highest value, or of a NaN where it propagates.
    pub fn argmax(&self) -> Option<u64> {
        self.row(|_, high| high)
    }

    /// Counts of values and of special values; of text and decimals they are not kept.
    pub fn census(&self) -> Census {
        match &self.state {
            State::Float(extrema) => extrema.census,
            State::Signed(extrema) => extrema.census,
            State::Unsigned(extrema) => extrema.census,
            _ => Census::default(),
        }
    }

    /// Values that are not zero; of text and decimals not counted.
    pub fn count_nonzero(&self) -> u64 {
        self.census().nonzero()
    }

    fn is_nan(&self) -> bool {
        self.nan == NanPolicy::Propagate && self.census().nan > 0
    }

    fn value(&self, pick: fn(Scalar, Scalar) -> Scalar) -> Scalar {
        let data_type = &self.data_type;
        let integer = |value: i128| integer_value(data_type, value);
        let text = |bytes: &[u8]| Scalar::Text(String::from_utf8_lossy(bytes).into_owned());
        let (low, high) = match &self.state {
            _ if self.is_nan() => return float_value(data_type, f64::from_bits(0x7ff8_0000_0000_0000)),
            State::Float(extrema) if extrema.has_numbers() => {
                (float_value(data_type, extrema.min), float_value(data_type, extrema.max))
            }
            State::Signed(extrema) if extrema.has_numbers() => {
                (integer(extrema.min.into()), integer(extrema.max.into()))
            }
            State::Unsigned(extrema) if extrema.has_numbers() => {
                (integer(extrema.min.into()), integer(extrema.max.into()))
            }
            State::Decimal(Some([low, high])) => (integer(low.0), integer(high.0)),
            State::Text(Some([low, high])) => (text(&low.0), text(&high.0)),
            _ => return Scalar::Null,
        };
        pick(low, high)
    }

    fn row(&self, pick: fn(u64, u64) -> u64) -> Option<u64> {
        fn rows<T: OrderKey>(extrema: &Extrema<T>, is_nan: bool) -> (u64, u64) {
            let (low, high) = (extrema.min_row, extrema.max_row);
            if is_nan { (extrema.nan_row, extrema.nan_row) } else { (low, high) }
        }
        let is_nan = self.is_nan();
        let (low, high) = match &self.state {
            State::Float(extrema) => rows(extrema, is_nan),
            State::Signed(extrema) => rows(extrema, is_nan),
            State::Unsigned(extrema) => rows(extrema, is_nan),
            State::Decimal(Some([low, high])) => (low.1, high.1),
            State::Text(Some([low, high])) => (low.1, high.1),
            _ => return None,
        };
        Some(pick(low, high)).filter(|&row| row != NO_ROW)
    }

    /// Canonical bytes, with the rows or without.
    pub(super) fn bytes(&self, positions: bool) -> Vec<u8> {
        match &self.state {
            State::Float(extrema) => fields(extrema, positions),
            State::Signed(extrema) => fields(extrema, positions),
            State::Unsigned(extrema) => fields(extrema, positions),
            State::Decimal(held) => ends(held, positions, |value| value.to_le_bytes().to_vec()),
            State::Text(held) => ends(held, positions, |value| value.to_vec()),
            State::Null => Vec::new(),
        }
    }
}

fn fields<T: OrderKey>(extrema: &Extrema<T>, positions: bool) -> Vec<u8> {
    let census = &extrema.census;
    let mut words = vec![
        census.count,
        census.nan,
        census.positive_infinity,
        census.negative_infinity,
        census.zero,
        census.negative_zero,
        extrema.min.key(),
        extrema.max.key(),
    ];
    if positions {
        words.extend([extrema.min_row, extrema.max_row, extrema.nan_row]);
    }
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn ends<H>(held: &Option<[(H, u64); 2]>, positions: bool, value: impl Fn(&H) -> Vec<u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (end, row) in held.iter().flatten() {
        let end = value(end);
        bytes.extend((end.len() as u64).to_le_bytes());
        bytes.extend(end);
        bytes.extend(if positions { row.to_le_bytes() } else { [0; 8] });
    }
    bytes
}

impl Extremum {
    /// The empty state for a column of `data_type`.
    ///
    /// # Errors
    /// [`Error::Request`] for types without an order.
    pub fn new(data_type: &DataType, which: Which, nan: NanPolicy) -> Result<Self> {
        Ok(Self { which, extremes: Extremes::new(data_type, nan)? })
    }
}

/// Widens `held` by a value at `row`; of equal values the lower row stays.
fn widen<V: PartialOrd + ?Sized, H>(
    held: &mut Option<[(H, u64); 2]>,
    value: &V,
    row: u64,
    own: impl Fn(&V) -> H,
) where
    H: std::borrow::Borrow<V>,
{
    let Some([low, high]) = held else {
        *held = Some([(own(value), row), (own(value), row)]);
        return;
    };
    if value < low.0.borrow() {
        *low = (own(value), row);
    } else if value == low.0.borrow() {
        low.1 = low.1.min(row);
    }
    if value > high.0.borrow() {
        *high = (own(value), row);
    } else if value == high.0.borrow() {
        high.1 = high.1.min(row);
    }
}

fn update<E: Element + OrderKey>(
    extrema: &mut Extrema<E>,
    level: Level,
    column: &Column<'_>,
    first_row: u64,
) {
    E::blocks(level, column, |block| {
        extrema.update_at(level, block.values, |index| first_row + block.row(index) as u64);
    });
}

impl Aggregate for Extremes {
    type Answer = Self;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let (column, first_row) = (&chunk.columns[0], chunk.first_row);
        match &mut self.state {
            State::Float(extrema) => update(extrema, level, column, first_row),
            State::Signed(extrema) => update(extrema, level, column, first_row),
            State::Unsigned(extrema) => update(extrema, level, column, first_row),
            State::Decimal(held) => i128::blocks(level, column, |block| {
                for (index, value) in block.values.iter().enumerate() {
                    // The row is only looked up where it may matter.
                    if held.is_none_or(|[low, high]| *value <= low.0 || *value >= high.0) {
                        widen(held, value, first_row + block.row(index) as u64, |value| *value);
                    }
                }
            }),
            State::Text(held) => {
                let Values::Text(text) = column.values else { return };
                for row in (0..text.len()).filter(|&row| column.validity.is_none_or(|bits| bits.get(row))) {
                    widen(held, text.bytes(row), first_row + row as u64, |bytes: &[u8]| bytes.into());
                }
            }
            State::Null => {}
        }
    }

    fn merge(&mut self, other: &Self) {
        match (&mut self.state, &other.state) {
            (State::Float(mine), State::Float(theirs)) => mine.merge(theirs),
            (State::Signed(mine), State::Signed(theirs)) => mine.merge(theirs),
            (State::Unsigned(mine), State::Unsigned(theirs)) => mine.merge(theirs),
            (State::Decimal(mine), State::Decimal(theirs)) => {
                theirs.iter().flatten().for_each(|(value, row)| widen(mine, value, *row, |value| *value));
            }
            (State::Text(mine), State::Text(theirs)) => {
                for (value, row) in theirs.iter().flatten() {
                    widen(mine, &**value, *row, |bytes: &[u8]| bytes.into());
                }
            }
            (State::Null, State::Null) => {}
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    fn finish(&self) -> Self {
        self.clone()
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.bytes(true)
    }
}

impl Aggregate for Extremum {
    type Answer = Scalar;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        self.extremes.update(level, chunk);
    }

    fn merge(&mut self, other: &Self) {
        self.extremes.merge(&other.extremes);
    }

    fn finish(&self) -> Scalar {
        let row = |row: Option<u64>| row.map_or(Scalar::Null, |row| Scalar::Integer(row.into()));
        match self.which {
            Which::Min => self.extremes.min(),
            Which::Max => self.extremes.max(),
            Which::ArgMin => row(self.extremes.argmin()),
            Which::ArgMax => row(self.extremes.argmax()),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.extremes.bytes(matches!(self.which, Which::ArgMin | Which::ArgMax))
    }
}
