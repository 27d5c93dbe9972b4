//! What a generated column holds, as it is asked for.

use crate::schema::{DataType, TimeUnit};

/// What a generated column holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Generator {
    /// The row: 0, 1, 2, ...
    Row,
    /// 64-bit words: in the first column those of NumPy's `Philox(seed)`.
    Raw,
    /// Doubles: `low + (high - low) * u`, where the first column's `u` are NumPy's `Generator(Philox(seed)).random()`.
    Uniform {
        /// The lowest value.
        low: f64,
        /// Above the highest value.
        high: f64,
    },
    /// Integers, without bias.
    Integers {
        /// The lowest value.
        low: i64,
        /// One above the highest value.
        high: i64,
    },
    /// Truth values.
    Bernoulli {
        /// Probability of true.
        probability: f64,
    },
    /// Normally distributed doubles.
    Normal {
        /// Their mean.
        mean: f64,
        /// Their standard deviation.
        std: f64,
    },
    /// Doubles whose logarithm is normal.
    Lognormal {
        /// Mean of the logarithm.
        mean: f64,
        /// Standard deviation of the logarithm.
        std: f64,
    },
    /// Exponentially distributed doubles.
    Exponential {
        /// Their mean.
        scale: f64,
    },
    /// Poisson-distributed integers.
    Poisson {
        /// Their mean.
        rate: f64,
    },
    /// Gamma-distributed doubles.
    Gamma {
        /// Shape.
        shape: f64,
        /// Scale: the mean is `shape * scale`.
        scale: f64,
    },
    /// One of some values.
    Choice {
        /// The values.
        values: Choices,
        /// A weight for each; none: all alike.
        weights: Vec<f64>,
    },
    /// Days, all alike.
    Dates {
        /// The first day, from 1970-01-01.
        first: i32,
        /// The last day.
        last: i32,
    },
    /// Timestamps in microseconds, all alike.
    Timestamps {
        /// The earliest, from 1970-01-01T00:00:00.
        low: i64,
        /// One above the latest.
        high: i64,
    },
    /// Normally distributed doubles that go with those of another column.
    Correlated {
        /// The other column: an earlier one, `Normal`, `Lognormal` (whose logarithm counts) or `Correlated`.
        with: String,
        /// Pearson's correlation of the two, -1 to 1.
        correlation: f64,
        /// Mean.
        mean: f64,
        /// Standard deviation.
        std: f64,
    },
    /// Another generator's values, some of them null.
    Nullable {
        /// Whose values.
        generator: Box<Generator>,
        /// Probability of a null.
        probability: f64,
    },
}

/// What [`Generator::Choice`] draws from.
#[derive(Clone, Debug, PartialEq)]
pub enum Choices {
    /// Integers.
    Integers(Vec<i64>),
    /// Doubles.
    Floats(Vec<f64>),
    /// Texts.
    Texts(Vec<String>),
}

impl Choices {
    /// Number of values.
    pub fn len(&self) -> usize {
        match self {
            Choices::Integers(values) => values.len(),
            Choices::Floats(values) => values.len(),
            Choices::Texts(values) => values.len(),
        }
    }

    /// Whether there is no value.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Generator {
    /// The generator whose values these are where they are not null.
    pub(super) fn values(&self) -> &Generator {
        match self {
            Generator::Nullable { generator, .. } => generator.values(),
            other => other,
        }
    }

    pub(super) fn data_type(&self) -> DataType {
        match self {
            Generator::Nullable { generator, .. } => generator.data_type(),
            Generator::Row | Generator::Integers { .. } | Generator::Poisson { .. } => DataType::Int64,
            Generator::Raw => DataType::UInt64,
            Generator::Bernoulli { .. } => DataType::Bool,
            Generator::Dates { .. } => DataType::Date,
            Generator::Timestamps { .. } => DataType::Timestamp(TimeUnit::Microsecond, None),
            Generator::Choice { values: Choices::Texts(_), .. } => DataType::String,
            Generator::Choice { values: Choices::Integers(_), .. } => DataType::Int64,
            Generator::Uniform { .. }
            | Generator::Normal { .. }
            | Generator::Lognormal { .. }
            | Generator::Exponential { .. }
            | Generator::Gamma { .. }
            | Generator::Correlated { .. }
            | Generator::Choice { values: Choices::Floats(_), .. } => DataType::Float64,
        }
    }

    /// As it is written: `normal(0, 1)`.
    pub(super) fn called(&self) -> &'static str {
        match self {
            Generator::Row => "row",
            Generator::Raw => "raw",
            Generator::Uniform { .. } => "uniform",
            Generator::Integers { .. } => "integers",
            Generator::Bernoulli { .. } => "bernoulli",
            Generator::Normal { .. } => "normal",
            Generator::Lognormal { .. } => "lognormal",
            Generator::Exponential { .. } => "exponential",
            Generator::Poisson { .. } => "poisson",
            Generator::Gamma { .. } => "gamma",
            Generator::Choice { .. } => "choice",
            Generator::Dates { .. } => "dates",
            Generator::Timestamps { .. } => "timestamps",
            Generator::Correlated { .. } => "correlated",
            Generator::Nullable { .. } => "nullable",
        }
    }
}
