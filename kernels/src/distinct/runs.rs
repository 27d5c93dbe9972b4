//! Runs of equal keys in sorted ones.

use crate::arch::Simd;
use crate::dispatch::Kernel;
use crate::level::Level;

/// How many of `keys` differ from the key before them; `before` stands before the first (`None`: it begins a run).
pub fn count_starts<K: Copy + Eq>(level: Level, keys: &[K], before: Option<K>) -> usize {
    struct Count<'a, K>(&'a [K]);
    impl<K: Copy + Eq> Kernel for Count<'_, K> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> usize {
            self.0.iter().zip(&self.0[1..]).map(|(left, right)| usize::from(left != right)).sum()
        }
    }
    let Some(&first) = keys.first() else { return 0 };
    usize::from(before != Some(first)) + level.run(Count(keys))
}

/// Writes the first key of each run to `firsts`, as `value` has it, and its place (the first key's is `offset`) to
/// `places`, unless that is empty.
///
/// From the last key to the first, each to the place of its run: what equal keys write is overwritten, and no branch asks
/// whether a run begins.
///
/// # Panics
/// If `firsts`, or `places` unless it is empty, has not the length that [`count_starts`] tells.
pub fn write_starts<K: Copy + Eq, V>(
    level: Level,
    keys: &[K],
    before: Option<K>,
    value: impl Fn(K) -> V,
    firsts: &mut [V],
    offset: u64,
    places: &mut [u64],
) {
    struct Write<'a, K, V, F>(&'a [K], F, &'a mut [V], u64, &'a mut [u64]);
    impl<K: Copy + Eq, V, F: Fn(K) -> V> Kernel for Write<'_, K, V, F> {
        type Output = usize;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> usize {
            let Write(keys, value, firsts, offset, places) = self;
            let mut at = firsts.len();
            let mut next = None;
            for (index, &key) in keys.iter().enumerate().rev() {
                at -= usize::from(next != Some(key));
                firsts[at] = value(key);
                if let Some(place) = places.get_mut(at) {
                    *place = offset + index as u64;
                }
                next = Some(key);
            }
            at
        }
    }
    assert!(places.is_empty() || places.len() == firsts.len(), "a place for each run");
    let lead = keys.iter().take_while(|key| before == Some(**key)).count();
    let left = level.run(Write(&keys[lead..], value, firsts, offset + lead as u64, places));
    assert!(left == 0, "a place for each run");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_begin_where_keys_change_wherever_the_keys_are_cut() {
        let keys = [1u64, 1, 2, 5, 5, 5, 9];
        for level in Level::available() {
            for cut in 0..=keys.len() {
                let (head, tail) = keys.split_at(cut);
                let before = head.last().copied();
                let first = count_starts(level, head, None);
                assert_eq!(first + count_starts(level, tail, before), 4);
                let (mut values, mut places) = ([0; 4], [0; 4]);
                let (left, right) = values.split_at_mut(first);
                let (left_places, right_places) = places.split_at_mut(first);
                write_starts(level, head, None, |key| key, left, 0, left_places);
                write_starts(level, tail, before, |key| key, right, cut as u64, right_places);
                assert_eq!((values, places), ([1, 2, 5, 9], [0, 2, 3, 6]));
            }
        }
    }
}
