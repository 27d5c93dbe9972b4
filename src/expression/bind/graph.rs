//! Nodes, each once, constants folded.

use std::collections::HashMap;

use arrcalc_datasets::DataType;

use super::super::{Span, evaluate};
use super::Bound;
use super::node::{Constant, Node, Op};

/// Nodes with operands before their users.
#[derive(Debug, Default)]
pub(in crate::expression) struct Graph {
    nodes: Vec<Node>,
    index: HashMap<(Op, Vec<usize>, DataType), usize>,
}

impl Graph {
    /// The node that computes this: an equal one, a constant, or a new one.
    pub(super) fn push(&mut self, op: Op, operands: Vec<usize>, data_type: DataType, span: Span) -> usize {
        let node = Node { op, operands, data_type, span };
        let known = !node.operands.is_empty()
            && node.operands.iter().all(|&operand| self.nodes[operand].constant().is_some());
        if known {
            let operands: Vec<Node> = node.operands.iter().map(|&at| self.nodes[at].clone()).collect();
            // What fails is left to the rows: it may never be taken.
            if let Some(constant) = evaluate::fold(&operands, node.clone()) {
                return self.insert(Node { op: Op::Constant(constant), operands: Vec::new(), ..node });
            }
        }
        self.insert(node)
    }

    fn insert(&mut self, node: Node) -> usize {
        let key = (node.op.clone(), node.operands.clone(), node.data_type.clone());
        *self.index.entry(key).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        })
    }

    /// A constant.
    pub(super) fn constant(&mut self, constant: Constant, data_type: DataType, span: Span) -> usize {
        self.insert(Node { op: Op::Constant(constant), operands: Vec::new(), data_type, span })
    }

    /// Node `node`.
    pub(super) fn node(&self, node: usize) -> &Node {
        &self.nodes[node]
    }

    /// Adds the nodes of `bound`; returns its root.
    pub(in crate::expression) fn import(&mut self, bound: &Bound) -> usize {
        let mut places: Vec<usize> = Vec::with_capacity(bound.nodes.len());
        for node in &bound.nodes {
            let operands = node.operands.iter().map(|&operand| places[operand]).collect();
            places.push(self.insert(Node { operands, ..node.clone() }));
        }
        places.last().copied().unwrap_or_default()
    }

    /// The nodes.
    pub(in crate::expression) fn into_nodes(self) -> Vec<Node> {
        self.nodes
    }

    /// Only what `root` needs, with it as the last.
    pub(super) fn reachable(&self, root: usize) -> Vec<Node> {
        let mut needed = vec![false; root + 1];
        needed[root] = true;
        for node in (0..=root).rev() {
            if needed[node] {
                self.nodes[node].operands.iter().for_each(|&operand| needed[operand] = true);
            }
        }
        let mut places = vec![0; root + 1];
        let mut nodes = Vec::new();
        for node in (0..=root).filter(|&node| needed[node]) {
            places[node] = nodes.len();
            let operands = self.nodes[node].operands.iter().map(|&operand| places[operand]).collect();
            nodes.push(Node { operands, ..self.nodes[node].clone() });
        }
        nodes
    }
}
