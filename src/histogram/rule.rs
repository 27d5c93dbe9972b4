//! How many bins a rule asks for, in the floating-point operations of `numpy.histogram_bin_edges`.
//!
//! NumPy computes in the type of the data where that is a narrow float, and a rule's constants are then rounded to it.

use arrcalc_kernels::Level;
use arrcalc_kernels::elementary::{Function, apply, power};

use super::choice::Rule;

/// What the rules know of the values between the ends.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// Number of values; not 0.
    pub(super) size: u64,
    /// Highest minus lowest value, rounded once.
    pub(super) range: f64,
    /// Highest minus lowest end of the bins, likewise.
    pub(super) ends: f64,
    /// Whether the ends were given, as binary64 numbers.
    pub(super) ends_are_wide: bool,
    pub(super) std: f64,
    pub(super) skewness: f64,
    /// The values beside the first and the third quartile.
    pub(super) quartiles: [(f64, f64); 2],
    pub(super) is_integer: bool,
    /// Rounds to the type of the data, if that is a narrow float.
    pub(super) round: fn(f64) -> f64,
}

/// A width, and whether it is a binary64 number although the data is narrower.
#[derive(Clone, Copy, Debug)]
struct Width {
    value: f64,
    is_wide: bool,
}

impl Facts {
    /// Number of bins; infinite where the width is next to nothing.
    pub(super) fn bins(&self, level: Level, rule: Rule) -> f64 {
        let mut width = self.width(level, rule);
        if width.value.is_nan() || width.value <= 0.0 {
            return 1.0;
        }
        if self.is_integer && width.value < 1.0 {
            width.value = 1.0;
        }
        let quotient = self.ends / width.value;
        let is_wide = width.is_wide || self.ends_are_wide;
        if is_wide { quotient.ceil() } else { (self.round)(quotient).ceil() }
    }

    fn width(&self, level: Level, rule: Rule) -> Width {
        let (n, round) = (self.size as f64, self.round);
        let wide = |value| Width { value, is_wide: true };
        let narrow = |value| Width { value, is_wide: false };
        let log2 = |x: f64| {
            let mut found = [0.0];
            apply(level, Function::Log2, &[x], &mut found);
            found[0]
        };
        let to_power = |x: f64, y: f64| {
            let mut found = [0.0];
            power(level, &[x], &[y], &mut found);
            found[0]
        };
        match rule {
            Rule::SquareRoot => wide(self.range / n.sqrt()),
            Rule::Sturges => wide(self.range / (log2(n) + 1.0)),
            Rule::Rice => narrow(round(self.range / round(2.0 * to_power(n, 1.0 / 3.0)))),
            Rule::Scott => {
                let factor = to_power(24.0 * std::f64::consts::PI.sqrt() / n, 1.0 / 3.0);
                narrow(round(round(factor) * self.std))
            }
            Rule::Doane => {
                if self.size <= 2 || self.std.is_nan() || self.std <= 0.0 {
                    return wide(0.0);
                }
                let spread = (6.0 * (n - 2.0) / ((n + 1.0) * (n + 3.0))).sqrt();
                let skewness = self.skewness.abs() / spread;
                wide(self.range / (1.0 + log2(n) + log2(1.0 + skewness)))
            }
            Rule::FreedmanDiaconis => {
                let [first, third] = [(0, 0.25), (1, 0.75)].map(|(at, part)| {
                    let place = (self.size - 1) as f64 * part;
                    self.between(self.quartiles[at], place - place.floor())
                });
                let spread = round(third - first);
                narrow(round(round(2.0 * spread) * round(to_power(n, -1.0 / 3.0))))
            }
            Rule::Auto => {
                let spread = self.width(level, Rule::FreedmanDiaconis);
                let half = wide(self.width(level, Rule::SquareRoot).value / 2.0);
                let spread = if half.value > spread.value { half } else { spread };
                let sturges = self.width(level, Rule::Sturges);
                if sturges.value < spread.value { sturges } else { spread }
            }
        }
    }

    /// NumPy's interpolation.
    fn between(&self, (low, high): (f64, f64), part: f64) -> f64 {
        let round = self.round;
        let step = round(high - low);
        if part >= 0.5 { round(high - round(step * (1.0 - part))) } else { round(low + round(step * part)) }
    }
}
