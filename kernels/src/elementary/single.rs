//! The same functions of `f32`: computed in `f64`, rounded once.

use super::{BLOCK, Function, apply, atan2, power};
use crate::level::Level;

/// `out[i] = function(x[i])`.
///
/// # Panics
/// If the lengths differ.
pub fn apply32(level: Level, function: Function, x: &[f32], out: &mut [f32]) {
    assert_eq!(x.len(), out.len(), "as many results as arguments");
    let (mut wide, mut results) = ([0.0; BLOCK], [0.0; BLOCK]);
    for (x, out) in x.chunks(BLOCK).zip(out.chunks_mut(BLOCK)) {
        let (wide, results) = (&mut wide[..x.len()], &mut results[..x.len()]);
        widen(x, wide);
        apply(level, function, wide, results);
        narrow(results, out);
    }
}

/// `out[i] = x[i]` to the power `y[i]`.
///
/// # Panics
/// If the lengths differ.
pub fn power32(level: Level, x: &[f32], y: &[f32], out: &mut [f32]) {
    binary(x, y, out, |x, y, out| power(level, x, y, out));
}

/// `out[i]` = the angle of the point `(x[i], y[i])`.
///
/// # Panics
/// If the lengths differ.
pub fn atan2_32(level: Level, y: &[f32], x: &[f32], out: &mut [f32]) {
    binary(y, x, out, |y, x, out| atan2(level, y, x, out));
}

fn binary(a: &[f32], b: &[f32], out: &mut [f32], function: impl Fn(&[f64], &[f64], &mut [f64])) {
    assert!(a.len() == out.len() && b.len() == out.len(), "as many results as pairs of arguments");
    let (mut first, mut second, mut results) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
    for ((a, b), out) in a.chunks(BLOCK).zip(b.chunks(BLOCK)).zip(out.chunks_mut(BLOCK)) {
        let (first, second) = (&mut first[..a.len()], &mut second[..a.len()]);
        let results = &mut results[..a.len()];
        widen(a, first);
        widen(b, second);
        function(first, second, results);
        narrow(results, out);
    }
}

fn widen(from: &[f32], to: &mut [f64]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = f64::from(from));
}

fn narrow(from: &[f64], to: &mut [f32]) {
    to.iter_mut().zip(from).for_each(|(to, &from)| *to = if from.is_nan() { f32::NAN } else { from as f32 });
}
