//! The naive twin of each kernel: the loop that one writes first. What it costs is what the kernel is worth.

/// `Σ values`, rounding at every step.
pub fn sum(values: &[f64]) -> f64 {
    values.iter().sum()
}

/// The same in 32 lanes, so that nothing but memory bounds it: the roof of every reduction that reads once.
pub fn roof(values: &[f64]) -> f64 {
    let (blocks, rest) = values.as_chunks::<32>();
    let mut lanes = [0.0; 32];
    for block in blocks {
        for (lane, value) in lanes.iter_mut().zip(block) {
            *lane += value;
        }
    }
    lanes.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

/// `Σ a·b`, rounding at every step.
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Variance by the textbook's two passes, ddof = 1.
pub fn variance(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = sum(values) / n;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / (n - 1.0)
}

/// Position of the first minimum.
pub fn argmin(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value < values[best] {
            best = index;
        }
    }
    best
}

/// The middle of a sorted copy.
pub fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let n = sorted.len();
    (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0
}

/// Number of distinct values, by the standard library's set.
pub fn distinct(values: &[i64]) -> usize {
    values.iter().collect::<std::collections::HashSet<_>>().len()
}
