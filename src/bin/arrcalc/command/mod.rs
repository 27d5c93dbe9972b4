//! The commands, one a file: what is typed, the library call, the presentation.

pub(crate) mod audit;
pub(crate) mod bootstrap;
pub(crate) mod completions;
pub(crate) mod convert;
pub(crate) mod describe;
pub(crate) mod explain;
pub(crate) mod generate;
pub(crate) mod head;
pub(crate) mod hist;
pub(crate) mod info;
pub(crate) mod locate;
pub(crate) mod man;
pub(crate) mod permutation_test;
pub(crate) mod query;
pub(crate) mod sample;
pub(crate) mod selftest;
pub(crate) mod shuffle;
pub(crate) mod sort;
pub(crate) mod split;

use crate::Run;
use crate::arguments::Command;
use crate::failure::{Failure, Result};
use crate::session::Session;

/// Runs what was typed.
pub(crate) fn run(command: Command, session: &Session) -> Result<()> {
    match command {
        Command::Info(command) => command.run(session),
        Command::Head(command) => command.run(session),
        Command::Tail(command) => command.run(session),
        Command::Describe(command) => command.run(session),
        Command::Hist(command) => command.run(session),
        Command::Audit(command) => command.run(session),
        Command::Query(command) => command.run(session),
        Command::Bootstrap(command) => command.run(session),
        Command::PermutationTest(command) => command.run(session),
        Command::Locate(command) => command.run(session),
        Command::Sort(command) => command.run(session),
        Command::Sample(command) => command.run(session),
        Command::Shuffle(command) => command.run(session),
        Command::Split(command) => command.run(session),
        Command::Explain(command) => command.run(session),
        Command::Convert(command) => command.run(session),
        Command::Generate(command) => command.run(session),
        Command::Selftest(command) => command.run(session),
        Command::Completions(command) => command.run(session),
        Command::Man(command) => command.run(session),
        Command::Files(_) => Err(Failure::Bug("files were not taken for `describe`".into())),
    }
}
