//! Expressions of floats that are nothing but arithmetic, as programs that kernels run a tile at a time.

use arrcalc_datasets::{Chunk, Column, Values};
use arrcalc_kernels::elementwise::{FloatOperation, FloatProgram, FloatSource};

use super::super::bind::Bound;
use super::super::bind::node::{Arithmetic, Constant, Node, Op, Repr};

/// An expression as a program over columns of floats.
#[derive(Debug)]
pub struct Floats {
    program: FloatProgram,
    /// Where the program's columns are in a chunk.
    positions: Vec<usize>,
}

impl Floats {
    /// The program of `bound`, for chunks whose columns are the dataset's `columns`; `None` where it is more than sums,
    /// differences, products and quotients of columns and constants of binary64, or too long.
    pub fn new(bound: &Bound, columns: &[usize]) -> Option<Self> {
        let mut positions = Vec::new();
        let mut steps = Vec::new();
        let mut sources = Vec::with_capacity(bound.nodes.len());
        for node in &bound.nodes {
            if node.repr() != Repr::F64 {
                return None;
            }
            sources.push(match &node.op {
                Op::Column(field) => {
                    positions.push(columns.iter().position(|column| column == field)?);
                    FloatSource::Column(positions.len() - 1)
                }
                Op::Constant(Constant::F64(bits)) => FloatSource::Constant(f64::from_bits(*bits)),
                Op::Arithmetic(arithmetic) => {
                    let [a, b] = node.operands[..] else { return None };
                    steps.push((operation(*arithmetic)?, sources[a], sources[b]));
                    FloatSource::Step(steps.len() - 1)
                }
                _ => return None,
            });
        }
        // The last node is the value: so is the last step.
        let is_step = |node: &Node| matches!(node.op, Op::Arithmetic(_));
        bound.nodes.last().filter(|node| is_step(node))?;
        Some(Self { program: FloatProgram::new(&steps)?, positions })
    }

    /// The program.
    pub fn program(&self) -> &FloatProgram {
        &self.program
    }

    /// Its columns in `chunk`; `None` where one has nulls.
    pub fn columns<'c>(&self, chunk: &Chunk<'c>) -> Option<Vec<&'c [f64]>> {
        let values = |column: &Column<'c>| match *column {
            Column { values: Values::Float64(values), validity: None } => Some(values),
            _ => None,
        };
        self.positions.iter().map(|&at| values(&chunk.columns[at])).collect()
    }
}

fn operation(arithmetic: Arithmetic) -> Option<FloatOperation> {
    Some(match arithmetic {
        Arithmetic::Add => FloatOperation::Add,
        Arithmetic::Subtract => FloatOperation::Subtract,
        Arithmetic::Multiply => FloatOperation::Multiply,
        Arithmetic::Divide => FloatOperation::Divide,
        _ => return None,
    })
}
