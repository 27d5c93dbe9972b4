//! Products of floats by a tree that is fixed by absolute rows: the same bits for every cut of the rows.
//!
//! Node `(level, start)` is the product of rows `start .. start + 2^level`, `start` a multiple of `2^level`: its left
//! half's times its right half's, down to single rows. A state holds the largest nodes whose rows it has all seen;
//! which those are is a function of the rows alone. Rows that never come count as 1, which changes nothing.

use std::collections::BTreeMap;

/// The nodes of the rows seen.
#[derive(Clone, Debug, Default)]
pub(super) struct ProductTree {
    /// By first row: level and product.
    nodes: BTreeMap<u64, (u32, f64)>,
    scratch: Vec<f64>,
}

impl ProductTree {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Takes in `values`, of the rows from `first` on.
    pub(super) fn push(&mut self, first: u64, values: &[f64]) {
        let (mut row, mut rest) = (first, values);
        while !rest.is_empty() {
            // The largest node that begins here and does not end past the values.
            let level = row.trailing_zeros().min(rest.len().ilog2());
            let (node, after) = rest.split_at(1 << level);
            let product = self.product(node);
            self.insert(row, level, product);
            row += 1 << level;
            rest = after;
        }
    }

    /// The product of a whole node.
    fn product(&mut self, values: &[f64]) -> f64 {
        // Low levels in place, so that a long node is read once.
        const LEAF: usize = 1024;
        if values.len() > LEAF {
            let (left, right) = values.split_at(values.len() / 2);
            return self.product(left) * self.product(right);
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(values);
        let mut len = values.len();
        while len > 1 {
            len /= 2;
            for at in 0..len {
                self.scratch[at] = self.scratch[2 * at] * self.scratch[2 * at + 1];
            }
        }
        self.scratch[0]
    }

    /// Adds a node, and joins it with its sibling as long as that is there.
    fn insert(&mut self, mut start: u64, mut level: u32, mut product: f64) {
        while level < u64::BITS - 1 {
            let sibling = start ^ (1 << level);
            match self.nodes.get(&sibling) {
                Some(&(other, theirs)) if other == level => {
                    self.nodes.remove(&sibling);
                    product *= theirs;
                    start = start.min(sibling);
                    level += 1;
                }
                _ => break,
            }
        }
        self.nodes.insert(start, (level, product));
    }

    /// Takes in the rows that `other` has seen.
    pub(super) fn merge(&mut self, other: &Self) {
        for (&start, &(level, product)) in &other.nodes {
            self.insert(start, level, product);
        }
    }

    /// The product of all rows; 1 of none.
    pub(super) fn finish(&self) -> f64 {
        let nodes: Vec<(u64, f64)> =
            self.nodes.iter().map(|(&start, &(_, product))| (start, product)).collect();
        canonical(root(&nodes))
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (start, (level, product)) in &self.nodes {
            bytes.extend(start.to_le_bytes());
            bytes.extend(level.to_le_bytes());
            bytes.extend(canonical(*product).to_bits().to_le_bytes());
        }
        bytes
    }

    pub(super) fn heap_bytes(&self) -> usize {
        self.nodes.len() * size_of::<(u64, (u32, f64))>() + 8 * self.scratch.capacity()
    }
}

/// The product of nodes in order, joined where their paths to the root meet.
fn root(nodes: &[(u64, f64)]) -> f64 {
    match nodes {
        [] => 1.0,
        [(_, product)] => *product,
        [first, .., last] => {
            let half = (first.0 ^ last.0).ilog2();
            let cut = nodes.partition_point(|(start, _)| start >> half == first.0 >> half);
            root(&nodes[..cut]) * root(&nodes[cut..])
        }
    }
}

/// Hardware may give any NaN; there is one.
fn canonical(product: f64) -> f64 {
    if product.is_nan() { f64::from_bits(0x7ff8_0000_0000_0000) } else { product }
}
