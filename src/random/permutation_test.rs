//! The permutation test of two samples: how often chance alone would set them as far apart.
//!
//! If both samples come from one population, which values are called the first sample does not matter. Relabelling `r`
//! calls those rows the first sample that have the least (word, row), as many as it has rows, where the word of row `i`
//! of both samples, one after the other, is word `i` of the stream `jumped(r + 1)` of NumPy's `Philox(seed)`: a function
//! of seed, relabelling and row. The observed labels count as one relabelling more, so `p = (b + 1) / (m + 1)` for `b` of
//! `m` relabellings at least as extreme, and is never zero (B. Phipson and G. K. Smyth, "Permutation p-values should never
//! be zero", 2010).
//!
//! Sums are exact, so a relabelling that is as extreme as what was observed is never missed by a rounding.

use std::cmp::Ordering;

use arrcalc_datasets::{Chunk, Column, DataType, Values};
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Dyadic, Natural, PowerSums, Ratio};
use arrcalc_kernels::random::Philox;

use crate::aggregate::{Call, Class, NanPolicy, Next};
use crate::answer::Scalar;
use crate::error::{Error, Result};
use crate::execute::{Scope, Task};

/// Values of the relabellings of one piece of work: below, handing it out would show.
const PIECE_VALUES: usize = 16_384;
/// What follows the name of an aggregate in that of a statistic.
const DIFFERENCE: &str = " difference";

/// Which relabellings count against chance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Alternative {
    /// Differences at least as far from zero.
    #[default]
    TwoSided,
    /// Differences not above what was observed.
    Less,
    /// Differences not below what was observed.
    Greater,
}

impl Alternative {
    /// `two-sided`, `less` or `greater`.
    pub fn name(self) -> &'static str {
        match self {
            Alternative::TwoSided => "two-sided",
            Alternative::Less => "less",
            Alternative::Greater => "greater",
        }
    }

    /// The alternative with this name.
    pub fn named(name: &str) -> Option<Self> {
        let all = [Alternative::TwoSided, Alternative::Less, Alternative::Greater];
        all.into_iter().find(|alternative| alternative.name() == name)
    }
}

/// A permutation test of two samples, as a task; the answer is a [`PermutationAnswer`].
///
/// The statistic is the difference of an aggregate of the first sample and of the second, `mean difference` or any other
/// of one column. Means are compared as exact rationals, others as floats, each rounded once.
/// Cost: some ten nanoseconds for each value and relabelling.
///
/// # Examples
/// ```
/// use arrcalc::Engine;
/// use arrcalc::random::PermutationTest;
///
/// let task = PermutationTest::new(&[5.1, 4.9, 5.6, 5.8], &[4.1, 3.9, 4.6, 4.4]).relabellings(999);
/// let answer = Engine::new().run(&task)?;
/// assert_eq!(answer.statistic, 1.1);
/// assert!(answer.p_value < 0.05);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PermutationTest<'a> {
    x: &'a [f64],
    y: &'a [f64],
    statistic: String,
    relabellings: usize,
    alternative: Alternative,
    seed: u64,
}

/// What a [`PermutationTest`] found.
#[derive(Clone, Debug, PartialEq)]
pub struct PermutationAnswer {
    /// The difference observed.
    pub statistic: f64,
    /// `(b + 1) / (m + 1)`.
    pub p_value: f64,
    /// The difference of each relabelling, in their order.
    pub distribution: Vec<f64>,
}

impl<'a> PermutationTest<'a> {
    /// 9,999 relabellings of the mean difference of `x` and `y`, two-sided, seed 0.
    pub fn new(x: &'a [f64], y: &'a [f64]) -> Self {
        let statistic = format!("mean{DIFFERENCE}");
        Self { x, y, statistic, relabellings: 9999, alternative: Alternative::TwoSided, seed: 0 }
    }

    /// The statistic: `mean difference`, `median difference`, `std difference` ...
    pub fn statistic(mut self, statistic: &str) -> Self {
        self.statistic = statistic.to_owned();
        self
    }

    /// That many relabellings.
    pub fn relabellings(mut self, relabellings: usize) -> Self {
        self.relabellings = relabellings;
        self
    }

    /// The alternative.
    pub fn alternative(mut self, alternative: Alternative) -> Self {
        self.alternative = alternative;
        self
    }

    /// The seed.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The aggregate of the statistic.
    fn call(&self) -> Result<Call> {
        let refuse = || Error::Request {
            reason: format!(
                "'{}' is no statistic of two samples: expected an aggregate of one column and 'difference', such as \
                 'mean difference' or 'median difference'",
                self.statistic
            ),
        };
        let name =
            self.statistic.strip_suffix(DIFFERENCE).filter(|name| Call::is_bare(name)).ok_or_else(refuse)?;
        let call = Call::new(name, &[DataType::Float64], &[], NanPolicy::Propagate)?;
        if call.class() == Class::Positioned { Err(refuse()) } else { Ok(call) }
    }
}

