//! `quantile` and `median`: exact, by rounds of counting and collecting, without a copy of the column.

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::select::{Selected, Selection, State as Order, Step as OrderStep};
use arrcalc_kernels::{Level, OrderKey};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::kind::{Kind, float_value};
use super::quantile_method::Interpolate;
use super::{Aggregate, Element, NanPolicy, Probability, QuantileMethod, Rounds, Step};

/// Quantiles of the first column of the chunks, in the order asked for.
///
/// Each is read from order statistics by exact rational interpolation and rounded once, to binary64 (binary32 for
/// binary32 and binary16 columns; the nearest tick for temporal types). -inf with +inf gives NaN; a NaN gives NaN
/// unless ignored; no values give null.
/// Class: rounds, each of which obeys the law. Cost: two passes as a rule, and as many quantiles as you like at about
/// the cost of one. Source: see [`arrcalc_kernels::select`].
///
/// # Examples
/// ```
/// use arrcalc::aggregate::{NanPolicy, Probability, Quantiles};
/// use arrcalc::{Engine, Repeat, answer::Scalar, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let column = penguins.schema().index_of("bill_length_mm").unwrap();
/// let data_type = &penguins.schema().fields[column].data_type;
/// let median = Quantiles::new(data_type, vec![Probability::new(1, 2)], NanPolicy::Propagate)?;
/// let answer = Engine::new().run(&Repeat::new(&penguins, [column], median))?;
/// assert_eq!(answer, [Scalar::Float64(44.45)]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Quantiles {
    data_type: DataType,
    probabilities: Vec<Probability>,
    method: QuantileMethod,
    nan: NanPolicy,
    memory_bytes: usize,
}

/// Bytes that the passes may collect where nothing else is said.
const DEFAULT_MEMORY_BYTES: usize = 64 << 20;

impl Quantiles {
    /// The quantiles `probabilities` of a column of `data_type`, by linear interpolation.
    ///
    /// # Errors
    /// [`Error::Request`] for types without quantiles: text, decimals.
    pub fn new(data_type: &DataType, probabilities: Vec<Probability>, nan: NanPolicy) -> Result<Self> {
        match Kind::of(data_type) {
            Kind::Float | Kind::Signed | Kind::Unsigned | Kind::Null => Ok(Self {
                data_type: data_type.clone(),
                probabilities,
                method: QuantileMethod::Linear,
                nan,
                memory_bytes: DEFAULT_MEMORY_BYTES,
            }),
            _ => {
                let reason = format!("quantiles are not defined for columns of type {data_type}");
                Err(Error::Request { reason })
            }
        }
    }

    /// By another method.
    pub fn method(mut self, method: QuantileMethod) -> Self {
        self.method = method;
        self
    }

    /// Passes may collect `bytes`; fewer bytes may mean more passes, never another answer.
    pub fn memory_bytes(mut self, bytes: usize) -> Self {
        self.memory_bytes = bytes;
        self
    }

    fn ranks(&self, n: u64) -> Vec<u64> {
        let places = self.probabilities.iter().map(|&q| self.method.place(q, n));
        places.flat_map(|place| [place.lower, place.upper]).collect()
    }

    fn next_of<E: Interpolate>(
        &self,
        order: Order<E>,
        wrap: impl FnOnce(Order<E>) -> OrderState,
    ) -> Step<OrderState, Vec<Scalar>> {
        match order.next(|n| self.ranks(n)) {
            OrderStep::Again(state) => Step::Again(wrap(state)),
            OrderStep::Done(selected) => Step::Done(self.read(&selected)),
        }
    }

    fn read<E: Interpolate>(&self, selected: &Selected<E>) -> Vec<Scalar> {
        let one = |&q: &Probability| {
            if self.nan == NanPolicy::Propagate && selected.nan > 0 {
                return float_value(&self.data_type, f64::from_bits(0x7ff8_0000_0000_0000));
            }
            if selected.numbers == 0 {
                return Scalar::Null;
            }
            let place = self.method.place(q, selected.numbers);
            match (selected.at(place.lower), selected.at(place.upper)) {
                (Some(lower), Some(upper)) => place.read(&self.data_type, lower, upper),
                _ => Scalar::Null,
            }
        };
        self.probabilities.iter().map(one).collect()
    }
}

/// The state of one pass of [`Quantiles`].
#[derive(Clone, Debug)]
pub enum OrderState {
    /// Over floats.
    Float(Order<f64>),
    /// Over signed integers and moments of time.
    Signed(Order<i64>),
    /// Over unsigned integers.
    Unsigned(Order<u64>),
}

fn update<E: Element + OrderKey>(order: &mut Order<E>, level: Level, column: &Column<'_>) {
    E::blocks(level, column, |block| order.update(level, block.values));
}

/// Canonical bytes of a state within its pass.
pub(crate) fn order_bytes<E: OrderKey>(order: &Order<E>) -> Vec<u8> {
    let mut words = vec![u64::from(order.pass()), order.nan()];
    words.extend(order.sorted_keys());
    order.counts().iter().for_each(|counts| words.extend_from_slice(counts));
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

impl Aggregate for OrderState {
    type Answer = u32;

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let column = &chunk.columns[0];
        match self {
            OrderState::Float(order) => update(order, level, column),
            OrderState::Signed(order) => update(order, level, column),
            OrderState::Unsigned(order) => update(order, level, column),
        }
    }

    fn merge(&mut self, other: &Self) {
        match (self, other) {
            (OrderState::Float(mine), OrderState::Float(theirs)) => mine.merge(theirs),
            (OrderState::Signed(mine), OrderState::Signed(theirs)) => mine.merge(theirs),
            (OrderState::Unsigned(mine), OrderState::Unsigned(theirs)) => mine.merge(theirs),
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    /// The number of the pass.
    fn finish(&self) -> u32 {
        match self {
            OrderState::Float(order) => order.pass(),
            OrderState::Signed(order) => order.pass(),
            OrderState::Unsigned(order) => order.pass(),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            OrderState::Float(order) => order_bytes(order),
            OrderState::Signed(order) => order_bytes(order),
            OrderState::Unsigned(order) => order_bytes(order),
        }
    }
}

impl Rounds for Quantiles {
    type State = OrderState;
    type Answer = Vec<Scalar>;

    fn first(&self) -> OrderState {
        match Kind::of(&self.data_type) {
            Kind::Float => OrderState::Float(Selection::new::<f64>(self.memory_bytes).first()),
            Kind::Unsigned => OrderState::Unsigned(Selection::new::<u64>(self.memory_bytes).first()),
            _ => OrderState::Signed(Selection::new::<i64>(self.memory_bytes).first()),
        }
    }

    fn next(&self, merged: OrderState) -> Step<OrderState, Vec<Scalar>> {
        match merged {
            OrderState::Float(order) => self.next_of(order, OrderState::Float),
            OrderState::Signed(order) => self.next_of(order, OrderState::Signed),
            OrderState::Unsigned(order) => self.next_of(order, OrderState::Unsigned),
        }
    }
}
