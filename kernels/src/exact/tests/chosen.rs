//! Values that bits choose, by every level, as if they lay together.

use super::data::{KINDS, SplitMix, dataset};
use crate::exact::{PowerSums, reference};
use crate::{Bits, Level};

fn check<const DEGREE: usize>(what: &str, values: &[f64], mask: &[u8], offset: usize) {
    let bits = Bits::new(mask, offset, values.len());
    let chosen: Vec<f64> =
        values.iter().enumerate().filter(|(at, _)| bits.get(*at)).map(|(_, value)| *value).collect();
    let mut expected = PowerSums::<DEGREE>::new();
    reference::update_f64(&chosen, &mut expected.counts, &mut expected.sums);
    for level in Level::available() {
        let mut state = PowerSums::<DEGREE>::new();
        state.update_f64_where(level, values, bits);
        assert!(state == expected, "{what}, degree {DEGREE}, {level}, {} values", values.len());
        assert_eq!(state.to_bytes(), expected.to_bytes());
    }
}

/// Bits of which about `share` of 64 are set, whole words of ones and zeros among them.
fn mask(random: &mut SplitMix, bits: usize, share: u64) -> Vec<u8> {
    let mut bytes = vec![0; bits.div_ceil(8) + 9];
    let run = random.below(bits as u64 + 1) as usize;
    for at in 0..bits {
        let is_set = if at / 200 == run / 200 { share > 32 } else { random.below(64) < share };
        bytes[at / 8] |= u8::from(is_set) << (at % 8);
    }
    bytes
}

#[test]
fn every_kind_and_density_gives_the_state_of_the_chosen_values() {
    let mut random = SplitMix(5);
    for (at, kind) in KINDS.into_iter().enumerate() {
        let values = dataset(kind, 9000, at as u64);
        for share in [0, 1, 20, 63, 64] {
            let mask = mask(&mut random, 9001, share);
            check::<1>(kind, &values, &mask, 0);
            check::<1>(kind, &values[1..], &mask, 1);
            check::<2>(kind, &values[..4500], &mask, 3);
        }
    }
}

#[test]
fn every_length_around_words_and_blocks_agrees() {
    let mut random = SplitMix(6);
    let values = dataset("normal", 4200, 7);
    for len in (0..=17).chain([63, 64, 65, 2046, 2047, 2048, 2049, 2112, 4095, 4096, 4097]) {
        let mask = mask(&mut random, len + 5, 30);
        check::<1>("normal", &values[..len], &mask, 0);
        check::<1>("normal, unaligned", &values[1..][..len], &mask, 5);
    }
}

#[test]
fn values_at_the_edges_of_the_window_and_past_them_agree() {
    // Windows are made for what came before: then one value is as large or as small as it may be, or a binade more.
    for exponent in
        [-900, -760, -60, -52, -51, -50, -49, -48, -40, 0, 1, 2, 3, 4, 60, 795, 797, 798, 799, 900]
    {
        for base in [1.0, 2f64.powi(790), 2f64.powi(-740)] {
            let edge = 2f64.powi(exponent.min(300)) * 2f64.powi(exponent - exponent.min(300));
            for odd in [edge, -edge * (2.0 - f64::EPSILON), f64::NAN, f64::INFINITY, 0.0, -0.0, 5e-324] {
                let mut values: Vec<f64> =
                    (0..3 * 2048).map(|row| base * (1.0 + f64::from(row) / 4096.0)).collect();
                (values[2048 + 100], values[2048 + 101]) = (odd, -base);
                let mut all = vec![0xff; values.len() / 8];
                check::<1>("chosen", &values, &all, 0);
                // The odd one is left out, wherever the window comes from.
                all[(2048 + 100) / 8] &= !(1 << 4);
                check::<1>("left out", &values, &all, 0);
                values[3] = odd;
                all[0] &= !(1 << 3);
                check::<1>("left out of the first", &values, &all, 0);
            }
        }
    }
}

#[test]
fn only_minus_zeros_chosen_stay_minus_zero() {
    let values: Vec<f64> = (0..4096).map(|row| if row % 3 == 0 { -0.0 } else { 1.0 }).collect();
    let mut mask = vec![0u8; 512];
    (0..4096).step_by(3).for_each(|row| mask[row / 8] |= 1 << (row % 8));
    check::<1>("minus zeros", &values, &mask, 0);
    let mut state = PowerSums::<1>::new();
    state.update_f64_where(Level::detect(), &values, Bits::new(&mask, 0, 4096));
    assert_eq!(state.sum().to_bits(), (-0.0f64).to_bits());
}
