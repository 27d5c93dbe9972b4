//! A timeline as JSON in the trace-event format, which Perfetto (ui.perfetto.dev) and the tracing page of browsers open.
//! Source: "Trace Event Format" (Google, 2016): complete events (`"ph": "X"`) in microseconds, metadata events (`"M"`)
//! for the names of tracks.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Span, SpanKind, Trace};

/// The track of stages; that of thread `n` is `n + 1`.
const STAGES: usize = 0;

impl Trace {
    /// The timeline as one JSON document: a track for the stages of the run, one for each thread with its tasks; each event with
    /// its begin, duration, rows and bytes. `notes` go along under `otherData`.
    pub fn json(&self, notes: &[(&str, String)]) -> String {
        let (mut spans, left_out) = self.spans();
        // Outer ones first where several begin together: viewers nest them in this order.
        spans.sort_by_key(|span| (span.begin, std::cmp::Reverse(span.elapsed)));
        let threads: BTreeSet<usize> = spans.iter().map(|span| span.thread).collect();
        let mut events =
            vec![named("process_name", STAGES, "arrcalc"), named("thread_name", STAGES, "stages")];
        for thread in threads {
            let name = if thread == 0 { "calling thread".to_owned() } else { format!("thread {thread}") };
            events.push(named("thread_name", thread + 1, &name));
        }
        let mut passes = 0;
        for span in &spans {
            let is_pass = span.kind == SpanKind::Stage && span.work.columns > 0;
            passes += u32::from(is_pass);
            let name = if is_pass { format!("{} {passes}", span.name) } else { span.name.to_owned() };
            events.push(event(span, &name));
        }
        let mut other: serde_json::Map<String, Value> =
            notes.iter().map(|(head, text)| ((*head).to_owned(), json!(text))).collect();
        other.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
        other.insert("events left out".into(), json!(left_out));
        let document = json!({ "displayTimeUnit": "ms", "otherData": other, "traceEvents": events });
        format!("{document}\n")
    }
}

fn named(what: &str, track: usize, name: &str) -> Value {
    json!({ "ph": "M", "name": what, "pid": 1, "tid": track, "args": { "name": name } })
}

fn event(span: &Span, name: &str) -> Value {
    let (category, track) = match span.kind {
        SpanKind::Stage => ("stage", STAGES),
        SpanKind::Task => ("task", span.thread + 1),
    };
    let mut args = serde_json::Map::new();
    if span.work.rows > 0 {
        let work = span.work;
        let seconds = span.elapsed.as_secs_f64().max(1e-9);
        args.insert("first row".into(), json!(work.first_row));
        args.insert("rows".into(), json!(work.rows));
        args.insert("columns".into(), json!(work.columns));
        args.insert("bytes".into(), json!(work.bytes));
        args.insert("GB/s".into(), json!(work.bytes as f64 / seconds / 1e9));
    }
    json!({
        "ph": "X", "name": name, "cat": category, "pid": 1, "tid": track,
        "ts": microseconds(span.begin), "dur": microseconds(span.elapsed), "args": args,
    })
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_nanos() as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrcalc_datasets::Dataset;
    use serde_json::Value;

    use crate::{Convert, Engine, Progress, Query, QueryText};

    #[test]
    fn tasks_lie_in_their_pass_and_cover_every_row_once() {
        let progress = Arc::new(Progress::traced());
        let engine = Engine::builder().threads(3).chunk_rows(10_000).progress(Arc::clone(&progress)).build();
        let values: Vec<f64> = (0..1_000_000).map(f64::from).collect();
        let dataset =
            Dataset::from_arrays(vec![("x".to_owned(), values.as_slice().into())]).expect("a table");
        let text = QueryText { select: "sum(x), median(x)".into(), ..QueryText::default() };
        engine.run(&Query::parse(&dataset, &text).expect("a query")).expect("an answer");
        let folder = tempfile::tempdir().expect("a folder");
        engine.run(&Convert::new(&dataset, folder.path().join("x.npy"))).expect("rows");

        let trace = progress.trace().expect("a timeline").json(&[("command", "a \"query\"".into())]);
        let document: Value = serde_json::from_str(&trace).expect("JSON");
        assert_eq!(document["otherData"]["command"], "a \"query\"");
        let events = document["traceEvents"].as_array().expect("a list");
        let number = |event: &Value, key: &str| event[key].as_f64().expect("a number");
        let ends = |event: &Value| (number(event, "ts"), number(event, "ts") + number(event, "dur"));
        let passes: Vec<&Value> = events.iter().filter(|event| event["cat"] == "stage").collect();
        assert!(passes.len() >= 3, "a pass for the sum, more for the median, one to write");
        assert_eq!(passes[0]["name"], "pass 1");
        for pass in passes {
            let (begin, end) = ends(pass);
            let inside: Vec<&Value> = events
                .iter()
                .filter(|event| event["name"] == "unit" && begin <= ends(event).0 && ends(event).1 <= end)
                .collect();
            let mut rows: Vec<(u64, u64)> = inside
                .iter()
                .map(|event| {
                    let rows = |key: &str| event["args"][key].as_u64().expect("a count");
                    assert_eq!(rows("bytes"), 8 * rows("rows"));
                    assert!(number(event, "tid") >= 1.0 && number(event, "dur") > 0.0);
                    (rows("first row"), rows("rows"))
                })
                .collect();
            rows.sort_unstable();
            let end = rows.iter().try_fold(0, |end, &(first, rows)| (first == end).then_some(end + rows));
            assert_eq!(end, Some(1_000_000), "every row once");
        }
        let tracks = events.iter().filter(|event| event["name"] == "thread_name").count();
        assert!(tracks >= 2, "stages and the calling thread at least");
    }

    #[test]
    fn nothing_is_noted_where_nobody_asks() {
        assert!(Progress::new().trace().is_none());
    }
}
