//! Arrays in a caller's memory: any alignment, any strides.

use arrcalc_datasets::{ArrayView, Dataset, Dtype, Error, Flow, Layout, ReadRequest, Slice, Values};

use super::rows::{WHOLE, cuts, fields, read};

fn single<'a>(view: ArrayView<'a>) -> Dataset<'a> {
    Dataset::from_arrays(vec![("x".into(), view)]).unwrap()
}

fn integers(values: impl IntoIterator<Item = i64>) -> Vec<String> {
    values.into_iter().map(|value| format!("i:{value}")).collect()
}

#[test]
fn every_alignment_reads_the_same() {
    let values: Vec<i64> = (-50..50).map(|i| i * 0x0102_0304_0506).collect();
    for swapped in [false, true] {
        for shift in 0..9 {
            let mut bytes = vec![0xAA; shift];
            for value in &values {
                bytes.extend(if swapped { value.to_be_bytes() } else { value.to_le_bytes() });
            }
            let dtype = Dtype::from_type_string(if swapped { ">i8" } else { "<i8" }).unwrap();
            let view = ArrayView::strided(&bytes, shift, dtype, &[100], &[8]).unwrap();
            let dataset = single(view);
            for cut in cuts() {
                assert_eq!(read(&dataset, cut).unwrap(), [integers(values.clone())], "shift {shift} {cut:?}");
            }
        }
    }
}

#[test]
fn aligned_native_values_are_lent_and_not_copied() {
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    let dataset = single(values.as_slice().into());
    let mut seen = 0;
    for unit in dataset.units(&[0], Layout::Apart, 300) {
        let request = ReadRequest { chunk_rows: 128, memory_bytes: 1 << 20 };
        dataset
            .read(&unit, &request, &mut |chunk| {
                let Values::Float64(lent) = chunk.columns[0].values else {
                    panic!("float64 is lent as float64")
                };
                assert!(values.as_ptr_range().contains(&lent.as_ptr()), "the caller's own memory");
                seen += lent.len();
                Flow::Continue(())
            })
            .unwrap();
    }
    assert_eq!(seen, values.len());
}

#[test]
fn strides_may_be_negative_zero_or_shorter_than_an_element() {
    let bytes: Vec<u8> = (0..64).collect();
    let dtype = || Dtype::from_type_string("<u2").unwrap();
    let at = |byte: usize| i64::from(u16::from_le_bytes([bytes[byte], bytes[byte + 1]]));
    for (start, shape, strides) in [
        (62, vec![32], vec![-2]),
        (10, vec![5], vec![0]),
        (0, vec![63], vec![1]),
        (62, vec![63], vec![-1]),
        (7, vec![3, 4], vec![0, 5]),
        (60, vec![3, 2, 4], vec![-16, 0, -3]),
        (1, vec![4, 3], vec![6, 2]),
        (5, vec![], vec![]),
        (64, vec![0, 3], vec![1 << 40, -1]),
    ] {
        let view = ArrayView::strided(&bytes, start, dtype(), &shape, &strides).unwrap().flatten();
        let count: usize = shape.iter().product();
        let expected = [integers((0..count).map(|flat| {
            let (mut rest, mut byte) = (flat, start as isize);
            for (&len, &stride) in shape.iter().zip(&strides).rev() {
                byte += (rest % len) as isize * stride;
                rest /= len;
            }
            at(byte as usize)
        }))];
        let dataset = single(view);
        for cut in cuts() {
            assert_eq!(read(&dataset, cut).unwrap(), expected, "{shape:?} {strides:?} {cut:?}");
        }
    }
}

#[test]
fn arrays_that_leave_their_bytes_are_refused() {
    let bytes = [0u8; 64];
    let dtype = || Dtype::from_type_string("<f8").unwrap();
    let huge = isize::MAX;
    let cases: [(usize, &[usize], &[isize]); 9] = [
        (0, &[9], &[8]),
        (1, &[8], &[8]),
        (0, &[2], &[-8]),
        (57, &[], &[]),
        (usize::MAX, &[1], &[8]),
        (0, &[usize::MAX], &[1]),
        (0, &[2, 2], &[huge, -huge]),
        (0, &[usize::MAX, usize::MAX], &[0, 0]),
        (0, &[1, 2], &[8]),
    ];
    for (start, shape, strides) in cases {
        let view = ArrayView::strided(&bytes, start, dtype(), shape, strides);
        assert!(matches!(view, Err(Error::Request { .. })), "{start} {shape:?} {strides:?}");
    }
    assert!(ArrayView::strided(&bytes, 0, dtype(), &[1; 65], &[0; 65]).is_err());
    assert!(ArrayView::contiguous(&bytes, dtype(), &[7]).is_err());
    assert!(ArrayView::contiguous(&bytes, dtype(), &[2, usize::MAX]).is_err());
    assert!(ArrayView::contiguous(&bytes, dtype(), &[2, 4]).is_ok());
}

