//! What each command reads and computes, in outline.

use arrcalc_datasets::{DataType, Dataset, Layout};

use super::costs::{self, Kernel};
use crate::audit::is_audited;

/// What a command reads, how often, and what it computes of it.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Columns of the dataset that are read.
    pub columns: Vec<usize>,
    /// Rows of a pass.
    pub rows: u64,
    /// Whether a row's columns must come together.
    pub layout: Layout,
    /// How often the rows are read, in words.
    pub passes: String,
    /// What is computed, by costs a row of a pass.
    pub kernels: Vec<Kernel>,
    /// Whether one thread alone works.
    pub is_sequential: bool,
    /// What else there is to say, under which head.
    pub notes: Vec<(&'static str, String)>,
}

impl Outline {
    fn new(dataset: &Dataset<'_>, columns: Vec<usize>, passes: &str) -> Self {
        Self {
            columns,
            rows: dataset.row_count(),
            layout: Layout::Together,
            passes: passes.to_owned(),
            kernels: Vec::new(),
            is_sequential: false,
            notes: Vec::new(),
        }
    }

    fn kernel(mut self, name: &str, nanoseconds: f64) -> Self {
        self.kernels.push(Kernel::new(name, nanoseconds));
        self
    }

    /// `describe` of `columns`.
    pub fn describe(dataset: &Dataset<'_>, columns: Vec<usize>) -> Self {
        let numeric = columns.iter().any(|&index| dataset.schema().fields[index].data_type.is_numeric());
        let passes = if numeric {
            "1 for counts, sums, moments, extrema, distinct values; for quantiles of floats, decimals and wide integers 1 or more of selection"
        } else {
            "1"
        };
        let count = columns.len() as f64;
        let outline = Self::new(dataset, columns, passes).kernel("every statistic", count * costs::DESCRIBE);
        Self { layout: Layout::Apart, ..outline }
    }

    /// `hist` of one column or two, with or without weights.
    pub fn histogram(dataset: &Dataset<'_>, columns: Vec<usize>, weights: Option<usize>) -> Self {
        let columns: Vec<usize> = columns.into_iter().chain(weights).collect();
        let outline =
            Self::new(dataset, columns, "1 for the extent, where no range is given, and 1 for the bins");
        let outline = outline.kernel("bins", costs::BIN);
        if weights.is_some() { outline.kernel("exact sums by bin", costs::aggregate("sum")) } else { outline }
    }

    /// `locate` in `column`.
    pub fn locate(dataset: &Dataset<'_>, column: usize) -> Self {
        Self::new(dataset, vec![column], "1").kernel("counts below, order checked", costs::LOCATE)
    }

    /// `audit` of `columns`: of those that it takes.
    pub fn audit(dataset: &Dataset<'_>, mut columns: Vec<usize>) -> Self {
        columns.retain(|&index| is_audited(&dataset.schema().fields[index].data_type));
        let count = columns.len() as f64;
        Self::new(dataset, columns, "2 a column: exact sums, then the other arithmetic in the order of rows")
            .kernel("exact sums", count * costs::aggregate("var"))
            .kernel("naive, pairwise, Kahan, textbook", count * costs::AUDIT)
    }

    /// `convert` of `columns`, to text or to another form.
    pub fn convert(dataset: &Dataset<'_>, columns: Vec<usize>, to_text: bool) -> Self {
        let count = columns.len() as f64;
        let cost = if to_text { costs::WRITE_TEXT } else { costs::WRITE_BYTES };
        Self::new(dataset, columns, "1, in the order of rows").kernel("encode", count * cost)
    }

    /// `sample`, `shuffle` and `split`: rows of `columns` in a drawn order, or to drawn places.
    pub fn draw(dataset: &Dataset<'_>, columns: Vec<usize>) -> Self {
        let count = columns.len() as f64;
        Self::new(dataset, columns, "1, more through a temporary file where shuffled rows pass the memory")
            .kernel("draws by row", costs::DRAW)
            .kernel("rows moved", count * costs::MOVE)
    }

    /// `head`, `tail` and `info`: `rows` rows of `columns`.
    pub fn rows(dataset: &Dataset<'_>, columns: Vec<usize>, rows: u64) -> Self {
        let count = columns.len() as f64;
        let passes = if rows == 0 {
            "none: what the file says of itself"
        } else {
            "1, over the pieces that have the rows"
        };
        let outline = Self::new(dataset, columns, passes).kernel("text", count * costs::WRITE_TEXT);
        Self { rows: rows.min(dataset.row_count()), is_sequential: true, ..outline }
    }

    /// `sort` of `columns` by the first `keys` of them, into memory of `memory_bytes` or through a temporary file.
    pub fn sort(dataset: &Dataset<'_>, columns: Vec<usize>, keys: usize, memory_bytes: u64) -> Self {
        let width = |&index: &usize| match dataset.schema().fields[index].data_type {
            DataType::Decimal128 { .. } | DataType::String => 16,
            _ => 8,
        };
        let bytes = columns.iter().map(width).sum::<u64>().saturating_mul(dataset.row_count());
        let fits = bytes.saturating_mul(3) <= memory_bytes;
        let passes = if fits {
            "1, then in memory"
        } else {
            "2, and 2 over a temporary file: the rows take more than a third of the memory"
        };
        let moved = (columns.len() - keys.min(columns.len())) as f64;
        Self::new(dataset, columns, passes)
            .kernel("order of the keys", keys as f64 * costs::SORT)
            .kernel("rows moved", moved * costs::MOVE)
    }
}
