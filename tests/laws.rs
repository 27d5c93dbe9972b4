//! Every aggregate obeys the law on every type: equal bytes for every cut of the rows and every order of merges.
//! And a state that breaks it is found out.

use arrcalc::aggregate::laws::{Violation, check};
use arrcalc::aggregate::{
    Aggregate, Distinct, Dot, Extremum, Kurtosis, Mean, NanPolicy, Norm, Probability, Quantiles, Question,
    Rounds, Skewness, Std, Step, Sum, Tally, Variance, Which,
};
use arrcalc::datasets::{Chunk, Column, DataType, Field, Text, TimeUnit, Values};
use arrcalc::kernels::{Bits, Level};
use arrcalc::{Error, Summary};
use half::f16;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// A column in memory, by physical type.
#[derive(Clone, Debug)]
enum Data {
    Bool(Vec<bool>),
    Int8(Vec<i8>),
    Int16(Vec<i16>),
    Int32(Vec<i32>),
    Int64(Vec<i64>),
    UInt8(Vec<u8>),
    UInt16(Vec<u16>),
    UInt32(Vec<u32>),
    UInt64(Vec<u64>),
    Float16(Vec<u16>),
    Float32(Vec<f32>),
    Float64(Vec<f64>),
    Decimal(Vec<i128>),
    Text(Vec<String>),
    Null(usize),
}

