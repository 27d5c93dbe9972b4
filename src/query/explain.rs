//! What a query will do, told before it is done.

use arrcalc_datasets::{DataType, Dataset, Layout};

use crate::aggregate::Class;
use crate::error::Result;
use crate::execute::{Scope, Task};
use crate::explain::costs::{self, Kernel};
use crate::explain::{self, Explanation, Outline, counted, or_none};
use crate::plan::{Kind, Plan};

use super::Query;

/// A query to be explained.
pub(super) struct Explain<'q, 'a>(pub(super) &'q Query<'a>);

impl Task for Explain<'_, '_> {
    type Answer = Explanation;

    fn run(&self, scope: &Scope<'_>) -> Result<Explanation> {
        let plan = self.0.plan(scope)?;
        explain::Explain::new(&self.0.input, self.0.outline(&plan)).run(scope)
    }
}

impl Query<'_> {
    /// The keys of the order as they are written.
    fn order_texts(&self) -> Vec<String> {
        self.request.order_by.iter().map(|key| key.expr.to_string()).collect()
    }

    /// What `plan`, its own, reads and computes.
    pub(super) fn outline(&self, plan: &Plan) -> Outline {
        let dataset = &*self.input;
        let columns = plan.file_columns();
        let mut notes = Vec::new();
        if plan.predicate.is_some() {
            notes.push(("filter", self.texts.predicate().to_owned()));
            notes.extend(late(dataset, plan, &columns).map(|text| ("late", text)));
            notes.extend(skipped(dataset, plan, &columns).map(|text| ("skipped", text)));
        }
        if !plan.row_calls.is_empty() {
            notes.push(("row order", row_order(plan)));
        }
        if plan.kind == Kind::Groups {
            let keys = plan.middle[..plan.keys.len()].iter().map(|key| key.name.clone());
            notes.push(("groups", or_none(keys)));
        }
        if plan.kind != Kind::Rows {
            let class = |class: Class| class.name();
            let of = plan.aggregates.iter().map(|one| format!("{} ({})", one.text, class(one.call.class())));
            notes.push(("aggregates", or_none(of)));
        }
        if !plan.order.is_empty() {
            notes.push(("order", order(plan, &self.order_texts())));
        }
        let wanted = plan.wanted_rows(dataset);
        Outline {
            rows: if columns.is_empty() { 0 } else { wanted },
            columns,
            layout: Layout::Together,
            passes: passes(plan),
            kernels: kernels(plan),
            is_sequential: plan.kind == Kind::Rows && plan.order.is_empty() && plan.limit.is_some(),
            notes,
        }
    }
}

/// The keys that the answer is ordered by, and how.
fn order(plan: &Plan, keys: &[String]) -> String {
    let keys = keys.iter().zip(&plan.order);
    let keys = keys.map(|(text, key)| format!("{text}{}", if key.descending { " desc" } else { "" }));
    let keys = or_none(keys);
    match plan.limit {
        Some(limit) => {
            let rows = counted(limit.saturating_add(plan.offset), "row");
            format!("by {keys}: the first {rows} are kept, in memory")
        }
        None => format!("by {keys}: the whole answer is sorted in memory"),
    }
}

/// Row groups that bounds exclude.
fn skipped(dataset: &Dataset<'_>, plan: &Plan, columns: &[usize]) -> Option<String> {
    let groups = dataset.row_groups(columns);
    let skipped = groups.iter().filter(|group| !plan.wants(dataset, group)).count();
    (skipped > 0)
        .then(|| format!("{skipped} of {} row groups, whose bounds exclude the filter", groups.len()))
}

/// Columns that are decoded only where rows survive the filter.
fn late(dataset: &Dataset<'_>, plan: &Plan, columns: &[usize]) -> Option<String> {
    let predicate = plan.predicate.as_ref()?.columns().to_vec();
    let is_told = predicate.iter().all(|&column| column < plan.file_columns) && !predicate.is_empty();
    let others: Vec<String> = (columns.iter().filter(|column| !predicate.contains(column)))
        .map(|&column| dataset.schema().fields[column].name.clone())
        .collect();
    let has_groups = !dataset.row_groups(columns).is_empty();
    (is_told && has_groups && !others.is_empty())
        .then(|| format!("{} only in pages where rows are left", others.join(", ")))
}

/// The functions over the order of rows, by the rows that they see.
fn row_order(plan: &Plan) -> String {
    let of = |sees_kept: bool| {
        let calls = plan.row_calls.iter().filter(|call| call.sees_kept == sees_kept);
        calls.map(|call| call.text.as_str()).collect::<Vec<_>>().join(", ")
    };
    match (of(false), of(true)) {
        (all, kept) if kept.is_empty() => format!("{all} over all rows"),
        (all, kept) if all.is_empty() => format!("{kept} over the rows that the filter keeps"),
        (all, kept) => format!("{all} over all rows; {kept} over those that the filter keeps"),
    }
}

/// Passes for functions over the order of rows, then those that give the answer.
fn passes(plan: &Plan) -> String {
    let before = plan.row_passes().len();
    let last = answer_passes(plan);
    if before == 0 { last } else { format!("{before} for functions over the order of rows, then {last}") }
}

fn answer_passes(plan: &Plan) -> String {
    let rounds: Vec<&str> = (plan.aggregates.iter())
        .filter(|one| one.call.class() == Class::Rounds)
        .map(|one| one.text.as_str())
        .collect();
    match (&*rounds, plan.columns().is_empty()) {
        (_, true) => "none: the number of rows is known".into(),
        ([], _) => "1".into(),
        (rounds, _) => {
            format!("1 or more, as the data has it: {} takes rounds of selection", rounds.join(", "))
        }
    }
}

/// What a pass computes, by costs a row.
fn kernels(plan: &Plan) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    let mut expressions = 0.0;
    if let Some(predicate) = &plan.predicate {
        kernels.push(Kernel::new("filter", costs::expression(predicate.operations())));
        kernels.push(Kernel::new("pack", plan.used_columns().len() as f64 * costs::PACK));
    }
    if plan.kind == Kind::Groups {
        let is_narrow = |data_type: &DataType| {
            matches!(data_type, DataType::Bool | DataType::Int8 | DataType::UInt8 | DataType::String)
        };
        let narrow = matches!(&*plan.keys, [key] if is_narrow(key.data_type()));
        let cost = if narrow { costs::GROUP_NARROW } else { costs::GROUP_HASHED };
        kernels.push(Kernel::new("groups", plan.keys.len() as f64 * cost));
        expressions += plan.keys.iter().map(|key| costs::expression(key.operations())).sum::<f64>();
    }
    for one in &plan.aggregates {
        let filter = one.filter.as_ref().map_or(0.0, |(filter, _)| costs::expression(filter.operations()));
        expressions += filter
            + one.arguments.iter().map(|argument| costs::expression(argument.operations())).sum::<f64>();
        kernels.push(Kernel::new(one.text.clone(), costs::aggregate(one.call.name())));
    }
    expressions += plan.row_expressions().map(|value| costs::expression(value.operations())).sum::<f64>();
    if expressions > 0.0 {
        kernels.push(Kernel::new("expressions", expressions));
    }
    if !plan.row_calls.is_empty() {
        kernels.push(Kernel::new("row order", plan.row_calls.len() as f64 * costs::ROW_FUNCTION));
    }
    kernels
}
