//! Generated data sets: common ones and nasty ones, the same on every machine.

/// The splitmix64 generator of S. Vigna (public domain): test data that any architecture reproduces.
pub(crate) struct SplitMix(pub(crate) u64);

impl SplitMix {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    /// Uniform in `0..n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    /// Uniform in `[0, 1)`.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A float with a random sign and fraction and an exponent in `low..=high`.
    pub(crate) fn float(&mut self, low: i32, high: i32) -> f64 {
        let exponent = low + self.below((high - low + 1) as u64) as i32;
        let bits = self.next();
        if exponent < -1022 {
            // A subnormal with this leading bit.
            let lead = 1u64 << (exponent + 1074);
            return f64::from_bits(bits & 1 << 63 | lead | bits & (lead - 1));
        }
        f64::from_bits(bits & (1 << 63 | ((1 << 52) - 1)) | ((exponent + 1023) as u64) << 52)
    }
}

/// Names of the kinds of `dataset`.
pub(crate) const KINDS: [&str; 20] = [
    "normal",
    "uniform",
    "lognormal",
    "small integers",
    "big integers",
    "prices",
    "single precision",
    "sparse",
    "twenty binades",
    "fifty binades",
    "hundred binades",
    "all binades",
    "subnormal",
    "huge",
    "tiny",
    "constant",
    "cancelling",
    "negative zeros",
    "special values",
    "any bits",
];

/// `n` values of a kind.
pub(crate) fn dataset(kind: &str, n: usize, seed: u64) -> Vec<f64> {
    let mut random = SplitMix(seed);
    let gauss = |random: &mut SplitMix| (0..12).map(|_| random.unit()).sum::<f64>() - 6.0;
    let mut values: Vec<f64> = (0..n)
        .map(|at| match kind {
            "normal" => gauss(&mut random),
            "uniform" => random.unit(),
            "lognormal" => {
                let z = 3.0 * gauss(&mut random);
                let octave = z.floor();
                (1.0 + (z - octave)) * f64::from_bits(((octave as i64 + 1023) as u64) << 52)
            }
            "small integers" => random.below(2001) as f64 - 1000.0,
            "big integers" => (random.next() >> 10) as f64 - (1u64 << 53) as f64,
            "prices" => random.below(100_000) as f64 / 100.0,
            "single precision" => f64::from(random.float(-20, 10) as f32),
            "sparse" if random.below(10) > 0 => [0.0, -0.0][random.below(2) as usize],
            "sparse" => random.unit(),
            "twenty binades" => random.float(-10, 10),
            "fifty binades" => random.float(-20, 30),
            "hundred binades" => random.float(-50, 50),
            "all binades" => random.float(-1074, 1023),
            "subnormal" => random.float(-1074, -1020),
            "huge" => random.float(1000, 1023),
            "tiny" => random.float(-600, -590),
            "constant" => 0.1,
            "cancelling" => [1.0, -1.0][at % 2] * (1e16 + (at / 2) as f64 * 1e300),
            "negative zeros" => -0.0,
            "special values" => match random.below(200) {
                0 => f64::NAN,
                1 => -f64::NAN,
                2 => f64::INFINITY,
                3 => f64::NEG_INFINITY,
                4 => -0.0,
                5 => f64::from_bits(1),
                6 => f64::MAX,
                _ => random.float(-3, 3),
            },
            "any bits" => f64::from_bits(random.next()),
            _ => unreachable!("a kind of data"),
        })
        .collect();
    if kind == "cancelling" {
        // All but a little cancels, far apart.
        for at in (1..values.len()).rev() {
            values.swap(at, random.below(at as u64 + 1) as usize);
        }
    }
    values
}
