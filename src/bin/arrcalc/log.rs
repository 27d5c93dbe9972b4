//! What `--verbose` says: settings, and what the engine traces, one whole line a write.

use std::fmt::Write as _;
use std::io::Write as _;

use arrcalc::answer::Scalar;
use arrcalc::present::{Precision, printable, push_json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

use crate::arguments::shared::{LogForm, Shared};

/// Begins to print traces where `-v` asks for them.
pub(crate) fn start(shared: &Shared) {
    let most = match shared.verbose {
        0 => return,
        1 => Level::INFO,
        2 => Level::DEBUG,
        _ => Level::TRACE,
    };
    // Somebody else's subscriber cannot be there in this process; were it, its lines would do.
    let _ = tracing::subscriber::set_global_default(Lines { form: shared.log_format, most });
}

/// Prints `text` in the form of the log.
pub(crate) fn say(shared: &Shared, topic: &str, text: &str) {
    print(shared.log_format, "info", topic, text);
}

fn print(form: LogForm, level: &str, topic: &str, text: &str) {
    let line = match form {
        LogForm::Text => format!("arrcalc: {topic}: {}\n", printable(text)),
        LogForm::Json => {
            let mut line = format!("{{\"level\":\"{level}\",\"topic\":");
            push_json(&Scalar::Text(topic.into()), &Precision::default(), &mut line);
            line.push_str(",\"message\":");
            push_json(&Scalar::Text(text.into()), &Precision::default(), &mut line);
            line.push_str("}\n");
            line
        }
    };
    // A log that cannot be written must not end the work.
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Prints events; spans are passed over.
#[derive(Debug)]
struct Lines {
    form: LogForm,
    most: Level,
}

impl Subscriber for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= self.most && metadata.target().starts_with("arrcalc")
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut text = Text::default();
        event.record(&mut text);
        let level = event.metadata().level().as_str().to_ascii_lowercase();
        print(self.form, &level, event.metadata().target(), text.0.trim_start());
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of an event: the message, then `name=value`.
#[derive(Default)]
struct Text(String);

impl Visit for Text {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => {
                let rest = std::mem::take(&mut self.0);
                write!(self.0, "{value:?}{rest}")
            }
            name => write!(self.0, " {name}={value:?}"),
        };
    }
}
