//! Edges of equal bins, as `numpy.histogram` makes them.

use crate::order_key::OrderKey;

/// Bins `[e0, e1), [e1, e2), .. [e(n-1), en]`: half open, but for the last, which has both its edges.
#[derive(Clone, PartialEq, Debug)]
pub struct Bins {
    edges: Vec<f64>,
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
        assert!(count > 0, "a histogram has at least one bin");
        if !low.is_finite() || !high.is_finite() || low > high {
            return None;
        }
        let (low, high) = if low == high { (low - 0.5, high + 0.5) } else { (low, high) };
        let mut edges: Vec<f64> = if (high - low).is_finite() {
            let step = (high - low) / count as f64;
            let edge = |index| {
                if step == 0.0 { index as f64 / count as f64 * (high - low) } else { index as f64 * step }
            };
            (0..count).map(|index| edge(index) + low).collect()
        } else {
            let step = (high / 2.0 - low / 2.0) / count as f64;
            (0..count).map(|index| 2.0 * (index as f64 * step + low / 2.0)).collect()
        };
        edges.push(high);
        edges.windows(2).all(|pair| pair[0] < pair[1]).then_some(Bins { edges })
    }

    /// Bins between `edges`; `None` unless there are two or more, finite and strictly increasing.
    pub fn between(edges: Vec<f64>) -> Option<Bins> {
        let valid = edges.len() >= 2
            && edges.iter().all(|edge| edge.is_finite())
            && edges.windows(2).all(|pair| pair[0] < pair[1]);
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
    ///
    /// Values are compared with these exactly: an integer is never rounded to be compared with an edge.
    pub(super) fn thresholds<T: OrderKey>(&self) -> Vec<T> {
        let last = self.edges[self.edges.len() - 1];
        self.edges
            .iter()
            .map(|&edge| T::at_least(edge))
            .chain([T::above(last)])
            .map_while(|found| found)
            .collect()
    }
}
