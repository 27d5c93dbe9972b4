//! `SeedSequence`: from any integers to well mixed seeds, and to the seeds of independent children.
//!
//! M. E. O'Neill's `seed_seq` replacement as NumPy specifies it (NEP 19, `numpy.random.SeedSequence`): a pool of four
//! 32-bit words into which all entropy is hashed and cross-mixed. The words it generates are NumPy's.

use crate::exact::Natural;

const POOL: usize = 4;
const SHIFT: u32 = 16;

/// A seed that can be spawned: entropy, and the path from the root to this child.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SeedSequence {
    entropy: Vec<u32>,
    spawn_key: Vec<u32>,
    children: u32,
    pool: [u32; POOL],
}

impl From<u64> for SeedSequence {
    fn from(seed: u64) -> Self {
        Self::new(&[Natural::from(seed)], &[])
    }
}

impl SeedSequence {
    /// The sequence of `entropy`, one or more natural numbers of any size, and `spawn_key`.
    pub fn new(entropy: &[Natural], spawn_key: &[u32]) -> Self {
        let words = |natural: &Natural| {
            let mut words: Vec<u32> =
                natural.limbs().iter().flat_map(|limb| [*limb as u32, (limb >> 32) as u32]).collect();
            while words.len() > 1 && words.last() == Some(&0) {
                words.pop();
            }
            if words.is_empty() {
                words.push(0);
            }
            words
        };
        Self::from_words(entropy.iter().flat_map(words).collect(), spawn_key.to_vec())
    }

    fn from_words(entropy: Vec<u32>, spawn_key: Vec<u32>) -> Self {
        let mut words = entropy.clone();
        if !spawn_key.is_empty() {
            // So that a child never has the words of a longer entropy.
            words.resize(words.len().max(POOL), 0);
            words.extend_from_slice(&spawn_key);
        }
        Self { pool: mix(&words), entropy, spawn_key, children: 0 }
    }

    /// The next `count` children. Children of one sequence, and theirs, are independent of each other.
    ///
    /// # Panics
    /// If there are then more than 2^32 - 1.
    pub fn spawn(&mut self, count: u32) -> Vec<SeedSequence> {
        let first = self.children;
        self.children = first.checked_add(count).expect("fewer than 2^32 children");
        (first..self.children).map(|index| self.child(index)).collect()
    }

    /// The child with this number, whether it was spawned or not.
    pub fn child(&self, index: u32) -> SeedSequence {
        let mut key = self.spawn_key.clone();
        key.push(index);
        Self::from_words(self.entropy.clone(), key)
    }

    /// How many children were spawned.
    pub fn children(&self) -> u32 {
        self.children
    }

    /// The path from the root.
    pub fn spawn_key(&self) -> &[u32] {
        &self.spawn_key
    }

    /// The first `count` words of 32 bits.
    pub fn generate_u32(&self, count: usize) -> Vec<u32> {
        let mut hash = 0x8b51_f9dd_u32;
        (0..count)
            .map(|index| {
                let value = self.pool[index % POOL] ^ hash;
                hash = hash.wrapping_mul(0x58f3_8ded);
                let value = value.wrapping_mul(hash);
                value ^ (value >> SHIFT)
            })
            .collect()
    }

    /// The first `count` words of 64 bits.
    pub fn generate_u64(&self, count: usize) -> Vec<u64> {
        let words = self.generate_u32(2 * count);
        words.chunks_exact(2).map(|pair| u64::from(pair[0]) | u64::from(pair[1]) << 32).collect()
    }
}

fn mix(words: &[u32]) -> [u32; POOL] {
    let mut constant = 0x43b0_d7e5_u32;
    let mut hash = |value: u32| {
        let value = value ^ constant;
        constant = constant.wrapping_mul(0x931e_8875);
        let value = value.wrapping_mul(constant);
        value ^ (value >> SHIFT)
    };
    let join = |x: u32, y: u32| {
        let value = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
        value ^ (value >> SHIFT)
    };
    let mut pool = [0; POOL];
    for (index, slot) in pool.iter_mut().enumerate() {
        *slot = hash(words.get(index).copied().unwrap_or(0));
    }
    for from in 0..POOL {
        for to in (0..POOL).filter(|&to| to != from) {
            pool[to] = join(pool[to], hash(pool[from]));
        }
    }
    for &word in words.iter().skip(POOL) {
        for slot in &mut pool {
            *slot = join(*slot, hash(word));
        }
    }
    pool
}
