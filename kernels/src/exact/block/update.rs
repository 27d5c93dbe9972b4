//! Blocks of floats into counts and sums of powers.

use super::bounds::{Measured, measure_scanned, scan};
use super::digits::{BLOCK, power_of_two};
use super::pieces::{Pieces, Route};
use super::powers::add_powers;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::exact::accumulator::Accumulator;
use crate::exact::counts::Counts;

/// Takes `values` into the counts and sums of powers; returns an interval that holds them all, if all are normal numbers.
pub(crate) struct UpdateF64<'a, const DEGREE: usize> {
    pub(crate) values: &'a [f64],
    pub(crate) counts: &'a mut Counts,
    pub(crate) sums: &'a mut [Accumulator; DEGREE],
    pub(crate) route: Route,
}

impl<const DEGREE: usize> Kernel for UpdateF64<'_, DEGREE> {
    type Output = Option<(f64, f64)>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<(f64, f64)> {
        let Self { values, counts, sums, route } = self;
        let mut pieces = Pieces::default();
        let mut finite = Vec::new();
        counts.total += values.len() as u64;
        let mut scanned = None;
        let mut hull = Hull::default();
        for start in (0..values.len()).step_by(BLOCK) {
            let block = &values[start..values.len().min(start + BLOCK)];
            let next = &values[start + block.len()..values.len().min(start + 2 * BLOCK)];
            let first = match scanned.take() {
                Some(scan) => scan, // no closure: it would be compiled without the level
                None => scan(simd, block),
            };
            let measured = measure_scanned(simd, block, first, counts);
            hull.widen(&measured, first.has_negative());
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
        hull.interval()
    }
}

/// What the bounds of blocks say of all their values.
#[derive(Default)]
struct Hull {
    magnitudes: Option<(i32, i32)>,
    has_negative: bool,
    has_others: bool,
}

impl Hull {
    #[inline(always)]
    fn widen(&mut self, measured: &Measured, has_negative: bool) {
        self.has_negative |= has_negative;
        match measured.bounds {
            Some(bounds) if !measured.has_special && !measured.has_zero => {
                let (least, top) = self.magnitudes.unwrap_or((bounds.least, bounds.top));
                self.magnitudes = Some((least.min(bounds.least), top.max(bounds.top)));
            }
            _ => self.has_others = true,
        }
    }

    fn interval(&self) -> Option<(f64, f64)> {
        let (least, top) = self.magnitudes.filter(|_| !self.has_others)?;
        let high = if top > 1023 { f64::MAX } else { power_of_two(top) };
        Some((if self.has_negative { -high } else { power_of_two(least) }, high))
    }
}
