//! Values that wait until there are many for neighbouring groups: with a million groups every value would wait for the
//! memory of its own. The partitioning of S. Manegold, P. Boncz and M. Kersten, "Optimizing main-memory join on modern
//! hardware" (2002), one pass of it, so that a part's states stay in the second-level cache while they are added to.

use arrcalc_kernels::Level;
use arrcalc_kernels::group::GroupSums;

/// Groups whose states stay in cache without this.
const GROUPS_IN_CACHE: usize = 1 << 16;
/// Groups of a part, as a power of two: 512 KiB of states.
const PART_BITS: u32 = 14;
/// Values of a part that wait at most.
const PART_VALUES: usize = 1 << 15;

/// Values by part, each with its group.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    parts: Vec<(Vec<u32>, Vec<f64>)>,
}

impl Pending {
    /// Adds `values[i]` to group `groups[i]` of `sums`, now or at a later call; one value a group.
    pub(super) fn add(&mut self, level: Level, sums: &mut GroupSums, groups: &[u32], values: &[f64]) {
        if sums.len() <= GROUPS_IN_CACHE {
            sums.update_f64(level, groups, values);
            return;
        }
        self.parts.resize_with((sums.len() >> PART_BITS) + 1, Default::default);
        for (&group, &value) in groups.iter().zip(values) {
            let (groups, values) = &mut self.parts[(group >> PART_BITS) as usize];
            if groups.len() == groups.capacity() || values.len() == values.capacity() {
                if groups.len() >= PART_VALUES {
                    sums.update_f64(level, groups, values);
                    groups.clear();
                    values.clear();
                } else {
                    groups.reserve_exact(PART_VALUES);
                    values.reserve_exact(PART_VALUES);
                }
            }
            groups.push(group);
            values.push(value);
        }
    }

    /// Adds what waits, group `i` as group `number(i)`.
    pub(super) fn settle(&self, level: Level, sums: &mut GroupSums, number: impl Fn(u32) -> u32) {
        for (groups, values) in &self.parts {
            let groups: Vec<u32> = groups.iter().map(|&group| number(group)).collect();
            sums.update_f64(level, &groups, values);
        }
    }

    pub(super) fn memory_bytes(&self) -> usize {
        let bytes = |(groups, values): &(Vec<u32>, Vec<f64>)| 4 * groups.capacity() + 8 * values.capacity();
        self.parts.iter().map(bytes).sum()
    }
}
