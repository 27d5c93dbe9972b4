//! `--profile`: what each pass did, on stderr, or a timeline of it in a file.

use std::ffi::OsString;
use std::io::Write;
use std::path::Path;

use arrcalc::Trace;
use arrcalc::datasets::write::Output;
use arrcalc::execute::MemoryRoof;
use arrcalc::present::significant;

use crate::arguments::shared::Profile;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// Share of the memory's speed below which something else bounds a pass.
const MEMORY_BOUND: f64 = 0.6;

/// Passes that take less are over before a rate or a comparison means anything.
const MEASURABLE_SECONDS: f64 = 1e-3;

/// What `--profile` asks for, after the command that was typed as `words`.
pub(crate) fn report(session: &Session, words: &[OsString]) -> Result<()> {
    match (&session.shared().profile, session.progress().trace()) {
        (Some(Profile::Table), _) => print(session),
        (Some(Profile::Trace(path)), Some(trace)) => write(session, path, trace, words),
        _ => Ok(()),
    }
}

/// Writes the timeline of the run.
fn write(session: &Session, path: &Path, trace: &Trace, words: &[OsString]) -> Result<()> {
    let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
    let notes = [
        ("command", words.join(" ")),
        ("threads", session.engine().threads().to_string()),
        ("level", session.engine().level().name().to_owned()),
    ];
    let mut output = Output::create(path)?;
    let written = output.write_all(trace.json(&notes).as_bytes());
    written.map_err(|error| Failure::write(&path.display().to_string(), error))?;
    Ok(output.commit()?)
}

/// Prints a line each pass: rows, columns, bytes of values, time, rate, and its share of what memory gives.
fn print(session: &Session) -> Result<()> {
    let records = session.progress().records();
    if records.is_empty() {
        eprintln!("profile: no pass over rows was needed");
        return Ok(());
    }
    let roof = session.engine().run(&MemoryRoof)?;
    eprintln!(
        "{:>4}  {:>13}  {:>7}  {:>9}  {:>10}  {:>7}  {:>7}",
        "pass", "rows", "columns", "MB", "ms", "GB/s", "of roof"
    );
    let mut slow = Vec::new();
    for (index, record) in records.iter().enumerate() {
        let seconds = record.elapsed.as_secs_f64().max(1e-9);
        let rate = record.bytes as f64 / seconds;
        let rows = significant::thousands(&record.rows.to_string());
        eprintln!(
            "{:>4}  {rows:>13}  {:>7}  {:>9.2}  {:>10.3}  {:>7.2}  {:>6.1}%",
            index + 1,
            record.columns,
            record.bytes as f64 / 1e6,
            seconds * 1e3,
            rate / 1e9,
            100.0 * rate / roof,
        );
        if rate < MEMORY_BOUND * roof && seconds >= MEASURABLE_SECONDS {
            slow.push(index + 1);
        }
    }
    eprintln!(
        "roof: {} threads read {:.1} GB/s from memory, measured now",
        session.engine().threads(),
        roof / 1e9
    );
    let foretold = session.foretold().map(|plan| plan.prediction());
    match (foretold, records.first()) {
        (Some(foretold), Some(first)) if foretold.seconds() >= MEASURABLE_SECONDS => eprintln!(
            "foretold: {:.3} ms a pass, bound by {}; pass 1 took {:.2} times that",
            foretold.seconds() * 1e3,
            foretold.bottleneck().name(),
            first.elapsed.as_secs_f64() / foretold.seconds(),
        ),
        _ => {}
    }
    if let Some(first) = slow.first() {
        // What is mapped is not decoded.
        let is_mapped = foretold.is_some_and(|plan| plan.decode == 0.0);
        let what = if is_mapped { "computing" } else { "decoding or computing" };
        eprintln!("pass {first} is bound by {what}, not by memory");
    }
    Ok(())
}