/// Calls `body` with the column as a chunk of one column, and its type.
fn with_chunk(data: &Data, valid: &[bool], body: impl FnOnce(&DataType, &Chunk<'_>)) {
    let bits = |flags: &[bool]| {
        let mut bytes = vec![0u8; flags.len().div_ceil(8)];
        flags
            .iter()
            .enumerate()
            .filter(|(_, flag)| **flag)
            .for_each(|(at, _)| bytes[at / 8] |= 1 << (at % 8));
        bytes
    };
    let truth;
    let halves: Vec<f16>;
    let strings: Vec<&str>;
    let (data_type, values) = match data {
        Data::Bool(values) => {
            truth = bits(values);
            (DataType::Bool, Values::Bool(Bits::new(&truth, 0, values.len())))
        }
        Data::Int8(values) => (DataType::Int8, Values::Int8(values)),
        Data::Int16(values) => (DataType::Int16, Values::Int16(values)),
        Data::Int32(values) => (DataType::Date, Values::Int32(values)),
        Data::Int64(values) => (DataType::Int64, Values::Int64(values)),
        Data::UInt8(values) => (DataType::UInt8, Values::UInt8(values)),
        Data::UInt16(values) => (DataType::UInt16, Values::UInt16(values)),
        Data::UInt32(values) => (DataType::UInt32, Values::UInt32(values)),
        Data::UInt64(values) => (DataType::UInt64, Values::UInt64(values)),
        Data::Float16(values) => {
            halves = values.iter().map(|&bits| f16::from_bits(bits)).collect();
            (DataType::Float16, Values::Float16(&halves))
        }
        Data::Float32(values) => (DataType::Float32, Values::Float32(values)),
        Data::Float64(values) => (DataType::Float64, Values::Float64(values)),
        Data::Decimal(values) => {
            (DataType::Decimal128 { precision: 38, scale: 3 }, Values::Decimal128(values))
        }
        Data::Text(values) => {
            strings = values.iter().map(String::as_str).collect();
            (DataType::String, Values::Text(Text::Slices(&strings)))
        }
        Data::Null(rows) => (DataType::Null, Values::Null(*rows)),
    };
    let mask = bits(valid);
    let validity = (!valid.iter().all(|valid| *valid)).then(|| Bits::new(&mask, 0, valid.len()));
    let columns = vec![Column { values, validity }];
    body(&data_type, &Chunk { first_row: 1000, row_count: valid.len(), columns });
}

/// Floats of every sort: ordinary, special, subnormal, near overflow, exactly cancelling.
fn any_f64() -> impl Strategy<Value = f64> {
    let special = [
        0.0,
        -0.0,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        f64::from_bits(0xfff8_0000_dead_beef),
        f64::MAX,
        f64::MIN,
        5e-324,
        -5e-324,
        f64::MIN_POSITIVE,
        1e16,
        -1e16,
        1.0,
        0.1,
    ];
    prop_oneof![
        3 => -1000.0..1000.0f64,
        2 => any::<u64>().prop_map(f64::from_bits),
        3 => proptest::sample::select(special.to_vec()),
    ]
}

fn any_data(rows: usize) -> impl Strategy<Value = Data> {
    use proptest::collection::vec;
    prop_oneof![
        1 => vec(any::<bool>(), rows).prop_map(Data::Bool),
        1 => vec(any::<i8>(), rows).prop_map(Data::Int8),
        1 => vec(any::<i16>(), rows).prop_map(Data::Int16),
        1 => vec(any::<i32>(), rows).prop_map(Data::Int32),
        1 => vec(prop_oneof![any::<i64>(), -3..3i64], rows).prop_map(Data::Int64),
        1 => vec(any::<u8>(), rows).prop_map(Data::UInt8),
        1 => vec(any::<u16>(), rows).prop_map(Data::UInt16),
        1 => vec(any::<u32>(), rows).prop_map(Data::UInt32),
        1 => vec(any::<u64>(), rows).prop_map(Data::UInt64),
        1 => vec(any::<u16>(), rows).prop_map(Data::Float16),
        1 => vec(any::<u32>().prop_map(f32::from_bits), rows).prop_map(Data::Float32),
        4 => vec(any_f64(), rows).prop_map(Data::Float64),
        1 => vec(any::<i128>(), rows).prop_map(Data::Decimal),
        1 => vec("[a-cé]{0,3}", rows).prop_map(Data::Text),
        1 => Just(Data::Null(rows)),
    ]
}

fn any_column() -> impl Strategy<Value = (Data, Vec<bool>)> {
    (0usize..40).prop_flat_map(|rows| {
        let valid = prop_oneof![
            Just(vec![true; rows]),
            Just(vec![false; rows]),
            proptest::collection::vec(proptest::bool::weighted(0.7), rows),
        ];
        (any_data(rows), valid)
    })
}

/// Checks `aggregate`, if it exists for the type; says whether it did.
fn lawful<A: Aggregate>(name: &str, aggregate: Result<A, Error>, chunk: &Chunk<'_>) -> usize {
    match aggregate {
        Err(_) => 0,
        Ok(empty) => {
            check(&empty, chunk).unwrap_or_else(|violation| panic!("{name}: {violation}"));
            1
        }
    }
}

fn check_everything(data_type: &DataType, chunk: &Chunk<'_>) -> usize {
    let field = Field { name: "x".into(), data_type: data_type.clone() };
    let mut checked = lawful("summary", Summary::new(&field), chunk);
    for nan in [NanPolicy::Propagate, NanPolicy::Ignore] {
        checked += lawful("sum", Sum::new(data_type, nan), chunk);
        checked += lawful("mean", Mean::new(data_type, nan), chunk);
        checked += lawful("var", Variance::new(data_type, nan, 1), chunk);
        checked += lawful("std", Std::new(data_type, nan, 0), chunk);
        checked += lawful("norm", Norm::new(data_type, nan), chunk);
        checked += lawful("skewness", Skewness::new(data_type, nan), chunk);
        checked += lawful("kurtosis", Kurtosis::new(data_type, nan), chunk);
        for which in [Which::Min, Which::Max, Which::ArgMin, Which::ArgMax] {
            checked += lawful("extremum", Extremum::new(data_type, which, nan), chunk);
        }
        checked += lawful("distinct", Distinct::new(data_type, nan, 8), chunk);
        let q = ["0", "0.01", "0.5", "0.95", "1"].map(|q| Probability::parse(q).unwrap());
        if let Ok(quantiles) = Quantiles::new(data_type, q.to_vec(), nan) {
            let mut state = quantiles.first();
            loop {
                checked += lawful("quantile", Ok(state.clone()), chunk);
                state.update(Level::detect(), chunk);
                match quantiles.next(state) {
                    Step::Again(next) => state = next,
                    Step::Done(answer) => break assert_eq!(answer.len(), q.len()),
                }
            }
        }
    }
    use Question::*;
    for question in [Count, CountNull, CountNan, CountNonzero, Any, All] {
        checked += lawful("tally", Tally::new(data_type, question), chunk);
    }
    let twice = Chunk { columns: vec![chunk.columns[0]; 2], ..*chunk };
    checked + lawful("dot", Dot::new(data_type, data_type), &twice)
}

#[test]
fn every_aggregate_obeys_the_law_on_every_type() {
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let checked = std::cell::Cell::new(0);
    runner
        .run(&any_column(), |(data, valid)| {
            with_chunk(&data, &valid, |data_type, chunk| {
                checked.set(checked.get() + check_everything(data_type, chunk));
            });
            Ok(())
        })
        .unwrap();
    assert!(checked.get() > 500, "only {} checks", checked.get());
    println!("{} states checked", checked.get());
}

#[test]
fn the_law_holds_past_blocks_and_exact_limits() {
    // Several blocks, more values than a first pass keeps, nulls in runs, every special value.
    let rows = 10_000;
    let special = [f64::NAN, f64::INFINITY, -0.0, 1e300, -1e300, 5e-324];
    let values: Vec<f64> = (0..rows)
        .map(|row| if row % 997 == 0 { special[row / 997 % 6] } else { (row * 7919 % rows) as f64 / 8.0 })
        .collect();
    let valid: Vec<bool> = (0..rows).map(|row| row / 100 % 7 != 3).collect();
    with_chunk(&Data::Float64(values), &valid, |data_type, chunk| {
        let field = Field { name: "x".into(), data_type: data_type.clone() };
        assert_eq!(lawful("summary", Summary::new(&field), chunk), 1);
    });
    let owned: Vec<i64> = (0..70_000).map(|row| row * 7919 % 70_000).collect();
    let valid = vec![true; owned.len()];
    with_chunk(&Data::Int64(owned), &valid, |data_type, chunk| {
        let mut whole = Distinct::new(data_type, NanPolicy::Propagate, 3).unwrap();
        whole.update(Level::detect(), chunk);
        let answer = whole.finish();
        assert_eq!((answer.distinct, answer.most_frequent), (None, None));
        assert!(answer.estimate.abs_diff(70_000) < 2_000, "{}", answer.estimate);
    });
}

/// The floating-point sum that everyone writes first.
#[derive(Clone)]
struct Naive(f64);

impl Aggregate for Naive {
    type Answer = f64;

    fn update(&mut self, _: Level, chunk: &Chunk<'_>) {
        let Values::Float64(values) = chunk.columns[0].values else { return };
        self.0 += values.iter().sum::<f64>();
    }

    fn merge(&mut self, other: &Self) {
        self.0 += other.0;
    }

    fn finish(&self) -> f64 {
        self.0
    }

    fn to_bytes(&self) -> Vec<u8> {
        self.0.to_le_bytes().to_vec()
    }
}

#[test]
fn a_floating_point_sum_is_found_out() {
    let values = [1e16, 1.0, -1e16, 1.0];
    let columns = vec![Column { values: Values::Float64(&values), validity: None }];
    let chunk = Chunk { first_row: 0, row_count: 4, columns };
    let found: Result<(), Violation> = check(&Naive(0.0), &chunk);
    assert_eq!(found.unwrap_err().law, "associativity");
    assert!(check(&Sum::new(&DataType::Float64, NanPolicy::Propagate).unwrap(), &chunk).is_ok());
}

#[test]
fn what_a_type_does_not_have_is_refused_by_name() {
    let refused = |error: Error| assert_eq!(error.exit_code(), 2, "{error}");
    refused(Sum::new(&DataType::Date, NanPolicy::Propagate).unwrap_err());
    refused(Sum::new(&DataType::String, NanPolicy::Propagate).unwrap_err());
    refused(Variance::new(&DataType::Duration(TimeUnit::Second), NanPolicy::Propagate, 1).unwrap_err());
    refused(Quantiles::new(&DataType::String, Vec::new(), NanPolicy::Propagate).unwrap_err());
    refused(Dot::new(&DataType::Float64, &DataType::String).unwrap_err());
    let unsupported = DataType::Unsupported("list".into());
    refused(Extremum::new(&unsupported, Which::Min, NanPolicy::Propagate).unwrap_err());
    refused(Summary::new(&Field { name: "x".into(), data_type: unsupported }).unwrap_err());
}

#[test]
fn the_table_of_aggregates_names_files_and_types_that_exist() {
    let room = std::path::Path::new("src/aggregate");
    let table = std::fs::read_to_string(room.join("README.md")).unwrap();
    let faces = std::fs::read_to_string(room.join("mod.rs")).unwrap();
    let rows: Vec<Vec<&str>> = table
        .lines()
        .filter(|line| line.starts_with("| ") && line.contains(".rs"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() >= 20, "only {} rows", rows.len());
    for row in &rows {
        let (name, face, class, file) = (row[1], row[2].trim_matches('`'), row[3], row[5]);
        let source = std::fs::read_to_string(room.join(file)).unwrap_or_else(|_| panic!("{name}: no {file}"));
        let defined = [format!("pub struct {face}"), format!("pub type {face} ")];
        assert!(defined.iter().any(|text| source.contains(text.as_str())), "{name}: no {face} in {file}");
        assert!(faces.contains(face), "{name}: {face} is not public");
        let classes = ["exact", "positioned", "rounds", "approximate"];
        assert!(classes.iter().any(|known| class.starts_with(known)), "{name}: class {class}");
    }
    // Every file with an aggregate is in the table.
    for file in std::fs::read_dir(room).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue; // unit tests of the file of that name
        }
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let holds = text.contains("Aggregate for") || text.contains("pub type ");
        if holds && !["moments.rs", "mod.rs", "laws.rs", "README.md"].contains(&name.as_str()) {
            assert!(rows.iter().any(|row| row[5] == name), "{name} is not in the table");
        }
    }
}
