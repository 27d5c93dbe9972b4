//! Asking for memory before it is needed.

use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// How far ahead of what they read kernels ask that read memory once: far enough for it to answer, near enough to stay in
/// the first-level cache.
pub(crate) const AHEAD_BYTES: usize = 8192;

/// Bytes of a cache line, as far as asking for memory goes.
const LINE_BYTES: usize = 64;

/// Asks for the cache lines that begin `distance` bytes past those of `values`, which will be read soon if there are any: work on blocks of a page each leaves the processor's
/// own foresight, which ends at a page, behind. Changes no result.
pub fn prefetch<T>(level: Level, values: &[T], distance: usize) {
    struct Prefetch<'a, T>(&'a [T], usize);
    impl<T> Kernel for Prefetch<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let step = (LINE_BYTES / size_of::<T>().max(1)).max(1);
            for value in self.0.iter().step_by(step) {
                simd.prefetch_beyond(value, self.1);
            }
        }
    }
    level.run(Prefetch(values, distance));
}
