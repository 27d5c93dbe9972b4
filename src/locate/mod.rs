//! `locate`: positions of values in a sorted column.
//!
//! A position is a number of values below, and such numbers add up over chunks: one pass in any order counts them, and
//! looks at the same time whether the column is sorted. Each sought value falls into few chunks: the others lie below
//! it or above it as a whole.

mod counts;
mod decimals;
mod rows;
mod wanted;

use arrcalc_datasets::{DataType, Field, Layout};
use arrcalc_kernels::search::Side;

use crate::aggregate::scale;
use crate::answer::{Scalar, Table, value_at};
use crate::error::{Error, Result};
use crate::execute::{Input, Pass, Scope, Task};
use crate::order::{Number, Searched, Threshold, threshold_of};
use counts::Counts;
use rows::Key;
use wanted::{are_comparable, are_of_type, number_of, scalar_of};

pub(crate) use wanted::ticks_of;

/// Positions of values in a sorted column, as a task; the answer is a table of the values and their `position`.
///
/// The position is the number of rows below the value ([`Side::Left`]) or not above it ([`Side::Right`]), as of
/// `numpy.searchsorted`. The column is in ascending order, NaN behind all numbers and nulls behind NaN; a sought NaN
/// goes before or behind those, a sought null has no position. Numbers of different types are compared by their exact
/// values, text by its bytes.
///
/// Cost: one pass over the column, and a binary search in one chunk for most values; the file is not copied.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, Locate, answer::Scalar, datasets::Dataset, order::Side};
///
/// let weather = Dataset::open("datasets/samples/weather.csv")?;
/// let answer = Engine::new().run(&Locate::of_texts(&weather, "origin", &["JFK".into()], Side::Left)?)?;
/// assert_eq!(answer.row(0), [Scalar::Text("JFK".into()), Scalar::Integer(8703)]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Locate<'a> {
    dataset: Input<'a>,
    column: usize,
    values: Vec<Scalar>,
    /// Of the values.
    data_type: DataType,
    side: Side,
}

impl<'a> Locate<'a> {
    /// Looks for values as `texts` write them, in the column's type; among whole numbers also for floats, among
    /// decimals also for those with more digits.
    ///
    /// # Errors
    /// [`Error::Request`] where there is no such column, its type has no order, or a text is no value of it.
    pub fn of_texts(
        dataset: impl Into<Input<'a>>,
        column: &str,
        texts: &[String],
        side: Side,
    ) -> Result<Self> {
        let dataset = dataset.into();
        let (column, data_type) = sorted_column(&dataset, column)?;
        let refused =
            |text: &String| Error::Request { reason: format!("'{text}' is not a value of type {data_type}") };
        if let DataType::Decimal128 { precision, scale } = data_type {
            let (values, data_type) = decimals::read(texts, precision, scale).map_err(refused)?;
            return Ok(Self { dataset, column, values, data_type, side });
        }
        let values = texts.iter().map(|text| scalar_of(text, &data_type).ok_or_else(|| refused(text)));
        let values = values.collect::<Result<Vec<_>>>()?;
        let data_type = if are_of_type(&values, &data_type) { data_type } else { DataType::Float64 };
        Ok(Self { dataset, column, values, data_type, side })
    }

    /// Looks for every value of a column of `wanted`: the one of the same name, or the only one.
    ///
    /// Cost: reads that column.
    ///
    /// # Errors
    /// [`Error::Request`] where there is no such column, or its values have no place in the one that is looked through;
    /// [`Error::Memory`]; what reading meets.
    pub fn of_column(
        scope: &Scope<'_>,
        dataset: impl Into<Input<'a>>,
        column: &str,
        wanted: &Input<'_>,
        side: Side,
    ) -> Result<Self> {
        let dataset = dataset.into();
        let (index, data_type) = sorted_column(&dataset, column)?;
        let fields = &wanted.schema().fields;
        let source = wanted.schema().index_of(column).or((fields.len() == 1).then_some(0));
        let Some(source) = source else {
            let reason = format!("the values have several columns, and none is called '{column}'");
            return Err(Error::Request { reason });
        };
        let field = &fields[source];
        if !are_comparable(&data_type, &field.data_type) {
            let reason = format!("values of type {} have no place among {data_type}", field.data_type);
            return Err(Error::Request { reason });
        }
        let bytes = wanted.row_count().saturating_mul(size_of::<Scalar>() as u64);
        let _held = scope.budget().reserve("the values to look for", bytes)?;
        let mut values = Vec::new();
        let pass = Pass { dataset: wanted, columns: &[source], layout: Layout::Together };
        scope.in_order(&pass, |chunk| {
            let column = &chunk.columns[0];
            values.extend((0..chunk.row_count).map(|row| value_at(column, &field.data_type, row)));
            Ok(())
        })?;
        Ok(Self { dataset, column: index, values, data_type: field.data_type.clone(), side })
    }

    fn table(&self, positions: &[Option<u64>]) -> Table {
        let name = self.dataset.schema().fields[self.column].name.clone();
        let fields = vec![
            Field { name, data_type: self.data_type.clone() },
            Field { name: "position".into(), data_type: DataType::UInt64 },
        ];
        let mut table = Table::with_capacity(fields, positions.len());
        let as_typed = |value: &Scalar| match value {
            Scalar::Integer(integer) if self.data_type == DataType::Float64 => {
                Scalar::Float64(*integer as f64)
            }
            value => value.clone(),
        };
        for (value, position) in self.values.iter().zip(positions) {
            let position = position.map_or(Scalar::Null, |position| Scalar::Integer(position.into()));
            table.push(&[as_typed(value), position]);
        }
        table
    }

