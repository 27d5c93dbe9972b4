//! Edges of bins: equal ones as `numpy.histogram` makes them, or given ones.

use crate::order_key::OrderKey;

/// Bins `[e0, e1), [e1, e2), .. [e(n-1), en]`: half open, but for the last, which has both its edges.
#[derive(Clone, PartialEq, Debug)]
pub struct Bins {
    edges: Vec<f64>,
}

/// How integers, which may be too long for an `f64`, are compared with edges.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Comparison {
    /// Exactly.
    #[default]
    Exact,
    /// As the nearest `f64`, ties to even: what NumPy does. Between edges that are the extrema rounded the same way, no
    /// value is outside.
    Nearest,
}

impl Bins {
    /// `count` equal bins over `[low, high]`; if both are the same, over half a unit to either side.
    ///
    /// Edge `i` is `low + i * ((high - low) / count)` in floating point, as `numpy.linspace` computes it, and the last
    /// edge is `high` itself, so that counts agree with `numpy.histogram(x, count, (low, high))`. Where `high - low`
    /// overflows, which NumPy refuses, edges come from halves. `None` if an end is not finite, if `low > high`, or if
    /// the range is too narrow for `count` strictly increasing edges.
    ///
    /// # Panics
    /// If `count` is zero.
    pub fn equal(low: f64, high: f64, count: usize) -> Option<Bins> {
        Self::equal_rounded(low, high, count, |value| value, |value| value)
    }

    /// As [`Bins::equal`] with every operation of the edges rounded by `step`, and the edges themselves by `edge`: NumPy
    /// computes the edges of narrow floats in their own type. (An operation on binary64 numbers that are binary32 ones,
    /// rounded twice, is binary32's.)
    ///
    /// # Panics
    /// If `count` is zero.
    pub fn equal_rounded(
        low: f64,
        high: f64,
        count: usize,
        step: impl Fn(f64) -> f64,
        edge: impl Fn(f64) -> f64,
    ) -> Option<Bins> {
        assert!(count > 0, "a histogram has at least one bin");
        if !low.is_finite() || !high.is_finite() || low > high {
            return None;
        }
        let (low, high) = if low == high { (step(low - 0.5), step(high + 0.5)) } else { (low, high) };
        let bins = step(count as f64);
        let index = |index: usize| step(index as f64);
        let range = step(high - low);
        let mut edges: Vec<f64> = Vec::with_capacity(count.saturating_add(1).min(1 << 20));
        if range.is_finite() {
            let width = step(range / bins);
            edges.extend((0..count).map(|at| {
                let offset =
                    if width == 0.0 { step(step(index(at) / bins) * range) } else { step(index(at) * width) };
                edge(step(offset + low))
            }));
        } else {
            let width = (high / 2.0 - low / 2.0) / count as f64;
            edges.extend((0..count).map(|at| edge(2.0 * (at as f64 * width + low / 2.0))));
        }
        edges.push(edge(high));
        edges.windows(2).all(|pair| pair[0] < pair[1]).then_some(Bins { edges })
    }

    /// Bins between `edges`; `None` unless there are two or more, none of them NaN, and none below the one before it.
    ///
    /// A bin between equal edges is empty, but for the last. Infinite edges are edges.
    pub fn between(edges: Vec<f64>) -> Option<Bins> {
        let valid = edges.len() >= 2 && edges.windows(2).all(|pair| pair[0] <= pair[1]);
        valid.then_some(Bins { edges })
    }

    /// Number of bins.
    pub fn len(&self) -> usize {
        self.edges.len() - 1
    }

    /// Never: there is at least one bin.
    pub fn is_empty(&self) -> bool {
        false
    }

    /// The edges, one more than bins.
    pub fn edges(&self) -> &[f64] {
        &self.edges
    }

    /// For every edge the lowest `T` at or above it, and then the lowest above the last edge, up to where there is none.
    pub(super) fn thresholds<T: OrderKey>(&self, comparison: Comparison) -> Vec<T> {
        // Integers of less than 53 bits are floats themselves.
        let is_rounded = |edge: f64| {
            comparison == Comparison::Nearest && !T::IS_FLOAT && edge.abs() >= (1u64 << 53) as f64
        };
        let at_least = |edge: f64| {
            if is_rounded(edge) { lowest(|value: T| value.nearest_f64() >= edge) } else { T::at_least(edge) }
        };
        let above = |edge: f64| {
            if is_rounded(edge) { lowest(|value: T| value.nearest_f64() > edge) } else { T::above(edge) }
        };
        let last = self.edges[self.edges.len() - 1];
        let thresholds = self.edges.iter().map(|&edge| at_least(edge));
        thresholds.chain([above(last)]).map_while(|found| found).collect()
    }
}

/// The lowest value for which a condition holds that holds for all above it; `None` if it holds for none.
fn lowest<T: OrderKey>(holds: impl Fn(T) -> bool) -> Option<T> {
    let (mut low, mut high) = (T::LOWEST.key(), T::HIGHEST.key());
    if !holds(T::HIGHEST) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(T::from_key(middle)) { high = middle } else { low = middle + 1 }
    }
    Some(T::from_key(low))
}
