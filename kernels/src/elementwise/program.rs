//! Arithmetic of several operations on floats, a tile at a time: what lies between two operations stays in the nearest
//! cache, however many rows there are.
//!
//! A tile is so small that all values between operations take some kilobytes, and so large that choosing the operation
//! is little beside it (M. Zukowski, P. Boncz et al., "MonetDB/X100: Hyper-Pipelining Query Execution", 2005, with tiles
//! for vectors).

use super::{AHEAD_BYTES, FloatOperation};
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// Rows of a tile.
const TILE: usize = 64;

/// Constants and operations at most.
const REGISTERS: usize = 16;

/// Columns at most.
const COLUMNS: usize = 8;

/// What an operation of a [`FloatProgram`] takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FloatSource {
    /// The value of the row in this column.
    Column(usize),
    /// The same for every row.
    Constant(f64),
    /// What the step of this number gave.
    Step(usize),
}

/// Additions, subtractions, multiplications and divisions of columns, constants and each other, each rounded by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct FloatProgram {
    /// The first registers.
    constants: Vec<f64>,
    /// One register each, after the constants.
    steps: Vec<Step>,
    columns: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Step {
    operation: FloatOperation,
    operands: [Operand; 2],
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operand {
    Column(usize),
    Register(usize),
}

impl FloatProgram {
    /// The program of these steps, of which the last gives the result. `None` where there is no step, one takes what a later
    /// one gives, there are too many of them or of columns, or there are others than the four operations.
    pub fn new(steps: &[(FloatOperation, FloatSource, FloatSource)]) -> Option<Self> {
        let sources = || steps.iter().flat_map(|(_, a, b)| [*a, *b]);
        let constants: Vec<f64> = sources()
            .filter_map(|source| if let FloatSource::Constant(value) = source { Some(value) } else { None })
            .collect();
        let columns = sources().map(|source| if let FloatSource::Column(at) = source { at + 1 } else { 0 });
        let columns = columns.max()?;
        let mut next_constant = 0;
        let mut program = Vec::with_capacity(steps.len());
        for (index, &(operation, a, b)) in steps.iter().enumerate() {
            let is_one_of_four = matches!(
                operation,
                FloatOperation::Add
                    | FloatOperation::Subtract
                    | FloatOperation::Multiply
                    | FloatOperation::Divide
            );
            let mut operands = [Operand::Column(0); 2];
            for (operand, source) in operands.iter_mut().zip([a, b]) {
                *operand = match source {
                    FloatSource::Column(at) => Operand::Column(at),
                    FloatSource::Constant(_) => {
                        next_constant += 1;
                        Operand::Register(next_constant - 1)
                    }
                    FloatSource::Step(step) if step < index => Operand::Register(constants.len() + step),
                    FloatSource::Step(_) => return None,
                };
            }
            if !is_one_of_four {
                return None;
            }
            program.push(Step { operation, operands });
        }
        let fits = (1..=COLUMNS).contains(&columns) && constants.len() + steps.len() <= REGISTERS;
        fits.then_some(Self { constants, steps: program, columns })
    }

    /// How many columns it reads, those between unused ones included.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// The results for `out.len()` rows of `columns` from row `first` on.
    ///
    /// # Panics
    /// If there are fewer columns than [`FloatProgram::columns`], or one ends before.
    pub fn evaluate(&self, level: Level, columns: &[&[f64]], first: usize, out: &mut [f64]) {
        struct Evaluate<'a>(&'a FloatProgram, &'a [&'a [f64]], usize, &'a mut [f64]);
        impl Kernel for Evaluate<'_> {
            type Output = ();
            #[inline(always)]
            fn run<S: Simd>(self, simd: S) {
                let Evaluate(program, columns, first, out) = self;
                let mut registers = program.registers();
                program.fill(simd, &mut registers, columns, first, out);
            }
        }
        level.run(Evaluate(self, columns, first, out));
    }

    /// Registers with the constants.
    #[inline(always)]
    pub(crate) fn registers(&self) -> Registers {
        let mut registers = Registers([Tile([0.0; TILE]); REGISTERS]);
        for (register, &constant) in registers.0.iter_mut().zip(&self.constants) {
            register.0 = [constant; TILE];
        }
        registers
    }

    /// As [`FloatProgram::evaluate`]; rows that come soon are asked for.
    #[inline(always)]
    pub(crate) fn fill<S: Simd>(
        &self,
        simd: S,
        registers: &mut Registers,
        columns: &[&[f64]],
        first: usize,
        out: &mut [f64],
    ) {
        assert!(columns.len() >= self.columns, "a slice for each column");
        let (tiles, rest) = out.as_chunks_mut::<TILE>();
        let mut start = first;
        for out in tiles {
            for column in columns {
                let ahead = column[start..start + TILE].iter().step_by(8);
                ahead.for_each(|value| simd.prefetch_beyond(value, AHEAD_BYTES));
            }
            let tile = |column: usize| columns[column][start..].first_chunk::<TILE>();
            self.tile(registers, tile, out);
            start += TILE;
        }
        if !rest.is_empty() {
            let mut padded = [0.0; TILE];
            let rows = start..start + rest.len();
            let mut last = [[0.0; TILE]; COLUMNS];
            for (tile, column) in last.iter_mut().zip(columns) {
                tile[..rest.len()].copy_from_slice(&column[rows.clone()]);
            }
            self.tile(registers, |column| last.get(column), &mut padded);
            rest.copy_from_slice(&padded[..rest.len()]);
        }
    }

    #[inline(always)]
    fn tile<'t>(
        &self,
        registers: &mut Registers,
        column: impl Fn(usize) -> Option<&'t [f64; TILE]>,
        out: &mut [f64; TILE],
    ) {
        let first = self.constants.len();
        for (index, step) in self.steps.iter().enumerate() {
            let (done, rest) = registers.0.split_at_mut(first + index);
            let operand = |operand: Operand| match operand {
                Operand::Column(at) => column(at).expect("a column has all rows"),
                Operand::Register(at) => &done[at].0,
            };
            let [a, b] = step.operands.map(operand);
            let to = if index + 1 == self.steps.len() { &mut *out } else { &mut rest[0].0 };
            match step.operation {
                FloatOperation::Add => each(a, b, to, |a, b| a + b),
                FloatOperation::Subtract => each(a, b, to, |a, b| a - b),
                FloatOperation::Multiply => each(a, b, to, |a, b| a * b),
                _ => each(a, b, to, |a, b| a / b),
            }
        }
    }
}

/// What lies between operations.
pub(crate) struct Registers([Tile; REGISTERS]);

/// Whole cache lines.
#[derive(Clone, Copy)]
#[repr(align(64))]
struct Tile([f64; TILE]);

#[inline(always)]
fn each(a: &[f64; TILE], b: &[f64; TILE], to: &mut [f64; TILE], function: impl Fn(f64, f64) -> f64) {
    for ((to, a), b) in to.iter_mut().zip(a).zip(b) {
        *to = function(*a, *b);
    }
}
