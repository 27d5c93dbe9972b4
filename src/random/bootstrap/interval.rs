//! Confidence intervals from an estimate and its replicates.
//!
//! B. Efron and R. J. Tibshirani, "An introduction to the bootstrap" (1993), chapters 13 and 14; T. J. DiCiccio and B.
//! Efron, "Bootstrap confidence intervals" (1996).

use arrcalc_kernels::random::{normal_probability, upper_normal_quantile};
use arrcalc_kernels::select::quantile::{Method, Probability};

use super::confidence::Confidence;

/// How an interval is made of replicates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IntervalMethod {
    /// Between quantiles of the replicates.
    #[default]
    Percentile,
    /// The same, mirrored at the estimate.
    Basic,
    /// Between quantiles that are corrected for bias and for how the error depends on the estimate (acceleration).
    Bca,
}

impl IntervalMethod {
    /// `percentile`, `basic` or `bca`.
    pub fn name(self) -> &'static str {
        match self {
            IntervalMethod::Percentile => "percentile",
            IntervalMethod::Basic => "basic",
            IntervalMethod::Bca => "bca",
        }
    }

    /// The method with this name, in any case.
    pub fn named(name: &str) -> Option<Self> {
        let all = [IntervalMethod::Percentile, IntervalMethod::Basic, IntervalMethod::Bca];
        all.into_iter().find(|method| method.name().eq_ignore_ascii_case(name))
    }
}

/// The ends of an interval; `None` where it is not defined.
///
/// `sorted` are the replicates, ascending, without NaN; `jackknife` the estimates without each group of rows, for BCa.
pub(super) fn interval(
    method: IntervalMethod,
    confidence: &Confidence,
    estimate: f64,
    sorted: &[f64],
    jackknife: &[f64],
) -> Option<(f64, f64)> {
    if sorted.is_empty() {
        return None;
    }
    let quantile = |probability: &Probability| {
        let position = Method::Linear.position(probability, sorted.len() as u64);
        position.of_floats(sorted[position.lower() as usize], sorted[position.upper() as usize])
    };
    match method {
        IntervalMethod::Percentile => Some((quantile(&confidence.low), quantile(&confidence.high))),
        IntervalMethod::Basic => {
            let mirrored = |probability| 2.0 * estimate - quantile(probability);
            Some((mirrored(&confidence.high), mirrored(&confidence.low)))
        }
        IntervalMethod::Bca => {
            let bias = bias_correction(estimate, sorted)?;
            let acceleration = acceleration(jackknife)?;
            let end = |normal: f64| {
                let shifted = bias + normal;
                let corrected = bias + shifted / (1.0 - acceleration * shifted);
                Probability::from_f64(normal_probability(corrected)).map(|probability| quantile(&probability))
            };
            let normal = upper_normal_quantile(confidence.tail);
            Some((end(-normal)?, end(normal)?))
        }
    }
}

/// `z0`: the normal quantile of the share of replicates below the estimate, those equal to it counted by half; `None`
/// where all lie on one side.
fn bias_correction(estimate: f64, sorted: &[f64]) -> Option<f64> {
    let below = sorted.partition_point(|&value| value < estimate);
    let not_above = sorted.partition_point(|&value| value <= estimate);
    let share = (below + not_above) as f64 / (2 * sorted.len()) as f64;
    if share <= 0.0 || share >= 1.0 {
        return None;
    }
    // 1 - share is exact enough: shares are halves of a replicate apart.
    Some(if share < 0.5 { -upper_normal_quantile(share) } else { upper_normal_quantile(1.0 - share) })
}

/// `a = Σ d³ / (6 (Σ d²)^(3/2))` for the distances `d` of the jackknife's estimates below their mean; 0 where all are
/// equal, `None` of none.
fn acceleration(jackknife: &[f64]) -> Option<f64> {
    if jackknife.is_empty() || jackknife.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let mean = jackknife.iter().sum::<f64>() / jackknife.len() as f64;
    let (mut squares, mut cubes) = (0.0, 0.0);
    for &value in jackknife {
        let distance = mean - value;
        squares += distance * distance;
        cubes += distance * distance * distance;
    }
    if squares == 0.0 {
        return Some(0.0);
    }
    Some(cubes / (6.0 * squares * squares.sqrt()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends(
        method: IntervalMethod,
        estimate: f64,
        replicates: &[f64],
        jackknife: &[f64],
    ) -> Option<(f64, f64)> {
        let confidence = Confidence::parse("0.9").expect("a confidence");
        interval(method, &confidence, estimate, replicates, jackknife)
    }

    #[test]
    fn ends_are_those_of_the_definitions() {
        let replicates: Vec<f64> = (0..=100).map(f64::from).collect();
        assert_eq!(ends(IntervalMethod::Percentile, 40.0, &replicates, &[]), Some((5.0, 95.0)));
        assert_eq!(ends(IntervalMethod::Basic, 40.0, &replicates, &[]), Some((-15.0, 75.0)));
        // Without bias and acceleration it is the percentile interval.
        let (low, high) =
            ends(IntervalMethod::Bca, 50.0, &replicates, &[1.0, 2.0, 3.0]).expect("an interval");
        assert!((low - 5.0).abs() < 1e-12 && (high - 95.0).abs() < 1e-12, "{low} {high}");
        assert_eq!(ends(IntervalMethod::Bca, 101.0, &replicates, &[1.0, 2.0]), None);
        assert_eq!(ends(IntervalMethod::Percentile, 0.0, &[], &[]), None);
    }

    #[test]
    fn bca_is_scipys() {
        // scipy 1.17: _bca_interval of these replicates and this jackknife, alpha 0.05.
        let replicates: Vec<f64> = (0..1000).map(|index| f64::from(index * index) / 1000.0).collect();
        let jackknife: Vec<f64> = (0..20).map(|index| f64::from(index * index) / 7.0).collect();
        let (low, high) = ends(IntervalMethod::Bca, 300.0, &replicates, &jackknife).expect("an interval");
        assert!((low - BCA.0).abs() < 1e-9 && (high - BCA.1).abs() < 1e-9, "{low} {high}");
    }

    const BCA: (f64, f64) = (5.133254854667054, 929.4461023115921);
}
