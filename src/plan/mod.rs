//! What a query computes, settled before a row is read: names, types, aggregates, the columns to read.
//!
//! ```text
//! rows of the file --where--> keys and arguments --aggregates--> middle table --having, select, order--> answer
//! ```
//! Expressions above the aggregates see the middle table: its first columns are the keys, the others one aggregate each
//! ([`crate::expression::ExprKind::Slot`]). Functions over the order of rows are computed first, innermost first;
//! expressions below the aggregates see their values as columns behind those of the file.

mod aggregates;
mod expand;
mod names;
mod outputs;
mod request;
mod rewrite;
mod row_functions;
mod row_operations;

use arrcalc_datasets::{DataType, Dataset, Field, Unit};

use crate::aggregate::{Call, NanPolicy};
use crate::expression::{Bound, Expr, ExpressionError, Files, GroupKey, OrderKey, SelectItem, bind_with};

use aggregates::Aggregates;
pub(crate) use aggregates::is_in as has_aggregate;
use outputs::Outputs;
pub(crate) use row_functions::RowCall;
use row_functions::RowCalls;

/// A clause of a query: where an error stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clause {
    Select,
    Where,
    By,
    Having,
    OrderBy,
}

impl Clause {
    /// How the command line calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Clause::Select => "select",
            Clause::Where => "where",
            Clause::By => "by",
            Clause::Having => "having",
            Clause::OrderBy => "order by",
        }
    }
}

/// What is wrong with a query, and in which clause.
#[derive(Debug)]
pub(crate) struct PlanError {
    pub(crate) clause: Clause,
    pub(crate) error: ExpressionError,
}

impl Clause {
    fn error(self, error: ExpressionError) -> PlanError {
        PlanError { clause: self, error }
    }
}

/// A query as asked for: parsed, not yet looked up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) select: Vec<SelectItem>,
    pub(crate) predicate: Option<Expr>,
    pub(crate) by: Vec<GroupKey>,
    pub(crate) having: Option<Expr>,
    pub(crate) order_by: Vec<OrderKey>,
    pub(crate) limit: Option<u64>,
    pub(crate) offset: u64,
    /// Whether the keys stand before the selected values without being named there.
    pub(crate) keys_first: bool,
    pub(crate) nan: NanPolicy,
}

/// What rows become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Rows stay rows.
    Rows,
    /// All rows together give one row.
    Whole,
    /// Each group gives a row.
    Groups,
}

/// An aggregate of the plan.
#[derive(Clone, Debug)]
pub(crate) struct Aggregated {
    pub(crate) call: Call,
    /// One expression for each argument, over the columns of the file.
    pub(crate) arguments: Vec<Bound>,
    /// Rows that count, and how that is written.
    pub(crate) filter: Option<(Bound, Expr)>,
    /// As it is written, for messages.
    pub(crate) text: String,
    /// Its first argument as it is written: the name of a column without quotes.
    pub(crate) argument: String,
    /// Where it stands.
    pub(crate) clause: Clause,
}

/// A column of the answer.
#[derive(Clone, Debug)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) value: Bound,
}

/// A key of the answer's order.
#[derive(Clone, Debug)]
pub(crate) struct Ordering {
    pub(crate) value: Bound,
    pub(crate) descending: bool,
    pub(crate) nulls_first: bool,
}

/// A query, settled.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) kind: Kind,
    /// Functions over the order of rows; the values of number `i` are column `file_columns + i`.
    pub(crate) row_calls: Vec<RowCall>,
    /// Columns of the file.
    pub(crate) file_columns: usize,
    pub(crate) predicate: Option<Bound>,
    pub(crate) keys: Vec<Bound>,
    /// In which order the groups are put out, a key each: descending, nulls first.
    pub(crate) key_order: Vec<(bool, bool)>,
    pub(crate) aggregates: Vec<Aggregated>,
    /// What outputs, having and order see: the file's columns for rows, else keys and aggregates.
    pub(crate) middle: Vec<Field>,
    pub(crate) outputs: Vec<Output>,
    pub(crate) having: Option<Bound>,
    pub(crate) order: Vec<Ordering>,
    pub(crate) offset: u64,
    pub(crate) limit: Option<u64>,
}

