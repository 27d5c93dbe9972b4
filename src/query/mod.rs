//! `query`: select, filter, group, aggregate, over any file, in as few passes as the aggregates need.

mod blocks;
mod dealt;
mod early;
mod encoded;
mod explain;
mod fault;
mod finish;
mod grouped;
mod kept;
mod parts;
mod resample;
mod row_functions;
mod rows;
mod source;
mod stream;
mod streams;
mod text;
mod values;
mod whole;

use std::ops::ControlFlow;
use std::path::Path;

use arrcalc_datasets::write::{WriteOptions, create};
use arrcalc_datasets::{Chunk, Dataset, Field, Schema};

use crate::aggregate::{Call, NanPolicy};
use crate::answer::{Scalar, Table, value_at};
use crate::error::{Error, Result};
use crate::execute::{Engine, Input, Scope, Task};
use crate::explain::Explanation;
use crate::expression::build::col;
use crate::expression::{Bound, Expr, GroupKey, OrderKey, SelectItem, refused_field};
use crate::plan::{self, Kind, Plan, Request};

pub(crate) use resample::Weights;
pub use text::QueryText;

use text::Texts;
use values::FileValues;

/// A question about one table, as a task; the answer is a [`Table`].
///
/// Without aggregates and keys, rows stay rows, in their order. With aggregates, all rows together give one row; with
/// keys, each group gives one, in the order of the keys: numbers, then one NaN group, then the null group. The answer is
/// the same bits for any schedule.
///
/// Cost: one pass over the columns that the query names, more for quantiles; memory grows with the groups, and with the
/// rows of the answer.
///
/// # Examples
/// ```
/// use arrcalc::expression::build::{col, mean};
/// use arrcalc::{Engine, Queryable, answer::Scalar, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let answer = penguins
///     .query()
///     .filter(col("sex").eq("female"))
///     .by(["island"])
///     .select([mean(col("body_mass_g")).alias("mass")])
///     .run(&Engine::new())?;
/// assert_eq!(answer.row(1), vec![Scalar::Text("Dream".into()), Scalar::Float64(3446.311475409836)]);
/// # Ok::<(), arrcalc::Error>(())
/// ```
///
/// The same from text:
/// ```
/// use arrcalc::{Engine, Query, QueryText, answer::Scalar, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let text = QueryText {
///     select: "count(*) as n, mean(body_mass_g) / 1000 as kg".into(),
///     predicate: "bill_length_mm > 50".into(),
///     ..QueryText::default()
/// };
/// let answer = Engine::new().run(&Query::parse(&penguins, &text)?)?;
/// assert_eq!(answer.value(0, 0), Scalar::Integer(52));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Query<'a> {
    input: Input<'a>,
    request: Request,
    texts: Texts,
}

/// Tables that can be asked: `dataset.query()`.
pub trait Queryable {
    /// An empty query over this table, which gives its rows.
    fn query(&self) -> Query<'_>;
}

impl Queryable for Dataset<'_> {
    fn query(&self) -> Query<'_> {
        Query::new(self)
    }
}

/// What rows can be grouped by: the name of a column, or an expression with or without a name.
pub trait IntoKey {
    /// The key and its name.
    fn into_key(self) -> SelectItem;
}

impl IntoKey for &str {
    fn into_key(self) -> SelectItem {
        col(self).into()
    }
}

impl IntoKey for Expr {
    fn into_key(self) -> SelectItem {
        self.into()
    }
}

impl IntoKey for SelectItem {
    fn into_key(self) -> SelectItem {
        self
    }
}

impl<'a> Query<'a> {
    /// An empty query over `dataset` (`&Dataset`, `Dataset` or `Arc<Dataset>`), which gives its rows.
    pub fn new(dataset: impl Into<Input<'a>>) -> Self {
        let request = Request { keys_first: true, ..Request::default() };
        Self { input: dataset.into(), request, texts: Texts::default() }
    }

    /// A query as it is typed.
    ///
    /// # Errors
    /// [`Error::Request`], which points at the spot.
    pub fn parse(dataset: impl Into<Input<'a>>, text: &QueryText) -> Result<Self> {
        let (request, texts) = text.parse()?;
        Ok(Self { input: dataset.into(), request, texts })
    }

    /// Whether `text` parses: what can be told without a table.
    ///
    /// # Errors
    /// [`Error::Request`], which points at the spot.
    pub fn check(text: &QueryText) -> Result<()> {
        text.parse().map(drop)
    }

    /// The values of the answer. Keys that are not among them stand before them.
    pub fn select<I: Into<SelectItem>>(mut self, items: impl IntoIterator<Item = I>) -> Self {
        self.request.select = items.into_iter().map(Into::into).collect();
        self
    }

    /// Only rows for which `predicate` is true.
    pub fn filter(mut self, predicate: impl Into<Expr>) -> Self {
        let predicate = predicate.into();
        self.request.predicate = Some(match self.request.predicate.take() {
            Some(before) => before.and(predicate),
            None => predicate,
        });
        self
    }

