//! What a command works with: the engine as the options want it, inputs opened, pages and numbers as asked for.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use arrcalc::datasets::format::Format;
use arrcalc::datasets::{Dataset, OpenOptions};
use arrcalc::present::{Page, Precision};
use arrcalc::{Control, Engine, Explanation, Progress};

use crate::arguments::input::Input;
use crate::arguments::shared::{FloatForm, Form, Profile, Shared};
use crate::destination::Destination;
use crate::failure::{Failure, Result};
use crate::interrupt::Interrupt;
use crate::progress::Bar;

/// A run of one command.
#[derive(Debug)]
pub(crate) struct Session {
    shared: Shared,
    interrupt: Interrupt,
    engine: Engine,
    progress: Arc<Progress>,
    /// What was foretold of the command, for `--profile`.
    foretold: OnceLock<Explanation>,
}

impl Session {
    pub(crate) fn new(shared: Shared, interrupt: Interrupt) -> Self {
        let is_traced = matches!(shared.profile, Some(Profile::Trace(_)));
        let progress = Arc::new(if is_traced { Progress::traced() } else { Progress::new() });
        let mut builder = Engine::builder()
            .threads(shared.threads.unwrap_or(0))
            .chunk_rows(shared.chunk_rows.unwrap_or(0))
            .cancel_token(interrupt.token())
            .progress(Arc::clone(&progress));
        if let Some(level) = shared.level {
            builder = builder.level(level);
        }
        if let Some(bytes) = shared.memory {
            builder = builder.memory_bytes(bytes);
        }
        Self { engine: builder.build(), shared, interrupt, progress, foretold: OnceLock::new() }
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }

    /// How far the work has come, and what its passes did.
    pub(crate) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The format in which the library writes `output`, given `--format`; `None` for forms that are presented.
    pub(crate) fn file_format(&self, output: &Path) -> Option<Format> {
        match self.shared.format {
            Some(Form::Csv) => Some(Format::Csv),
            Some(Form::Arrow) => Some(Format::ArrowStream),
            Some(_) => None,
            None if self.shared.raw => None,
            // A table for a person, not CSV, is what .txt means everywhere on the command line.
            None if output.extension().is_some_and(|extension| extension == "txt") => None,
            None => Format::of_extension(output),
        }
    }

    /// Notes what `explain` says of the command that begins, where `--profile` compares with it.
    pub(crate) fn foretell(&self, explain: impl FnOnce() -> Result<Explanation>) -> Result<()> {
        if self.shared.profile == Some(Profile::Table) {
            let _ = self.foretold.set(explain()?);
        }
        Ok(())
    }

    /// What was foretold.
    pub(crate) fn foretold(&self) -> Option<&Explanation> {
        self.foretold.get()
    }

    /// What stops and watches work that the engine does not run.
    pub(crate) fn control(&self) -> Control {
        self.engine.control()
    }

    /// Opens `files` as one table; `-` is standard input.
    pub(crate) fn open(
        &self,
        files: &[PathBuf],
        input: &Input,
        null_tokens: &[String],
    ) -> Result<Dataset<'static>> {
        self.open_with(files, &self.options(input, null_tokens))
    }

    /// As [`Session::open`], for who will read all columns.
    pub(crate) fn open_whole(
        &self,
        files: &[PathBuf],
        input: &Input,
        null_tokens: &[String],
    ) -> Result<Dataset<'static>> {
        self.open_with(files, &self.options(input, null_tokens).holding())
    }

    fn options(&self, input: &Input, null_tokens: &[String]) -> OpenOptions {
        let mut options: OpenOptions = input.open_options(null_tokens);
        if let Some(bytes) = self.shared.memory {
            options.limits.memory_bytes = bytes;
        }
        if let Some(bytes) = self.shared.max_temp {
            options.limits.temp_bytes = bytes;
        }
        options
    }

    fn open_with(&self, files: &[PathBuf], options: &OpenOptions) -> Result<Dataset<'static>> {
        let _bar = self.bar();
        let open = || self.progress.stage("open", || self.engine.open(files, options));
        let reads_stdin = files.iter().any(|file| file.as_os_str() == "-");
        Ok(if reads_stdin { self.interrupt.while_waiting(open) } else { open() }?)
    }

    /// A progress bar that shows itself when work takes long, until it is dropped.
    pub(crate) fn bar(&self) -> Option<Bar> {
        Bar::start(&self.progress, &self.shared)
    }

    /// How floats are written.
    pub(crate) fn precision(&self) -> Precision {
        Precision { digits: self.shared.digits, hex: self.shared.float == FloatForm::Hex }
    }

    /// Whether names stand above rows.
    pub(crate) fn header(&self) -> bool {
        !self.shared.no_header && !self.shared.raw
    }

    /// The page that a table for `destination` is made for.
    pub(crate) fn page(&self, destination: &Destination) -> Page {
        let is_terminal = destination.is_terminal();
        // NO_COLOR (no-color.org) speaks where --color does not.
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let mut page = Page { colour: self.shared.color.decide(is_terminal && !no_color), ..Page::default() };
        let columns = std::env::var("COLUMNS").ok().and_then(|text| text.parse::<usize>().ok());
        if is_terminal && let Some((width, _)) = terminal_size::terminal_size() {
            page.width = usize::from(width.0);
        } else if let Some(columns) = columns {
            page.width = columns;
        }
        page.width = page.width.max(20);
        if let Some(digits) = self.shared.digits {
            page.digits = digits;
        }
        page
    }

    /// Says `line` on stderr unless `--quiet`.
    pub(crate) fn note(&self, line: &str) {
        if !self.shared.quiet {
            eprintln!("arrcalc: {}", arrcalc::present::printable(line));
        }
    }
}

/// Columns of `-c` as indices into `dataset`'s schema; all of them where none is named.
pub(crate) fn select(dataset: &Dataset<'_>, names: &[String]) -> Result<Vec<usize>> {
    let schema = dataset.schema();
    if names.is_empty() {
        return Ok((0..schema.fields.len()).collect());
    }
    let position = |name: &String| {
        schema.index_of(name).ok_or_else(|| {
            let there = listed(schema.fields.iter().map(|field| &*field.name));
            misfit(dataset, format!("no column '{name}'; there are {there}"))
        })
    };
    names.iter().map(position).collect()
}

/// Adds the first file of `dataset` to the error of a request that does not fit it.
pub(crate) fn of_file(dataset: &Dataset<'_>) -> impl Fn(arrcalc::Error) -> Failure {
    move |error| match error {
        arrcalc::Error::Request { reason } => misfit(dataset, reason),
        error => error.into(),
    }
}

/// A request that does not fit `dataset`, with the first of its files.
pub(crate) fn misfit(dataset: &Dataset<'_>, reason: String) -> Failure {
    match dataset.paths().first() {
        Some(path) => Failure::Misfit { file: path.display().to_string(), reason },
        None => Failure::Usage(reason),
    }
}

/// `a, b, c` or, where there are many, the first few.
fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 20;
    let count = names.len();
    let mut text = names.take(SHOWN).collect::<Vec<_>>().join(", ");
    if count > SHOWN {
        text.push_str(&format!(" and {} more", count - SHOWN));
    }
    text
}