impl Plan {
    /// Settles `request` over a table of `fields`; `files` knows the values of `in file(...)`.
    pub(crate) fn new(request: &Request, fields: &[Field], files: &dyn Files) -> Result<Self, PlanError> {
        let request = &*request::read(request, fields)?;
        let items = expand::items(request, fields)?;
        let has_aggregate = (items.iter().map(|item| &item.expr))
            .chain(&request.having)
            .chain(request.order_by.iter().map(|key| &key.expr))
            .any(aggregates::is_in);
        let kind = match (request.by.is_empty(), has_aggregate) {
            (false, _) => Kind::Groups,
            (true, true) => Kind::Whole,
            (true, false) => Kind::Rows,
        };
        let mut rows = RowCalls::new(fields, files);
        let predicate = request.predicate.as_ref().map(|expr| {
            aggregates::refuse(expr, "where sees single rows: put it into having", Clause::Where)?;
            let predicate = rows.bind(expr, Clause::Where, false)?;
            truth(&predicate, expr, Clause::Where)
        });
        let predicate = predicate.transpose()?;
        let mut keys = Vec::with_capacity(request.by.len());
        for key in &request.by {
            aggregates::refuse(&key.item.expr, "groups are made of single rows", Clause::By)?;
            keys.push(rows.bind(&key.item.expr, Clause::By, predicate.is_some())?);
        }

        let mut found = Aggregates::new(request, kind, fields, files, rows);
        let outputs = Outputs::new(&items, fields);
        let mut values = Vec::with_capacity(items.len());
        for item in &items {
            values.push(found.lift(&item.expr, Clause::Select)?);
        }
        let having = request.having.as_ref().map(|expr| {
            if kind == Kind::Rows {
                let reason = "having chooses groups: choose rows with where";
                return Err(Clause::Having.error(ExpressionError::new(expr.span, reason)));
            }
            found.lift(&outputs.named(expr), Clause::Having)
        });
        let having = having.transpose()?;
        let order = (request.order_by.iter())
            .map(|key| found.lift(&outputs.ordered(&key.expr)?, Clause::OrderBy))
            .collect::<Result<Vec<_>, _>>()?;
        let Aggregates { aggregates, rows, .. } = found;

        let middle: Vec<Field> = match kind {
            Kind::Rows => rows.fields,
            _ => (request.by.iter().zip(&keys))
                .map(|(key, bound)| field(key.item.name(), bound.data_type()))
                .chain(aggregates.iter().map(|one| field(&one.text, one.call.result_type())))
                .collect(),
        };
        let bound = |clause: Clause, expr: &Expr, fields: &[Field]| {
            bind_with(expr, fields, files).map_err(|error| clause.error(error))
        };
        let outputs = (outputs.names().into_iter().zip(&values).zip(&items))
            .map(|((name, expr), _)| Ok(Output { name, value: bound(Clause::Select, expr, &middle)? }))
            .collect::<Result<_, PlanError>>()?;
        let having = having.map(|expr| {
            let predicate = bound(Clause::Having, &expr, &middle)?;
            truth(&predicate, &expr, Clause::Having)
        });
        let having = having.transpose()?;
        let order = (order.iter().zip(&request.order_by)).map(|(expr, key)| {
            let value = bound(Clause::OrderBy, expr, &middle)?;
            Ok(Ordering { value, descending: key.descending, nulls_first: key.nulls_first })
        });
        let order = order.collect::<Result<_, PlanError>>()?;
        Ok(Self {
            kind,
            row_calls: rows.calls,
            file_columns: fields.len(),
            predicate,
            keys,
            key_order: request.by.iter().map(|key| (key.descending, key.nulls_first)).collect(),
            aggregates,
            middle,
            outputs,
            having,
            order,
            offset: request.offset,
            limit: request.limit,
        })
    }

