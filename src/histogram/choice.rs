//! Which bins are asked for, and the rules that choose how many there are.

use arrcalc_datasets::DataType;

use crate::error::{Error, Result};
use crate::locate::ticks_of;

/// The bins of a histogram.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum BinChoice {
    /// That many equal bins.
    Count(usize),
    /// As many equal bins as a rule says.
    Rule(Rule),
    /// Bins between these edges: two or more, none NaN, none below the one before it.
    Edges(Vec<f64>),
}

/// The edge of a bin that `text` writes, for a column of `data_type`: a number, or of a temporal type one of its values.
///
/// `None` where it is neither, and for NaN.
pub fn edge_of(text: &str, data_type: &DataType) -> Option<f64> {
    let text = text.trim();
    let number = text.parse::<f64>().ok().filter(|number| !number.is_nan());
    number.or_else(|| ticks_of(text, data_type).map(|ticks| ticks as f64))
}

/// A rule for the width of equal bins, from `n` values of range `r`, standard deviation `s` and interquartile range `q`.
///
/// They are NumPy's, in NumPy's floating-point operations: the number of bins differs at most where a standard deviation
/// that NumPy rounds more than once puts the quotient of range and width on the other side of an integer. The bins of
/// integers are at least 1 wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The smaller width of Sturges and Freedman-Diaconis, the latter at least half of that of the square root.
    Auto,
    /// Sturges with a correction for skewness: D. P. Doane, "Aesthetic Frequency Classifications", 1976.
    Doane,
    /// `2 q / n^(1/3)`: D. Freedman and P. Diaconis, "On the histogram as a density estimator", 1981.
    FreedmanDiaconis,
    /// `r / (2 n^(1/3))`.
    Rice,
    /// `s (24 sqrt(pi) / n)^(1/3)`: D. W. Scott, "On optimal and data-based histograms", 1979.
    Scott,
    /// `r / sqrt(n)`.
    SquareRoot,
    /// `r / (log2(n) + 1)`: H. A. Sturges, "The Choice of a Class Interval", 1926.
    Sturges,
}

impl Rule {
    /// All of them.
    pub const ALL: [Rule; 7] = [
        Rule::Auto,
        Rule::Doane,
        Rule::FreedmanDiaconis,
        Rule::Rice,
        Rule::Scott,
        Rule::SquareRoot,
        Rule::Sturges,
    ];

    /// NumPy's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Rule::Auto => "auto",
            Rule::Doane => "doane",
            Rule::FreedmanDiaconis => "fd",
            Rule::Rice => "rice",
            Rule::Scott => "scott",
            Rule::SquareRoot => "sqrt",
            Rule::Sturges => "sturges",
        }
    }

    /// The rule of that name.
    ///
    /// # Errors
    /// [`Error::Request`] if there is none.
    pub fn named(name: &str) -> Result<Rule> {
        Rule::ALL.into_iter().find(|rule| rule.name() == name).ok_or_else(|| {
            let names = Rule::ALL.map(Rule::name).join(", ");
            Error::Request { reason: format!("no rule '{name}' for bins; there are {names}") }
        })
    }

    /// Whether it asks for the quartiles.
    pub(super) fn needs_quartiles(self) -> bool {
        matches!(self, Rule::Auto | Rule::FreedmanDiaconis)
    }

    /// Whether it asks for the standard deviation.
    pub(super) fn needs_moments(self) -> bool {
        matches!(self, Rule::Scott | Rule::Doane)
    }
}
