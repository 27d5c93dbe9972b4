//! What ends a command without a result: its one line on stderr, its JSON, its exit code.

use std::io;

use arrcalc::answer::Scalar;
use arrcalc::datasets;
use arrcalc::present::{Precision, printable, push_json};

/// Result of a command.
pub(crate) type Result<T> = std::result::Result<T, Failure>;

/// Why a command gave no result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine or a reader says so.
    Engine(arrcalc::Error),
    /// What was asked makes no sense: exit code 2.
    Usage(String),
    /// What was asked does not fit this file: exit code 2.
    Misfit { file: String, reason: String },
    /// Results could not be written: exit code 3.
    Write { name: String, source: io::Error },
    /// Whoever reads our output has seen enough: exit code 0, in silence.
    ClosedPipe,
    /// This binary disagrees with what it was built to compute, or another bug: exit code 70.
    Bug(String),
    /// `--timeout` passed: exit code 124.
    Timeout(std::time::Duration),
}

impl Failure {
    /// A failure to write to `name`; a closed pipe is none.
    pub(crate) fn write(name: &str, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe => Failure::ClosedPipe,
            _ => Failure::Write { name: name.to_owned(), source },
        }
    }

    /// The exit codes of semantics.md.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Failure::Engine(error) => error.exit_code(),
            Failure::Usage(_) | Failure::Misfit { .. } => 2,
            Failure::Write { .. } => 3,
            Failure::ClosedPipe => 0,
            Failure::Bug(_) => 70,
            Failure::Timeout(_) => 124,
        }
    }

    /// One line without `arrcalc: `; control characters in names and data are escaped.
    pub(crate) fn message(&self) -> String {
        let message = match self {
            Failure::Engine(error) => error.to_string(),
            Failure::Usage(reason) => reason.clone(),
            Failure::Misfit { file, reason } => format!("{file}: {reason}"),
            Failure::Write { name, source } => format!("{name}: cannot write: {source}"),
            Failure::ClosedPipe => "the output was closed".into(),
            Failure::Bug(reason) => {
                format!("{reason}; this is a bug: please report it with the command line")
            }
            Failure::Timeout(limit) => format!("stopped after {limit:?}; raise --timeout"),
        };
        printable(&message)
    }

    /// `{"error":{"code":4,"kind":"malformed","file":"x.csv","column":"a","rows":[0,1],"message":"..."}}`
    pub(crate) fn json(&self) -> String {
        let (mut file, mut column, mut rows) = (None, None, None);
        let kind = match self {
            Failure::Engine(arrcalc::Error::Dataset(error)) => {
                let facts = dataset_facts(error);
                (file, column, rows) = (facts.1, facts.2, facts.3);
                facts.0
            }
            Failure::Engine(arrcalc::Error::Evaluation { file: name, column: culprit, row, .. }) => {
                (file, column, rows) = (Some(name.clone()), Some(culprit.clone()), Some((*row, row + 1)));
                "evaluation"
            }
            Failure::Engine(arrcalc::Error::Overflow { file: name, column: culprit, .. }) => {
                let known = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
                (file, column) = (known(name), known(culprit));
                "evaluation"
            }
            Failure::Engine(arrcalc::Error::Memory { .. }) => "limit",
            Failure::Engine(arrcalc::Error::Deadline { .. }) | Failure::Timeout(_) => "timeout",
            Failure::Engine(arrcalc::Error::Cancelled) => "cancelled",
            Failure::Engine(arrcalc::Error::Bug { .. }) | Failure::Bug(_) => "bug",
            Failure::Misfit { file: name, .. } => {
                file = Some(name.clone());
                "usage"
            }
            Failure::Engine(_) | Failure::Usage(_) => "usage",
            Failure::Write { .. } | Failure::ClosedPipe => "io",
        };
        let text = |text: Option<String>| text.map_or(Scalar::Null, Scalar::Text);
        let mut out = format!("{{\"error\":{{\"code\":{},\"kind\":\"{kind}\"", self.exit_code());
        for (name, value) in [("file", text(file)), ("column", text(column))] {
            out.push_str(&format!(",\"{name}\":"));
            push_json(&value, &Precision::default(), &mut out);
        }
        out.push_str(
            &rows.map_or(",\"rows\":null".into(), |(first, end)| format!(",\"rows\":[{first},{end}]")),
        );
        out.push_str(",\"message\":");
        push_json(&Scalar::Text(self.message()), &Precision::default(), &mut out);
        out.push_str("}}");
        out
    }
}

type Facts = (&'static str, Option<String>, Option<String>, Option<(u64, u64)>);

fn dataset_facts(error: &datasets::Error) -> Facts {
    use datasets::Error;
    let name = |path: &std::path::Path| Some(path.display().to_string());
    match error {
        Error::Io { path, .. } => ("io", name(path), None, None),
        Error::Malformed { path, column, rows, .. } => ("malformed", name(path), column.clone(), *rows),
        Error::Unsupported { path, column, .. } => ("unsupported", name(path), column.clone(), None),
        Error::Request { path, .. } => ("usage", name(path), None, None),
        Error::Limit { path, .. } => ("limit", name(path), None, None),
        Error::Changed { path } => ("changed", name(path), None, None),
        _ => ("malformed", None, None, None),
    }
}

impl From<arrcalc::Error> for Failure {
    fn from(error: arrcalc::Error) -> Self {
        if let arrcalc::Error::Dataset(datasets::Error::Io { path, source, .. }) = &error
            && path.as_os_str() == "-"
            && source.kind() == io::ErrorKind::BrokenPipe
        {
            return Failure::ClosedPipe;
        }
        Failure::Engine(error)
    }
}

impl From<datasets::Error> for Failure {
    fn from(error: datasets::Error) -> Self {
        arrcalc::Error::from(error).into()
    }
}
