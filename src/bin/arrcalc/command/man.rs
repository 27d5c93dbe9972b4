//! `arrcalc man [DIR]`: manual pages, made from what `--help` says.

use std::path::{Path, PathBuf};

use arrcalc::datasets::write::Output;
use clap::{Args, CommandFactory};
use clap_mangen::Man as Page;

use crate::Run;
use crate::arguments::Arguments;
use crate::failure::{Failure, Result};
use crate::session::Session;

const EXAMPLES: &str = "\
Examples:
  arrcalc man
  arrcalc man target/man
  arrcalc man target/man --quiet";

/// Print the manual page, or write one a command into a directory
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Man {
    /// Directory for arrcalc.1, arrcalc-describe.1, ...; made if missing
    #[arg(value_name = "DIR")]
    directory: Option<PathBuf>,
}

impl Run for Man {
    fn run(&self, session: &Session) -> Result<()> {
        let mut command = Arguments::command();
        command.build();
        let Some(directory) = &self.directory else {
            return write(&PathBuf::from("-"), &Page::new(command));
        };
        let name = directory.display().to_string();
        std::fs::create_dir_all(directory).map_err(|error| Failure::write(&name, error))?;
        let mut count = 1;
        for inner in command.get_subcommands().filter(|inner| inner.get_name() != "help") {
            let title = format!("arrcalc-{}", inner.get_name());
            let inner = inner.clone().display_name(&title);
            write(&directory.join(format!("{title}.1")), &Page::new(inner).title(title))?;
            count += 1;
        }
        write(&directory.join("arrcalc.1"), &Page::new(command))?;
        session.note(&format!("{count} pages in {name}; read them with man -M or man {name}/arrcalc.1"));
        Ok(())
    }
}

fn write(path: &Path, page: &Page) -> Result<()> {
    let mut output = Output::create(path)?;
    page.render(&mut output).map_err(|error| Failure::write(&path.display().to_string(), error))?;
    Ok(output.commit()?)
}
