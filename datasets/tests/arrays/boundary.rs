//! The receiver's panic is its own; only decoders' panics become errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use arrcalc_datasets::{Dataset, Layout, ReadRequest, is_decoding};

#[test]
fn a_panic_of_the_receiver_goes_through() {
    let values = [1.0f64, 2.0];
    let dataset = Dataset::from_arrays(vec![("x".into(), values.as_slice().into())]).unwrap();
    let unit = dataset.units(&[0], Layout::Together, 10).remove(0);
    let request = ReadRequest { chunk_rows: 1, memory_bytes: 1 << 20 };
    let mut calls = 0;
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        dataset.read(&unit, &request, &mut |_| {
            assert!(!is_decoding(), "a receiver is not a decoder");
            calls += 1;
            panic!("mine")
        })
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref::<&str>(), Some(&"mine"));
    assert_eq!(calls, 1, "nothing is lent after a panic");
    assert!(!is_decoding());
}
