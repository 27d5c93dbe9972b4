//! `sort`: the rows of files or arrays in the order of some columns, in memory.

use arrcalc_datasets::{Chunk, DataType, Dataset, Field, Layout, SourceFacts, Unit};

use crate::answer::Table;
use crate::error::{Error, Result};
use crate::execute::{Input, Pass, Scope, Task};
use crate::expression::{ExprKind, Literal, parse_order, render, suggest};
use crate::order::partitioned::{Look, ROWS_MIN, Units, sorted};
use crate::order::{TableKey, sort_table};

/// A column that rows are ordered by, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnOrder {
    /// The column's exact name.
    pub column: String,
    /// Largest first; NaN stays last.
    pub descending: bool,
    /// Nulls before everything, instead of after it.
    pub nulls_first: bool,
}

impl From<&str> for ColumnOrder {
    /// The column called `name`, smallest first, nulls last.
    fn from(name: &str) -> Self {
        Self { column: name.to_owned(), descending: false, nulls_first: false }
    }
}

impl From<String> for ColumnOrder {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

impl ColumnOrder {
    /// The column called `name`, largest first, NaN and nulls last.
    pub fn descending(name: &str) -> Self {
        Self { descending: true, ..name.into() }
    }

    /// An order as it is typed in queries: `k, -x`, `"odd name" desc nulls first`.
    ///
    /// # Errors
    /// [`Error::Request`] where it does not parse, or a key is more than a column.
    pub fn parse(text: &str) -> Result<Vec<Self>> {
        let keys = parse_order(text).map_err(|error| Error::Request { reason: render(text, &error) })?;
        let is_word = |name: &str| name.starts_with(|first: char| first.is_ascii_alphabetic());
        let key = |key: crate::expression::OrderKey| match key.expr.kind {
            ExprKind::Column(column) => {
                Ok(Self { column, descending: key.descending, nulls_first: key.nulls_first })
            }
            // Rows are sorted by no constants: the words nan and inf are columns.
            ExprKind::Literal(Literal::Decimal(word)) if is_word(&word) => Ok(Self {
                column: text[key.expr.span.start..key.expr.span.end].to_owned(),
                descending: key.descending,
                nulls_first: key.nulls_first,
            }),
            _ => Err(Error::Request {
                reason: format!(
                    "rows are sorted by columns, and '{text}' has more than their names; use query"
                ),
            }),
        };
        keys.into_iter().map(key).collect()
    }
}

/// The rows of a dataset in the order of some columns, as a task; the answer is a [`Table`] of all columns.
///
/// Stable: rows that are equal in all keys keep their order. NaN stands last in both directions, nulls last unless a key
/// puts them first, zeros of both signs are equal, text goes by its bytes. The answer is the same bits for any number of
/// threads.
///
/// Cost: one pass over the columns, `O(n log n)` on all threads; about twice the memory of the rows.
///
/// # Examples
/// ```
/// use arrcalc::{ColumnOrder, Engine, Sort, answer::Scalar, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let sort = Sort::new(&penguins).by(["species".into(), ColumnOrder::descending("body_mass_g")]);
/// let answer = Engine::new().run(&sort)?;
/// assert_eq!(answer.value(0, 0), Scalar::Text("Adelie".into()));
/// assert_eq!(answer.value(0, 5), Scalar::Integer(4775));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Sort<'a> {
    input: Input<'a>,
    by: Vec<ColumnOrder>,
}

impl<'a> Sort<'a> {
    /// The rows of `dataset` (`&Dataset`, `Dataset` or `Arc<Dataset>`), as they are.
    pub fn new(dataset: impl Into<Input<'a>>) -> Self {
        Self { input: dataset.into(), by: Vec::new() }
    }

    /// In the order of `columns`, of which the first counts most; after those that were named before.
    pub fn by<C: Into<ColumnOrder>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.by.extend(columns.into_iter().map(Into::into));
        self
    }

    /// The keys as columns of `dataset`.
    ///
    /// # Errors
    /// [`Error::Request`] where there is no such column, or where it is of a type that is only shown.
    pub fn keys(dataset: &Dataset<'_>, by: &[ColumnOrder]) -> Result<Vec<TableKey>> {
        let fields = &dataset.schema().fields;
        let key = |order: &ColumnOrder| {
            let ColumnOrder { column: name, descending, nulls_first } = order;
            let column = fields.iter().position(|field| field.name == *name).ok_or_else(|| {
                let hint = suggest(name, fields.iter().map(|field| field.name.as_str()));
                let hint = hint.map_or(String::new(), |hint| format!("; did you mean '{hint}'?"));
                Error::Request { reason: format!("there is no column '{name}'{hint}") }
            })?;
            Ok(TableKey { column, descending: *descending, nulls_first: *nulls_first })
        };
        by.iter().map(key).collect()
    }
}

