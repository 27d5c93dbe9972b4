//! Elements that can be searched for, and how many of them fill a cache line.

use std::fmt::Debug;

use half::f16;

use crate::arch::Simd;

/// An element with an order: numbers by value, zeros of both signs equal, NaN after all of them.
pub trait Ordered: Copy + PartialOrd + Debug + Send + Sync + 'static {
    /// Whether it is NaN; never for integers.
    fn is_nan(self) -> bool;
}

macro_rules! ordered {
    ($($integer:ty)*; $($float:ty)*) => {
        $(impl Ordered for $integer {
            #[inline(always)]
            fn is_nan(self) -> bool {
                false
            }
        })*
        $(impl Ordered for $float {
            #[inline(always)]
            fn is_nan(self) -> bool {
                <$float>::is_nan(self)
            }
        })*
    };
}

ordered!(bool i8 i16 i32 i64 i128 u8 u16 u32 u64; f16 f32 f64);

/// An element of which a cache line of 64 bytes is a node of a search tree.
pub trait LineKey: Ordered + Default {
    /// As many as fill a cache line: `[Self; KEYS]`.
    type Line: Copy + Debug + Send + Sync + AsRef<[Self]> + AsMut<[Self]>;
    /// Elements of a line.
    const KEYS: usize;
    /// Nothing that is not NaN is below it.
    const LOWEST: Self;
    /// Nothing that is not NaN is above it.
    const HIGHEST: Self;

    /// A line of `self`.
    fn line(self) -> Self::Line;

    /// `values` as whole lines, and the rest.
    fn lines(values: &[Self]) -> (&[Self::Line], &[Self]);

    /// How many keys of `line` are below `value`; with `OR_EQUAL`, are not above it. None for NaN.
    fn rank<S: Simd, const OR_EQUAL: bool>(simd: S, line: &Self::Line, value: Self) -> usize;
}

macro_rules! line_key {
    ($($type:ty, $keys:literal, $lowest:expr, $highest:expr, $rank:ident);*) => {$(
        impl LineKey for $type {
            type Line = [$type; $keys];
            const KEYS: usize = $keys;
            const LOWEST: Self = $lowest;
            const HIGHEST: Self = $highest;

            #[inline(always)]
            fn line(self) -> Self::Line {
                [self; $keys]
            }

            #[inline(always)]
            fn lines(values: &[Self]) -> (&[Self::Line], &[Self]) {
                values.as_chunks()
            }

            #[inline(always)]
            fn rank<S: Simd, const OR_EQUAL: bool>(simd: S, line: &Self::Line, value: Self) -> usize {
                simd.$rank::<OR_EQUAL>(line, value)
            }
        }
    )*};
}

line_key!(
    f64, 8, f64::NEG_INFINITY, f64::INFINITY, rank_f64;
    i64, 8, i64::MIN, i64::MAX, rank_i64;
    u64, 8, u64::MIN, u64::MAX, rank_u64;
    f32, 16, f32::NEG_INFINITY, f32::INFINITY, rank_f32;
    i32, 16, i32::MIN, i32::MAX, rank_i32;
    u32, 16, u32::MIN, u32::MAX, rank_u32
);
