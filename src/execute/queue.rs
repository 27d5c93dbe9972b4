//! Indices of units, shared out evenly and stolen by halves.
//!
//! Each worker owns a contiguous range, so that it reads files forwards; a worker whose range is empty takes the
//! upper half of the longest other range. A range is one atomic word (start in the low half, end in the high), so
//! taking and stealing are one compare-and-swap each.
//!
//! A worker stores into its own empty range without a swap. That cannot collide with a thief that read the range
//! earlier: the lowest index of a range only leaves it by being taken for work, never by moving to another range,
//! so no value of the word occurs twice.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The ranges of all workers.
#[derive(Debug)]
pub(crate) struct Queue {
    ranges: Vec<AtomicU64>,
}

fn pack(start: u32, end: u32) -> u64 {
    u64::from(end) << 32 | u64::from(start)
}

fn unpack(range: u64) -> (u32, u32) {
    (range as u32, (range >> 32) as u32)
}

impl Queue {
    /// Shares `0..count` out among `workers`.
    ///
    /// # Panics
    /// If `count` passes `u32::MAX`: callers cut work into far fewer units.
    pub(crate) fn new(count: usize, workers: usize) -> Self {
        let count = u32::try_from(count).expect("a pass has at most 2^32 - 1 units");
        let bound = |worker: usize| (u64::from(count) * worker as u64 / workers as u64) as u32;
        let ranges =
            (0..workers).map(|worker| AtomicU64::new(pack(bound(worker), bound(worker + 1)))).collect();
        Self { ranges }
    }

    /// The next index for `worker`; `None` when nothing is left anywhere.
    pub(crate) fn next(&self, worker: usize) -> Option<usize> {
        let own = &self.ranges[worker];
        let taken = own.fetch_update(Relaxed, Relaxed, |range| {
            let (start, end) = unpack(range);
            (start < end).then(|| pack(start + 1, end))
        });
        if let Ok(range) = taken {
            return Some(unpack(range).0 as usize);
        }
        loop {
            let (victim, seen, left) = (self.ranges.iter())
                .map(|range| {
                    let seen = range.load(Relaxed);
                    let (start, end) = unpack(seen);
                    (range, seen, end.saturating_sub(start))
                })
                .max_by_key(|&(_, _, left)| left)?;
            if left == 0 {
                return None;
            }
            let (start, end) = unpack(seen);
            let middle = start + left / 2;
            if victim.compare_exchange(seen, pack(start, middle), Relaxed, Relaxed).is_ok() {
                own.store(pack(middle + 1, end), Relaxed);
                return Some(middle as usize);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn every_index_is_taken_exactly_once_by_threads_of_any_speed() {
        for (count, workers) in [(0, 1), (1, 3), (7, 2), (1000, 4), (100_000, 3)] {
            let queue = Queue::new(count, workers);
            let taken = Mutex::new(Vec::new());
            std::thread::scope(|scope| {
                for worker in 0..workers {
                    let (queue, taken) = (&queue, &taken);
                    scope.spawn(move || {
                        let mut mine = Vec::new();
                        while let Some(index) = queue.next(worker) {
                            mine.push(index);
                            if worker == 0 && mine.len() < 100 {
                                std::thread::yield_now();
                            }
                        }
                        taken.lock().unwrap().extend(mine);
                    });
                }
            });
            let mut taken = taken.into_inner().unwrap();
            taken.sort_unstable();
            assert_eq!(taken, (0..count).collect::<Vec<_>>());
        }
    }

    #[test]
    fn an_idle_worker_takes_half_of_what_the_longest_range_has_left() {
        let queue = Queue::new(8, 2);
        let idle: Vec<_> = (0..4).map(|_| queue.next(1).unwrap()).collect();
        assert_eq!(idle, [4, 5, 6, 7]);
        assert_eq!(queue.next(1), Some(2));
        assert_eq!(queue.next(1), Some(3));
        assert_eq!(queue.next(0), Some(0));
        assert_eq!(queue.next(1), Some(1));
        assert_eq!(queue.next(0), None);
    }
}
