//! The usual ways to sum in floating point, over a stream of values in their order.

/// Values that NumPy's pairwise sum adds without halving.
const LEAF: usize = 128;

/// All methods at once.
#[derive(Clone, Debug)]
pub(super) struct Methods {
    pub(super) left_to_right: f64,
    pub(super) squares: f64,
    pub(super) count: u64,
    kahan: (f64, f64),
    neumaier: (f64, f64),
    pairwise: Pairwise,
}

impl Methods {
    /// For `count` values.
    pub(super) fn new(count: u64) -> Self {
        Self {
            left_to_right: 0.0,
            squares: 0.0,
            count,
            kahan: (0.0, 0.0),
            neumaier: (0.0, 0.0),
            pairwise: Pairwise::new(count),
        }
    }

    /// Takes in `values`, the next ones.
    pub(super) fn update(&mut self, values: &[f64]) {
        for &value in values {
            self.left_to_right += value;
            self.squares += value * value;
            // W. Kahan, 1965: what an addition loses is given back to the next.
            let (sum, lost) = self.kahan;
            let corrected = value - lost;
            let next = sum + corrected;
            self.kahan = (next, (next - sum) - corrected);
            // A. Neumaier, 1974: what the additions lose is summed apart.
            let (sum, lost) = self.neumaier;
            let next = sum + value;
            let rest = if sum.abs() >= value.abs() { (sum - next) + value } else { (value - next) + sum };
            self.neumaier = (next, lost + rest);
        }
        self.pairwise.update(values);
    }

    pub(super) fn kahan(&self) -> f64 {
        self.kahan.0
    }

    pub(super) fn neumaier(&self) -> f64 {
        self.neumaier.0 + self.neumaier.1
    }

    pub(super) fn pairwise(&self) -> f64 {
        self.pairwise.sums.first().copied().unwrap_or(0.0)
    }

    /// `(Σx² - (Σx)² / n) / (n - 1)`, as textbooks have it.
    pub(super) fn textbook_variance(&self) -> f64 {
        let n = self.count as f64;
        (self.squares - self.left_to_right * self.left_to_right / n) / (n - 1.0)
    }
}

/// NumPy's pairwise sum of a contiguous array: halves, cut at multiples of 8, down to 128 values, which eight running
/// sums take. It depends on the number of values, which is known before the first.
#[derive(Clone, Debug)]
struct Pairwise {
    /// What is left to do, the next on top.
    steps: Vec<Step>,
    /// Sums of finished parts.
    sums: Vec<f64>,
    leaf: Vec<f64>,
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Sum(u64),
    Join,
}

impl Pairwise {
    fn new(count: u64) -> Self {
        let steps = if count == 0 { Vec::new() } else { vec![Step::Sum(count)] };
        Self { steps, sums: Vec::new(), leaf: Vec::with_capacity(LEAF) }
    }

    fn update(&mut self, mut values: &[f64]) {
        while !values.is_empty() {
            let Some(size) = self.next_leaf() else { return };
            let (taken, rest) = values.split_at(values.len().min(size - self.leaf.len()));
            self.leaf.extend_from_slice(taken);
            values = rest;
            if self.leaf.len() == size {
                self.sums.push(leaf_sum(&self.leaf));
                self.leaf.clear();
                self.steps.pop();
                self.join();
            }
        }
    }

    /// Halves what comes next until it is a leaf; its size.
    fn next_leaf(&mut self) -> Option<usize> {
        while let Some(&Step::Sum(count)) = self.steps.last() {
            if count <= LEAF as u64 {
                return Some(count as usize);
            }
            let left = count / 2 - count / 2 % 8;
            self.steps.pop();
            self.steps.extend([Step::Join, Step::Sum(count - left), Step::Sum(left)]);
        }
        None
    }

    fn join(&mut self) {
        while let Some(Step::Join) = self.steps.last() {
            self.steps.pop();
            if let (Some(right), Some(left)) = (self.sums.pop(), self.sums.pop()) {
                self.sums.push(left + right);
            }
        }
    }
}

fn leaf_sum(values: &[f64]) -> f64 {
    let (rows, rest) = values.as_chunks::<8>();
    let Some((first, rows)) = rows.split_first() else { return rest.iter().fold(-0.0, |sum, x| sum + x) };
    let mut r = *first;
    for row in rows {
        r.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
    }
    let sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
    rest.iter().fold(sum, |sum, x| sum + x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pairwise_sum_is_numpys() {
        // numpy.sum of the same numbers, as bits.
        for (count, known) in include!("numpy_cases.rs") {
            let values: Vec<f64> =
                (0..count).map(|row: u64| (row * 7919 % 10_007) as f64 * 0.1 - 300.0).collect();
            for part in [1usize, 7, 100, 4096] {
                let mut methods = Methods::new(count);
                values.chunks(part).for_each(|values| methods.update(values));
                assert_eq!(methods.pairwise().to_bits(), known, "{count} values");
            }
        }
    }
}
