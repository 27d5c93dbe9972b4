//! Whole blocks of ordinary values, whose sums are exact on a grid (see `sliding`).

use super::super::digits::{BLOCK, Bounds, Rows};
use super::super::near::{Near, Settled};
use super::super::plan::Statistic;
use super::super::sliding::{COUNT_MAX, Sliding, mean_of, settle_means, settle_sums};
use super::{Run, Scratch};
use crate::arch::Simd;
use crate::exact::{Accumulator, Counts, PowerSums};

/// Blocks from one look for the exact sum to the next: it costs as much as some of them.
const PATIENCE: usize = 8;

impl<T: Settled, const D: usize> Run<'_, T, D> {
    /// Does the block that begins at `row`, if it is ordinary and whole; whether it did.
    #[inline(always)]
    pub(super) fn slide<S: Simd>(&mut self, simd: S, scratch: &mut Scratch<T, D>, row: usize) -> bool {
        if D != 1 || !self.advance(simd, scratch, row) {
            return false;
        }
        let out = &mut self.out[row - self.start..row - self.start + BLOCK];
        let out: &mut [T; BLOCK] = out.try_into().expect("a block's rows");
        let count = self.kinds.rows as f64;
        let (sums, rests) = (&scratch.sums, &scratch.rests);
        let is_sure = match self.statistic {
            Statistic::Mean => settle_means(simd, count, sums, rests, out),
            _ => settle_sums(sums, rests, out),
        };
        if !is_sure {
            self.resolve_block(simd, sums, rests, row);
        }
        true
    }

    /// The sums of the block's rows, in `scratch`; whether it could be done.
    #[inline(always)]
    fn advance<S: Simd>(&mut self, simd: S, scratch: &mut Scratch<T, D>, row: usize) -> bool {
        let values = self.values;
        let Some(entering) = values.get(row..row + BLOCK).and_then(|rows| <&Rows>::try_from(rows).ok())
        else {
            return false;
        };
        let first_leaving = match self.windows.width {
            Some(width) if row < width => return false,
            Some(width) => Some(row - width),
            None => None,
        };
        let leaving: Option<&Rows> =
            first_leaving.and_then(|first| values[first..first + BLOCK].try_into().ok());
        let least_count = if leaving.is_some() { self.kinds.rows } else { self.kinds.rows + 1 };
        let is_counted = match self.statistic {
            Statistic::Mean => leaving.is_some() && least_count < COUNT_MAX as u64,
            _ => true,
        };
        if !is_counted || !self.kinds.are_ordinary() || least_count < self.windows.min_count as u64 {
            return false;
        }
        let bounds = Bounds::of(entering);
        if bounds.has_special() {
            return false;
        }
        let sliding = self.sliding.filter(|sliding| {
            sliding.reaches(&bounds)
                && first_leaving.zip(leaving).is_none_or(|(first, rows)| {
                    first >= sliding.known_from || sliding.reaches(&Bounds::of(rows))
                })
        });
        let sliding = sliding.or_else(|| self.start_sliding(row, bounds, leaving));
        let Some(mut sliding) = sliding else { return false };
        sliding.advance(simd, entering, leaving, &mut scratch.sums, &mut scratch.rests);
        self.sliding = Some(sliding);
        if leaving.is_none() {
            self.kinds.rows += BLOCK as u64;
        }
        true
    }

    /// A grid for the block at `row`, if there is one.
    #[cold]
    #[inline(never)]
    fn start_sliding(&mut self, row: usize, bounds: Bounds, leaving: Option<&Rows>) -> Option<Sliding> {
        self.stop_sliding();
        let bounds = leaving.map_or(bounds, |leaving| bounds.and(Bounds::of(leaving)));
        if self.carries[0].error != 0.0 && bounds.is_narrow() && row >= self.patient_until {
            self.patient_until = row + PATIENCE * BLOCK;
            self.carry_from(row);
        }
        Sliding::new(&self.carries[0], &bounds, row)
    }

    /// Carries the sum.
    pub(super) fn stop_sliding(&mut self) {
        if let Some(sliding) = self.sliding.take() {
            self.carries[0] = sliding.carry();
        }
    }

    /// The results of a block of which some are not certain.
    #[cold]
    #[inline(never)]
    fn resolve_block<S: Simd>(&mut self, simd: S, sums: &Rows, rests: &Rows, row: usize) {
        let count = self.kinds.rows as f64;
        for (place, (&center, &offset)) in sums.iter().zip(rests).enumerate() {
            let sum = Near { center, offset, doubt: 0.0 };
            let near = match self.statistic {
                Statistic::Mean => mean_of(simd, sum, count, 1.0 / count),
                _ => sum,
            };
            if !T::settle(near.center, near.offset, near.doubt).1 {
                let mut used_cursor = false;
                self.out[row - self.start + place] =
                    self.resolve(row + place, [sum; D], count, &mut used_cursor);
            }
        }
    }

    /// What is known after the last row of a running sum, where that is nothing but its exact sum: spares the cursor the
    /// way there.
    pub(super) fn state_at_end(&mut self, before: Counts) -> Option<PowerSums<1>> {
        self.stop_sliding();
        let carry = &self.carries[0];
        if !self.is_plain || carry.error != 0.0 {
            return None;
        }
        let mut sum = Accumulator::new();
        carry.parts.iter().for_each(|&part| sum.add_f64(part));
        let total = before.total + self.values.len() as u64;
        Some(PowerSums::from_parts(Counts { total, ..before }, [sum]))
    }
}
