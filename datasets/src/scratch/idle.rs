//! Large blocks of memory that were dropped, idle until somebody asks for one.
//!
//! The system clears every page that it hands out: for an answer of 400 MB that takes as long as computing it. Allocators
//! therefore hold on to pages for a while (jemalloc's dirty pages, mimalloc's delayed purging). Here the system may take
//! them back at any moment, by `MADV_FREE` (Linux 4.5): an idle block costs nobody any memory that is wanted.

use std::sync::{Mutex, PoisonError};

use memmap2::{MmapMut, UncheckedAdvice};

/// Bytes of all idle blocks.
const IDLE_BYTES_MAX: usize = 2 << 30;

/// The smallest pages that systems have.
const PAGE_BYTES: usize = 4096;

/// The large pages of common systems: to give up a part of one takes it apart.
const LARGE_PAGE_BYTES: usize = 2 << 20;

/// The blocks, the one that came back last at the end.
static IDLE: Mutex<Vec<MmapMut>> = Mutex::new(Vec::new());

/// Lets the system take `bytes` of `map` from `start` on, whenever it wants them; whether it may.
///
/// # Safety
/// Nobody may look at those bytes before they are written.
unsafe fn lend(map: &MmapMut, start: usize, bytes: usize) -> bool {
    // SAFETY: the block is private, and the rest is the caller's promise.
    cfg!(target_os = "linux")
        && unsafe { map.unchecked_advise_range(UncheckedAdvice::Free, start, bytes) }.is_ok()
}

/// Lets the system take what lies behind the first `used` bytes of `map`, but for parts of a large page.
///
/// # Safety
/// Nobody may look at bytes behind those before they are written.
pub(super) unsafe fn lend_behind(map: &MmapMut, used: usize) {
    let start = used.next_multiple_of(LARGE_PAGE_BYTES);
    if start < map.len() {
        // SAFETY: the caller's promise.
        unsafe { lend(map, start, map.len() - start) };
    }
}

/// Keeps `map`, and gives up what was idle longest where that is too much.
pub(super) fn keep(map: MmapMut) {
    // SAFETY: the block is owned here; it is not looked at until `take` has written to each of its pages, after which the
    // system leaves them as they are.
    if map.len() > IDLE_BYTES_MAX || !unsafe { lend(&map, 0, map.len()) } {
        return;
    }
    let mut given_up = Vec::new();
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    idle.push(map);
    while idle.iter().map(|map| map.len()).sum::<usize>() > IDLE_BYTES_MAX {
        given_up.push(idle.remove(0));
    }
    // Taking a block apart needs the system, and nobody should wait for that.
    drop(idle);
}

/// A block of `bytes` bytes or up to a quarter more, which hold anything; `None` if there is none.
pub(super) fn take(bytes: usize) -> Option<MmapMut> {
    let mut idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let fits = |map: &MmapMut| (bytes..=bytes + bytes / 4).contains(&map.len());
    let found = idle.iter().rposition(fits)?;
    let mut map = idle.remove(found);
    drop(idle);
    // A page that is written to is no longer the system's to take: newer systems do that at our word (Linux 5.14), a large
    // page at a time.
    #[cfg(target_os = "linux")]
    if map.advise(memmap2::Advice::PopulateWrite).is_ok() {
        return Some(map);
    }
    map.iter_mut().step_by(PAGE_BYTES).for_each(|byte| *byte = 0);
    Some(map)
}
