//! What a query will do, told before it is done.

use arrcalc_datasets::{DataType, Dataset, Field, Layout};

use crate::aggregate::Class;
use crate::error::Result;
use crate::execute::{Scope, Task};
use crate::plan::{Kind, Plan};

use super::Query;

/// The plan of a query in words: what is read, how often, by which instructions, and what bounds its speed.
///
/// # Examples
/// ```
/// use arrcalc::{Engine, Query, QueryText, datasets::Dataset};
///
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let text = QueryText { select: "median(body_mass_g)".into(), by: "island".into(), ..QueryText::default() };
/// let plan = Query::parse(&penguins, &text)?.explain(&Engine::new())?;
/// assert_eq!(plan.get("columns"), Some("island, body_mass_g"));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    entries: Vec<(&'static str, String)>,
}

impl Explanation {
    /// What there is to say, and under which head.
    pub fn entries(&self) -> &[(&'static str, String)] {
        &self.entries
    }

    /// What stands under `head`.
    pub fn get(&self, head: &str) -> Option<&str> {
        self.entries.iter().find(|(name, _)| *name == head).map(|(_, text)| text.as_str())
    }
}

/// A query to be explained.
pub(super) struct Explain<'q, 'a>(pub(super) &'q Query<'a>);

impl Task for Explain<'_, '_> {
    type Answer = Explanation;

    fn run(&self, scope: &Scope<'_>) -> Result<Explanation> {
        let plan = self.0.plan(scope)?;
        let dataset = &*self.0.input;
        let columns = plan.file_columns();
        let fields: Vec<&Field> = columns.iter().map(|&index| &dataset.schema().fields[index]).collect();
        let units = dataset.units(&columns, Layout::Together, scope.unit_rows(dataset.row_count()));
        let skipped = units.iter().filter(|unit| !plan.wants(dataset, unit)).count();
        let units = units.len();
        let mut entries = vec![
            ("table", table(dataset)),
            ("columns", or_none(fields.iter().map(|field| field.name.clone()))),
            ("reading", reading(dataset, &columns)),
        ];
        if plan.predicate.is_some() {
            entries.push(("filter", self.0.texts.predicate().to_owned()));
            if skipped > 0 {
                entries.push((
                    "skipped",
                    format!("{skipped} of {units} units, whose bounds exclude the filter"),
                ));
            }
        }
        if !plan.row_calls.is_empty() {
            entries.push(("row order", row_order(&plan)));
        }
        if plan.kind == Kind::Groups {
            entries
                .push(("groups", or_none(plan.middle[..plan.keys.len()].iter().map(|key| key.name.clone()))));
        }
        if plan.kind != Kind::Rows {
            let class = |class: Class| class.name();
            let of = plan.aggregates.iter().map(|one| format!("{} ({})", one.text, class(one.call.class())));
            entries.push(("aggregates", or_none(of)));
        }
        entries.push(("passes", passes(&plan)));
        let chunk = scope.chunk_rows(columns.len());
        let threads = scope.threads();
        let schedule = format!("{units} units for {threads} threads, in chunks of at most {chunk} rows");
        entries.push(("schedule", schedule));
        entries.push(("kernels", scope.level().name().to_owned()));
        entries.push(("bound", bound(scope, dataset, &columns, &fields)?));
        Ok(Explanation { entries })
    }
}

fn or_none(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

fn table(dataset: &Dataset<'_>) -> String {
    let mut formats: Vec<String> = dataset.facts().into_iter().map(|facts| facts.format).collect();
    let files = formats.len();
    formats.dedup();
    let files = if files == 1 { String::new() } else { format!(", {files} files") };
    format!("{}{files}, {} rows", formats.join(", "), dataset.row_count())
}

/// Which of `columns` are mapped and which decoded.
fn reading(dataset: &Dataset<'_>, columns: &[usize]) -> String {
    let mapped = columns.iter().filter(|&&index| is_mapped(dataset, index)).count();
    match (mapped, columns.len() - mapped) {
        (0, 0) => "nothing".into(),
        (_, 0) => "where it lies in the map".into(),
        (0, _) => "decoded piece by piece".into(),
        (mapped, decoded) => format!("{mapped} columns where they lie in the map, {decoded} decoded"),
    }
}

fn is_mapped(dataset: &Dataset<'_>, column: usize) -> bool {
    dataset.facts().iter().all(|file| file.columns.get(column).is_some_and(|column| column.mapped))
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

/// Bytes of a value in memory.
fn width(data_type: &DataType) -> u64 {
    match data_type {
        DataType::Null | DataType::Bool | DataType::Int8 | DataType::UInt8 => 1,
        DataType::Int16 | DataType::UInt16 | DataType::Float16 => 2,
        DataType::Int32 | DataType::UInt32 | DataType::Float32 | DataType::Date => 4,
        DataType::Decimal128 { .. } => 16,
        _ => 8,
    }
}

fn bound(scope: &Scope<'_>, dataset: &Dataset<'_>, columns: &[usize], fields: &[&Field]) -> Result<String> {
    let bytes: u64 = fields.iter().map(|field| width(&field.data_type) * dataset.row_count()).sum();
    let roof = scope.memory_roof()?;
    let megabytes = bytes as f64 / 1e6;
    let time = bytes as f64 / roof * 1e3;
    let memory = format!("{megabytes:.1} MB of values a pass, {time:.2} ms at {:.1} GB/s", roof / 1e9);
    Ok(if columns.iter().any(|&index| !is_mapped(dataset, index)) {
        format!("decode: {memory} were they mapped")
    } else {
        format!("memory: {memory}")
    })
}
