//! Exponentially weighted means.

use arrcalc_kernels::Level;
use arrcalc_kernels::elementary::power;
use arrcalc_kernels::window::Missing;

/// The exponentially weighted mean up to each row, all weights counted:
///
/// ```text
/// y[i] = Σ_k (1 - alpha)^k x[i - k] / Σ_k (1 - alpha)^k      over the values that are there
/// ```
///
/// A row that is not there lets the weights of those before it fade, and has the mean of before. Both sums are kept by
/// `s = (1 - alpha) s + x` in binary64, row by row from the first, each step rounded: the same bits everywhere, but not
/// the rounded exact value. From the first NaN that is not missing on, NaN.
///
/// # Panics
/// If `alpha` is not above 0 and at most 1.
pub(super) fn ewm_means(
    alpha: f64,
    missing: Missing,
    values: impl Iterator<Item = f64>,
    mut put: impl FnMut(f64),
) {
    assert!(alpha > 0.0 && alpha <= 1.0, "a weight above 0 and at most 1");
    let fading = 1.0 - alpha;
    let (mut sum, mut weight) = (0.0, 0.0);
    for value in values {
        sum *= fading;
        weight *= fading;
        if !missing.holds(value) {
            sum += value;
            weight += 1.0;
        }
        let mean: f64 = sum / weight;
        put(if mean.is_nan() { f64::NAN } else { mean });
    }
}

/// `out[i]` is the exponentially weighted mean of the values up to row `i`: of `x[i - k]` with weight `(1 - alpha)^k`,
/// divided by the weights' sum. A row whose value is missing has the mean of before.
///
/// # Panics
/// If the lengths differ, or `alpha` is not above 0 and at most 1.
pub fn ewm_mean(alpha: f64, missing: Missing, values: &[f64], out: &mut [f64]) {
    assert!(values.len() == out.len(), "a result for each row");
    let mut places = out.iter_mut();
    ewm_means(alpha, missing, values.iter().copied(), |mean| {
        if let Some(place) = places.next() {
            *place = mean;
        }
    });
}

/// The weight whose mean lies as far back as that of a plain window of `span` rows: `2 / (span + 1)`.
pub fn alpha_of_span(span: f64) -> f64 {
    2.0 / (span + 1.0)
}

/// The weight with which others fade to a half after `rows` rows: `1 - 2^(-1 / rows)`.
pub fn alpha_of_halflife(rows: f64) -> f64 {
    let mut fading = [0.0];
    power(Level::BASELINE, &[0.5], &[1.0 / rows], &mut fading);
    1.0 - fading[0]
}
