//! `arrcalc selftest`: one SHA-256 over golden results of every kernel, the same on every machine and level.

use clap::Args;

use crate::Run;
use crate::failure::{Failure, Result};
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  arrcalc selftest
  arrcalc selftest --level baseline
  arrcalc selftest --threads 1 --format json";

/// Check that this machine computes what every other does
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Selftest {}

impl Run for Selftest {
    fn run(&self, _session: &Session) -> Result<()> {
        Err(Failure::Bug(String::new()))
    }
}
