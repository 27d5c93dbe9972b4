//! Running sums over what is carried, and the results of a chain of rows.

use super::super::carry::Carry;
use super::super::digits::{Chain, RUN};
use super::super::near::{Finish, Near, Settled, sum_at};

/// The running sums of one chain, over what is carried.
pub(super) struct Sums<'a, const D: usize> {
    pub(super) chains: [Chain<'a>; D],
    pub(super) carries: [Carry; D],
    pub(super) errors: [f64; D],
}

impl<const D: usize> Sums<'_, D> {
    #[inline(always)]
    pub(super) fn at(&self, place: usize) -> [Near; D] {
        let mut sums = [Near { center: 0.0, offset: 0.0, doubt: 0.0 }; D];
        for (power, sum) in sums.iter_mut().enumerate() {
            let carry = &self.carries[power];
            *sum = sum_at(carry, carry.error + self.errors[power], &self.chains[power], place);
        }
        sums
    }

    /// All results of the chain; whether all are certain.
    #[inline(always)]
    pub(super) fn finish<T: Settled, F: Finish<D>>(
        &self,
        finish: F,
        counts: &[f64; RUN],
        results: &mut [T; RUN],
    ) -> bool {
        let mut is_sure = true;
        for place in 0..RUN {
            let near = finish.finish(self.at(place), counts[place]);
            let (result, is_certain) = T::settle(near.center, near.offset, near.doubt);
            results[place] = result;
            is_sure &= is_certain;
        }
        is_sure
    }
}
