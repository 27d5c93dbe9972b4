//! Elementary functions: the one place that calls their kernels.

/// Functions of one float.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Function {
    Exp,
    Log,
    Log2,
    Log10,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Tanh,
}

/// Whether the kernels are there: without them expressions that need one are refused when they are bound.
pub(in crate::expression) const AVAILABLE: bool = false;

/// `out[i] = function(values[i])`.
pub(super) fn apply(_: arrcalc_kernels::Level, _: Function, _: &[f64], out: &mut [f64]) {
    out.fill(f64::NAN);
}

/// `out[i] = function(values[i])`.
pub(super) fn apply32(_: arrcalc_kernels::Level, _: Function, _: &[f32], out: &mut [f32]) {
    out.fill(f32::NAN);
}

/// `out[i] = base[i] ** exponent[i]`.
pub(super) fn power(_: arrcalc_kernels::Level, _: &[f64], _: &[f64], out: &mut [f64]) {
    out.fill(f64::NAN);
}

/// `out[i] = atan2(y[i], x[i])`.
pub(super) fn atan2(_: arrcalc_kernels::Level, _: &[f64], _: &[f64], out: &mut [f64]) {
    out.fill(f64::NAN);
}
