//! Blocks of floats into counts and sums of powers.

use super::bounds::{measure_scanned, scan};
use super::digits::BLOCK;
use super::pieces::{Pieces, Route};
use super::powers::add_powers;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

/// Takes `values` into the counts and sums of powers.
pub(crate) struct UpdateF64<'a, const DEGREE: usize> {
    pub(crate) values: &'a [f64],
    pub(crate) counts: &'a mut Counts,
    pub(crate) sums: &'a mut [Accumulator; DEGREE],
    pub(crate) route: Route,
}

impl<const DEGREE: usize> Kernel for UpdateF64<'_, DEGREE> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) {
        let Self { values, counts, sums, route } = self;
        let mut pieces = Pieces::default();
        let mut finite = Vec::new();
        counts.total += values.len() as u64;
        let mut scanned = None;
        for start in (0..values.len()).step_by(BLOCK) {
            let block = &values[start..values.len().min(start + BLOCK)];
            let next = &values[start + block.len()..values.len().min(start + 2 * BLOCK)];
            let first = match scanned.take() {
                Some(scan) => scan, // no closure: it would be compiled without the level
                None => scan(simd, block),
            };
            let measured = measure_scanned(simd, block, first, counts);
            let Some(bounds) = measured.bounds else { continue };
            let block = if measured.has_special {
                finite.clear();
                finite.extend(block.iter().map(|&x| if x.is_finite() { x } else { 0.0 }));
                &finite[..]
            } else {
                block
            };
            pieces.plan(simd, DEGREE, block, bounds, route);
            for piece in &pieces.pieces {
                let from = if piece.is_sorted { &pieces.sorted[..] } else { block };
                let values = &from[piece.start..piece.end];
                let is_whole = values.len() == next.len();
                let ahead = if is_whole { next } else { values };
                let scan = match piece.digits {
                    1 => add_powers::<S, DEGREE, 1>(simd, values, ahead, piece.top, piece.shift, sums),
                    2 => add_powers::<S, DEGREE, 2>(simd, values, ahead, piece.top, piece.shift, sums),
                    _ => add_powers::<S, DEGREE, 3>(simd, values, ahead, piece.top, piece.shift, sums),
                };
                if is_whole {
                    scanned = Some(scan);
                }
            }
        }
    }
}