impl Task for Sort<'_> {
    type Answer = Table;

    fn run(&self, scope: &Scope<'_>) -> Result<Table> {
        let dataset: &Dataset<'_> = &self.input;
        let keys = Self::keys(dataset, &self.by)?;
        refuse_unsupported(dataset)?;
        if dataset.row_count() >= ROWS_MIN as u64
            && let Some(units) = MappedUnits::of(scope, dataset)
            && let Some(sorted) = sorted(scope, &units, &keys)?
        {
            return Ok(sorted);
        }
        sort_table(scope, &read_table(scope, dataset)?, &keys)
    }
}

/// The rows of a dataset that are lent as they lie, so that reading them more than once costs little.
struct MappedUnits<'d> {
    dataset: &'d Dataset<'d>,
    /// First row of each unit.
    starts: Vec<u64>,
    rows: Vec<usize>,
}

impl<'d> MappedUnits<'d> {
    fn of(scope: &Scope<'_>, dataset: &'d Dataset<'d>) -> Option<Self> {
        let is_mapped = |file: &SourceFacts| file.columns.iter().all(|column| column.mapped);
        if !dataset.facts().iter().all(is_mapped) {
            return None;
        }
        let columns: Vec<usize> = (0..dataset.schema().fields.len()).collect();
        let units = dataset.units(&columns, Layout::Together, scope.unit_rows(dataset.row_count()));
        let starts = units.iter().map(|unit| unit.rows.start).collect();
        let rows = units.iter().map(|unit| usize::try_from(unit.rows.end - unit.rows.start).ok());
        Some(Self { dataset, starts, rows: rows.collect::<Option<Vec<usize>>>()? })
    }
}

impl Units for MappedUnits<'_> {
    fn fields(&self) -> &[Field] {
        &self.dataset.schema().fields
    }

    fn unit_rows(&self) -> &[usize] {
        &self.rows
    }

    fn visit(&self, scope: &Scope<'_>, columns: &[usize], look: &Look<'_>) -> Result<()> {
        let pass = Pass { dataset: self.dataset, columns, layout: Layout::Together };
        let step =
            |(): &mut (), unit: &Unit, chunk: &Chunk<'_>| match self.starts.binary_search(&unit.rows.start) {
                Ok(number) => look(number, chunk),
                Err(_) => Err(Error::Bug { message: "rows are lent in other units than before".into() }),
            };
        scope.pass(&pass, || Ok(()), step)?;
        Ok(())
    }
}

fn refuse_unsupported(dataset: &Dataset<'_>) -> Result<()> {
    for field in &dataset.schema().fields {
        if let DataType::Unsupported(name) = &field.data_type {
            let reason = format!("column '{}' is {name}, which is not computed with", field.name);
            return Err(Error::Request { reason });
        }
    }
    Ok(())
}

/// All rows of `dataset` in memory, in their order.
///
/// Cost: one pass on all threads; the rows' memory, while they are put together up to twice.
///
/// # Errors
/// See [`crate::Error`]: the lowest row that is wrong; the memory budget.
pub fn read_table(scope: &Scope<'_>, dataset: &Dataset<'_>) -> Result<Table> {
    let columns: Vec<usize> = (0..dataset.schema().fields.len()).collect();
    let pass = Pass { dataset, columns: &columns, layout: Layout::Together };
    let fields = dataset.schema().fields.clone();
    let start = || Ok((Vec::new(), scope.budget().reserve("the rows", 0)?));
    let states = scope.pass(&pass, start, |(pieces, reserved), _, chunk| {
        let mut piece = Table::with_capacity(fields.clone(), chunk.row_count);
        piece.extend(&chunk.columns, chunk.row_count);
        reserved.grow("the rows", piece.memory_bytes() as u64)?;
        pieces.push((chunk.first_row, piece));
        Ok(())
    })?;
    let (pieces, _reserved): (Vec<Vec<(u64, Table)>>, Vec<_>) = states.into_iter().unzip();
    let mut pieces: Vec<(u64, Table)> = pieces.into_iter().flatten().collect();
    pieces.sort_unstable_by_key(|(first, _)| *first);
    let mut table = Table::with_capacity(fields, usize::try_from(dataset.row_count()).unwrap_or(usize::MAX));
    for (_, piece) in pieces {
        table.extend(&piece.lend().columns, piece.row_count());
    }
    Ok(table)
}
