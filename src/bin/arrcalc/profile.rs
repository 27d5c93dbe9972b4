//! `--profile`: what each pass did, on stderr.

use arrcalc::execute::MemoryRoof;
use arrcalc::present::significant;

use crate::failure::Result;
use crate::session::Session;

/// Share of the memory's speed below which something else bounds a pass.
const MEMORY_BOUND: f64 = 0.6;

/// Prints a line each pass: rows, columns, bytes of values, time, rate, and its share of what memory gives.
pub(crate) fn print(session: &Session) -> Result<()> {
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
        if rate < MEMORY_BOUND * roof {
            slow.push(index + 1);
        }
    }
    eprintln!(
        "roof: {} threads read {:.1} GB/s from memory, measured now",
        session.engine().threads(),
        roof / 1e9
    );
    if let Some(first) = slow.first() {
        eprintln!("pass {first} is bound by decoding or computing, not by memory");
    }
    Ok(())
}