    fn positions(&self, scope: &Scope<'_>) -> Result<Vec<Option<u64>>> {
        use DataType::*;
        match &self.dataset.schema().fields[self.column].data_type {
            Bool | UInt8 => self.numbers::<u8>(scope),
            Int8 => self.numbers::<i8>(scope),
            Int16 => self.numbers::<i16>(scope),
            Int32 | Date => self.numbers::<i32>(scope),
            Int64 | Time(_) | Timestamp(..) | Duration(_) => self.numbers::<i64>(scope),
            UInt16 => self.numbers::<u16>(scope),
            UInt32 => self.numbers::<u32>(scope),
            UInt64 => self.numbers::<u64>(scope),
            Float16 | Float32 => self.numbers::<f32>(scope),
            Float64 => self.numbers::<f64>(scope),
            Decimal128 { .. } => self.numbers::<i128>(scope),
            _ => self.texts(scope),
        }
    }

    fn numbers<T: Key + Searched>(&self, scope: &Scope<'_>) -> Result<Vec<Option<u64>>> {
        let scale = scale(&self.dataset.schema().fields[self.column].data_type);
        let number = |value: &Scalar| match value {
            Scalar::Decimal { unscaled, scale: own } => {
                let unscaled = unscaled.parse().ok()?;
                Some(Number::Integer(decimals::rescaled(unscaled, *own, scale, self.side)))
            }
            value => number_of(value, &self.data_type),
        };
        let place = |value: &Scalar| match number(value) {
            None => Place::<T>::Nowhere,
            Some(Number::Float(float)) if float.is_nan() => match self.side {
                Side::Left => Place::BehindNumbers,
                Side::Right => Place::Last,
            },
            Some(number) => match threshold_of(number, self.side) {
                Threshold::Value(value) => Place::Key(value),
                Threshold::First => Place::First,
                Threshold::BehindNumbers => Place::BehindNumbers,
                Threshold::Last => Place::Last,
            },
        };
        self.search(scope, self.values.iter().map(place).collect())
    }

    fn texts(&self, scope: &Scope<'_>) -> Result<Vec<Option<u64>>> {
        let place = |value: &Scalar| match value {
            Scalar::Text(text) => Place::Key(text.as_bytes().into()),
            _ => Place::Nowhere,
        };
        self.search::<Box<[u8]>>(scope, self.values.iter().map(place).collect())
    }

    fn search<K: Key>(&self, scope: &Scope<'_>, places: Vec<Place<K>>) -> Result<Vec<Option<u64>>> {
        let mut keys: Vec<(K, usize)> = Vec::new();
        for (index, place) in places.iter().enumerate() {
            if let Place::Key(key) = place {
                keys.push((key.clone(), index));
            }
        }
        keys.sort_by(|(left, _), (right, _)| left.order(right));
        let bytes = (keys.len() * (size_of::<(K, usize)>() + 16 * scope.threads())) as u64;
        let _held = scope.budget().reserve("the values to look for", bytes)?;
        let pass = Pass { dataset: &self.dataset, columns: &[self.column], layout: Layout::Together };
        let level = scope.level();
        let start = || Ok(Counts::new(keys.len()));
        let states = scope.pass(&pass, start, |counts, _, chunk| {
            counts.take(level, chunk, &keys, self.side);
            Ok(())
        })?;
        let mut counts = Counts::new(keys.len());
        states.into_iter().for_each(|state| counts.merge(state));
        if let Some(row) = counts.first_descent() {
            return Err(self.unsorted(row));
        }
        let found = counts.positions();
        let mut positions: Vec<Option<u64>> = places
            .iter()
            .map(|place| match place {
                Place::Nowhere => None,
                Place::Key(_) | Place::First => Some(0),
                Place::BehindNumbers => Some(counts.numbers),
                Place::Last => Some(counts.valid),
            })
            .collect();
        keys.iter().zip(found).for_each(|((_, index), position)| positions[*index] = Some(position));
        Ok(positions)
    }

    fn unsorted(&self, row: u64) -> Error {
        let dataset = &self.dataset;
        Error::Evaluation {
            file: dataset.path_of_row(row).map_or_else(String::new, |path| path.display().to_string()),
            column: dataset.schema().fields[self.column].name.clone(),
            row: dataset.row_in_file(row),
            reason: "the value is below the one before it, but only a column in ascending order (NaN, then nulls, at \
                     its end) has positions; sort it first"
                .into(),
        }
    }
}

impl Task for Locate<'_> {
    type Answer = Table;

    fn run(&self, scope: &Scope<'_>) -> Result<Table> {
        Ok(self.table(&self.positions(scope)?))
    }
}

fn sorted_column(dataset: &Input<'_>, name: &str) -> Result<(usize, DataType)> {
    let schema = dataset.schema();
    let Some(index) = schema.index_of(name) else {
        return Err(Error::Request { reason: format!("no column '{name}'") });
    };
    let data_type = schema.fields[index].data_type.clone();
    if matches!(data_type, DataType::Null | DataType::Unsupported(_)) {
        return Err(Error::Request { reason: format!("column '{name}' of type {data_type} has no order") });
    }
    Ok((index, data_type))
}

/// Where a sought value goes.
enum Place<K> {
    /// Where its key goes.
    Key(K),
    First,
    BehindNumbers,
    /// Behind NaN, in front of nulls.
    Last,
    Nowhere,
}