    /// Groups by these: names of columns, or expressions.
    pub fn by<I: IntoKey>(mut self, keys: impl IntoIterator<Item = I>) -> Self {
        let key = |key: I| GroupKey { item: key.into_key(), descending: false, nulls_first: false };
        self.request.by.extend(keys.into_iter().map(key));
        self
    }

    /// Only groups for which `predicate` is true.
    pub fn having(mut self, predicate: impl Into<Expr>) -> Self {
        self.request.having = Some(predicate.into());
        self
    }

    /// The order of the answer; rows that are equal in all keys keep theirs.
    pub fn order_by(mut self, keys: impl IntoIterator<Item = OrderKey>) -> Self {
        self.request.order_by = keys.into_iter().collect();
        self
    }

    /// At most that many rows.
    pub fn limit(mut self, rows: u64) -> Self {
        self.request.limit = Some(rows);
        self
    }

    /// Leaves out the first rows of the answer.
    pub fn offset(mut self, rows: u64) -> Self {
        self.request.offset = rows;
        self
    }

    /// What NaN does to aggregates.
    pub fn nan(mut self, policy: NanPolicy) -> Self {
        self.request.nan = policy;
        self
    }

    /// The answer, from `engine`: the same as `engine.run(&query)`.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub fn run(&self, engine: &Engine) -> Result<Table> {
        engine.run(self)
    }

    /// Lends the rows of the answer in their order, chunk by chunk, until `take` breaks. Where rows stay rows and are not
    /// ordered anew, they are handed on as they are found, by the calling thread, and memory does not grow with them.
    ///
    /// # Errors
    /// As [`Query::run`]; what `take` meets. Rows before the one that is wrong have then been lent.
    pub fn lend(
        &self,
        scope: &Scope<'_>,
        take: &mut dyn FnMut(&Chunk<'_>) -> Result<ControlFlow<()>>,
    ) -> Result<()> {
        let plan = self.plan(scope)?;
        if plan.kind == Kind::Rows && stream::is_possible(&plan) {
            let source = row_functions::source(scope, &self.input, &plan, &self.texts)?;
            return stream::lend(scope, &source, &plan, &self.texts, take);
        }
        stream::whole(&self.run_in(scope)?, take)
    }

    /// As [`Query::lend`], one row at a time.
    ///
    /// # Errors
    /// As [`Query::lend`].
    pub fn rows(&self, scope: &Scope<'_>, take: &mut dyn FnMut(&[Scalar]) -> ControlFlow<()>) -> Result<()> {
        let fields = self.fields(scope)?;
        let mut values = Vec::with_capacity(fields.len());
        self.lend(scope, &mut |chunk| {
            for row in 0..chunk.row_count {
                values.clear();
                let columns = chunk.columns.iter().zip(&fields);
                values.extend(columns.map(|(column, field)| value_at(column, &field.data_type, row)));
                if take(&values).is_break() {
                    return Ok(ControlFlow::Break(()));
                }
            }
            Ok(ControlFlow::Continue(()))
        })
    }

    /// Writes the answer to `output`, whose extension tells the format unless `options` do; returns its rows. Where rows
    /// stay rows and are not ordered anew, memory does not grow with them. The file appears under its name when it is
    /// whole, or not at all, with the same bytes for any number of threads.
    ///
    /// # Errors
    /// As [`Query::run`]; what the format cannot hold, or the system's.
    ///
    /// # Examples
    /// ```
    /// use arrcalc::expression::build::col;
    /// use arrcalc::{Engine, Queryable, datasets::{Dataset, write::WriteOptions}};
    ///
    /// let path = std::env::temp_dir().join(format!("arrcalc-doc-rows-{}.csv", std::process::id()));
    /// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
    /// let heavy = penguins.query().filter(col("body_mass_g").gt(6000)).select([col("species")]);
    /// assert_eq!(Engine::new().scoped(|scope| heavy.write(scope, &path, &WriteOptions::default()))?, 2);
    /// assert_eq!(Dataset::open(&path)?.row_count(), 2);
    /// # std::fs::remove_file(&path).unwrap();
    /// # Ok::<(), arrcalc::Error>(())
    /// ```
    pub fn write(&self, scope: &Scope<'_>, output: &Path, options: &WriteOptions) -> Result<u64> {
        let plan = self.plan(scope)?;
        let schema = Schema { fields: plan.fields() };
        if plan.kind == Kind::Rows && stream::is_possible(&plan) {
            let source = row_functions::source(scope, &self.input, &plan, &self.texts)?;
            let mut writer = create(output, &schema, options)?;
            let rows = stream::write(scope, &source, &plan, &self.texts, writer.as_mut())?;
            writer.finish()?;
            return Ok(rows);
        }
        let answer = self.run_in(scope)?;
        let rows = answer.row_count() as u64;
        let options = WriteOptions { row_count: Some(rows), ..options.clone() };
        let mut writer = create(output, &schema, &options)?;
        writer.write(&answer.lend())?;
        writer.finish()?;
        Ok(rows)
    }

    /// Hands the rows of the answer, as text that `encode` makes of them, to `take`, in their order and in parts of any size.
    /// `encode` appends rows to the text of those before them, on any thread. Where rows stay rows and are not ordered
    /// anew, memory does not grow with them, and all threads encode.
    ///
    /// # Errors
    /// As [`Query::run`]; what `take` meets. All rows before the one that cannot be computed have then been handed on,
    /// and some of those before the one that cannot be read.
    ///
    /// # Examples
    /// ```
    /// use arrcalc::expression::build::col;
    /// use arrcalc::present::{Precision, RowEncoder, RowForm};
    /// use arrcalc::{Engine, Queryable, datasets::Dataset};
    ///
    /// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
    /// let heavy = penguins.query().filter(col("body_mass_g").gt(6000)).select(["species", "year"].map(col));
    /// let mut csv = String::new();
    /// Engine::new().scoped(|scope| {
    ///     let rows = RowEncoder::new(RowForm::Csv, &heavy.fields(scope)?, Precision::default());
    ///     heavy.encoded(scope, &|chunk, text| rows.push_rows(chunk, text), &mut |text| {
    ///         csv.push_str(text);
    ///         Ok(())
    ///     })
    /// })?;
    /// assert_eq!(csv, "Gentoo,2007\nGentoo,2007\n");
    /// # Ok::<(), arrcalc::Error>(())
    /// ```
    pub fn encoded(
        &self,
        scope: &Scope<'_>,
        encode: &(dyn Fn(&Chunk<'_>, &mut String) + Sync),
        take: &mut (dyn FnMut(&str) -> Result<()> + Send),
    ) -> Result<()> {
        let plan = self.plan(scope)?;
        if plan.kind == Kind::Rows && stream::is_possible(&plan) {
            let source = row_functions::source(scope, &self.input, &plan, &self.texts)?;
            return encoded::rows(scope, &source, &plan, &self.texts, encode, take);
        }
        encoded::whole(&self.run_in(scope)?, encode, take)
    }

    /// Names and types of the answer.
    ///
    /// # Errors
    /// As [`Query::run`], where the query does not fit its table.
    pub fn fields(&self, scope: &Scope<'_>) -> Result<Vec<Field>> {
        Ok(self.plan(scope)?.fields())
    }

    /// Which columns of the answer are other than keys of its groups, ascending.
    ///
    /// # Errors
    /// As [`Query::run`], where the query does not fit its table.
    pub fn value_columns(&self, scope: &Scope<'_>) -> Result<Vec<usize>> {
        let plan = self.plan(scope)?;
        let is_key = |value: &Bound| value.column().is_some_and(|column| column < plan.keys.len());
        let is_value = |at: &usize| plan.kind != Kind::Groups || !is_key(&plan.outputs[*at].value);
        Ok((0..plan.outputs.len()).filter(is_value).collect())
    }

    fn run_in(&self, scope: &Scope<'_>) -> Result<Table> {
        Task::run(self, scope)
    }

    /// What it will do, without doing it.
    ///
    /// # Errors
    /// As [`Query::run`], where the query does not fit its table.
    pub fn explain(&self, engine: &Engine) -> Result<Explanation> {
        engine.run(&explain::Explain(self))
    }

    /// Whether the answer is of aggregates, as far as can be told without the table.
    pub fn aggregates(&self) -> bool {
        let is_bare = |item: &SelectItem| item.word().is_some_and(Call::is_bare);
        let select = &self.request.select;
        !self.request.by.is_empty()
            || select.iter().any(|item| is_bare(item) || plan::has_aggregate(&item.expr))
    }

    /// Rows of its table, before the filter.
    pub(crate) fn row_count(&self) -> u64 {
        self.input.row_count()
    }

    /// The query settled over its table.
    pub(crate) fn plan(&self, scope: &Scope<'_>) -> Result<Plan> {
        let files = FileValues::new(scope);
        let fields = &self.input.schema().fields;
        Plan::new(&self.request, fields, &files).map_err(|error| {
            if let Some(fault) = files.into_fault() {
                return fault;
            }
            let said = self.texts.render(&error);
            // Of a type that nothing computes with the file is told as well: it may be mended there.
            let file = refused_field(fields, &error.error).and_then(|_| self.input.path_of_row(0));
            Error::Request {
                reason: file.map_or_else(|| said.clone(), |file| format!("{}: {said}", file.display())),
            }
        })
    }
}

impl Task for Query<'_> {
    type Answer = Table;

    fn run(&self, scope: &Scope<'_>) -> Result<Table> {
        let plan = self.plan(scope)?;
        let source = row_functions::source(scope, &self.input, &plan, &self.texts)?;
        match plan.kind {
            Kind::Rows => rows::table(scope, &source, &plan, &self.texts),
            Kind::Whole => finish::answer(
                scope,
                &plan,
                whole::aggregate(scope, &source, &plan, &self.texts)?,
                &self.texts,
            ),
            Kind::Groups => finish::answer(
                scope,
                &plan,
                parts::aggregate(scope, &source, &plan, self.request.nan, &self.texts)?,
                &self.texts,
            ),
        }
    }
}
