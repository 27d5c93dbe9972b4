//! Exact sums of a block of values with vector instructions.
//!
//! A block fits the first-level cache, so it is read twice: once for its bounds ([`bounds`]), once for its sums.
//! Between the two everything is decided: with the bounds known, a value is a small number of digits on one
//! fixed-point grid ([`digits`]), powers and products are polynomials in digits ([`powers`], [`dot`]), and every
//! floating-point operation on digits is exact, at any level, with or without fused multiply-add. A block whose
//! values differ too much in size is first sorted into classes of similar exponents, scaled by powers of two
//! ([`classes`]): the same kernels sum each class.

pub(crate) mod bounds;
pub(super) mod chosen;
pub(super) mod classes;
pub(super) mod computed;
pub(crate) mod digits;
pub(super) mod dot;
mod higher;
pub(super) mod integers;
pub(super) mod pieces;
pub(super) mod powers;
mod row;
pub(super) mod update;
