//! `quantile` and `median`: exact, by rounds of counting and collecting, without a copy of the column.

use arrcalc_datasets::{Chunk, Column, DataType};
use arrcalc_kernels::select::quantile::Position;
use arrcalc_kernels::select::{Selected, Selection, State as Order, Step as OrderStep};
use arrcalc_kernels::{Level, OrderKey};

use crate::answer::Scalar;
use crate::error::{Error, Result};

use super::decimal_order::DecimalOrder;
use super::extended::Extended;
use super::interpolate::Interpolate;
use super::kind::{Kind, float_value};
use super::{Aggregate, Element, NanPolicy, Probability, QuantileMethod, Rounds, Step};

/// Quantiles of the first column of the chunks, in the order asked for.
///
/// Each is read from order statistics by exact rational interpolation and rounded once, to binary64 (binary32 for
/// binary32 and binary16 columns; the nearest tick for temporal types). Decimals give binary64. -inf with +inf gives NaN; a NaN gives NaN
/// unless ignored; no values give null.
/// Class: rounds, each of which obeys the law. Cost: two passes as a rule, three over decimals, and as many quantiles as
/// you like at about the cost of one. Source: see [`arrcalc_kernels::select`].
///
/// # Examples
/// ```
/// use arrcalc::aggregate::{NanPolicy, Probability, Quantiles};
/// use arrcalc::{Engine, Repeat, answer::Scalar, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let column = penguins.schema().index_of("bill_length_mm").unwrap();
/// let data_type = &penguins.schema().fields[column].data_type;
/// let median = Probability::parse("0.5").unwrap();
/// let median = Quantiles::new(data_type, vec![median], NanPolicy::Propagate)?;
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

/// The probability that `q` means: its shortest decimal, so that 0.95 is 19/20.
///
/// # Errors
/// [`Error::Request`] unless it is from 0 to 1.
pub fn probability(q: f64) -> Result<Probability> {
    let reason = || format!("quantile {q}: a probability is from 0 to 1");
    Probability::from_f64(q).ok_or_else(|| Error::Request { reason: reason() })
}

/// The probability that percentage `q` means: 99.9 is 999/1000.
///
/// # Errors
/// [`Error::Request`] unless it is from 0 to 100.
pub fn percentile(q: f64) -> Result<Probability> {
    let reason = || format!("percentile {q}: a percentage is from 0 to 100");
    Probability::from_percent(q).ok_or_else(|| Error::Request { reason: reason() })
}

/// The quantile method with NumPy's name `name`.
///
/// # Errors
/// [`Error::Request`] that lists the names.
pub fn quantile_method(name: &str) -> Result<QuantileMethod> {
    QuantileMethod::named(name).ok_or_else(|| {
        let names = QuantileMethod::ALL.map(QuantileMethod::name).join(", ");
        Error::Request { reason: format!("no quantile method '{name}'; there are {names}") }
    })
}

/// Bytes that the passes may collect where nothing else is said.
pub(super) const DEFAULT_MEMORY_BYTES: usize = 64 << 20;

