//! Loops over one and two operands.

use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// An operand: a value a row, or one value for all rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Operand<'a, T> {
    /// One value a row.
    Slice(&'a [T]),
    /// The same value for every row.
    Scalar(T),
}

impl<T: Copy> Operand<'_, T> {
    /// The value of row `row`.
    ///
    /// # Panics
    /// If the slice has no such row.
    #[inline(always)]
    pub fn get(&self, row: usize) -> T {
        match self {
            Operand::Slice(values) => values[row],
            Operand::Scalar(value) => *value,
        }
    }

    /// The same operand cut to its first `len` rows.
    pub(super) fn cut(&self, len: usize) -> Self {
        match self {
            Operand::Slice(values) => {
                assert!(values.len() == len, "an operand has one value for each row");
                Operand::Slice(&values[..len])
            }
            Operand::Scalar(value) => Operand::Scalar(*value),
        }
    }
}

/// `out[i] = function(values[i])`.
///
/// # Panics
/// If the lengths differ.
pub fn map<A: Copy, R>(level: Level, values: &[A], out: &mut [R], function: impl Fn(A) -> R) {
    struct Map<'a, A, R, F>(&'a [A], &'a mut [R], F);
    impl<A: Copy, R, F: Fn(A) -> R> Kernel for Map<'_, A, R, F> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            for (to, from) in self.1.iter_mut().zip(self.0) {
                *to = self.2(*from);
            }
        }
    }
    assert!(values.len() == out.len(), "one result for each value");
    level.run(Map(values, out, function));
}

/// As [`map`] for a function that also says whether it failed; returns whether any row did.
///
/// # Panics
/// If the lengths differ.
pub fn map_checked<A: Copy, R>(
    level: Level,
    values: &[A],
    out: &mut [R],
    function: impl Fn(A) -> (R, bool),
) -> bool {
    struct Checked<'a, A, R, F>(&'a [A], &'a mut [R], F);
    impl<A: Copy, R, F: Fn(A) -> (R, bool)> Kernel for Checked<'_, A, R, F> {
        type Output = bool;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> bool {
            let mut any = false;
            for (to, from) in self.1.iter_mut().zip(self.0) {
                let (value, failed) = self.2(*from);
                *to = value;
                any |= failed;
            }
            any
        }
    }
    assert!(values.len() == out.len(), "one result for each value");
    level.run(Checked(values, out, function))
}

/// `out[i] = function(a[i], b[i])`.
///
/// # Panics
/// If a slice has another length than `out`.
pub fn map2<A: Copy, B: Copy, R>(
    level: Level,
    a: Operand<'_, A>,
    b: Operand<'_, B>,
    out: &mut [R],
    function: impl Fn(A, B) -> R,
) {
    struct Map2<'a, A, B, R, F>(Operand<'a, A>, Operand<'a, B>, &'a mut [R], F);
    impl<A: Copy, B: Copy, R, F: Fn(A, B) -> R> Kernel for Map2<'_, A, B, R, F> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, _: S) {
            let Map2(a, b, out, function) = self;
            match (a, b) {
                (Operand::Slice(a), Operand::Slice(b)) => {
                    for ((to, a), b) in out.iter_mut().zip(a).zip(b) {
                        *to = function(*a, *b);
                    }
                }
                (Operand::Slice(a), Operand::Scalar(b)) => {
                    for (to, a) in out.iter_mut().zip(a) {
                        *to = function(*a, b);
                    }
                }
                (Operand::Scalar(a), Operand::Slice(b)) => {
                    for (to, b) in out.iter_mut().zip(b) {
                        *to = function(a, *b);
                    }
                }
                (Operand::Scalar(a), Operand::Scalar(b)) => {
                    for to in out {
                        *to = function(a, b);
                    }
                }
            }
        }
    }
    let (a, b) = (a.cut(out.len()), b.cut(out.len()));
    level.run(Map2(a, b, out, function));
}

/// As [`map2`] for a function that also says whether it failed; returns whether any row did.
///
/// # Panics
/// If a slice has another length than `out`.
pub fn map2_checked<A: Copy, B: Copy, R>(
    level: Level,
    a: Operand<'_, A>,
    b: Operand<'_, B>,
    out: &mut [R],
    function: impl Fn(A, B) -> (R, bool),
) -> bool {
    struct Checked2<'a, A, B, R, F>(Operand<'a, A>, Operand<'a, B>, &'a mut [R], F);
    impl<A: Copy, B: Copy, R, F: Fn(A, B) -> (R, bool)> Kernel for Checked2<'_, A, B, R, F> {
        type Output = bool;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> bool {
            let Checked2(a, b, out, function) = self;
            let mut any = false;
            match (a, b) {
                (Operand::Slice(a), Operand::Slice(b)) => {
                    for ((to, a), b) in out.iter_mut().zip(a).zip(b) {
                        let (value, failed) = function(*a, *b);
                        *to = value;
                        any |= failed;
                    }
                }
                (Operand::Slice(a), Operand::Scalar(b)) => {
                    for (to, a) in out.iter_mut().zip(a) {
                        let (value, failed) = function(*a, b);
                        *to = value;
                        any |= failed;
                    }
                }
                (Operand::Scalar(a), b) => {
                    for (row, to) in out.iter_mut().enumerate() {
                        let (value, failed) = function(a, b.get(row));
                        *to = value;
                        any |= failed;
                    }
                }
            }
            any
        }
    }
    let (a, b) = (a.cut(out.len()), b.cut(out.len()));
    level.run(Checked2(a, b, out, function))
}
