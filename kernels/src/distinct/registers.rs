//! HyperLogLog registers: how many distinct hashes were seen, in 16 KiB, within about 0.8 %.
//!
//! Flajolet, Fusy, Gandouet and Meunier (2007); the estimate is Ertl's improved raw estimator ("New cardinality
//! estimation algorithms for HyperLogLog sketches", 2017, algorithm 6), which needs no bias table, no switch to linear
//! counting and no logarithm: additions, multiplications, divisions and square roots alone, so its bits are the same on
//! every machine. It reads the registers only: the state is a function of the set of values, not of their order.

/// Bits of the hash that choose a register.
pub const PRECISION: u32 = 14;
/// Number of registers.
pub const REGISTERS: usize = 1 << PRECISION;
/// The highest rank is one more than the bits left for it.
const LONGEST: usize = 64 - PRECISION as usize;

/// The registers: each the highest rank (position of the first set bit) of its share of the hashes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Registers(Box<[u8; REGISTERS]>);

impl Default for Registers {
    fn default() -> Self {
        Self::new()
    }
}

impl Registers {
    /// Registers that have seen nothing.
    pub fn new() -> Self {
        Self(Box::new([0; REGISTERS]))
    }

    /// The registers with these bytes; `None` if there are not [`REGISTERS`] of them or one is out of range.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let registers: &[u8; REGISTERS] = bytes.try_into().ok()?;
        let valid = registers.iter().all(|&rank| usize::from(rank) <= LONGEST + 1);
        valid.then(|| Self(Box::new(*registers)))
    }

    /// One byte a register: equal sets have equal bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0[..]
    }

    /// Takes in one hash.
    #[inline(always)]
    pub fn insert(&mut self, hash: u64) {
        let index = (hash >> (64 - PRECISION)) as usize;
        // The bit below the hash's own stops the count of zeros at its end.
        let rest = (hash << PRECISION) | 1 << (PRECISION - 1);
        let rank = (rest.leading_zeros() + 1) as u8;
        let register = &mut self.0[index];
        if rank > *register {
            *register = rank;
        }
    }

    /// The lowest of the registers' ranks.
    pub(super) fn lowest(&self) -> u8 {
        self.0.iter().fold(u8::MAX, |lowest, &rank| lowest.min(rank))
    }

    /// Takes in the hashes that `other` has seen.
    pub fn merge(&mut self, other: &Registers) {
        for (mine, &theirs) in self.0.iter_mut().zip(other.0.iter()) {
            *mine = (*mine).max(theirs);
        }
    }

    /// The estimated number of distinct hashes: standard error 1.04 / sqrt(16384) = 0.8 %.
    pub fn estimate(&self) -> f64 {
        // 1 / (2 ln 2)
        const ALPHA: f64 = 0.721_347_520_444_481_7;
        let mut histogram = [0u32; LONGEST + 2];
        for &rank in self.0.iter() {
            histogram[usize::from(rank)] += 1;
        }
        let m = REGISTERS as f64;
        let mut z = m * tau(1.0 - f64::from(histogram[LONGEST + 1]) / m);
        for &count in histogram[1..=LONGEST].iter().rev() {
            z = 0.5 * (z + f64::from(count));
        }
        z += m * sigma(f64::from(histogram[0]) / m);
        ALPHA * m * m / z
    }
}

/// `x + sum of x^(2^k) 2^(k-1)`, k = 1, 2, ...; infinite at 1, where no register is set.
fn sigma(x: f64) -> f64 {
    if x == 1.0 {
        return f64::INFINITY;
    }
    let (mut power, mut weight, mut sum) = (x, 1.0, x);
    loop {
        power *= power;
        let before = sum;
        sum += power * weight;
        weight += weight;
        if sum == before {
            return sum;
        }
    }
}

/// `(1 - x - sum of (1 - x^(2^-k))^2 2^-k) / 3`, k = 1, 2, ...
fn tau(x: f64) -> f64 {
    if x == 0.0 || x == 1.0 {
        return 0.0;
    }
    let (mut root, mut weight, mut sum) = (x, 1.0, 1.0 - x);
    loop {
        root = root.sqrt();
        weight *= 0.5;
        let before = sum;
        sum -= (1.0 - root) * (1.0 - root) * weight;
        if sum == before {
            return sum / 3.0;
        }
    }
}
