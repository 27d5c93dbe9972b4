//! Sums of what a program computes, block by block, without a place for all results: each block is added while it is in the
//! nearest cache, in one reading, with the window of digits guessed as for chosen values.

use super::bounds::{Scanner, measure_scanned};
use super::chosen::Window;
use super::digits::BLOCK;
use super::pieces::Route;
use super::powers::width;
use super::row::Row;
use super::update::UpdateF64;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::elementwise::FloatProgram;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

/// Digits of a window.
const DIGITS: usize = 2;

/// Takes what `program` gives for `rows` rows of `columns` into the counts and the sum.
pub(crate) struct UpdateComputed<'a> {
    pub(crate) program: &'a FloatProgram,
    pub(crate) columns: &'a [&'a [f64]],
    pub(crate) rows: usize,
    pub(crate) counts: &'a mut Counts,
    pub(crate) sums: &'a mut [Accumulator; 1],
}

/// Whole cache lines.
#[repr(align(64))]
struct Block([f64; BLOCK]);

impl Kernel for UpdateComputed<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { program, columns, rows, counts, sums } = self;
        let mut registers = program.registers();
        let mut block = Block([0.0; BLOCK]);
        let mut window = Window::default();
        for start in (0..rows).step_by(BLOCK) {
            let values = &mut block.0[..BLOCK.min(rows - start)];
            program.fill(simd, &mut registers, columns, start, values);
            if !add(simd, &mut window, values, counts, &mut sums[0]) {
                UpdateF64 { values, counts, sums, route: Route::Digits(1) }.run(simd);
                window.learn(values);
            }
        }
    }
}

/// Adds the values of a block, if all fit the window.
#[inline(always)]
fn add<S: Simd>(
    simd: S,
    window: &mut Window,
    values: &[f64],
    counts: &mut Counts,
    sum: &mut Accumulator,
) -> bool {
    let (vectors, []) = simd.vectors(values) else { return false };
    let Some(units) = window.units(values) else { return false };
    let mut scanner = Scanner::new(simd);
    let mut row = Row::<S, DIGITS>::new(simd, units[0], width(1));
    for vector in vectors {
        let value = simd.load(vector);
        scanner.push(value);
        let first = simd.add(value, row.magic[0]);
        row.push(simd, 0, first);
        let rest = simd.sub(value, simd.sub(first, row.magic[0]));
        row.push(simd, 1, simd.add(rest, row.magic[1]));
    }
    let mut found = Counts::default();
    let measured = measure_scanned(simd, values, scanner.finish(&[]), &mut found);
    let fits =
        !measured.has_special && measured.bounds.is_none_or(|bounds| window.holds(bounds.top, bounds.low));
    if !fits {
        window.rest();
        return false;
    }
    counts.total += values.len() as u64;
    counts.negative_zero += found.negative_zero;
    row.flush(simd, 0..DIGITS, vectors.len(), units[0], width(1), 0, sum);
    true
}
