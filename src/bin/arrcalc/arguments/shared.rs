//! Options that every command has, the same everywhere. Each can be given as `ARRCALC_NAME` as well.

use std::path::{Path, PathBuf};
use std::time::Duration;

use arrcalc::Engine;
use arrcalc::datasets::Limits;
use arrcalc::kernels::Level;
use clap::builder::FalseyValueParser;
use clap::{ArgAction, ArgMatches, Args, ValueEnum};

use super::quantity;

/// Options of every command.
#[derive(Args, Clone, Debug)]
pub(crate) struct Shared {
    /// table, json, jsonl, csv, markdown or arrow [default: a terminal gets a table, a pipe csv, -o FILE what
    /// its extension says]
    #[arg(
        hide_possible_values = true,
        long,
        global = true,
        value_name = "FORM",
        env = "ARRCALC_FORMAT",
        hide_env = true,
        help_heading = "Output"
    )]
    pub(crate) format: Option<Form>,
    /// Write bare values between tabs, without a header, for shell variables
    #[arg(long, global = true, env = "ARRCALC_RAW", hide_env = true, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub(crate) raw: bool,
    /// Leave out the line of names
    #[arg(long, global = true, env = "ARRCALC_NO_HEADER", hide_env = true, value_parser = FalseyValueParser::new(), help_heading = "Output")]
    pub(crate) no_header: bool,
    /// Significant digits of floats: 4 in tables of statistics, all that are needed elsewhere
    #[arg(long, global = true, value_name = "N", env = "ARRCALC_DIGITS", hide_env = true, value_parser = quantity::positive, help_heading = "Output")]
    pub(crate) digits: Option<usize>,
    /// decimal or hex, as C's %a
    #[arg(
        hide_possible_values = true,
        long,
        global = true,
        value_name = "FORM",
        env = "ARRCALC_FLOAT",
        hide_env = true,
        default_value = "decimal",
        help_heading = "Output"
    )]
    pub(crate) float: FloatForm,
    /// Colour headings: auto (on a terminal, unless NO_COLOR is set), always, never
    #[arg(
        hide_possible_values = true,
        hide_default_value = true,
        long,
        global = true,
        value_name = "WHEN",
        env = "ARRCALC_COLOR",
        hide_env = true,
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(crate) color: When,
    /// Show progress on stderr: auto (on a terminal), always, never
    #[arg(
        hide_possible_values = true,
        hide_default_value = true,
        long,
        global = true,
        value_name = "WHEN",
        env = "ARRCALC_PROGRESS",
        hide_env = true,
        default_value = "auto",
        help_heading = "Output"
    )]
    pub(crate) progress: When,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true, env = "ARRCALC_QUIET", hide_env = true, value_parser = FalseyValueParser::new(), conflicts_with = "verbose", help_heading = "Output")]
    pub(crate) quiet: bool,
    /// Say on stderr which settings hold and where they come from; twice: what the engine does
    #[arg(short, long, global = true, action = ArgAction::Count, help_heading = "Output")]
    pub(crate) verbose: u8,
    /// Form of what --verbose says: text or json
    #[arg(
        hide_possible_values = true,
        hide_default_value = true,
        long,
        global = true,
        value_name = "FORM",
        env = "ARRCALC_LOG_FORMAT",
        hide_env = true,
        default_value = "text",
        help_heading = "Output"
    )]
    pub(crate) log_format: LogForm,

    /// Threads to compute with [default: what affinity and the cgroup allow]
    #[arg(long, global = true, value_name = "N", env = "ARRCALC_THREADS", hide_env = true, value_parser = quantity::positive, help_heading = "Running")]
    pub(crate) threads: Option<usize>,
    /// Memory that may be allocated, mapped files not counted: 512MiB, 4GB [default: 4GiB]
    #[arg(long, global = true, value_name = "SIZE", env = "ARRCALC_MEMORY", hide_env = true, value_parser = quantity::bytes, help_heading = "Running")]
    pub(crate) memory: Option<u64>,
    /// Disk space for temporary files: 10GB
    #[arg(long, global = true, value_name = "SIZE", env = "ARRCALC_MAX_TEMP", hide_env = true, value_parser = quantity::bytes, help_heading = "Running")]
    pub(crate) max_temp: Option<u64>,
    /// Stop after 10s, 500ms, ... with exit code 124
    #[arg(long, global = true, value_name = "DURATION", env = "ARRCALC_TIMEOUT", hide_env = true, value_parser = quantity::duration, help_heading = "Running")]
    pub(crate) timeout: Option<Duration>,
    /// Say on stderr what each pass did: rows, bytes, time, and its share of the memory's speed,
    /// against what explain foretells; --profile FILE.json: write a timeline of stages and threads for Perfetto
    #[arg(long, global = true, value_name = "FILE.json", env = "ARRCALC_PROFILE", hide_env = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_parser = profile, help_heading = "Running")]
    pub(crate) profile: Option<Profile>,
    /// Rows a chunk; results never depend on it
    #[arg(long, global = true, hide = true, value_name = "N", env = "ARRCALC_CHUNK_ROWS", hide_env = true, value_parser = quantity::positive, help_heading = "Testing and measuring")]
    pub(crate) chunk_rows: Option<usize>,
    /// Instructions to compute with: baseline, avx2, avx512; results never depend on it [default: the best there are]
    #[arg(long, global = true, hide = true, value_name = "LEVEL", env = "ARRCALC_LEVEL", hide_env = true, value_parser = level, help_heading = "Testing and measuring")]
    pub(crate) level: Option<Level>,
    /// How files are read: auto, mmap
    #[arg(long, global = true, hide = true, value_name = "MODE", env = "ARRCALC_IO", hide_env = true, default_value = "auto", value_parser = io_mode, help_heading = "Testing and measuring")]
    pub(crate) io: String,
    /// Print help with the options for testing and measuring
    #[arg(long, global = true, help_heading = "Output")]
    pub(crate) help_all: bool,
}

