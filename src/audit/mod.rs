//! `audit`: what floating-point summation would have lost on each column, against the exact answer.
//!
//! One pass takes the exact sums, which say how ill-conditioned the column is; a second runs the usual methods over the
//! rows in their order, as a program on one thread would, and the distance of each from the exact value is itself exact.
//! Condition numbers: N. J. Higham, "Accuracy and Stability of Numerical Algorithms", 2002, chapter 4.

mod answer;
mod methods;

pub use answer::{AuditAnswer, ColumnAudit, Method, MethodAudit};

use arrcalc_datasets::{Chunk, Column, DataType, Dataset, Field, Layout};
use arrcalc_kernels::Level;

use crate::aggregate::{Aggregate, Element, Kind, Moments, NanPolicy};
use crate::convert::positions;
use crate::error::{Error, Result};
use crate::execute::{Input, Pass, Scope, Task};

use methods::Methods;

/// The audit of every column of floats and integers, as a task.
///
/// Values that are null, NaN or infinite are left out. Integers count as the nearest binary64 number where the methods
/// take them, and exactly where they are compared.
/// Cost: two passes; the second reads each column on one thread, different columns at the same time.
///
/// # Examples
/// ```
/// use arrcalc::{Audit, Engine, audit::Method, datasets::Dataset};
///
/// let values = [1e16, 1.0, -1e16];
/// let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())])?;
/// let audit = Engine::new().run(&Audit::new(&dataset))?;
/// let naive = audit.columns[0].method(Method::LeftToRight);
/// assert_eq!((audit.columns[0].sum, naive.value), (1.0, 0.0));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Audit<'a> {
    input: Input<'a>,
    columns: Option<Vec<String>>,
}

impl<'a> Audit<'a> {
    /// Audits all columns of floats and integers of `dataset`.
    pub fn new(dataset: impl Into<Input<'a>>) -> Self {
        Self { input: dataset.into(), columns: None }
    }

    /// Audits only the columns called `names`; those of other types are left out.
    pub fn columns<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.columns = Some(names.into_iter().map(Into::into).collect());
        self
    }
}

impl Task for Audit<'_> {
    type Answer = AuditAnswer;

    fn run(&self, scope: &Scope<'_>) -> Result<AuditAnswer> {
        let dataset = &*self.input;
        let fields = &dataset.schema().fields;
        let mut selected = positions(dataset.schema(), self.columns.as_deref())?;
        let is_refused = |index: &&usize| !is_audited(&fields[**index].data_type);
        if let (Some(refused), true) = (selected.iter().find(is_refused), self.columns.is_some()) {
            let Field { name, data_type } = &fields[*refused];
            let reason = format!("column '{name}' is {data_type}; floats and integers are audited");
            return Err(Error::Request { reason });
        }
        selected.retain(|&index| is_audited(&fields[index].data_type));
        // Each reader may then hold its share and no more.
        let available = scope.budget().available_bytes();
        let threads = scope.threads().min(selected.len()).max(1) as u64;
        let exact = selected
            .iter()
            .map(|&index| scope.aggregate(dataset, &[index], &Exact::new(&fields[index].data_type)?))
            .collect::<Result<Vec<Exact>>>()?;
        let others = scope.budget().reserve("the audit's other readers", available - available / threads)?;
        let parts = scope.fold(selected.len(), Vec::new, |done: &mut Vec<(usize, Methods)>, at| {
            let methods = run_methods(scope, dataset, selected[at], exact[at].count())?;
            done.push((at, methods));
            Ok(())
        })?;
        drop(others);
        let mut parts: Vec<(usize, Methods)> = parts.into_iter().flatten().collect();
        parts.sort_by_key(|(at, _)| *at);
        let column = |(at, methods): (usize, Methods)| {
            let field = &fields[selected[at]];
            answer::column(field, &exact[at].sums, &exact[at].magnitudes, methods)
        };
        Ok(AuditAnswer { rows: dataset.row_count(), columns: parts.into_iter().map(column).collect() })
    }
}

/// Whether columns of `data_type` are audited.
pub(crate) fn is_audited(data_type: &DataType) -> bool {
    data_type.is_numeric() && Kind::of(data_type) != Kind::Decimal
}

fn run_methods(scope: &Scope<'_>, dataset: &Dataset<'_>, column: usize, count: u64) -> Result<Methods> {
    let data_type = &dataset.schema().fields[column].data_type;
    let mut methods = Methods::new(count);
    let pass = Pass { dataset, columns: &[column], layout: Layout::Together };
    scope.in_order(&pass, |chunk| {
        each_finite(scope.level(), data_type, &chunk.columns[0], |values| methods.update(values));
        Ok(())
    })?;
    Ok(methods)
}

/// Calls `visit` with the finite values of `column` as binary64, in row order.
fn each_finite(level: Level, data_type: &DataType, column: &Column<'_>, mut visit: impl FnMut(&[f64])) {
    let mut kept = Vec::new();
    match Kind::of(data_type) {
        Kind::Float => f64::blocks(level, column, |block| {
            if block.values.iter().fold(true, |all, value| all & value.is_finite()) {
                return visit(block.values);
            }
            kept.clear();
            kept.extend(block.values.iter().copied().filter(|value| value.is_finite()));
            visit(&kept);
        }),
        Kind::Unsigned => u64::blocks(level, column, |block| {
            kept.clear();
            kept.extend(block.values.iter().map(|&value| value as f64));
            visit(&kept);
        }),
        _ => i64::blocks(level, column, |block| {
            kept.clear();
            kept.extend(block.values.iter().map(|&value| value as f64));
            visit(&kept);
        }),
    }
}

/// The exact sums of the finite values, of their squares and of their magnitudes.
#[derive(Clone, Debug)]
struct Exact {
    data_type: DataType,
    sums: Moments<2>,
    magnitudes: Moments<1>,
}

impl Exact {
    fn new(data_type: &DataType) -> Result<Self> {
        Ok(Self {
            data_type: data_type.clone(),
            sums: Moments::new(data_type, NanPolicy::Ignore)?,
            magnitudes: Moments::new(&DataType::Float64, NanPolicy::Ignore)?,
        })
    }

    /// Finite values.
    fn count(&self) -> u64 {
        let counts = self.sums.sums().counts();
        counts.total - counts.nan - counts.positive_infinity - counts.negative_infinity
    }
}

impl Aggregate for Exact {
    type Answer = ();

    fn update(&mut self, level: Level, chunk: &Chunk<'_>) {
        let column = &chunk.columns[0];
        self.sums.take(level, column);
        let magnitudes = &mut self.magnitudes;
        let mut positive = Vec::new();
        each_finite(level, &self.data_type, column, |values| {
            positive.clear();
            positive.extend(values.iter().map(|value| value.abs()));
            let values = arrcalc_datasets::Values::Float64(&positive);
            magnitudes.take(level, &Column { values, validity: None });
        });
    }

    fn merge(&mut self, other: &Self) {
        self.sums.merge(&other.sums);
        self.magnitudes.merge(&other.magnitudes);
    }

    fn finish(&self) {}

    fn to_bytes(&self) -> Vec<u8> {
        [self.sums.to_bytes(), self.magnitudes.to_bytes()].concat()
    }
}
