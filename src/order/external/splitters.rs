//! Where a table is cut into buckets: at keys of a sample, so that buckets are about as large as each other.
//!
//! A key that the sample holds so often that its rows would fill a bucket gets one of its own, in which nothing needs
//! sorting. Source: sample sort (Frazer and McKellar, "Samplesort", JACM 17, 1970); buckets of equal keys as in
//! Axtmann et al., "In-place parallel super scalar samplesort", ESA 2017, section 4.4.

use std::hint::select_unpredictable;

use arrcalc_datasets::Chunk;

use super::codes::{Coder, Codes};

/// Cuts between buckets, in the order of the keys.
#[derive(Debug)]
pub(super) struct Splitters {
    cuts: Cuts,
    /// Bucket of the keys above cut `i - 1` and up to cut `i` (below it where that has a bucket of its own).
    buckets: Vec<u32>,
    /// Whether cut `i` has a bucket of its own: the next one.
    own: Vec<bool>,
    /// Bucket of null keys, where these have no code.
    nulls: Option<u32>,
    /// Whether all keys of a bucket are equal.
    is_equal: Vec<bool>,
}

#[derive(Debug)]
enum Cuts {
    Words(Vec<u64>),
    Bytes(Vec<Vec<u8>>),
}

/// Codes of some rows.
#[derive(Debug)]
pub(super) enum Sample {
    Words(Vec<u64>),
    Bytes(Vec<Vec<u8>>),
}

impl Sample {
    /// No rows yet.
    pub(super) fn new(coder: &Coder) -> Self {
        if coder.is_word() { Sample::Words(Vec::new()) } else { Sample::Bytes(Vec::new()) }
    }

    /// Takes every `stride`th row of `chunk`.
    pub(super) fn take(&mut self, coder: &Coder, chunk: &Chunk<'_>, stride: usize) {
        let mut codes = coder.codes();
        coder.encode(chunk, &mut codes);
        let rows = (0..chunk.row_count).step_by(stride.max(1));
        match (self, &codes) {
            (Sample::Words(mine), Codes::Words(words)) => {
                let has_nulls = coder.has_nulls(chunk);
                let rows = rows.filter(|&row| !has_nulls || !coder.is_null(chunk, row));
                mine.extend(rows.map(|row| words[row]));
            }
            (Sample::Bytes(mine), codes) => mine.extend(rows.map(|row| codes.bytes(row).to_vec())),
            _ => unreachable!("a coder has one form of codes"),
        }
    }

    /// Takes another's rows.
    pub(super) fn merge(&mut self, other: Self) {
        match (self, other) {
            (Sample::Words(mine), Sample::Words(theirs)) => mine.extend(theirs),
            (Sample::Bytes(mine), Sample::Bytes(theirs)) => mine.extend(theirs),
            _ => unreachable!("a coder has one form of codes"),
        }
    }
}

impl Splitters {
    /// Cuts for about `count` buckets of keys that are as those of `sample`.
    pub(super) fn new(coder: &Coder, sample: Sample, count: usize) -> Self {
        let (cuts, own) = match sample {
            Sample::Words(mut words) => {
                words.sort_unstable();
                let (cuts, own) = quantiles(&words, count);
                (Cuts::Words(cuts), own)
            }
            Sample::Bytes(mut codes) => {
                codes.sort_unstable();
                let (cuts, own) = quantiles(&codes, count);
                (Cuts::Bytes(cuts), own)
            }
        };
        let mut is_equal = Vec::new();
        let nulls_first = coder.is_word() && coder.nulls_first();
        if nulls_first {
            is_equal.push(true);
        }
        let mut buckets = Vec::with_capacity(own.len() + 1);
        for &own in &own {
            buckets.push(is_equal.len() as u32);
            is_equal.push(false);
            if own {
                is_equal.push(true);
            }
        }
        buckets.push(is_equal.len() as u32);
        is_equal.push(false);
        let nulls = coder.is_word().then(|| {
            if nulls_first {
                return 0;
            }
            is_equal.push(true);
            is_equal.len() as u32 - 1
        });
        Self { cuts, buckets, own, nulls, is_equal }
    }

    /// Number of buckets.
    pub(super) fn bucket_count(&self) -> usize {
        self.is_equal.len()
    }

    /// Whether all keys of bucket `bucket` are equal.
    pub(super) fn is_equal(&self, bucket: usize) -> bool {
        self.is_equal[bucket]
    }

    /// The bucket of each row of `chunk`, whose codes are `codes`, into `found`.
    pub(super) fn find(&self, coder: &Coder, chunk: &Chunk<'_>, codes: &Codes, found: &mut Vec<u32>) {
        found.clear();
        match (&self.cuts, codes) {
            (Cuts::Words(cuts), Codes::Words(words)) => {
                let mut block = [0; TOGETHER];
                for words in words.chunks(TOGETHER) {
                    block[..words.len()].copy_from_slice(words);
                    let cut = below(cuts, &block);
                    found.extend(words.iter().zip(cut).map(|(word, cut)| self.bucket(cuts, cut, word)));
                }
                if let Some(nulls) = self.nulls
                    && coder.has_nulls(chunk)
                {
                    for (row, found) in found.iter_mut().enumerate() {
                        if coder.is_null(chunk, row) {
                            *found = nulls;
                        }
                    }
                }
            }
            (Cuts::Bytes(cuts), codes) => found.extend((0..chunk.row_count).map(|row| {
                let code = codes.bytes(row);
                let cut = cuts.partition_point(|cut| cut.as_slice() < code);
                let is_own = self.own.get(cut) == Some(&true) && cuts[cut] == code;
                self.buckets[cut] + u32::from(is_own)
            })),
            _ => unreachable!("a coder has one form of codes"),
        }
    }

    #[inline(always)]
    fn bucket(&self, cuts: &[u64], cut: usize, word: &u64) -> u32 {
        let is_own = cut < cuts.len() && cuts[cut] == *word && self.own[cut];
        self.buckets[cut] + u32::from(is_own)
    }
}

/// Words that are looked for together, so that one waits while others are compared.
const TOGETHER: usize = 16;

/// Number of `cuts` below each of `words`, without a branch that depends on them.
fn below(cuts: &[u64], words: &[u64; TOGETHER]) -> [usize; TOGETHER] {
    let (mut first, mut len) = ([0; TOGETHER], cuts.len());
    while len > 1 {
        let half = len / 2;
        for (first, word) in first.iter_mut().zip(words) {
            *first = select_unpredictable(cuts[*first + half - 1] < *word, *first + half, *first);
        }
        len -= half;
    }
    for (first, word) in first.iter_mut().zip(words) {
        *first += usize::from(len == 1 && cuts[*first] < *word);
    }
    first
}

/// The distinct values at `count - 1` equal distances of `sorted`, and whether each stands at several of these.
fn quantiles<K: Clone + PartialEq>(sorted: &[K], count: usize) -> (Vec<K>, Vec<bool>) {
    let (mut cuts, mut own) = (Vec::<K>::new(), Vec::new());
    if sorted.is_empty() {
        return (cuts, own);
    }
    for index in 1..count {
        let value = &sorted[index * sorted.len() / count];
        if cuts.last() == Some(value) {
            let last = own.len() - 1;
            own[last] = true;
        } else {
            cuts.push(value.clone());
            own.push(false);
        }
    }
    (cuts, own)
}