#[test]
fn arrays_side_by_side_are_a_table() {
    let (a, b) = ([1.5f32, -0.0, 2.0], [true, false, true]);
    let matrix: Vec<i16> = (0..6).collect();
    let bytes: Vec<u8> = matrix.iter().flat_map(|v| v.to_ne_bytes()).collect();
    let dtype = Dtype::from_type_string(if cfg!(target_endian = "big") { ">i2" } else { "<i2" }).unwrap();
    let view = ArrayView::contiguous(&bytes, dtype, &[3, 2]).unwrap();
    let arrays = vec![
        ("a".to_string(), a.as_slice().into()),
        ("b".to_string(), b.as_slice().into()),
        ("m".to_string(), view),
        ("a".to_string(), a.as_slice().into()),
    ];
    let dataset = Dataset::from_arrays(arrays).unwrap();
    assert_eq!(fields(&dataset), ["a: float32", "b: bool", "m.c0: int16", "m.c1: int16", "a_1: float32"]);
    let rows = read(&dataset, WHOLE).unwrap();
    assert_eq!(rows[1], ["b:1", "b:0", "b:1"]);
    assert_eq!(rows[3], integers([1, 3, 5]));

    let uneven = vec![("a".to_string(), a.as_slice().into()), ("b".to_string(), b[..2].into())];
    assert!(matches!(Dataset::from_arrays(uneven), Err(Error::Request { .. })));
    assert_eq!(Dataset::from_arrays(Vec::new()).unwrap().row_count(), 0);
}

#[test]
fn a_slice_of_a_view_is_a_view() {
    let values: Vec<u8> = (0..100).collect();
    let view = ArrayView::from(values.as_slice()).slice(&Slice::parse("[90:10:-20]").unwrap()).unwrap();
    assert_eq!(read(&single(view), WHOLE).unwrap(), [integers([90, 70, 50, 30])]);
    assert!(ArrayView::from(values.as_slice()).slice(&Slice::parse("[100]").unwrap()).is_err());
}

#[test]
fn the_lowest_wrong_row_is_the_error_and_the_rows_before_it_are_lent() {
    // Two columns of strings: the second is wrong in row 5, the first in row 7.
    let (mut a, mut b) = (b"abcdefghij".to_vec(), b"0123456789".to_vec());
    (a[7], b[5]) = (0xff, 0xfe);
    let dtype = || Dtype::from_type_string("|S1").unwrap();
    let view = |bytes| ArrayView::contiguous(bytes, dtype(), &[10]).unwrap();
    let dataset = Dataset::from_arrays(vec![("a".into(), view(&a)), ("b".into(), view(&b))]).unwrap();
    for chunk_rows in [1, 2, 3, 5, 6, 7, 10, 1000] {
        let unit = dataset.units(&[0, 1], Layout::Together, 1000).remove(0);
        let mut lent = 0;
        let request = ReadRequest { chunk_rows, memory_bytes: 1 << 20 };
        let error = dataset.read(&unit, &request, &mut |chunk| {
            lent += chunk.row_count;
            Flow::Continue(())
        });
        assert_eq!(lent, 5, "{chunk_rows}");
        let Err(Error::Malformed { column: Some(column), rows: Some((5, 6)), .. }) = error else {
            panic!("{chunk_rows}: {error:?}")
        };
        assert_eq!(column, "b");
    }
}

#[test]
fn types_without_arithmetic_are_shown_and_refused() {
    let bytes = [0u8; 64];
    for (descr, name) in [
        ("'<c16'", "complex128"),
        ("'<f16'", "longdouble"),
        ("'|V16'", "void[16]"),
        ("'<M8'", "datetime64"),
        ("'<m8[Y]'", "timedelta64[Y]"),
        ("'<M8[ps]'", "datetime64[ps]"),
        ("[('a', '<f4', (2,)), ('b', '<i8')]", "array of 2 float32"),
    ] {
        let dtype = Dtype::parse(descr).unwrap();
        let count = bytes.len() / dtype.item_bytes();
        let dataset = single(ArrayView::contiguous(&bytes, dtype, &[count]).unwrap());
        assert_eq!(dataset.schema().fields[0].data_type.to_string(), name);
        let error = read(&dataset, WHOLE).unwrap_err();
        assert!(
            matches!(error, Error::Unsupported { column: Some(_), .. }) && error.to_string().contains(name)
        );
    }
    for descr in [
        "'O'",
        "'|O8'",
        "'<f3'",
        "'<i16'",
        "'x'",
        "''",
        "'<'",
        "'<U'",
        "'V0'",
        "'S0'",
        "[]",
        "3",
        "[('a',)]",
        "[('a', '<f8', -1)]",
        "[('a', '<f8', (1, 99999999999))]",
        "'<M8[3]'",
        "'<M8[0s]'",
        "'<f8[s]'",
        "'<S99999999999'",
        "'<U999999999'",
        "[('', 'V8'), ('o', 'O')]",
        "'<i8, <f8'",
        "'é'",
    ] {
        assert!(Dtype::parse(descr).is_err(), "{descr}");
    }
}
