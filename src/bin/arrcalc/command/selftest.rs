//! `arrcalc selftest`: one SHA-256 over golden results of every kernel, the same on every machine and level.

use arrcalc::answer::Scalar;
use arrcalc::datasets::{DataType, Field};
use arrcalc::golden;
use clap::Args;

use crate::Run;
use crate::destination::{Destination, Target};
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
pub(crate) struct Selftest {
    /// Print the hash of every part as well
    #[arg(long)]
    parts: bool,
}

impl Run for Selftest {
    fn run(&self, session: &Session) -> Result<()> {
        let destination = Destination::choose(None, session.shared())?;
        let engine = session.engine();
        let parts = golden::parts(engine)?;
        let found = golden::hash(&parts);
        let text = |text: &str| Scalar::Text(text.to_owned());
        let mut rows = Vec::new();
        if self.parts {
            rows.extend(parts.iter().map(|part| vec![text(part.name), text(&part.sha256)]));
        }
        rows.push(vec![text("all"), text(&found)]);
        if destination.form() == Target::Table && !self.parts {
            destination.write_text(&format!("{found}\n"))?;
        } else {
            let field = |name: &str| Field { name: name.into(), data_type: DataType::String };
            destination.write_rows(session, &[field("part"), field("sha256")], |emit| {
                rows.iter().try_for_each(|row| emit(row))
            })?;
        }
        if found != golden::SHA256 {
            return Err(Failure::Bug(format!(
                "selftest at level {} gave {found} and not {}",
                engine.level(),
                golden::SHA256
            )));
        }
        Ok(())
    }
}
