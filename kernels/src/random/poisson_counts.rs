//! Poisson(1) counts as functions of (stream, row): how often a replicate of the bootstrap takes a row.
//!
//! A bootstrap draws `n` rows of `n` with replacement, so counts are multinomial and a row's count depends on all the
//! others. Independent Poisson(1) counts are their limit for many rows, and depend on the row alone: rows may be split
//! over threads, files and machines. J. A. Hanley and B. MacGibbon, "Creating non-parametric bootstrap samples using
//! Poisson frequencies" (2006); N. Chamandy, O. Muralidharan, A. Najmi and S. Naidu, "Estimating uncertainty for massive
//! data streams" (2012).
//!
//! The mapping, version 1: row `i` has the uniform number `u = 0.b0 b1 ... b8` in base 256, where `bj` is byte `i % 8`
//! (the lowest first) of word `i / 8` of the stream `j * 2^192` blocks on. Its count is the number of `k` with
//! `P(X <= k) <= u`, the probabilities rounded to multiples of `2^-72`. One byte decides 251 of 256 rows.

use super::philox::Philox;
use super::words::Words;
use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// Version of the mapping to counts.
pub const POISSON_COUNTS_VERSION: u32 = 1;

/// The largest count that there is: a larger one has probability 1e-23, less than the mapping can tell from 0.
pub const POISSON_COUNT_MAX: u8 = 22;

/// `P(X <= k)` for k = 0, 1, ..., in units of 2^-72.
const CUMULATIVE: [u128; POISSON_COUNT_MAX as usize] = [
    0x5e_2d58_d8b3_bcdf_1abb,
    0xbc_5ab1_b167_79be_3576,
    0xeb_715e_1dc1_582d_c2d3,
    0xfb_2397_9734_a252_f1f2,
    0xff_1025_f591_74dc_3dba,
    0xff_d90f_3ba4_055e_19af,
    0xff_fa8b_71fc_72c9_13ad,
    0xff_ff54_0c09_14b3_c9ad,
    0xff_ffed_1f4a_a8f1_206d,
    0xff_fffe_216e_6414_62f4,
    0xff_ffff_d4d8_5d31_8335,
    0xff_ffff_fc6d_a262_b4af,
    0xff_ffff_ffba_12d1_78ce,
    0xff_ffff_fffb_07c6_4cd1,
    0xff_ffff_ffff_ab8e_a51a,
    0xff_ffff_ffff_fabe_2274,
    0xff_ffff_ffff_ffb1_1a4a,
    0xff_ffff_ffff_fffb_a156,
    0xff_ffff_ffff_ffff_c549,
    0xff_ffff_ffff_ffff_fd12,
    0xff_ffff_ffff_ffff_ffdc,
    0xff_ffff_ffff_ffff_fffe,
];

/// First bytes that decide nothing: those of the probabilities.
const UNDECIDED: [u8; 5] = [0x5e, 0xbc, 0xeb, 0xfb, 0xff];

const _: () = {
    let mut k = 0;
    while k < CUMULATIVE.len() {
        let byte = (CUMULATIVE[k] >> 64) as u8;
        assert!(byte == UNDECIDED[if k < 5 { k } else { 4 }], "first bytes of the probabilities");
        assert!(k == 0 || CUMULATIVE[k - 1] < CUMULATIVE[k], "probabilities ascend");
        k += 1;
    }
};

/// In [`BY_SECOND_BYTE`]: two bytes do not decide either.
const OPEN: u8 = u8::MAX;

/// Counts by which of [`UNDECIDED`] the first byte is, and by the second byte.
const BY_SECOND_BYTE: [[u8; 256]; 5] = {
    let mut table = [[0; 256]; 5];
    let mut first = 0;
    while first < 5 {
        let mut second = 0;
        while second < 256 {
            let known = (UNDECIDED[first] as u128) << 8 | second as u128;
            let (mut count, mut k) = (0, 0);
            while k < CUMULATIVE.len() {
                let threshold = CUMULATIVE[k] >> 56;
                if threshold == known {
                    count = OPEN;
                    break;
                }
                count += (threshold < known) as u8;
                k += 1;
            }
            table[first][second] = count;
            second += 1;
        }
        first += 1;
    }
    table
};

