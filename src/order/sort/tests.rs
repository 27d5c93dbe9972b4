//! Against the standard library's sort, for several numbers of threads and every level.

use arrcalc_kernels::Level;

use crate::order::keys::sort_keys;
use crate::{Engine, Scope};

/// Runs `work` on engines of all levels with several numbers of threads.
fn everywhere(work: impl Fn(&Scope<'_>)) {
    for level in Level::available() {
        for threads in [1, 2, 5] {
            let engine = Engine::builder().threads(threads).level(level).build();
            engine
                .scoped(|scope| {
                    work(scope);
                    Ok(())
                })
                .unwrap();
        }
    }
}

fn shapes(n: u64) -> Vec<Vec<u64>> {
    let random =
        |index: u64| (index + n).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ index.wrapping_mul(index) << 20;
    let many = |f: &dyn Fn(u64) -> u64| (0..n).map(f).collect::<Vec<u64>>();
    vec![
        many(&random),
        many(&|index| index << 20),
        many(&|index| (n - index) << 20),
        many(&|_| u64::MAX),
        many(&|index| (random(index) & 1) * u64::MAX),
        many(&|index| random(index) % 20 << 40),
        many(&|index| if random(index) % 20 == 0 { random(index) } else { 0 }),
        many(&|index| index.min(n - index) << 30),
        many(&|index| if random(index) % 20 == 0 { random(index) } else { index << 40 }),
    ]
}

#[test]
fn keys_are_sorted_by_any_number_of_threads() {
    everywhere(|scope| {
        for n in [0, 1, 2, 1000, 32_767, 32_768, 100_003, 300_000] {
            for keys in shapes(n) {
                let mut expected = keys.clone();
                expected.sort_unstable();
                let mut halves: Vec<u32> = keys.iter().map(|key| (key >> 32) as u32).collect();
                let mut expected_halves = halves.clone();
                expected_halves.sort_unstable();
                let mut sorted = keys;
                sort_keys(scope, &mut sorted).unwrap();
                assert!(sorted == expected, "{n}");
                sort_keys(scope, &mut halves).unwrap();
                assert!(halves == expected_halves, "{n}");
            }
        }
    });
}