    /// Columns that the passes over the rows take, ascending: those of the file that are read, and those of row functions.
    pub(crate) fn columns(&self) -> Vec<usize> {
        let mut columns = self.used_columns();
        columns.extend(self.predicate.iter().flat_map(|predicate| predicate.columns().to_vec()));
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Columns of the file that are read by any pass, ascending.
    pub(crate) fn file_columns(&self) -> Vec<usize> {
        let mut columns = self.columns();
        columns.extend(self.row_calls.iter().flat_map(|call| call.argument.columns().to_vec()));
        columns.retain(|&column| column < self.file_columns);
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Row functions by the passes that their arguments take, in order: those of a pass see the same rows, and need
    /// nothing of each other.
    pub(crate) fn row_passes(&self) -> Vec<Vec<usize>> {
        let key = |index: &usize| (self.row_calls[*index].sees_kept, self.row_calls[*index].level);
        let mut order: Vec<usize> = (0..self.row_calls.len()).collect();
        order.sort_by_key(key);
        order.chunk_by(|a, b| key(a) == key(b)).map(<[usize]>::to_vec).collect()
    }

    /// Those that matter once rows are chosen, ascending.
    pub(crate) fn used_columns(&self) -> Vec<usize> {
        self.used_columns_of(|_| true)
    }

    /// The same, of aggregates only those for which `is_wanted`.
    pub(crate) fn used_columns_of(&self, is_wanted: impl Fn(&Aggregated) -> bool) -> Vec<usize> {
        let aggregated = (self.aggregates.iter().filter(|one| is_wanted(one)))
            .flat_map(|one| one.arguments.iter().chain(one.filter.iter().map(|(filter, _)| filter)));
        let mut columns: Vec<usize> = (self.keys.iter().chain(aggregated))
            .chain(self.row_expressions())
            .flat_map(|bound| bound.columns().to_vec())
            .collect();
        columns.sort_unstable();
        columns.dedup();
        columns
    }

    /// Whether rows of `unit` of `dataset` may be chosen, as far as its file notes bounds of columns.
    pub(crate) fn wants(&self, dataset: &Dataset<'_>, unit: &Unit) -> bool {
        // Of what a row function makes nobody knows.
        let bounds =
            |column: usize| if column < self.file_columns { dataset.unit_bounds(unit, column) } else { None };
        !self.predicate.as_ref().is_some_and(|predicate| predicate.excludes(&bounds))
    }

    /// Rows of the units that are read, as far as bounds tell.
    pub(crate) fn wanted_rows(&self, dataset: &Dataset<'_>) -> u64 {
        let excluded = |group: &Unit| !self.wants(dataset, group);
        let groups = dataset.row_groups(&self.file_columns());
        let skipped: u64 =
            groups.iter().filter(|one| excluded(one)).map(|one| one.rows.end - one.rows.start).sum();
        dataset.row_count() - skipped.min(dataset.row_count())
    }

    /// Expressions that are computed from rows when rows stay rows.
    pub(crate) fn row_expressions(&self) -> impl Iterator<Item = &Bound> {
        let rows = self.kind == Kind::Rows;
        let values = self.outputs.iter().map(|output| &output.value);
        values.chain(self.order.iter().map(|key| &key.value)).filter(move |_| rows)
    }

    /// Names and types of the answer.
    pub(crate) fn fields(&self) -> Vec<Field> {
        self.outputs.iter().map(|output| field(&output.name, output.value.data_type())).collect()
    }
}

pub(crate) fn field(name: &str, data_type: &DataType) -> Field {
    Field { name: name.to_owned(), data_type: data_type.clone() }
}

/// `bound`, if it is a predicate.
fn truth(bound: &Bound, expr: &Expr, clause: Clause) -> Result<Bound, PlanError> {
    match bound.data_type() {
        DataType::Bool | DataType::Null => Ok(bound.clone()),
        other => {
            let reason = format!("expected a predicate, found a value of type {other}");
            Err(clause.error(ExpressionError::new(expr.span, reason)))
        }
    }
}