/// Bytes of a uniform number.
const BYTES: u64 = 9;
/// Bytes of a block of the generator.
const BLOCK_BYTES: u64 = 32;
/// Rows whose words stay in the first-level cache.
const PART: usize = 1024;
const WORDS: usize = PART / 8 + 1;

/// Counts of rows `first ..`: independent, Poisson with mean 1, at most [`POISSON_COUNT_MAX`]; probabilities are right
/// to 2^-72. Different rows, and streams of different [`Philox::jumped`], have independent counts.
///
/// Cost: a word of the stream for eight rows, and half a block more for 32.
///
/// # Examples
/// ```
/// use arrcalc_kernels::{Level, random::{Philox, fill_poisson_counts}};
///
/// let (mut all, mut last) = ([0; 100], [0; 30]);
/// fill_poisson_counts(Level::detect(), &Philox::from(7), 0, &mut all);
/// fill_poisson_counts(Level::BASELINE, &Philox::from(7), 70, &mut last);
/// assert_eq!(all[70..], last);
/// ```
pub fn fill_poisson_counts(level: Level, philox: &Philox, first: u64, out: &mut [u8]) {
    let mut words = [0; WORDS];
    let mut uncertain = [0; PART];
    let mut first = first;
    for part in out.chunks_mut(PART) {
        let skip = (first % 8) as usize;
        let words = &mut words[..(skip + part.len()).div_ceil(8)];
        philox.fill(level, first / 8, words);
        let found = level.run(FirstBytes { words, skip, counts: part, uncertain: &mut uncertain });
        decide(philox, first, &uncertain[..found], part);
        first = first.wrapping_add(part.len() as u64);
    }
}

/// Counts by first bytes alone, too low where those decide nothing; which ones those are, and how many.
struct FirstBytes<'a> {
    words: &'a [u64],
    skip: usize,
    counts: &'a mut [u8],
    uncertain: &'a mut [u16; PART],
}

impl Kernel for FirstBytes<'_> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { words, skip, counts, uncertain } = self;
        // Past the last row zeros follow: they are certain.
        let mut bytes = [0u8; 8 * WORDS + 64];
        for (to, word) in bytes.as_chunks_mut::<8>().0.iter_mut().zip(words) {
            *to = word.to_le_bytes();
        }
        let bytes = &bytes[skip..];
        let mut found = 0;
        for (index, part) in counts.chunks_mut(64).enumerate() {
            let start = 64 * index;
            let mut decided = [0; 64];
            let mut flags = [0; 64];
            for ((count, flag), &byte) in decided.iter_mut().zip(&mut flags).zip(&bytes[start..start + 64]) {
                for undecided in UNDECIDED {
                    *count += u8::from(byte > undecided);
                    *flag |= u8::from(byte == undecided);
                }
            }
            let mut mask = simd.pack_truths(&flags);
            if part.len() < 64 {
                mask &= (1 << part.len()) - 1;
            }
            part.copy_from_slice(&decided[..part.len()]);
            while mask != 0 {
                uncertain[found] = (start + mask.trailing_zeros() as usize) as u16;
                found += 1;
                mask &= mask - 1;
            }
        }
        found
    }
}

/// Counts the rows `uncertain` of `counts`, which begin at row `first`, by as many bytes as it takes.
fn decide(philox: &Philox, first: u64, uncertain: &[u16], counts: &mut [u8]) {
    let second = philox.beside(1);
    let mut block = (u64::MAX, [0; 4]);
    for &index in uncertain {
        let row = first.wrapping_add(u64::from(index));
        if block.0 != row / BLOCK_BYTES {
            block = (row / BLOCK_BYTES, second.block(row / BLOCK_BYTES));
        }
        let at = row % BLOCK_BYTES;
        let second = (block.1[(at / 8) as usize] >> (8 * (at % 8))) as u8;
        let count = &mut counts[usize::from(index)];
        *count = match BY_SECOND_BYTE[usize::from(*count)][usize::from(second)] {
            OPEN => by_all_bytes(philox, row),
            decided => decided,
        };
    }
}

