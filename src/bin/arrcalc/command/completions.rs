//! `arrcalc completions SHELL`: what the shell completes.

use std::path::Path;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::Run;
use crate::arguments::Arguments;
use crate::destination::Destination;
use crate::failure::Result;
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  arrcalc completions bash
  arrcalc completions zsh
  arrcalc completions fish";

/// Print completions for a shell
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Run for Completions {
    fn run(&self, session: &Session) -> Result<()> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Arguments::command(), "arrcalc", &mut script);
        let destination = Destination::choose(Some(Path::new("-")), session.shared())?;
        destination.write_text(&String::from_utf8_lossy(&script))
    }
}
