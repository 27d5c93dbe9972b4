//! Files that nobody here wrote: Apache's gold files, oddities and crash reproducers, against what pyarrow read.
//! The folder comes from ARRCALC_CORPORA (its `classes.json` says what each file demands of a reader).

mod columns;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use arrcalc_datasets::format::Format;
use arrcalc_datasets::{DataType, Dataset, Error, OpenOptions, Sequential};
use columns::Found;
use serde_json::Value;

/// Files that do not get the verdict of their class, and why.
const EXCEPTIONS: [(&str, &str); 0] = [];

fn corpora() -> Option<PathBuf> {
    let folder = std::env::var_os("ARRCALC_CORPORA").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: ARRCALC_CORPORA is not set");
    }
    folder
}

fn format_of(file: &str) -> Option<Format> {
    if file.ends_with(".parquet") {
        Some(Format::Parquet)
    } else if file.ends_with(".stream") {
        Some(Format::ArrowStream)
    } else {
        (file.ends_with(".arrow_file") || file.contains("arrow-ipc-file/")).then_some(Format::ArrowFile)
    }
}

fn open(path: &Path, format: Format) -> Result<Dataset<'static>, Error> {
    let mut options = OpenOptions { format: Some(format), ..OpenOptions::default() };
    options.limits.memory_bytes = 512 << 20;
    Dataset::open_with(&[path], &options, &Sequential)
}

/// Every column of a file, or the error of reading it; unsupported types by their error.
fn read(path: &Path, format: Format) -> Result<(Dataset<'static>, Vec<Result<Found, Error>>), Error> {
    let dataset = open(path, format)?;
    let count = dataset.schema().fields.len();
    let found = (0..count).map(|column| columns::column(&dataset, column, 1_000)).collect();
    Ok((dataset, found))
}

#[test]
fn every_foreign_file_gets_the_verdict_of_its_class() {
    let Some(folder) = corpora() else { return };
    columns::limit_memory(2 << 30);
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    let classes: BTreeMap<String, Value> = serde_json::from_str(&text("classes.json")).expect("classes.json");
    let oracle: BTreeMap<String, Value> = text("oracle.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a line of oracle.jsonl"))
        .filter(|line| {
            let reader = line["reader"].as_str().unwrap_or_default();
            line["outcome"] == "ok" && reader.starts_with("pyarrow") && !reader.ends_with("+crc")
        })
        .map(|line| (line["file"].as_str().expect("a file").to_string(), line))
        .collect();
    let mut counts: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut failures = Vec::new();
    for (file, class) in &classes {
        let Some(format) = format_of(file) else { continue };
        let class = class["class"].as_str().expect("a class");
        let started = Instant::now();
        let outcome = read(&folder.join(file), format);
        let mut complain = |what: String| {
            if !EXCEPTIONS.iter().any(|(name, _)| file.ends_with(name)) {
                failures.push(format!("{class} {file}: {what}"));
            }
        };
        if started.elapsed() > Duration::from_secs(10) {
            complain(format!("took {:?}", started.elapsed()));
        }
        let errors: Vec<&Error> = match &outcome {
            Err(error) => vec![error],
            Ok((_, found)) => found.iter().filter_map(|found| found.as_ref().err()).collect(),
        };
        for error in &errors {
            let line = error.to_string();
            if line.contains('\n') || !line.contains(file.rsplit('/').next().expect("a name")) {
                complain(format!("not one line that names the file: {line}"));
            }
            if std::env::var_os("ARRCALC_VERBOSE").is_some() {
                println!("{class} {file}: {line}");
            }
        }
        let verdict = match (&outcome, errors.len()) {
            (Err(_), _) => "refused",
            (Ok(_), 0) => "read",
            (Ok(_), _) => "read in part",
        };
        *counts.entry((class.to_string(), verdict)).or_default() += 1;
        match class {
            "must_read" => match outcome {
                Err(error) => complain(error.to_string()),
                Ok((dataset, found)) => {
                    let gold_nulls = gold_nulls(&folder.join(file));
                    compare(&dataset, found, &oracle[file], &gold_nulls).into_iter().for_each(&mut complain);
                }
            },
            "must_refuse" | "refuse_if_crc" | "budget" => {
                // A column that is only shown is no excuse: what is wrong with it is found as its nulls are counted.
                let wrong = |error: &Error| !matches!(error, Error::Unsupported { .. });
                let refused = match &outcome {
                    Err(_) => true,
                    Ok((dataset, found)) => found.iter().enumerate().any(|(at, found)| match found {
                        Ok(_) => false,
                        Err(Error::Unsupported { .. }) => dataset.null_count(at, 512 << 20).is_err(),
                        Err(error) => wrong(error),
                    }),
                };
                if !refused {
                    complain(format!("was read, but for {errors:?}"));
                }
            }
            _ => {}
        }
    }
    for ((class, verdict), count) in counts {
        println!("{class}: {verdict} {count}");
    }
    assert!(failures.is_empty(), "{} files:\n{}", failures.len(), failures.join("\n"));
}