impl Task for PermutationTest<'_> {
    type Answer = PermutationAnswer;

    fn run(&self, scope: &Scope<'_>) -> Result<PermutationAnswer> {
        let call = self.call()?;
        let request = |reason: String| Error::Request { reason };
        if self.x.is_empty() || self.y.is_empty() {
            return Err(request("a permutation test takes two samples that are not empty".into()));
        }
        if self.relabellings == 0 {
            return Err(request("a permutation test takes at least one relabelling".into()));
        }
        let all = [self.x, self.y].concat();
        if let Some(row) = all.iter().position(|value| !value.is_finite()) {
            return Err(request(format!(
                "a permutation test takes finite values: value {row} of both samples is {}",
                all[row]
            )));
        }
        // Words, flags and values of a relabelling, and its difference.
        let bytes = (all.len() * 32 * (scope.threads() + 1) + self.relabellings * 32) as u64;
        let _room = scope.budget().reserve("the relabellings of a permutation test", bytes)?;
        let level = scope.level();
        let samples = Samples::new(level, &all, self.x.len(), &call);
        let observed = samples.difference(level, self.x, self.y)?;
        let stream = Philox::from(self.seed);
        let each = PIECE_VALUES.div_ceil(all.len());
        let pieces = scope.fold(self.relabellings.div_ceil(each), Work::default, |work, piece| {
            let first = piece * each;
            for relabelling in first..self.relabellings.min(first + each) {
                scope.check()?;
                work.relabel(level, &stream.jumped(relabelling as u64 + 1), &all, self.x.len());
                let found = samples.difference(level, &work.x, &work.y)?;
                work.extreme += usize::from(found.is_extreme(&observed, self.alternative));
                work.found.push((relabelling, found.value));
            }
            Ok(())
        })?;
        let mut distribution = vec![0.0; self.relabellings];
        let mut extreme = 0;
        for work in pieces {
            work.found.iter().for_each(|&(relabelling, value)| distribution[relabelling] = value);
            extreme += work.extreme;
        }
        let p_value = (extreme + 1) as f64 / (self.relabellings + 1) as f64;
        Ok(PermutationAnswer { statistic: observed.value, p_value, distribution })
    }
}

/// One thread's work.
#[derive(Default)]
struct Work {
    words: Vec<u64>,
    ranked: Vec<u64>,
    x: Vec<f64>,
    y: Vec<f64>,
    extreme: usize,
    found: Vec<(usize, f64)>,
}

impl Work {
    /// Deals `all` out to two samples, `first` values to the first of them.
    fn relabel(&mut self, level: Level, stream: &Philox, all: &[f64], first: usize) {
        let Self { words, ranked, x, y, .. } = self;
        words.resize(all.len(), 0);
        stream.fill(level, 0, words);
        ranked.clone_from(words);
        let (below, &mut limit, _) = ranked.select_nth_unstable(first - 1);
        // Equal words: the lowest rows come first.
        let mut at_limit = 1 + below.iter().filter(|&&word| word == limit).count();
        x.clear();
        y.clear();
        for (&value, &word) in all.iter().zip(&*words) {
            let is_first = word < limit || word == limit && at_limit > 0;
            at_limit -= usize::from(is_first && word == limit);
            if is_first { x.push(value) } else { y.push(value) }
        }
    }
}

/// What the differences of all relabellings have together.
struct Samples<'c> {
    call: &'c Call,
    /// Of the mean: the sum of all values and their numbers.
    mean: Option<(Dyadic, u64, u64)>,
}

/// A difference of two samples.
struct Difference {
    /// Rounded once where it is of means.
    value: f64,
    /// Of means: exactly, times the numbers of both samples.
    exact: Option<Dyadic>,
}

impl<'c> Samples<'c> {
    fn new(level: Level, all: &[f64], first: usize, call: &'c Call) -> Self {
        let mean = (call.name() == "mean").then(|| {
            let total = sum(level, all);
            (total, first as u64, (all.len() - first) as u64)
        });
        Self { call, mean }
    }

    fn difference(&self, level: Level, x: &[f64], y: &[f64]) -> Result<Difference> {
        if let Some((total, first, second)) = &self.mean {
            // Sx / nx - (T - Sx) / ny, times nx ny.
            let both = sum(level, x).mul(&Dyadic::from(first + second));
            let exact = both.sub(&total.mul(&Dyadic::from(*first)));
            let numbers = Natural::from(u128::from(*first) * u128::from(*second));
            let value = Ratio::new(exact.clone(), numbers).to_f64();
            return Ok(Difference { value, exact: Some(exact) });
        }
        let value = self.value(level, x)? - self.value(level, y)?;
        Ok(Difference { value, exact: None })
    }

    /// The aggregate of one sample.
    fn value(&self, level: Level, values: &[f64]) -> Result<f64> {
        let column = Column { values: Values::Float64(values), validity: None };
        let chunk = Chunk { first_row: 0, row_count: values.len(), columns: vec![column] };
        let mut state = self.call.empty(64 * values.len().max(16_384));
        loop {
            state.update(level, &chunk);
            match state.next() {
                Next::Again(again) => state = again,
                Next::Done(done) => {
                    return match done? {
                        Scalar::Float64(value) => Ok(value),
                        Scalar::Integer(value) => Ok(value as f64),
                        _ => {
                            let (name, rows) = (self.call.name(), values.len());
                            let reason = format!("{name} of a sample of {rows} values is no number");
                            Err(Error::Request { reason })
                        }
                    };
                }
            }
        }
    }
}

