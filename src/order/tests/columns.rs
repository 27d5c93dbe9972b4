//! Columns of every type, of patterns that sorts find hard.

use arrcalc_datasets::{Column, Text, Values};
use arrcalc_kernels::Bits;
use arrcalc_kernels::elementwise::nearest_binary16;
use half::f16;

/// The next of a sequence of numbers without pattern (splitmix64).
pub(super) fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut word = *state;
    word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Integers in pattern number `pattern`.
pub(super) fn integers(pattern: usize, rows: usize, seed: u64) -> Vec<i64> {
    let mut state = seed;
    let random = |state: &mut u64| next(state) as i64;
    (0..rows)
        .map(|row| match pattern % 9 {
            0 => random(&mut state),
            1 => row as i64,
            2 => -(row as i64),
            3 => row as i64 % 17,
            4 => random(&mut state) % 3,
            5 => 42,
            6 if row % 20 == 0 => random(&mut state),
            6 => row as i64,
            // Prefixes agree, the last bits do not; and one value far away.
            7 if row == rows / 2 => i64::MIN,
            7 => random(&mut state) & 0xf,
            _ => (row as i64).min((rows - row) as i64),
        })
        .collect()
}

/// Columns of all types, made of `integers`.
pub(super) struct Columns {
    int8: Vec<i8>,
    int16: Vec<i16>,
    int32: Vec<i32>,
    int64: Vec<i64>,
    uint8: Vec<u8>,
    uint16: Vec<u16>,
    uint32: Vec<u32>,
    uint64: Vec<u64>,
    float16: Vec<f16>,
    float32: Vec<f32>,
    float64: Vec<f64>,
    decimal: Vec<i128>,
    narrow_decimal: Vec<i128>,
    bits: Vec<u8>,
    validity: Vec<u8>,
    strings: Vec<String>,
    codes: Vec<u32>,
}

impl Columns {
    pub(super) fn new(integers: &[i64]) -> Self {
        let floats = |value: i64| match value.rem_euclid(23) {
            0 => f64::NAN,
            1 => f64::from_bits(0xfff8_0000_0000_0007),
            2 => -0.0,
            3 => 0.0,
            4 => f64::INFINITY,
            5 => f64::NEG_INFINITY,
            _ => value as f64 / 7.0,
        };
        let text = |value: i64| match value.rem_euclid(7) {
            0 => String::new(),
            1 => "prefix\0".into(),
            2 => "prefix".into(),
            3 => format!("prefix that is long {value}"),
            4 => format!("prefix that is long {}", value % 3),
            5 => "é".repeat(value.rem_euclid(31) as usize),
            _ => format!("{value}"),
        };
        fn of<T>(integers: &[i64], map: impl Fn(i64) -> T) -> Vec<T> {
            integers.iter().map(|&value| map(value)).collect()
        }
        let bytes = integers.len().div_ceil(8) + 1;
        let bit = |salt: u64, share: u64| {
            let mut bits = vec![0u8; bytes];
            let mut state = salt;
            (0..8 * bytes)
                .for_each(|at| bits[at / 8] |= u8::from(!next(&mut state).is_multiple_of(share)) << (at % 8));
            bits
        };
        Self {
            int8: of(integers, |value| value as i8),
            int16: of(integers, |value| value as i16),
            int32: of(integers, |value| value as i32),
            int64: integers.to_vec(),
            uint8: of(integers, |value| value as u8),
            uint16: of(integers, |value| value as u16),
            uint32: of(integers, |value| value as u32),
            uint64: of(integers, |value| value as u64),
            float16: of(integers, |value| nearest_binary16(floats(value))),
            float32: of(integers, |value| floats(value) as f32),
            float64: of(integers, floats),
            decimal: of(integers, |value| i128::from(value) * 1_000_000_007_000_000_007),
            narrow_decimal: of(integers, |value| i128::from(value % 1000)),
            bits: bit(1, 2),
            validity: bit(2, 5),
            strings: of(integers, text),
            codes: of(integers, |value| value.rem_euclid(6) as u32),
        }
    }

    /// Calls `look` with each column, without nulls and with some.
    pub(super) fn each(&self, look: &mut dyn FnMut(&str, Column<'_>)) {
        let rows = self.int64.len();
        let slices: Vec<&str> = self.strings.iter().map(String::as_str).collect();
        let (mut offsets, mut data) = (vec![0i32], Vec::new());
        for text in &self.strings {
            data.extend_from_slice(text.as_bytes());
            offsets.push(data.len() as i32);
        }
        let entries = ["b", "", "ba", "b", "a", "zz"];
        let all = [
            ("null", Values::Null(rows)),
            ("bool", Values::Bool(Bits::new(&self.bits, 3, rows))),
            ("int8", Values::Int8(&self.int8)),
            ("int16", Values::Int16(&self.int16)),
            ("int32", Values::Int32(&self.int32)),
            ("int64", Values::Int64(&self.int64)),
            ("uint8", Values::UInt8(&self.uint8)),
            ("uint16", Values::UInt16(&self.uint16)),
            ("uint32", Values::UInt32(&self.uint32)),
            ("uint64", Values::UInt64(&self.uint64)),
            ("float16", Values::Float16(&self.float16)),
            ("float32", Values::Float32(&self.float32)),
            ("float64", Values::Float64(&self.float64)),
            ("decimal", Values::Decimal128(&self.decimal)),
            ("narrow decimal", Values::Decimal128(&self.narrow_decimal)),
            ("slices", Values::Text(Text::Slices(&slices))),
            ("offsets", Values::Text(Text::Offsets32 { offsets: &offsets, data: &data })),
            ("codes", Values::Text(Text::Codes { codes: &self.codes, values: &entries })),
        ];
        for (name, values) in all {
            for validity in [None, Some(Bits::new(&self.validity, 2, rows))] {
                look(name, Column { values, validity });
            }
        }
    }
}