/// The count of one row, by its whole number.
#[cold]
fn by_all_bytes(philox: &Philox, row: u64) -> u8 {
    let byte = |place| (philox.beside(place).at(row / 8) >> (8 * (row % 8))) as u8;
    let uniform = (0..BYTES).fold(0, |number, place| number << 8 | u128::from(byte(place)));
    CUMULATIVE.iter().filter(|&&threshold| threshold <= uniform).count() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_whole_numbers_for_any_cut_and_level() {
        let philox = Philox::from(3).jumped(5);
        let expected: Vec<u8> = (0..70_000).map(|row| by_all_bytes(&philox, row)).collect();
        for level in Level::available() {
            for (first, len) in
                [(0, 70_000), (1, 1), (7, 63), (8, 64), (13, 65), (31, 2048), (5, 2049), (33, 9001)]
            {
                let mut found = vec![99; len];
                fill_poisson_counts(level, &philox, first as u64, &mut found);
                assert_eq!(found, expected[first..first + len], "{level} {first} {len}");
            }
        }
    }

    #[test]
    fn counts_are_poisson_and_do_not_depend_on_each_other() {
        const ROWS: usize = 1 << 20;
        let level = Level::detect();
        let mut counts = [vec![0; ROWS], vec![0; ROWS]];
        for (replicate, counts) in counts.iter_mut().enumerate() {
            fill_poisson_counts(level, &Philox::from(11).jumped(replicate as u64 + 1), 0, counts);
        }
        // Cells 0..=6 and "more"; neighbouring rows and replicates as pairs of cells.
        let cell = |count: u8| usize::from(count.min(7));
        let mut probability: Vec<f64> = Vec::new();
        let mut term = (-1f64).exp();
        for k in 1..=7 {
            probability.push(term);
            term /= f64::from(k);
        }
        probability.push(1.0 - probability.iter().sum::<f64>());
        let chi_square = |observed: &[f64], expected: &[f64]| -> f64 {
            observed.iter().zip(expected).map(|(o, e)| (o - e) * (o - e) / e).sum()
        };
        let expected: Vec<f64> = probability.iter().map(|p| p * ROWS as f64).collect();
        for counts in &counts {
            let mut observed = [0.0; 8];
            counts.iter().for_each(|&count| observed[cell(count)] += 1.0);
            // 7 degrees of freedom: 24.32 is passed once in 1,000.
            assert!(chi_square(&observed, &expected) < 24.32);
        }
        let pairs = |a: &[u8], b: &[u8]| {
            let (mut observed, mut joint) = (vec![0.0; 64], vec![0.0; 64]);
            for (&a, &b) in a.iter().zip(b) {
                observed[8 * cell(a) + cell(b)] += 1.0;
            }
            for (at, expected) in joint.iter_mut().enumerate() {
                *expected = probability[at / 8] * probability[at % 8] * a.len() as f64;
            }
            // The rarest cells together: a chi-square wants expectations of 5.
            let kept: Vec<usize> = (0..64).filter(|&at| joint[at] >= 5.0).collect();
            let pick = |from: &[f64]| kept.iter().map(|&at| from[at]).collect::<Vec<f64>>();
            (chi_square(&pick(&observed), &pick(&joint)), kept.len())
        };
        for (a, b) in [
            (&counts[0][..ROWS - 1], &counts[0][1..]),
            (&counts[0][..ROWS - 32], &counts[0][32..]),
            (&counts[0][..], &counts[1][..]),
        ] {
            let (statistic, cells) = pairs(a, b);
            // Wilson and Hilferty's limit for once in 1,000.
            let freedom = cells as f64;
            let root = 1.0 - 2.0 / (9.0 * freedom) + 3.09 * (2.0 / (9.0 * freedom)).sqrt();
            assert!(statistic < freedom * root.powi(3), "{statistic} of {cells} cells");
        }
    }
}
