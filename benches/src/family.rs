//! One family of kernels: its sizes, and how each contender is timed.

use std::hint::black_box;
use std::time::Duration;

use arrcalc_kernels::Level;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, BenchmarkId, Criterion, Throughput};

/// Elements: in the first-level cache, in the second-level cache, in memory.
pub const SIZES: [usize; 3] = [2_048, 65_536, 16_777_216];

/// A group of contenders over the same data.
pub struct Family<'c> {
    group: BenchmarkGroup<'c, WallTime>,
    size: usize,
}

impl<'c> Family<'c> {
    /// Starts the group `name`: few samples, since the large sizes take long and the small ones are steady.
    pub fn new(criterion: &'c mut Criterion, name: &str) -> Self {
        let mut group = criterion.benchmark_group(name);
        group
            .sample_size(20)
            .warm_up_time(Duration::from_millis(300))
            .measurement_time(Duration::from_secs(1));
        Self { group, size: 0 }
    }

    /// The contenders that follow read `size` elements of `bytes` bytes in all. Few answers do where one takes long.
    pub fn size(&mut self, size: usize, bytes: usize) {
        self.size = size;
        self.group.sample_size(if size > 1 << 22 { 10 } else { 20 });
        self.group.throughput(Throughput::Bytes(bytes as u64));
    }

    /// Times `work`.
    pub fn contender<T>(&mut self, name: &str, mut work: impl FnMut() -> T) {
        self.group
            .bench_function(BenchmarkId::new(name, self.size), |bencher| bencher.iter(|| black_box(work())));
    }

    /// Times `work` at every level of this machine.
    pub fn levels<T>(&mut self, name: &str, mut work: impl FnMut(Level) -> T) {
        for level in Level::available() {
            self.contender(&format!("{name} {level}"), || work(level));
        }
    }
}