/// Forms of results.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Aligned columns for a person
    Table,
    /// One JSON document
    Json,
    /// A JSON object a line
    Jsonl,
    /// Comma-separated values
    Csv,
    /// A Markdown table
    Markdown,
    /// An Arrow IPC stream
    Arrow,
}

/// Forms of floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FloatForm {
    /// The shortest decimal that reads back to the same bits
    Decimal,
    /// As C's %a
    Hex,
}

/// Forms of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// For a person
    Text,
    /// A JSON object a line
    Json,
}

/// Whether to do something that suits a terminal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl When {
    /// The decision, given whether there is a terminal.
    pub(crate) fn decide(self, is_terminal: bool) -> bool {
        match self {
            When::Auto => is_terminal,
            When::Always => true,
            When::Never => false,
        }
    }
}

/// What `--profile` asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Profile {
    /// Nothing: the environment may say so.
    Off,
    /// A table of passes on stderr.
    Table,
    /// A timeline in a file.
    Trace(PathBuf),
}

impl Shared {
    /// `threads 2 (ARRCALC_THREADS)` for every option: its value, as `engine` has it where nobody gave one, and where it
    /// comes from.
    pub(crate) fn origins(matches: &ArgMatches, engine: &Engine) -> Vec<String> {
        const IDS: [&str; 18] = [
            "threads",
            "memory",
            "max_temp",
            "timeout",
            "profile",
            "format",
            "raw",
            "no_header",
            "digits",
            "float",
            "color",
            "progress",
            "quiet",
            "log_format",
            "nan",
            "chunk_rows",
            "level",
            "io",
        ];
        let own = |id: &str| match id {
            "threads" => engine.threads().to_string(),
            "memory" => format!("{} bytes", engine.budget().limit_bytes()),
            "max_temp" => format!("{} bytes", Limits::default().temp_bytes),
            "level" => engine.level().name().to_owned(),
            "format" => "by the output".to_owned(),
            "digits" | "chunk_rows" => "auto".to_owned(),
            _ => "none".to_owned(),
        };
        // Global options are known to the innermost command's matches.
        let mut innermost = matches;
        while let Some((_, inner)) = innermost.subcommand() {
            innermost = inner;
        }
        let describe = |id: &&str| {
            let name = id.replace('_', "-");
            if !innermost.ids().any(|known| known == id) {
                // Not every command meets NaN in a way that it can be told.
                return (*id != "nan").then(|| format!("{name} {} (default)", own(id)));
            }
            let source = innermost.value_source(id)?;
            let values = innermost.get_raw(id)?.map(|value| value.to_string_lossy()).collect::<Vec<_>>();
            let origin = match source {
                clap::parser::ValueSource::CommandLine => "command line".to_owned(),
                clap::parser::ValueSource::EnvVariable => format!("ARRCALC_{}", id.to_ascii_uppercase()),
                _ => "default".to_owned(),
            };
            Some(format!("{name} {} ({origin})", values.join(",")))
        };
        IDS.iter().filter_map(describe).collect()
    }
}

fn level(text: &str) -> Result<Level, String> {
    Level::named(text).ok_or_else(|| {
        let names: Vec<_> = Level::available().iter().map(|level| level.name()).collect();
        format!("this machine has {}", names.join(" and "))
    })
}

/// Of the environment any value but a false one means the table, as for other switches.
fn profile(text: &str) -> Result<Profile, String> {
    let is_file = Path::new(text).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"));
    Ok(match text.to_ascii_lowercase().as_str() {
        _ if is_file => Profile::Trace(text.into()),
        "" | "0" | "n" | "no" | "f" | "false" | "off" => Profile::Off,
        "1" | "y" | "yes" | "t" | "true" | "on" => Profile::Table,
        _ => return Err("a timeline is written to a file whose name ends in .json".into()),
    })
}

fn io_mode(text: &str) -> Result<String, String> {
    match text {
        "auto" | "mmap" => Ok(text.to_owned()),
        "read" => Err("reading without a map is not offered yet; use auto or mmap".into()),
        _ => Err("expected auto or mmap".into()),
    }
}
