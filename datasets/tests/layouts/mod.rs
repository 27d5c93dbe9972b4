//! Arrow arrays of every type and layout that is read: every third row is null.

use std::sync::Arc;

use arrcalc_datasets::{DataType, TimeUnit};
use arrow_array::builder::{PrimitiveRunBuilder, StringRunBuilder};
use arrow_array::types::*;
use arrow_array::*;

fn nullable<T>(rows: usize, value: impl Fn(usize) -> T) -> Vec<Option<T>> {
    (0..rows).map(|row| (row % 3 != 0).then(|| value(row))).collect()
}

fn word(row: usize) -> String {
    ["", "a", "zwölf", "∑", "a longer text than twelve bytes"][row % 5].repeat(1 + row % 2)
}

/// A column of every type and layout that is read, with what it must be read as.
pub(crate) fn arrays(rows: usize) -> Vec<(&'static str, ArrayRef, DataType)> {
    let mut arrays: Vec<(&'static str, ArrayRef, DataType)> = Vec::new();
    macro_rules! primitive {
        ($name:literal, $arrow:ty, $type:expr, $value:expr) => {{
            let value = $value;
            arrays.push(($name, Arc::new(PrimitiveArray::<$arrow>::from_iter(nullable(rows, value))), $type));
        }};
    }
    primitive!("int8", Int8Type, DataType::Int8, |row| row as i8);
    primitive!("int16", Int16Type, DataType::Int16, |row| row as i16 - 300);
    primitive!("int32", Int32Type, DataType::Int32, |row| row as i32 * -7);
    primitive!("int64", Int64Type, DataType::Int64, |row| row as i64 * 1_000_000_007);
    primitive!("uint8", UInt8Type, DataType::UInt8, |row| row as u8);
    primitive!("uint16", UInt16Type, DataType::UInt16, |row| row as u16 * 13);
    primitive!("uint32", UInt32Type, DataType::UInt32, |row| u32::MAX - row as u32);
    primitive!("uint64", UInt64Type, DataType::UInt64, |row| u64::MAX - row as u64);
    primitive!("float16", Float16Type, DataType::Float16, |row| half::f16::from_f32(row as f32 * 0.25));
    primitive!("float32", Float32Type, DataType::Float32, |row| row as f32 / 3.0);
    primitive!("float64", Float64Type, DataType::Float64, |row| match row % 50 {
        1 => f64::NAN,
        2 => f64::INFINITY,
        4 => -0.0,
        _ => row as f64 / 7.0,
    });
    primitive!("date32", Date32Type, DataType::Date, |row| row as i32 - 1000);
    primitive!("date64", Date64Type, DataType::Date, |row| (row as i64 - 1000) * 86_400_000);
    primitive!("time32s", Time32SecondType, DataType::Time(TimeUnit::Second), |row| row as i32);
    primitive!("time32ms", Time32MillisecondType, DataType::Time(TimeUnit::Millisecond), |row| row as i32);
    primitive!("time64us", Time64MicrosecondType, DataType::Time(TimeUnit::Microsecond), |row| row as i64);
    primitive!("time64ns", Time64NanosecondType, DataType::Time(TimeUnit::Nanosecond), |row| row as i64);
    primitive!("ts", TimestampSecondType, DataType::Timestamp(TimeUnit::Second, None), |row| row as i64);
    primitive!("tms", TimestampMillisecondType, DataType::Timestamp(TimeUnit::Millisecond, None), |row| row
        as i64);
    primitive!("tus", TimestampMicrosecondType, DataType::Timestamp(TimeUnit::Microsecond, None), |row| row
        as i64);
    primitive!("tns", TimestampNanosecondType, DataType::Timestamp(TimeUnit::Nanosecond, None), |row| row
        as i64);
    primitive!("duration", DurationMicrosecondType, DataType::Duration(TimeUnit::Microsecond), |row| row
        as i64);
    let zoned =
        TimestampMicrosecondArray::from_iter(nullable(rows, |row| row as i64)).with_timezone("Europe/Berlin");
    let zone = Some("Europe/Berlin".into());
    arrays.push(("zoned", Arc::new(zoned), DataType::Timestamp(TimeUnit::Microsecond, zone)));
    let decimals = Decimal128Array::from_iter(nullable(rows, |row| row as i128 * 123_456_789_012_345_678))
        .with_precision_and_scale(30, 4)
        .expect("a decimal type");
    arrays.push(("decimal", Arc::new(decimals), DataType::Decimal128 { precision: 30, scale: 4 }));
    arrays.push((
        "bool",
        Arc::new(BooleanArray::from_iter(nullable(rows, |row| row % 5 == 1))),
        DataType::Bool,
    ));
    arrays.push(("null", Arc::new(NullArray::new(rows)), DataType::Null));
    arrays.push(("utf8", Arc::new(StringArray::from_iter(nullable(rows, word))), DataType::String));
    arrays.push(("large", Arc::new(LargeStringArray::from_iter(nullable(rows, word))), DataType::String));
    arrays.push(("view", Arc::new(StringViewArray::from_iter(nullable(rows, word))), DataType::String));
    let words = nullable(rows, word);
    let dictionary: DictionaryArray<Int16Type> = words.iter().map(Option::as_deref).collect();
    arrays.push(("dictionary", Arc::new(dictionary), DataType::String));
    // A dictionary whose values are null too, of numbers.
    let keys = UInt8Array::from_iter(nullable(rows, |row| (row % 4) as u8));
    let values = Float64Array::from(vec![Some(0.5), None, Some(-3.0), Some(1e300)]);
    let numbers = DictionaryArray::try_new(keys, Arc::new(values)).expect("a dictionary");
    arrays.push(("numbers", Arc::new(numbers), DataType::Float64));
    let keys = Int32Array::from_iter(nullable(rows, |row| (row % 3) as i32));
    let flags = DictionaryArray::try_new(keys, Arc::new(BooleanArray::from(vec![true, false, true])));
    arrays.push(("flags", Arc::new(flags.expect("a dictionary")), DataType::Bool));
    let mut runs = PrimitiveRunBuilder::<Int32Type, Int64Type>::new();
    let mut text = StringRunBuilder::<Int16Type>::new();
    for row in 0..rows {
        match row / 10 % 4 {
            0 => {
                runs.append_null();
                text.append_null();
            }
            step => {
                runs.append_value(step as i64 * 100);
                text.append_value(word(row / 10));
            }
        }
    }
    arrays.push(("runs", Arc::new(runs.finish()), DataType::Int64));
    arrays.push(("text_runs", Arc::new(text.finish()), DataType::String));
    arrays
}
