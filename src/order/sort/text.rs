//! Sorting of text by its bytes.
//!
//! The first eight bytes, as a number, decide most comparisons without a look at the text; strings are first dealt into
//! ranges of that number, which threads then sort (a sample sort: Frazer and McKellar, "Samplesort", 1970).

use crate::Scope;
use crate::error::Result;
use crate::order::pieces::for_each;

/// Fewer strings are sorted by the calling thread.
const SEQUENTIAL_STRINGS: usize = 1 << 13;

/// Ranges that each thread should find.
const RANGES_PER_THREAD: usize = 4;

/// Strings of a sample for each range.
const SAMPLED: usize = 32;

/// The first bytes, such that numbers are ordered as the strings are; equal numbers say nothing.
fn prefix(string: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    let count = string.len().min(8);
    bytes[..count].copy_from_slice(&string[..count]);
    u64::from_be_bytes(bytes)
}

/// `strings` in the order of their bytes.
///
/// # Errors
/// Cancelling; the deadline.
pub(super) fn sorted<'s>(
    scope: &Scope<'_>,
    strings: Vec<&'s [u8]>,
    descending: bool,
) -> Result<Vec<&'s [u8]>> {
    scope.check()?;
    let parallel = scope.threads() > 1 && strings.len() >= SEQUENTIAL_STRINGS;
    let count = if parallel { scope.threads() * RANGES_PER_THREAD } else { 1 };
    let step = (strings.len() / (count * SAMPLED)).max(1);
    let mut sample: Vec<u64> = strings.iter().step_by(step).map(|string| prefix(string)).collect();
    sample.sort_unstable();
    let bounds: Vec<u64> = (1..count).map(|range| sample[range * sample.len() / count]).collect();
    let mut ranges = vec![Vec::new(); count];
    for string in strings {
        let prefix = prefix(string);
        ranges[bounds.partition_point(|bound| *bound <= prefix)].push((prefix, string));
    }
    let ranges = for_each(scope, ranges, |mut range| {
        range.sort_unstable();
        range
    })?;
    let mut sorted: Vec<&[u8]> = ranges.into_iter().flatten().map(|(_, string)| string).collect();
    if descending {
        sorted.reverse();
    }
    Ok(sorted)
}