impl Quantiles {
    /// The quantiles `probabilities` of a column of `data_type`, by linear interpolation.
    ///
    /// # Errors
    /// [`Error::Request`] for types without quantiles: text.
    pub fn new(data_type: &DataType, probabilities: Vec<Probability>, nan: NanPolicy) -> Result<Self> {
        match Kind::of(data_type) {
            Kind::Float | Kind::Signed | Kind::Unsigned | Kind::Decimal | Kind::Null => Ok(Self {
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

    /// The ranks wanted of `n` numbers.
    pub(crate) fn ranks(&self, n: u64) -> Vec<u64> {
        self.probabilities.iter().flat_map(|q| ranks(&self.method.position(q, n))).collect()
    }

    fn next_of<E: Interpolate + OrderKey>(
        &self,
        order: Order<E>,
        wrap: impl FnOnce(Order<E>) -> OrderState,
    ) -> Step<OrderState, Vec<Scalar>> {
        match order.next(|n| self.ranks(n)) {
            OrderStep::Again(state) => Step::Again(wrap(state)),
            OrderStep::Done(selected) => Step::Done(self.read(&selected)),
        }
    }

    /// The quantiles, from what was selected.
    pub(crate) fn read<E: Interpolate>(&self, selected: &Selected<E>) -> Vec<Scalar> {
        let one = |q: &Probability| {
            if self.nan == NanPolicy::Propagate && selected.nan > 0 {
                return float_value(&self.data_type, f64::from_bits(0x7ff8_0000_0000_0000));
            }
            if selected.numbers == 0 {
                return Scalar::Null;
            }
            let position = self.method.position(q, selected.numbers);
            read_position(&self.data_type, &position, selected)
        };
        self.probabilities.iter().map(one).collect()
    }
}

/// The ranks that a quantile is made of.
pub(crate) fn ranks(position: &Position) -> [u64; 2] {
    [position.lower(), position.upper()]
}

/// The quantile at `position`; null where its ranks were not asked for.
pub(crate) fn read_position<E: Interpolate>(
    data_type: &DataType,
    position: &Position,
    selected: &Selected<E>,
) -> Scalar {
    match (selected.at(position.lower()), selected.at(position.upper())) {
        (Some(lower), Some(upper)) => E::at(data_type, position, lower, upper),
        _ => Scalar::Null,
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
    /// Over decimals, by their unscaled integers.
    Decimal(Box<DecimalOrder>),
}

impl OrderState {
    /// The empty state of the first pass over a column of `data_type`, whose passes may collect `memory_bytes`.
    pub(super) fn empty(data_type: &DataType, memory_bytes: usize) -> Self {
        match Kind::of(data_type) {
            Kind::Float => OrderState::Float(Selection::new::<f64>(memory_bytes).first()),
            Kind::Unsigned => OrderState::Unsigned(Selection::new::<u64>(memory_bytes).first()),
            Kind::Decimal => OrderState::Decimal(Box::new(DecimalOrder::first(memory_bytes))),
            _ => OrderState::Signed(Selection::new::<i64>(memory_bytes).first()),
        }
    }

    /// The empty state of another first pass over the same column: what this one knows of it helps.
    pub(super) fn restarted(&self, data_type: &DataType, memory_bytes: usize) -> Self {
        match self {
            OrderState::Decimal(order) => match order.bounds() {
                Some(bounds) => OrderState::Decimal(Box::new(DecimalOrder::between(bounds, memory_bytes))),
                None => OrderState::empty(data_type, memory_bytes),
            },
            _ => OrderState::empty(data_type, memory_bytes),
        }
    }

    /// What follows, once every row has been seen: another pass, or the values at the `ranks` of so many numbers.
    pub(super) fn advance(self, ranks: impl FnOnce(u64) -> Vec<u64>) -> Step<Self, Selected<Extended>> {
        fn read<E: Into<Extended>>(selected: Selected<E>) -> Selected<Extended> {
            let Selected { numbers, nan, values, passes, below } = selected;
            let values = values.into_iter().map(|(rank, value)| (rank, value.into())).collect();
            Selected { numbers, nan, values, passes, below }
        }
        fn advance<E: OrderKey + Into<Extended>>(
            order: Order<E>,
            ranks: impl FnOnce(u64) -> Vec<u64>,
            wrap: fn(Order<E>) -> OrderState,
        ) -> Step<OrderState, Selected<Extended>> {
            match order.next(ranks) {
                OrderStep::Again(state) => Step::Again(wrap(state)),
                OrderStep::Done(selected) => Step::Done(read(selected)),
            }
        }
        match self {
            OrderState::Float(order) => advance(order, ranks, OrderState::Float),
            OrderState::Signed(order) => advance(order, ranks, OrderState::Signed),
            OrderState::Unsigned(order) => advance(order, ranks, OrderState::Unsigned),
            OrderState::Decimal(order) => match order.next(ranks) {
                Step::Again(order) => Step::Again(OrderState::Decimal(Box::new(order))),
                Step::Done(selected) => Step::Done(read(selected)),
            },
        }
    }
}

fn update<E: Element + OrderKey>(order: &mut Order<E>, level: Level, column: &Column<'_>) {
    E::blocks(level, column, |block| order.update(level, block.values));
}

/// Canonical bytes of a state within its pass.
pub(crate) fn order_bytes<E: OrderKey>(order: &Order<E>) -> Vec<u8> {
    let specials = order.specials();
    let mut words =
        vec![u64::from(order.pass()), specials.nan, specials.positive_zero, specials.negative_zero];
    words.extend(order.sorted_keys());
    words.extend(order.counts());
    words.extend(order.cells().iter().flat_map(|cell| [cell.count, cell.lowest, cell.highest]));
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
            OrderState::Decimal(order) => order.update(level, column),
        }
    }

    fn merge(&mut self, other: &Self) {
        match (self, other) {
            (OrderState::Float(mine), OrderState::Float(theirs)) => mine.merge(theirs),
            (OrderState::Signed(mine), OrderState::Signed(theirs)) => mine.merge(theirs),
            (OrderState::Unsigned(mine), OrderState::Unsigned(theirs)) => mine.merge(theirs),
            (OrderState::Decimal(mine), OrderState::Decimal(theirs)) => mine.merge(theirs),
            _ => panic!("states of columns of different types do not merge"),
        }
    }

    /// The number of the pass.
    fn finish(&self) -> u32 {
        match self {
            OrderState::Float(order) => order.pass(),
            OrderState::Signed(order) => order.pass(),
            OrderState::Unsigned(order) => order.pass(),
            OrderState::Decimal(order) => order.pass(),
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        match self {
            OrderState::Float(order) => order_bytes(order),
            OrderState::Signed(order) => order_bytes(order),
            OrderState::Unsigned(order) => order_bytes(order),
            OrderState::Decimal(order) => order.to_bytes(),
        }
    }

    fn heap_bytes(&self) -> usize {
        match self {
            OrderState::Float(order) => order.heap_bytes(),
            OrderState::Signed(order) => order.heap_bytes(),
            OrderState::Unsigned(order) => order.heap_bytes(),
            OrderState::Decimal(order) => size_of::<DecimalOrder>() + order.heap_bytes(),
        }
    }
}

impl Rounds for Quantiles {
    type State = OrderState;
    type Answer = Vec<Scalar>;

    fn first(&self) -> OrderState {
        OrderState::empty(&self.data_type, self.memory_bytes)
    }

    fn next(&self, merged: OrderState) -> Step<OrderState, Vec<Scalar>> {
        match merged {
            OrderState::Float(order) => self.next_of(order, OrderState::Float),
            OrderState::Signed(order) => self.next_of(order, OrderState::Signed),
            OrderState::Unsigned(order) => self.next_of(order, OrderState::Unsigned),
            OrderState::Decimal(order) => match order.next(|n| self.ranks(n)) {
                Step::Again(order) => Step::Again(OrderState::Decimal(Box::new(order))),
                Step::Done(selected) => Step::Done(self.read(&selected)),
            },
        }
    }
}