/// Nulls of dictionary columns, from the integration JSON beside Apache's gold files: a row is null where its code is
/// or where the value that the code names is. (The oracle counts the null codes only.)
fn gold_nulls(file: &Path) -> Vec<Option<u64>> {
    let Ok(gold) = std::fs::File::open(file.with_extension("json.gz")) else { return Vec::new() };
    let gold: Value = serde_json::from_reader(flate2::read::GzDecoder::new(gold)).expect("gold JSON");
    let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let fields = array(&gold["schema"]["fields"]);
    let nulls_of = |at: usize, field: &Value| {
        let id = field.get("dictionary")?.get("id")?;
        let dictionary = array(&gold["dictionaries"]).into_iter().find(|other| other["id"] == *id)?;
        let values = array(&dictionary["data"]["columns"][0]["VALIDITY"]);
        let mut nulls = 0;
        for batch in array(&gold["batches"]) {
            let column = &batch["columns"][at];
            for (valid, code) in array(&column["VALIDITY"]).iter().zip(array(&column["DATA"])) {
                let code = code.as_u64().expect("a code") as usize;
                nulls += u64::from(*valid == 0 || values.get(code).is_some_and(|valid| *valid == 0));
            }
        }
        Some(nulls)
    };
    fields.iter().enumerate().map(|(at, field)| nulls_of(at, field)).collect()
}

/// What differs from the oracle.
fn compare(
    dataset: &Dataset<'_>,
    found: Vec<Result<Found, Error>>,
    oracle: &Value,
    gold_nulls: &[Option<u64>],
) -> Vec<String> {
    let mut differences = Vec::new();
    if Some(dataset.row_count()) != oracle["rows"].as_u64() {
        differences.push(format!("{} rows, not {}", dataset.row_count(), oracle["rows"]));
    }
    let expected = oracle["columns"].as_array().expect("columns");
    if found.len() != expected.len() {
        differences.push(format!("{} columns, not {}", found.len(), expected.len()));
        return differences;
    }
    for (at, (found, expected)) in found.into_iter().zip(expected).enumerate() {
        let field = &dataset.schema().fields[at];
        let mut differ = |what: &str, found: String, expected: &Value| {
            differences
                .push(format!("column '{}' {}: {what} {found}, not {expected}", field.name, field.data_type));
        };
        // A name that occurs twice gets a number.
        let name = expected["name"].as_str().expect("a name");
        if field.name != name && field.name.strip_prefix(name).is_none_or(|number| !number.starts_with('_')) {
            differ("name", field.name.clone(), &expected["name"]);
        }
        let found = match found {
            Ok(found) => found,
            Err(Error::Unsupported { column, reason, .. }) => {
                let DataType::Unsupported(name) = &field.data_type else {
                    differ("refused", reason, &expected["type"]);
                    continue;
                };
                if column.is_none_or(|column| !field.name.starts_with(&column)) || !reason.contains(&**name) {
                    differ("error names neither type nor column", reason, &expected["type"]);
                }
                let numeric = expected.get("sum").is_some() || expected.get("fsum").is_some();
                if numeric {
                    differ("unsupported", String::new(), &expected["type"]);
                }
                // Of what is only shown the nulls are counted all the same. (Of unions the oracle gives none.)
                let nulls = dataset.null_count(at, 512 << 20);
                if !matches!(&nulls, Ok(nulls) if nulls.is_none() || *nulls == expected["nulls"].as_u64()) {
                    differ("nulls", format!("{nulls:?}"), &expected["nulls"]);
                }
                continue;
            }
            Err(error) => {
                differ("error", error.to_string(), &expected["type"]);
                continue;
            }
        };
        let nulls = match gold_nulls.get(at) {
            Some(Some(nulls)) => Some(*nulls),
            _ => expected["nulls"].as_u64(),
        };
        if Some(found.nulls) != nulls {
            differ("nulls", found.nulls.to_string(), &expected["nulls"]);
        }
        if let Some(trues) = expected.get("true")
            && Some(found.trues) != trues.as_u64()
        {
            differ("trues", found.trues.to_string(), trues);
        }
        if let Some(sum) = expected.get("sum") {
            let (total, min, max) = found.ints.map_or((0, None, None), |(s, a, b)| (s, Some(a), Some(b)));
            if sum.as_str() != Some(&total.to_string()) {
                differ("sum", total.to_string(), sum);
            }
            for (what, value) in [("min", min), ("max", max)] {
                let value = value.map(|value| value.to_string());
                if value.as_deref() != expected[what].as_str() {
                    differ(what, format!("{value:?}"), &expected[what]);
                }
            }
        }
        if let Some(sum) = expected.get("fsum") {
            if Some(found.nans) != expected["nan"].as_u64() {
                differ("NaNs", found.nans.to_string(), &expected["nan"]);
            }
            let total = columns::exact_sum(&found.float_values);
            if sum.as_str().is_none_or(|sum| columns::hex_float(sum).to_bits() != total.to_bits()) {
                differ("sum", format!("{total:e}"), sum);
            }
            for (what, value) in [("min", found.floats.map(|f| f.0)), ("max", found.floats.map(|f| f.1))] {
                let other = expected[what].as_str().map(columns::hex_float);
                if value != other {
                    differ(what, format!("{value:?}"), &expected[what]);
                }
            }
        }
    }
    differences
}
