//! The command line: parses flags, calls the library, presents answers. Results go to stdout, all else to stderr.

mod arguments;
mod command;
mod destination;
mod failure;
mod fault;
mod interrupt;
mod log;
mod profile;
mod progress;
mod session;

use std::io::Write;
use std::process::ExitCode;

use arguments::shared::{Form, Shared};
use clap::error::ErrorKind;
use failure::{Failure, Result};
use interrupt::Interrupt;
use session::Session;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os().collect();
    if let Some(help) = arguments::help_of_everything(&words) {
        // A closed pipe while printing help is nobody's mistake.
        let _ = std::io::stdout().write_all(help.as_bytes());
        return ExitCode::SUCCESS;
    }
    let (arguments, matches) = match arguments::parse(&words) {
        Ok(parsed) => parsed,
        Err(error) => return usage(&error, &words),
    };
    fault::keep_panics_quiet();
    let shared = arguments.shared;
    log::start(&shared);
    ExitCode::from(guarded(&shared, &words, |session| {
        if shared.verbose > 0 {
            let lines = Shared::origins(&matches, session.engine());
            lines.iter().for_each(|line| log::say(&shared, "setting", line));
        }
        command::run(arguments.command, session)
    }))
}

/// Runs `command`, whatever becomes of it, and gives the exit code.
fn guarded(
    shared: &Shared,
    words: &[std::ffi::OsString],
    command: impl FnOnce(&Session) -> Result<()>,
) -> u8 {
    let interrupt = Interrupt::listen(shared.timeout);
    let result = fault::guarded(|| {
        let session = Session::new(shared.clone(), interrupt.clone());
        session.progress().stage("command", || command(&session))?;
        profile::report(&session, words)
    });
    match result {
        Ok(()) | Err(Failure::ClosedPipe) => 0,
        Err(failure) => end(failure, shared, &interrupt),
    }
}

/// Says why on stderr and gives the exit code that semantics.md has for it.
fn end(failure: Failure, shared: &Shared, interrupt: &Interrupt) -> u8 {
    let failure = match (failure, shared.timeout) {
        (Failure::Engine(arrcalc::Error::Cancelled), Some(limit)) if interrupt.timed_out() => {
            Failure::Timeout(limit)
        }
        (failure, _) => failure,
    };
    if let Failure::Engine(arrcalc::Error::Cancelled) = failure {
        interrupt.die_by_signal();
    }
    if shared.format == Some(Form::Json) {
        eprintln!("{}", failure.json());
    } else {
        eprintln!("arrcalc: {}", failure.message());
    }
    failure.exit_code()
}

/// Help and version are results; what cannot be parsed is exit code 2 and one line.
fn usage(error: &clap::Error, words: &[std::ffi::OsString]) -> ExitCode {
    let is_json = words.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json")
        || words.iter().any(|word| word == "--format=json");
    if !error.use_stderr() || error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        let _ = error.print();
    } else if is_json {
        eprintln!("{}", Failure::Usage(in_one_line(error)).json());
    } else {
        eprintln!("arrcalc: {}; --help tells more", in_one_line(error));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
}

/// What clap says in several lines: what is wrong, and the word that may be meant.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let what: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let mut line = what.join(" ").trim_start_matches("error: ").to_owned();
    let tips = text.lines().filter_map(|line| line.trim().strip_prefix("tip: "));
    for tip in tips.filter(|tip| tip.contains("similar")) {
        line.push_str("; ");
        line.push_str(tip);
    }
    line
}

/// A command: what clap fills and the session runs.
trait Run {
    fn run(&self, session: &Session) -> Result<()>;
}
