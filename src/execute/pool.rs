//! Threads of one engine: started when first needed, alive until the engine is dropped, renewed in a forked child.
//!
//! A forked child has the parent's memory but none of its threads, and a lock that another thread held at the fork
//! stays locked in the child for ever. So a pool belongs to the process that built it: slots are claimed by
//! process id with one compare-and-swap, nobody ever waits for a slot, and a dead parent's pool is leaked, since
//! dropping it would take its locks.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering::Relaxed};

use rayon::{ThreadPool, ThreadPoolBuilder};

/// Generations of forks that get threads; a process deeper than that computes on the calling thread.
const GENERATIONS: usize = 16;

/// The slots. The thread that calls the engine works too, so a pool has one thread fewer than the engine.
#[derive(Debug)]
pub(crate) struct Pool {
    threads: usize,
    slots: [Slot; GENERATIONS],
}

#[derive(Debug, Default)]
struct Slot {
    /// Process that claimed the slot; 0 while free.
    owner: AtomicU32,
    helpers: OnceLock<Option<Helpers>>,
}

/// A process's pool, and how many of its threads have nothing to do.
#[derive(Debug)]
struct Helpers {
    pool: ThreadPool,
    idle: AtomicUsize,
}

impl Pool {
    pub(crate) fn new(threads: usize) -> Self {
        Self { threads: threads.max(1), slots: Default::default() }
    }

    /// Threads, the caller included.
    pub(crate) fn threads(&self) -> usize {
        self.threads
    }

    /// Calls `work(0)`, ..., `work(n - 1)` at the same time, `n <= wanted`, `work(0)` on the calling thread;
    /// returns when all are done. Threads that work for another run are not waited for: `n` is then smaller.
    /// The work must be such that `work(0)` alone gets everything done.
    pub(crate) fn run(&self, wanted: usize, work: &(dyn Fn(usize) + Sync)) {
        let wanted = wanted.min(self.threads);
        let helpers = if wanted > 1 { self.helpers() } else { None };
        let Some(helpers) = helpers else { return work(0) };
        let granted = Grant::take(&helpers.idle, wanted - 1);
        if granted.count == 0 {
            return work(0);
        }
        helpers.pool.in_place_scope(|scope| {
            for helper in 1..=granted.count {
                scope.spawn(move |_| work(helper));
            }
            work(0);
        });
    }

    /// This process's threads; `None` where there are none (yet).
    fn helpers(&self) -> Option<&Helpers> {
        let process = std::process::id();
        for slot in &self.slots {
            let owner = match slot.owner.compare_exchange(0, process, Relaxed, Relaxed) {
                Ok(_) => {
                    // Built outside the cell, so that the cell is never held for long.
                    let built = self.build();
                    let _ = slot.helpers.set(built);
                    process
                }
                Err(owner) => owner,
            };
            if owner == process {
                return slot.helpers.get()?.as_ref();
            }
        }
        None
    }

    fn build(&self) -> Option<Helpers> {
        let count = self.threads - 1;
        let pool = ThreadPoolBuilder::new()
            .num_threads(count)
            .thread_name(|index| format!("arrcalc-{}", index + 1))
            .build()
            .inspect_err(|error| tracing::warn!(%error, "no threads to be had; computing on one"))
            .ok()?;
        Some(Helpers { pool, idle: AtomicUsize::new(count) })
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        let process = std::process::id();
        for slot in &mut self.slots {
            if *slot.owner.get_mut() != process {
                std::mem::forget(slot.helpers.take());
            }
        }
    }
}

/// Threads taken from the idle ones, given back on drop (also when work panics).
struct Grant<'a> {
    idle: &'a AtomicUsize,
    count: usize,
}

impl<'a> Grant<'a> {
    fn take(idle: &'a AtomicUsize, wanted: usize) -> Self {
        let before = idle
            .fetch_update(Relaxed, Relaxed, |free| Some(free - free.min(wanted)))
            .expect("the update always gives a value");
        Self { idle, count: before.min(wanted) }
    }
}

impl Drop for Grant<'_> {
    fn drop(&mut self) {
        self.idle.fetch_add(self.count, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;

    use super::*;

    #[test]
    fn threads_really_work_at_the_same_time_and_a_busy_pool_is_not_waited_for() {
        let pool = Pool::new(3);
        let together = Barrier::new(3);
        let inner = AtomicUsize::new(0);
        pool.run(8, &|worker| {
            together.wait();
            if worker == 0 {
                pool.run(3, &|_| {
                    inner.fetch_add(1, Relaxed);
                });
            }
            together.wait();
        });
        assert_eq!(inner.into_inner(), 1, "both helpers were busy: the caller works alone");
    }

    #[test]
    fn one_thread_starts_no_pool() {
        let pool = Pool::new(1);
        pool.run(4, &|worker| assert_eq!(worker, 0));
        assert!(pool.slots[0].helpers.get().is_none());
    }

    #[test]
    fn a_slot_of_another_process_is_left_alone() {
        let pool = Pool::new(2);
        pool.slots[0].owner.store(u32::MAX, Relaxed);
        let together = Barrier::new(2);
        pool.run(2, &|_| {
            together.wait();
        });
        assert!(pool.slots[0].helpers.get().is_none() && pool.slots[1].helpers.get().is_some());
    }
}
