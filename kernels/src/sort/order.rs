//! Whether a slice is in order already: asked before it is sorted, and soon answered where it is not.

use super::{Key, Map};
use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// How a slice is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// All are equal, or there are fewer than two.
    Equal,
    /// No key is below the one before it.
    Ascending,
    /// No key is above the one before it.
    Descending,
    /// Neither, or there is a NaN.
    None,
}

impl Order {
    fn of(ascending: bool, descending: bool) -> Self {
        match (ascending, descending) {
            (true, true) => Order::Equal,
            (true, false) => Order::Ascending,
            (false, true) => Order::Descending,
            (false, false) => Order::None,
        }
    }

    /// The order of a slice of which some parts that overlap in one key are ordered so.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let is = |order| [self, other].iter().all(|one| *one == order || *one == Order::Equal);
        Order::of(is(Order::Ascending), is(Order::Descending))
    }
}

/// Keys compared between two looks at whether to go on.
const BLOCK: usize = 512;

/// The order of the keys that `map` gives for `bits`; stops where there is none.
///
/// Cost: one pass over ordered keys, hardly anything otherwise.
pub fn order<K: Key>(level: Level, bits: &[K], map: &Map<K>) -> Order {
    struct Compare<'k, K>(&'k [K], Map<K>);
    impl<K: Key> Kernel for Compare<'_, K> {
        type Output = Order;
        #[inline(always)]
        fn run<S: Simd>(self, _: S) -> Order {
            let Compare(bits, map) = self;
            let (mut ascending, mut descending) = (true, true);
            let mut start = 0;
            while start < bits.len() && (ascending || descending) {
                let end = (start + BLOCK + 1).min(bits.len());
                let (mut falls, mut rises, mut farthest) = (K::ZERO, K::ZERO, K::ZERO);
                let block = &bits[start..end];
                for (one, next) in block.iter().zip(&block[1..]) {
                    let (one, next) = (map.key(*one), map.key(*next));
                    falls = if next < one { K::HIGHEST } else { falls };
                    rises = if next > one { K::HIGHEST } else { rises };
                    farthest = farthest.max(one.above(map.lowest));
                }
                let is_number = farthest <= map.span && map.is_number(map.key(bits[end - 1]));
                ascending &= falls == K::ZERO && is_number;
                descending &= rises == K::ZERO && is_number;
                start += BLOCK;
            }
            Order::of(ascending, descending)
        }
    }
    level.run(Compare(bits, *map))
}
