//! `arrcalc.random`: NumPy's seeds and streams, and distributions that are functions of the stream and the row.

mod generator;
mod integer;
mod seed;
mod size;

pub(crate) use generator::{Generator, PCG64, Philox, default_rng};
pub(crate) use seed::SeedSequence;
