//! A stream of NumPy's and a place in it.

use arrcalc::kernels::random as kernel;
use pyo3::prelude::*;

use super::integer::modulo;
use crate::errors::Failure;

/// A stream, and how many of its words were taken.
#[derive(Clone, Copy)]
pub(super) struct State {
    pub(super) stream: Stream,
    pub(super) taken: u64,
}

#[derive(Clone, Copy)]
pub(super) enum Stream {
    Philox(kernel::Philox),
    Pcg64(kernel::Pcg64),
}

impl State {
    /// The words of a Philox block that were not taken are dropped, as NumPy drops them.
    pub(super) fn advanced(self, delta: &Bound<'_, PyAny>) -> Result<State, Failure> {
        let stream = match self.start() {
            Stream::Philox(philox) => Stream::Philox(philox.advanced_far(modulo(delta, "a step")?)),
            Stream::Pcg64(pcg64) => Stream::Pcg64(pcg64.advanced(joined(modulo(delta, "a step")?))),
        };
        Ok(State { stream, taken: 0 })
    }

    pub(super) fn jumped(self, jumps: &Bound<'_, PyAny>) -> Result<State, Failure> {
        let [low, high] = modulo(jumps, "jumps")?;
        let stream = match self.start() {
            Stream::Philox(philox) => Stream::Philox(philox.advanced_far([0, 0, low, high])),
            Stream::Pcg64(pcg64) => Stream::Pcg64(pcg64.jumped(joined([low, high]))),
        };
        Ok(State { stream, taken: 0 })
    }

    /// The same place, counted from a later start.
    pub(super) fn nearer(self) -> State {
        match self.stream {
            Stream::Philox(philox) => {
                State { stream: Stream::Philox(philox.advanced(self.taken / 4)), taken: self.taken % 4 }
            }
            Stream::Pcg64(_) => State { stream: self.start(), taken: 0 },
        }
    }

    /// The stream after the words that were taken, and the rest of their block.
    fn start(self) -> Stream {
        match self.stream {
            Stream::Philox(philox) => Stream::Philox(philox.advanced(self.taken.div_ceil(4))),
            Stream::Pcg64(pcg64) => Stream::Pcg64(pcg64.advanced(self.taken.into())),
        }
    }
}

fn joined([low, high]: [u64; 2]) -> u128 {
    u128::from(high) << 64 | u128::from(low)
}