impl Difference {
    /// Whether it is at least as extreme as `observed`.
    fn is_extreme(&self, observed: &Difference, alternative: Alternative) -> bool {
        let order = match (&self.exact, &observed.exact) {
            (Some(found), Some(observed)) => match alternative {
                Alternative::TwoSided => found.pow(2).compare(&observed.pow(2)),
                _ => found.compare(observed),
            },
            _ => match alternative {
                Alternative::TwoSided => self.value.abs().total_cmp(&observed.value.abs()),
                // Zeros of both signs are one value.
                _ => (self.value + 0.0).total_cmp(&(observed.value + 0.0)),
            },
        };
        match alternative {
            Alternative::Less => order != Ordering::Greater,
            _ => order != Ordering::Less,
        }
    }
}

/// The exact sum of finite values.
fn sum(level: Level, values: &[f64]) -> Dyadic {
    let mut sums = PowerSums::<1>::new();
    sums.update_f64(level, values);
    sums.power_sum(1).to_dyadic()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;

    fn run(task: &PermutationTest<'_>, threads: usize) -> PermutationAnswer {
        Engine::builder().threads(threads).build().run(task).expect("an answer")
    }

    #[test]
    fn labels_are_the_lowest_words_and_p_values_count_them() {
        let (x, y) = ([1.0, 4.0, 2.5], [0.5, 3.0, -1.0, 2.0]);
        let all = [&x[..], &y[..]].concat();
        for alternative in [Alternative::TwoSided, Alternative::Less, Alternative::Greater] {
            let task = PermutationTest::new(&x, &y).relabellings(500).seed(3).alternative(alternative);
            let answer = run(&task, 1);
            let observed: f64 = 2.5 - 4.5 / 4.0;
            let mut extreme = 0;
            for (relabelling, &found) in answer.distribution.iter().enumerate() {
                let stream = Philox::from(3).jumped(relabelling as u64 + 1);
                let mut rows: Vec<usize> = (0..7).collect();
                rows.sort_by_key(|&row| stream.at(row as u64));
                let sum = |rows: &[usize]| rows.iter().map(|&row| all[row]).sum::<f64>();
                // In twelfths everything is exact.
                let twelfths = 4.0 * sum(&rows[..3]) - 3.0 * sum(&rows[3..]);
                assert_eq!(found, twelfths / 12.0);
                extreme += usize::from(match alternative {
                    Alternative::TwoSided => twelfths.abs() >= (12.0 * observed).abs(),
                    Alternative::Less => twelfths <= 12.0 * observed,
                    Alternative::Greater => twelfths >= 12.0 * observed,
                });
            }
            assert_eq!(answer.statistic, observed);
            assert_eq!(answer.p_value, (extreme + 1) as f64 / 501.0);
            assert!(extreme > 0);
        }
    }

    #[test]
    fn ties_with_what_was_observed_are_found_whatever_rounding_does() {
        // Sums of 0.1, 0.2, 0.3, ... in floats depend on their order; all of these labels give one difference.
        let x = vec![0.1; 9];
        let y = vec![0.1; 7];
        let answer = run(&PermutationTest::new(&x, &y).relabellings(200), 1);
        assert_eq!((answer.p_value, answer.statistic), (1.0, 0.0));
    }

    #[test]
    fn no_schedule_changes_a_bit() {
        let values: Vec<f64> = (0..3000).map(|row| ((row * 7919) % 1013) as f64 / 7.0).collect();
        for statistic in ["mean difference", "median difference", "std difference"] {
            let task =
                PermutationTest::new(&values[..1200], &values[1200..]).statistic(statistic).relabellings(60);
            let expected = run(&task, 1);
            assert!(expected.p_value > 0.001);
            for threads in [2, 5] {
                assert_eq!(run(&task, threads), expected);
            }
            assert_ne!(run(&task.clone().seed(1), 2).distribution, expected.distribution);
        }
    }

    #[test]
    fn what_cannot_be_tested_is_refused() {
        let refused =
            |task: PermutationTest<'_>| Engine::new().run(&task).expect_err("no answer").to_string();
        assert!(refused(PermutationTest::new(&[], &[1.0])).contains("not empty"));
        assert!(refused(PermutationTest::new(&[1.0], &[f64::NAN])).contains("finite"));
        assert!(refused(PermutationTest::new(&[1.0], &[1.0]).relabellings(0)).contains("at least one"));
        for statistic in
            ["mean", "corr difference", "argmin difference", "first difference", "speed difference"]
        {
            assert!(refused(PermutationTest::new(&[1.0], &[1.0]).statistic(statistic)).contains("statistic"));
        }
        assert!(
            refused(PermutationTest::new(&[1.0], &[1.0, 2.0]).statistic("var difference"))
                .contains("no number")
        );
    }
}
