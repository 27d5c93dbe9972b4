//! Bound expressions over blocks of rows: an interpreter whose every step is a loop over a stride that lies in the
//! first-level cache, after M. Zukowski, P. Boncz et al., "MonetDB/X100: Hyper-Pipelining Query Execution" (2005).
//!
//! Every node is computed once, for all rows of the stride, and cannot fail: rows that do are marked, and a mark
//! counts only where a result needs the row. So `case`, `if`, `coalesce`, `and` and `or` guard what they do not take,
//! and equal subexpressions are one whatever guards them.

mod aligned;
mod arithmetic;
mod compare;
mod convert;
mod fault;
mod floats;
mod load;
mod output;
mod packed;
mod state;
mod step;
mod temporal;
#[cfg(test)]
mod tests;
mod text;
mod unary;

use arrcalc_datasets::{Chunk, Column};
use arrcalc_kernels::{Bits, Level};

pub(crate) use convert::float_of;
pub use fault::Fault;
pub use floats::Floats;
pub use packed::{Packed, select};
pub(in crate::expression) use text::parsed;

use super::bind::node::{Constant, Node, Op};
use super::bind::{Bound, Graph};
use output::Output;
use state::{Cell, STRIDE, View};

/// Expressions ready to run, with their registers: one a thread, reused from block to block.
#[derive(Debug)]
pub struct Evaluator {
    nodes: Vec<Node>,
    cells: Vec<Cell>,
    /// By node: where in a chunk its column is.
    positions: Vec<usize>,
    roots: Vec<Root>,
    /// Nodes that compute: neither columns nor constants.
    busy: usize,
}

#[derive(Debug)]
struct Root {
    node: usize,
    /// Where a plain column lies in the chunk: it is lent, not copied.
    lent: Option<usize>,
    output: Output,
}

impl Evaluator {
    /// An evaluator of `bound`, for chunks whose columns are the dataset's `columns`, in that order.
    ///
    /// # Panics
    /// If a column that is read is not among `columns`.
    pub fn new(bound: &[Bound], columns: &[usize]) -> Self {
        let mut graph = Graph::default();
        let roots: Vec<usize> = bound.iter().map(|bound| graph.import(bound)).collect();
        let nodes = graph.into_nodes();
        let position = |node: &Node| match node.op {
            Op::Column(field) => columns
                .iter()
                .position(|&column| column == field)
                .expect("the chunks have every column that an expression reads"),
            _ => usize::MAX,
        };
        let positions: Vec<usize> = nodes.iter().map(position).collect();
        let root = |node: usize| Root {
            node,
            lent: Some(positions[node]).filter(|&position| position != usize::MAX),
            output: Output::new(&nodes[node].data_type),
        };
        let roots = roots.into_iter().map(root).collect();
        let busy = nodes.iter().filter(|node| is_busy(node)).count();
        Self { busy, cells: nodes.iter().map(Cell::new).collect(), positions, roots, nodes }
    }

    /// Values of every expression for the rows of `chunk`, in order; a plain column is lent as it lies. Rows outside
    /// `selected` may hold anything and cannot fail. Every NaN that was computed is the canonical one.
    ///
    /// Buffers grow to the rows of the largest chunk; blocks of [`crate::aggregate::blocks::BLOCK_ROWS`] stay in cache.
    ///
    /// # Errors
    /// The lowest row of `selected` where an expression has no value (overflow, a cast that fails); of several
    /// expressions that fail there, the first.
    pub fn evaluate<'s>(
        &'s mut self,
        level: Level,
        chunk: &'s Chunk<'_>,
        selected: Option<Bits<'_>>,
    ) -> Result<Vec<Column<'s>>, Fault> {
        let Self { nodes, cells, positions, roots, busy } = self;
        roots.iter_mut().for_each(|root| root.output.clear());
        // Where every expression is a column, there is nothing to do; one comparison needs no registers.
        let idle = roots.iter().all(|root| root.lent.is_some()) || {
            let view = View {
                level,
                nodes,
                cells,
                columns: &chunk.columns,
                positions,
                first: 0,
                len: chunk.row_count,
            };
            match &mut roots[..] {
                [root] => compare::at_once(view, root.node, |words| root.output.append_bits(words)),
                _ => false,
            }
        };
        for first in (0..chunk.row_count).step_by(STRIDE).take_while(|_| !idle) {
            let len = STRIDE.min(chunk.row_count - first);
            let columns = &chunk.columns[..];
            // The next stride is asked for in parts, so that the memory has something to do all the time.
            let mut rows = first..first + len;
            let mut left = *busy;
            for node in 0..nodes.len() {
                if is_busy(&nodes[node]) {
                    let middle = rows.start + rows.len().div_ceil(left);
                    load::ahead(level, columns, rows.start..middle);
                    (rows.start, left) = (middle, left - 1);
                }
                let (done, rest) = cells.split_at_mut(node);
                let view = View { level, nodes, cells: done, columns, positions, first, len };
                step::step(view, &mut rest[0]);
            }
            let view = View { level, nodes, cells, columns, positions, first, len };
            fault::check(view, roots.iter().map(|root| root.node), selected)?;
            for root in roots.iter_mut().filter(|root| root.lent.is_none()) {
                root.output.append(view, root.node);
            }
        }
        let column = |root: &'s Root| match root.lent {
            Some(position) => chunk.columns[position],
            None => root.output.column(chunk.row_count),
        };
        Ok(roots.iter().map(column).collect())
    }
}

fn is_busy(node: &Node) -> bool {
    !matches!(node.op, Op::Column(_) | Op::Constant(_))
}

/// The value of a node whose operands are constants; `None` where it has none.
pub(in crate::expression) fn fold(operands: &[Node], node: Node) -> Option<Constant> {
    let mut nodes = operands.to_vec();
    nodes.push(Node { operands: (0..operands.len()).collect(), ..node });
    let mut cells: Vec<Cell> = nodes.iter().map(Cell::new).collect();
    let last = nodes.len() - 1;
    // One row of columns that hold the operands: kernels of one operand take slices.
    for (cell, node) in cells.iter_mut().zip(&nodes[..last]) {
        output::spread(node, cell);
    }
    for operand in &mut nodes[..last] {
        // Not constants for the step: their cells hold the row.
        operand.op = Op::Not;
    }
    let (done, rest) = cells.split_at_mut(last);
    let view = View {
        level: Level::BASELINE,
        nodes: &nodes,
        cells: done,
        columns: &[],
        positions: &[],
        first: 0,
        len: 1,
    };
    step::step(view, &mut rest[0]);
    let cell = &rest[0];
    if cell.faults[0] & 1 == 1 { None } else { Some(output::constant(&nodes[last], cell)) }
}
