//! Whole blocks of ordinary values, whose sums are exact on a grid (see `sliding`).

use super::super::digits::{BLOCK, Bounds, Rows};
use super::super::near::{Near, Settled};
use super::super::plan::Statistic;
use super::super::sliding::{COUNT_MAX, Parted, Rounded, Sliding, mean_of, settle_means, settle_sums};
use super::{Run, Scratch};
use crate::arch::Simd;
use crate::exact::{Accumulator, Counts, PowerSums};

/// Blocks from one look for the exact sum to the next: it costs as much as some of them.
const PATIENCE: usize = 8;

impl<T: Settled, const D: usize> Run<'_, T, D> {
    /// Does the block that begins at `row`, if it is ordinary and whole; whether it did.
    #[inline(always)]
    pub(super) fn slide<S: Simd>(&mut self, simd: S, scratch: &mut Scratch<T, D>, row: usize) -> bool {
        if D != 1 {
            return false;
        }
        let Some(is_sure) = self.advance(simd, scratch, row) else { return false };
        if !is_sure {
            self.resolve_block(simd, &scratch.sums, &scratch.rests, row);
        }
        true
    }

    /// The results of the block's rows; whether all are certain, those that are not being known by `scratch`. `None` if it
    /// could not be done.
    #[inline(always)]
    fn advance<S: Simd>(&mut self, simd: S, scratch: &mut Scratch<T, D>, row: usize) -> Option<bool> {
        let values = self.values;
        let entering: &Rows = values.get(row..row + BLOCK)?.try_into().ok()?;
        let first_leaving = match self.windows.width {
            Some(width) => Some(row.checked_sub(width)?),
            None => None,
        };
        let leaving: Option<&Rows> =
            first_leaving.and_then(|first| values[first..first + BLOCK].try_into().ok());
        let is_mean = self.statistic == Statistic::Mean;
        let least_count = if leaving.is_some() { self.kinds.rows } else { self.kinds.rows + 1 };
        let is_counted = !is_mean || leaving.is_some() && least_count < COUNT_MAX as u64;
        if !is_counted || !self.kinds.are_ordinary() || least_count < self.windows.min_count as u64 {
            return None;
        }
        let bounds = Bounds::of(entering);
        if bounds.has_special() {
            return None;
        }
        let sliding = self.sliding.filter(|sliding| {
            sliding.reaches(&bounds)
                && first_leaving.zip(leaving).is_none_or(|(first, rows)| {
                    first >= sliding.known_from || sliding.reaches(&Bounds::of(rows))
                })
        });
        let mut sliding = match sliding {
            Some(sliding) => sliding,
            None => self.start_sliding(row, bounds, leaving)?,
        };
        let count = self.kinds.rows as f64;
        if leaving.is_none() {
            self.kinds.rows += BLOCK as u64;
        }
        let start = row - self.start;
        let out: &mut [T; BLOCK] = (&mut self.out[start..start + BLOCK]).try_into().ok()?;
        let Scratch { sums, rests, .. } = scratch;
        let is_sure = match T::as_f64(out) {
            // A sum that is rounded once is a result as it stands.
            Some(out) if !is_mean => {
                sliding.advance(simd, entering, leaving, &mut Rounded::<S>(simd.vectors_mut(out).0));
                true
            }
            _ => {
                let mut parted =
                    Parted::<S> { sums: simd.vectors_mut(sums).0, rests: simd.vectors_mut(rests).0 };
                sliding.advance(simd, entering, leaving, &mut parted);
                if is_mean {
                    settle_means(simd, count, sums, rests, out)
                } else {
                    settle_sums(sums, rests, out)
                }
            }
        };
        self.sliding = Some(sliding);
        Some(is_sure)
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
        Sliding::new(&self.carries[0], &bounds, row, leaving.is_none())
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
