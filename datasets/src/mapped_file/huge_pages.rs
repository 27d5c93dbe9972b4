//! Fresh memory in large pages, where the system has them.

/// In smaller rooms there may be no whole large page, of 2 MiB.
const BYTES_MIN: usize = 4 << 20;

/// A multiple of every system's small pages, where advice starts and ends.
#[cfg(target_os = "linux")]
const PAGE_BYTES: usize = 64 << 10;

/// Asks that `fresh`, which nobody has written to since it was allocated, be filled with large pages. Writing all over a
/// new answer otherwise stops once every 4 KiB for the system to find and clear a page, which takes longer than many a
/// computation. Advice only: what stands in the room stays as it is, and systems without large pages do nothing.
pub fn in_huge_pages<T>(fresh: &mut [T]) {
    if size_of_val(fresh) >= BYTES_MIN {
        advise(fresh);
    }
}

#[cfg(target_os = "linux")]
fn advise<T>(fresh: &mut [T]) {
    use rustix::mm::{Advice, madvise};

    let start = fresh.as_mut_ptr().cast::<u8>();
    let skipped = start.align_offset(PAGE_BYTES);
    let len = size_of_val(fresh).saturating_sub(skipped) / PAGE_BYTES * PAGE_BYTES;
    // SAFETY: the pages lie within `fresh`, which is borrowed mutably; this advice changes how they are backed and
    // never what is in them.
    let _ = unsafe { madvise(start.wrapping_add(skipped).cast(), len, Advice::LinuxHugepage) };
}

#[cfg(not(target_os = "linux"))]
fn advise<T>(_: &mut [T]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_changes_no_value() {
        let mut values = vec![7u64; 3 << 20];
        for start in [0, 1, 511, 512, 4000] {
            in_huge_pages(&mut values[start..]);
        }
        in_huge_pages(&mut values[..3]);
        in_huge_pages::<u8>(&mut []);
        assert!(values.iter().all(|&value| value == 7));
    }
}
