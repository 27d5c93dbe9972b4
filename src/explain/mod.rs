//! What a command will do, told before it is done: what is read and how, how often, by which instructions, and what
//! will bound its speed. Told for every command that reads data.

pub(crate) mod costs;
mod outline;
mod prediction;

use arrcalc_datasets::{DataType, Dataset, Field, Layout};

use crate::error::Result;
use crate::execute::{Scope, Task};
use crate::present::significant::thousands;

pub use costs::Kernel;
pub use outline::Outline;
pub use prediction::{Bottleneck, Prediction};

/// The plan of a command in words, and what it is expected to take.
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
    prediction: Prediction,
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

    /// What a pass is expected to take.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }
}

/// Tells what a command over a dataset will do, as a task.
///
/// # Examples
/// ```
/// use arrcalc::explain::{Explain, Outline};
/// use arrcalc::{Engine, datasets::Dataset};
///
/// let weather = Dataset::open("datasets/samples/weather.csv")?;
/// let outline = Outline::histogram(&weather, vec![2], None);
/// let plan = Engine::new().run(&Explain::new(&weather, outline))?;
/// assert!(plan.get("bound").unwrap().starts_with("decode"));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Debug)]
pub struct Explain<'d> {
    dataset: &'d Dataset<'d>,
    outline: Outline,
}

impl<'d> Explain<'d> {
    /// Of what `outline` says over `dataset`.
    pub fn new(dataset: &'d Dataset<'d>, outline: Outline) -> Self {
        Self { dataset, outline }
    }
}

impl Task for Explain<'_> {
    type Answer = Explanation;

    fn run(&self, scope: &Scope<'_>) -> Result<Explanation> {
        let Self { dataset, outline } = self;
        let columns = &outline.columns;
        let fields: Vec<&Field> = columns.iter().map(|&index| &dataset.schema().fields[index]).collect();
        let mut entries = vec![
            ("table", table(dataset)),
            ("columns", or_none(fields.iter().map(|field| field.name.clone()))),
            ("io", io(dataset, columns)),
        ];
        let prediction = predict(scope, dataset, outline, &fields)?;
        entries.push(("bytes", bytes(dataset, columns, &prediction)));
        entries.extend(outline.notes.iter().cloned());
        entries.push(("passes", outline.passes.clone()));
        entries.push(("chunks", chunks(scope, dataset, outline)));
        let threads = if outline.is_sequential { 1 } else { scope.threads() };
        entries.push(("threads", threads.to_string()));
        entries.push(("level", scope.level().name().to_owned()));
        let kernels = outline.kernels.iter().map(|one| format!("{} {:.2}", one.name, one.nanoseconds));
        entries.push(("kernels", format!("{} (ns a row)", or_none(kernels))));
        entries.push(("bound", bound(&prediction)));
        Ok(Explanation { entries, prediction })
    }
}

/// `1 row`, `12,345 rows`.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    format!("{} {noun}{}", thousands(&count.to_string()), if count == 1 { "" } else { "s" })
}

/// `a, b`, or `none`.
pub(crate) fn or_none(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() { "none".into() } else { parts.join(", ") }
}

fn table(dataset: &Dataset<'_>) -> String {
    let mut formats: Vec<String> = dataset.facts().into_iter().map(|facts| facts.format).collect();
    let files = formats.len();
    formats.dedup();
    let files = if files == 1 { String::new() } else { format!(", {files} files") };
    format!("{}{files}, {}", formats.join(", "), counted(dataset.row_count(), "row"))
}

/// Which of `columns` are mapped and which decoded.
fn io(dataset: &Dataset<'_>, columns: &[usize]) -> String {
    let mapped = columns.iter().filter(|&&index| is_mapped(dataset, index)).count();
    match (mapped, columns.len() - mapped) {
        (0, 0) => "nothing is read".into(),
        (_, 0) => "mapped: read where it lies".into(),
        (0, _) => "decoded chunk by chunk from the map".into(),
        (mapped, decoded) => format!("{mapped} columns mapped, {decoded} decoded chunk by chunk"),
    }
}

fn is_mapped(dataset: &Dataset<'_>, column: usize) -> bool {
    dataset.facts().iter().all(|file| file.columns.get(column).is_some_and(|column| column.mapped))
}

/// Bytes of values a pass, and of the files where these are decoded.
fn bytes(dataset: &Dataset<'_>, columns: &[usize], prediction: &Prediction) -> String {
    let values = format!("{:.1} MB of values a pass", prediction.bytes as f64 / 1e6);
    if columns.iter().all(|&index| is_mapped(dataset, index)) {
        return values;
    }
    let stored: u64 = dataset.facts().iter().map(|file| file.file_bytes).sum();
    format!("{values}, from files of {:.1} MB", stored as f64 / 1e6)
}

/// How the rows are cut.
fn chunks(scope: &Scope<'_>, dataset: &Dataset<'_>, outline: &Outline) -> String {
    let units = dataset.units(&outline.columns, outline.layout, scope.unit_rows(dataset.row_count()));
    let width = if outline.layout == Layout::Apart { 1 } else { outline.columns.len() };
    let rows = scope.chunk_rows(width);
    let chunk = |unit: &arrcalc_datasets::Unit| (unit.rows.end - unit.rows.start).div_ceil(rows as u64);
    let chunks: u64 = units.iter().map(chunk).sum();
    let (rows, units) = (counted(rows as u64, "row"), counted(units.len() as u64, "unit"));
    format!("{} or more of at most {rows}, in {units}", thousands(&chunks.to_string()))
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

/// What a pass takes: bytes by the roof, values by the costs of decoding and computing.
fn predict(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    outline: &Outline,
    fields: &[&Field],
) -> Result<Prediction> {
    let rows = outline.rows;
    let facts = dataset.facts();
    let all: u64 = dataset.row_count().max(1);
    let (mut mapped, mut bytes, mut decode) = (0, 0, 0.0);
    for (&column, field) in outline.columns.iter().zip(fields) {
        let size = width(&field.data_type) * rows;
        bytes += size;
        if is_mapped(dataset, column) {
            mapped += size;
        }
        // Files of several formats count alike.
        let costs = facts.iter().filter_map(|file| Some(costs::decode(file, file.columns.get(column)?)));
        let files = facts.len().max(1) as f64;
        decode += costs.sum::<f64>() / files * rows.min(all) as f64;
    }
    let threads = if outline.is_sequential { 1 } else { scope.threads() } as f64;
    let compute = outline.kernels.iter().map(|one| one.nanoseconds).sum::<f64>() * rows as f64;
    let memory = if mapped == 0 { 0.0 } else { mapped as f64 / scope.memory_roof()? };
    let seconds = |nanoseconds: f64| nanoseconds / threads / 1e9;
    Ok(Prediction { rows, bytes, memory, decode: seconds(decode), compute: seconds(compute) })
}

fn bound(prediction: &Prediction) -> String {
    let Prediction { memory, decode, compute, .. } = prediction;
    let mut parts = Vec::new();
    for (name, seconds) in [("memory", memory), ("decode", decode), ("compute", compute)] {
        if *seconds > 0.0 {
            parts.push(format!("{name} {:.2} ms", seconds * 1e3));
        }
    }
    if parts.is_empty() {
        return "nothing to wait for".into();
    }
    let of = prediction.bottleneck().name();
    format!("{of}, about {:.2} ms a pass ({}); an estimate", prediction.seconds() * 1e3, parts.join(", "))
}
