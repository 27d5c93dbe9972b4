//! The crate `bitrep` as a peer: an exact sum whose state merges, like ours.
//!
//! `bitrep X.npy THREADS PIECES` answers sum, mean and sample variance as JSON for `benches/peers/bits`;
//! `bitrep --compare X.npy Y.npy` times it in turn with arrcalc for `benches/peers/speed`, a line each:
//! question, contender, milliseconds (median of 7).

use std::path::Path;
use std::time::Instant;

use arrcalc_benches::npy;
use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{DotSums, PowerSums};
use bitrep::{DotF64, MomentsF64, SumF64};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["--compare", x, y] => compare(&npy::column(Path::new(x)), &npy::column(Path::new(y))),
        [x, threads, pieces] => {
            let threads = threads.parse().expect("a number of threads");
            let pieces = pieces.parse().expect("a number of pieces");
            answer(&npy::column(Path::new(x)), threads, pieces);
        }
        _ => {
            eprintln!("bitrep X.npy THREADS PIECES | bitrep --compare X.npy Y.npy");
            std::process::exit(2);
        }
    }
}

/// One accumulator a piece, the pieces shared out to threads, merged in the order in which they are done.
fn merged<S: Send>(
    values: &[f64],
    threads: usize,
    pieces: usize,
    fold: impl Fn(&[f64]) -> S + Sync,
    merge: impl Fn(&mut S, S),
) -> S {
    let parts: Vec<&[f64]> = values.chunks(values.len().div_ceil(pieces).max(1)).collect();
    let (done, states) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        for worker in 0..threads {
            let (parts, fold, done) = (&parts, &fold, done.clone());
            scope.spawn(move || {
                for part in parts.iter().skip(worker).step_by(threads) {
                    done.send(fold(part)).expect("the receiver lives until the end");
                }
            });
        }
    });
    drop(done);
    let mut states = states.into_iter();
    let mut whole = states.next().unwrap_or_else(|| fold(&[]));
    states.for_each(|state| merge(&mut whole, state));
    whole
}

fn bitrep_sum(values: &[f64]) -> SumF64 {
    values.iter().copied().collect()
}

fn bitrep_moments(values: &[f64]) -> MomentsF64 {
    let mut moments = MomentsF64::new();
    values.iter().for_each(|value| moments.add(*value));
    moments
}

fn answer(values: &[f64], threads: usize, pieces: usize) {
    let ask = |name: &str, question: &dyn Fn() -> f64| {
        let start = Instant::now();
        let answer = question();
        let seconds = start.elapsed().as_secs_f64();
        format!("\"{name}\": {{\"hex\": \"{}\", \"seconds\": {seconds}}}", hexadecimal(answer))
    };
    let sum = || merged(values, threads, pieces, bitrep_sum, |all, part| all.merge(&part)).value();
    let moments = || merged(values, threads, pieces, bitrep_moments, |all, part| all.merge(&part));
    let mean = || moments().mean();
    let variance = || moments().try_sample_variance().unwrap_or(f64::NAN);
    println!("{{{}, {}, {}}}", ask("sum", &sum), ask("mean", &mean), ask("var", &variance));
}

/// The float as Python's `float.fromhex` reads it.
fn hexadecimal(value: f64) -> String {
    if !value.is_finite() {
        return format!("{value}").to_lowercase();
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, bits & ((1 << 52) - 1));
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let (lead, exponent) = if exponent == 0 { (0, -1022) } else { (1, exponent - 1023) };
    format!("{sign}0x{lead}.{fraction:013x}p{exponent}")
}

/// Both take turns: on one thread, kernels against kernels; the sum as the libraries give it, which is on all cores and on
/// one thread; and on all cores, where memory is shared and this program deals out the pieces.
fn compare(x: &[f64], y: &[f64]) {
    let level = Level::detect();
    let ours = || {
        let mut sums = PowerSums::<1>::new();
        sums.update_f64(level, x);
        sums.sum()
    };
    let our_variance = || {
        let mut sums = PowerSums::<2>::new();
        sums.update_f64(level, x);
        sums.variance(1).unwrap_or(f64::NAN)
    };
    let our_dot = || {
        let mut sums = DotSums::new();
        sums.update_f64(level, x, y);
        sums.dot()
    };
    let their_dot = || {
        let mut dot = DotF64::new();
        dot.extend_from_slices(x, y);
        dot.value()
    };
    let their_variance = || bitrep_moments(x).try_sample_variance().unwrap_or(f64::NAN);
    let their_sum = || bitrep_sum(x).value();
    take_turns("sum, one thread each", &ours, &their_sum);
    let threads = std::thread::available_parallelism().map_or(1, |threads| threads.get());
    let pieces = 16 * threads;
    let our_piece = |piece: &[f64]| {
        let mut sums = PowerSums::<1>::new();
        sums.update_f64(level, piece);
        sums
    };
    let ours = || merged(x, threads, pieces, our_piece, |all, part| all.merge(&part)).sum();
    let theirs = || merged(x, threads, pieces, bitrep_sum, |all, part| all.merge(&part)).value();
    take_turns("sum, as the libraries are: all cores, one thread", &ours, &their_sum);
    take_turns("sum, all cores each, by this program's threads", &ours, &theirs);
    // A second-level cache full, again and again: what the kernels do where memory does not bound them.
    let part = &x[..x.len().min(65_536)];
    let times = (x.len() / part.len().max(1)).clamp(1, 100);
    let repeated =
        |sum: &dyn Fn(&[f64]) -> f64| (0..times).map(|_| sum(std::hint::black_box(part))).fold(0.0, f64::max);
    take_turns("sum in cache, one thread", &|| repeated(&|part| our_piece(part).sum()), &|| {
        repeated(&|part| bitrep_sum(part).value())
    });
    take_turns("var, one thread", &our_variance, &their_variance);
    take_turns("dot, one thread", &our_dot, &their_dot);
}

fn take_turns(question: &str, ours: &dyn Fn() -> f64, theirs: &dyn Fn() -> f64) {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    for _ in 0..7 {
        let start = Instant::now();
        let our_answer = ours();
        our_times.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        let their_answer = theirs();
        their_times.push(start.elapsed().as_secs_f64());
        let is_close = (our_answer - their_answer).abs() <= 1e-12 * our_answer.abs();
        assert!(is_close, "{question}: arrcalc says {our_answer:e}, bitrep {their_answer:e}");
    }
    for (contender, times) in [("arrcalc", &mut our_times), ("bitrep", &mut their_times)] {
        times.sort_by(f64::total_cmp);
        println!("{question}\t{contender}\t{}", times[times.len() / 2] * 1e3);
    }
}
