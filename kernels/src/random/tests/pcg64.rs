//! PCG64 against NumPy's.

use super::super::{Pcg64, Words};
use super::seed;
use crate::level::Level;

// Written by NumPy 2.4.6.

/// Entropy, spawn key, `PCG64(..).random_raw(9)`.
type Case = (&'static [u64], &'static [u32], [u64; 9]);

const NUMPY: [Case; 3] = [
    (
        &[],
        &[],
        [
            0xa30febcfd9c2825f,
            0x4510bdf882d9d721,
            0xa7d3da94ecde8b8,
            0x43b27b61342f01d,
            0xd0327a782cde513b,
            0xe9aa5979a6401c4e,
            0x9b4c7b7180edb27f,
            0xbac0495ff8829a45,
            0x8b2b01e7a1dc7fbf,
        ],
    ),
    (
        &[0x2a],
        &[],
        [
            0xc621fbcd16d92688,
            0x705a5661a791ffc1,
            0xdbcd12c26eda1624,
            0xb286b60e1600888d,
            0x181c01b5339381eb,
            0xf9c262ed86c7538c,
            0xc2da0d2fbc5a4471,
            0xc93b82a3b7ac9740,
            0x20cc0e168362d113,
        ],
    ),
    (
        &[0x63, 0x0, 0x4],
        &[3, 1],
        [
            0xb1aa3c740d608ad0,
            0x3d0cb6674a598149,
            0x430dcb7ea9077ba3,
            0x2fef48a84f0d4282,
            0x205b3a23eec983dc,
            0x388e2fa280e4b948,
            0xb713b0d27c775f05,
            0x182437330c8fb31a,
            0x27dadc29f0088aa2,
        ],
    ),
];

/// `PCG64(7)`: after three words, `advance(10)`.
const ADVANCED: [u64; 5] =
    [0x71f08551fd8ec592, 0x812a131f7a67f71e, 0x8db200a19521888d, 0xfed91b48826b236b, 0xcaebe43bcec30d63];
/// `PCG64(7).jumped(3)`.
const JUMPED: [u64; 5] =
    [0xb53b683326d01dcf, 0xc5db32f966ee4d9f, 0xbd1c500db0a705ef, 0xdbbf090d54425888, 0xfc8443709952b9ef];
/// `PCG64(7)` after `advance((1 << 100) + 12345)`.
const FAR: [u64; 5] =
    [0xf680191f5f47a4f4, 0x1e5a24081a7a3f77, 0x3337498782d038, 0x132cafeb1a09f609, 0xe09bcf04d062556d];

fn words(pcg64: Pcg64, level: Level, first: u64, length: usize) -> Vec<u64> {
    let mut words = vec![0; length];
    Words::fill(&pcg64, level, first, &mut words);
    words
}

#[test]
fn words_are_numpys() {
    for level in Level::available() {
        for (entropy, spawn_key, expected) in NUMPY {
            let pcg64 = Pcg64::from(&seed(&[entropy], spawn_key));
            assert_eq!(words(pcg64, level, 0, 9), expected);
        }
        let start = Pcg64::from(7);
        assert_eq!(start.state(), 208_745_520_555_909_116_978_795_849_195_383_758_904);
        assert_eq!(start.increment(), 261_136_684_632_268_670_825_940_853_076_396_136_793);
        assert_eq!(Pcg64::new(start.state(), start.increment()), start);
        assert_eq!(words(start.advanced(13), level, 0, 5), ADVANCED);
        assert_eq!(words(start, level, 13, 5), ADVANCED);
        assert_eq!(words(start.jumped(3), level, 0, 5), JUMPED);
        assert_eq!(words(start.advanced((1 << 100) + 12_345), level, 0, 5), FAR);
    }
}

#[test]
fn numpys_own_test_sets_come_out() {
    for (set, expected) in
        super::corpus("pcg64-testset-1.csv").into_iter().chain(super::corpus("pcg64-testset-2.csv"))
    {
        let pcg64 = Pcg64::from(expected[0]);
        assert_eq!(words(pcg64, Level::detect(), 0, 1000), expected[1..], "{set}");
    }
}

#[test]
fn any_start_and_length_give_the_same_words() {
    let pcg64 = Pcg64::from(9);
    let expected: Vec<u64> = (0..60).map(|row| pcg64.at(row)).collect();
    for level in Level::available() {
        for first in 0..12 {
            for length in 0..40 {
                let found = words(pcg64, level, first as u64, length);
                assert_eq!(found, expected[first..first + length], "{level} {first} {length}");
            }
        }
    }
    assert_eq!(pcg64.beside(0), pcg64);
    assert_ne!(pcg64.beside(1).at(0), pcg64.at(0));
    assert_eq!(pcg64.advanced(5).beside(3), pcg64.beside(3).advanced(5));
}
