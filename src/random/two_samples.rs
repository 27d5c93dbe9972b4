//! Two samples in a table: the values of the rows that have one label, and of those that have the other.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use arrcalc_datasets::{DataType, Field};

use super::permutation_test::{PermutationAnswer, PermutationTest};
use crate::answer::{Scalar, Table};
use crate::error::{Error, Result};
use crate::{Query, Scope};

/// What the memory is for, in messages.
const WHAT: &str = "the values of two samples";
/// Rows between two looks at the budget.
const RESERVED_ROWS: usize = 1 << 16;

/// Two samples, each in the order of its rows.
#[derive(Clone, Debug)]
pub struct TwoSamples {
    label: Field,
    labels: [Scalar; 2],
    values: [Vec<f64>; 2],
}

impl TwoSamples {
    /// The samples that the rows of `query` are, which has two columns: values, as float64, and labels. Rows without value
    /// or label are left out; the first sample is that of the lesser label.
    ///
    /// # Errors
    /// As [`Query::rows`]; [`Error::Request`] for other columns, and where labels are not of two kinds; the memory budget.
    ///
    /// # Examples
    /// ```
    /// use arrcalc::random::TwoSamples;
    /// use arrcalc::{Engine, Query, QueryText, datasets::Dataset};
    ///
    /// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
    /// let select = "cast(body_mass_g as float64) as value, sex as label".into();
    /// let query = Query::parse(&penguins, &QueryText { select, ..QueryText::default() })?;
    /// let samples = Engine::new().scoped(|scope| TwoSamples::read(scope, &query))?;
    /// let answer = Engine::new().run(&samples.test().relabellings(99))?;
    /// assert_eq!(answer.p_value, 0.01);
    /// # Ok::<(), arrcalc::Error>(())
    /// ```
    pub fn read(scope: &Scope<'_>, query: &Query<'_>) -> Result<Self> {
        let fields = query.fields(scope)?;
        let [Field { data_type: DataType::Float64, .. }, label] = &fields[..] else {
            let reason = "two samples are read from a column of float64 and one of labels".into();
            return Err(Error::Request { reason });
        };
        let mut samples: Vec<(Scalar, Vec<f64>)> = Vec::new();
        let mut reserved = scope.budget().reserve(WHAT, 0)?;
        let mut failure = None;
        let mut rows = 0;
        query.rows(scope, &mut |row| {
            let (Scalar::Float64(value), label) = (&row[0], &row[1]) else {
                return ControlFlow::Continue(());
            };
            if matches!(label, Scalar::Null) {
                return ControlFlow::Continue(());
            }
            if rows % RESERVED_ROWS == 0
                && let Err(error) = reserved.grow(WHAT, 16 * RESERVED_ROWS as u64)
            {
                failure = Some(error);
                return ControlFlow::Break(());
            }
            rows += 1;
            match samples.iter_mut().find(|(found, _)| found == label) {
                Some((_, values)) => values.push(*value),
                None => samples.push((label.clone(), vec![*value])),
            }
            if samples.len() > 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })?;
        if let Some(error) = failure {
            return Err(error);
        }
        let count = samples.len();
        let Ok([mut first, mut second]) = <[_; 2]>::try_from(samples) else {
            let found = ["no value", "one value"].get(count).unwrap_or(&"more than two values");
            let reason = format!("'{}' has {found}; two samples take two", label.name);
            return Err(Error::Request { reason });
        };
        if compare(&first.0, &second.0).is_gt() {
            std::mem::swap(&mut first, &mut second);
        }
        let (labels, values) = ([first.0, second.0], [first.1, second.1]);
        Ok(Self { label: label.clone(), labels, values })
    }

    /// The test of their mean difference.
    pub fn test(&self) -> PermutationTest<'_> {
        PermutationTest::new(&self.values[0], &self.values[1])
    }

    /// `answer` as a row: the labels, the sizes of the samples, the difference, the p-value.
    pub fn to_table(&self, answer: &PermutationAnswer) -> Table {
        let field = |name: &str, data_type| Field { name: name.to_owned(), data_type };
        let mut table = Table::new(vec![
            field("first", self.label.data_type.clone()),
            field("second", self.label.data_type.clone()),
            field("first_rows", DataType::Int64),
            field("second_rows", DataType::Int64),
            field("difference", DataType::Float64),
            field("p_value", DataType::Float64),
        ]);
        let [first, second] = self.labels.clone();
        let rows = self.values.each_ref().map(|values| Scalar::Integer(values.len() as i128));
        let [first_rows, second_rows] = rows;
        let numbers = [answer.statistic, answer.p_value].map(Scalar::Float64);
        let [difference, p_value] = numbers;
        table.push(&[first, second, first_rows, second_rows, difference, p_value]);
        table
    }
}

/// The order of two values of one column.
fn compare(first: &Scalar, second: &Scalar) -> Ordering {
    use Scalar::*;
    match (first, second) {
        (Bool(a), Bool(b)) => a.cmp(b),
        (Integer(a), Integer(b)) | (Duration(a, _), Duration(b, _)) => a.cmp(b),
        (Float64(a), Float64(b)) => a.total_cmp(b),
        (Float32(a), Float32(b)) => a.total_cmp(b),
        (Date(a), Date(b)) | (Time(a, _), Time(b, _)) | (Timestamp(a, ..), Timestamp(b, ..)) => a.cmp(b),
        (Text(a), Text(b)) => a.cmp(b),
        (Decimal { unscaled: a, .. }, Decimal { unscaled: b, .. }) => {
            let number = |text: &str| text.parse::<i128>().unwrap_or_default();
            number(a).cmp(&number(b))
        }
        _ => Ordering::Equal,
    }
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::Dataset;

    use super::*;
    use crate::{Engine, QueryText};

    fn read(select: &str, values: &[f64], labels: &[i64]) -> Result<TwoSamples> {
        let columns = vec![("x".into(), values.into()), ("g".into(), labels.into())];
        let dataset = Dataset::from_arrays(columns).unwrap();
        let query = Query::parse(&dataset, &QueryText { select: select.into(), ..QueryText::default() })?;
        Engine::new().scoped(|scope| TwoSamples::read(scope, &query))
    }

    #[test]
    fn rows_are_told_apart_by_their_labels_the_lesser_first() {
        let samples = read("x, g", &[1.0, 2.0, 3.0, 4.0], &[10, 9, 10, 9]).unwrap();
        assert_eq!(samples.labels, [Scalar::Integer(9), Scalar::Integer(10)]);
        assert_eq!(samples.values, [vec![2.0, 4.0], vec![1.0, 3.0]]);
        let answer = Engine::new().run(&samples.test().relabellings(20)).unwrap();
        assert_eq!(samples.to_table(&answer).value(0, 4), Scalar::Float64(1.0));
        let left_out = read("x, case when g < 3 then g end as g", &[1.0, 2.0, 3.0], &[1, 2, 3]).unwrap();
        assert_eq!(left_out.values, [vec![1.0], vec![2.0]]);
    }

    #[test]
    fn what_is_not_two_samples_is_refused() {
        for (select, labels) in
            [("x, g", [1, 2, 3]), ("x, g", [1, 1, 1]), ("g, x", [1, 2, 1]), ("x", [1, 2, 1])]
        {
            assert!(
                matches!(read(select, &[1.0, 2.0, 3.0], &labels), Err(Error::Request { .. })),
                "{select}"
            );
        }
    }
}
