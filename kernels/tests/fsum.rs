//! The exact sum against the vectors of CPython's `math.fsum` (in the folder `ARRCALC_CORPORA` names).

use arrcalc_kernels::Level;
use arrcalc_kernels::exact::{Dyadic, Natural, PowerSums, Ratio};
use serde_json::Value;

/// A hexadecimal float as C99 and Python write it.
fn parse_hex(text: &str) -> f64 {
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    match text {
        "inf" => return if negative { f64::NEG_INFINITY } else { f64::INFINITY },
        "nan" => return f64::NAN,
        _ => {}
    }
    let (digits, exponent) =
        text.strip_prefix("0x").and_then(|text| text.split_once('p')).expect("a hex float");
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let significand = u64::from_str_radix(&format!("{whole}{fraction}"), 16).expect("hex digits");
    let exponent = exponent.parse::<i64>().expect("an exponent") - 4 * fraction.len() as i64;
    Ratio::from(Dyadic::new(negative, Natural::from(significand), exponent)).to_f64()
}

#[test]
fn the_vectors_of_cpythons_fsum_are_met() {
    let Some(corpora) = std::env::var_os("ARRCALC_CORPORA") else {
        println!("not run: ARRCALC_CORPORA is not set");
        return;
    };
    let path = std::path::Path::new(&corpora).join("cpython/fsum_vectors.json");
    let text = std::fs::read_to_string(&path).expect("the fsum vectors");
    let vectors: Value = serde_json::from_str(&text).expect("JSON");
    let cases = vectors["cases"].as_array().expect("cases");
    assert!(cases.len() >= 14);
    for case in cases {
        let values: Vec<f64> = case["values_hex"]
            .as_array()
            .expect("values")
            .iter()
            .map(|value| parse_hex(value.as_str().expect("a string")))
            .collect();
        let expected = parse_hex(case["expected_hex"].as_str().expect("a string"));
        for level in Level::available() {
            let mut state = PowerSums::<1>::new();
            state.update_f64(level, &values);
            assert!(state.sum() == expected, "{level}: {:e} is not {expected:e}", state.sum());
        }
    }
}
