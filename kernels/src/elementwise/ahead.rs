//! Asking for memory before it is needed.

use crate::Level;
use crate::arch::Simd;
use crate::dispatch::Kernel;

/// How far ahead of what they read kernels ask that read memory once: far enough for it to answer, near enough to stay in
/// the first-level cache.
pub(super) const AHEAD_BYTES: usize = 8192;

/// Bytes of a cache line, as far as asking for memory goes.
const LINE_BYTES: usize = 64;

/// Asks for the cache lines of `values`, which will be read soon: work on blocks of a page each leaves the processor's
/// own foresight, which ends at a page, behind. Changes no result.
pub fn prefetch<T>(level: Level, values: &[T]) {
    struct Prefetch<'a, T>(&'a [T]);
    impl<T> Kernel for Prefetch<'_, T> {
        type Output = ();
        #[inline(always)]
        fn run<S: Simd>(self, simd: S) {
            let step = (LINE_BYTES / size_of::<T>().max(1)).max(1);
            self.0.iter().step_by(step).for_each(|value| simd.prefetch_one(value));
        }
    }
    level.run(Prefetch(values));
}
