//! What can be typed: one struct a command, the options that all share, and the numbers, sizes and names in them.

pub(crate) mod columns;
pub(crate) mod input;
pub(crate) mod quantity;
pub(crate) mod shared;

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Styles};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{ArgMatches, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::command::{
    audit::Audit, bootstrap::Bootstrap, completions::Completions, convert::Convert, describe::Describe,
    explain::Explain, generate::Generate, head::Head, head::Tail, hist::Hist, info::Info, locate::Locate,
    man::Man, permutation_test::PermutationTest, query::Query, sample::Sample, selftest::Selftest,
    shuffle::Shuffle, sort::Sort, split::Split,
};
use shared::Shared;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().bold())
    .usage(AnsiColor::Green.on_default().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default());

const EXAMPLES: &str = "\
Options can be set in the environment: ARRCALC_THREADS=2, ARRCALC_FORMAT=json, ...

Examples:
  arrcalc datasets/samples/penguins.csv
  arrcalc describe datasets/samples/flights.parquet -c dep_delay
  arrcalc head datasets/samples/weather.csv -n 3";

/// Exact statistics of files and arrays: correctly rounded, the same bits on every machine, at memory speed.
#[derive(Parser, Debug)]
#[command(
    name = "arrcalc",
    version,
    after_help = EXAMPLES,
    disable_help_subcommand = true,
    override_usage = "arrcalc COMMAND FILE... [OPTIONS]\n       arrcalc FILE... [OPTIONS]        (describe)",
    subcommand_required = true,
    arg_required_else_help = true,
    max_term_width = 100,
    styles = STYLES,
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) shared: Shared,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Every command of arrcalc.
#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    Info(Info),
    Head(Head),
    Tail(Tail),
    Describe(Describe),
    Hist(Hist),
    Audit(Audit),
    Query(Box<Query>),
    Locate(Locate),
    Sort(Sort),
    Sample(Sample),
    Shuffle(Shuffle),
    Split(Split),
    Convert(Convert),
    Bootstrap(Bootstrap),
    PermutationTest(PermutationTest),
    Generate(Generate),
    Explain(Explain),
    Selftest(Selftest),
    Completions(Completions),
    Man(Man),
    /// `arrcalc FILE...` is `arrcalc describe FILE...`.
    #[command(external_subcommand)]
    Files(Vec<OsString>),
}

/// Reads the command line: the arguments, and clap's matches, which know where each value comes from.
pub(crate) fn parse(words: &[OsString]) -> Result<(Arguments, ArgMatches), clap::Error> {
    let words = &*with_profile_file(words);
    let (arguments, matches) = parse_words(words)?;
    let Command::Files(files) = &arguments.command else { return Ok((arguments, matches)) };
    if let Some(error) = misspelt_command(&files[0]) {
        return Err(error);
    }
    // Everything from the first file on is in `files`, in the order typed: the command's name goes before it.
    let mut words = words.to_vec();
    words.insert(words.len() - files.len(), "describe".into());
    parse_words(&words)
}

/// `--profile FILE.json` as `--profile=FILE.json`: no input is a .json file, so the word after it is its value only if it
/// is one; other files after `--profile` are inputs.
fn with_profile_file(words: &[OsString]) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::with_capacity(words.len());
    let mut options = true;
    for word in words {
        let is_json = || std::path::Path::new(word).extension().is_some_and(|extension| extension == "json");
        match joined.last_mut() {
            Some(last) if options && last == "--profile" && is_json() => {
                last.push("=");
                last.push(word);
            }
            _ => joined.push(word.clone()),
        }
        options &= word != "--";
    }
    joined
}

fn parse_words(words: &[OsString]) -> Result<(Arguments, ArgMatches), clap::Error> {
    let matches = Arguments::command().try_get_matches_from(words)?;
    let arguments =
        Arguments::from_arg_matches(&matches).map_err(|error| error.format(&mut Arguments::command()))?;
    Ok((arguments, matches))
}

/// A first word that can be no file and is no command is a command misspelt, or of another version.
fn misspelt_command(word: &OsString) -> Option<clap::Error> {
    let text = word.to_string_lossy();
    let looks_like_a_file = text == "-" || text.contains(['.', '/', '*', '?', '[', ':']);
    if looks_like_a_file || std::path::Path::new(word).exists() {
        return None;
    }
    let mut command = Arguments::command();
    let mut error = clap::Error::new(ErrorKind::InvalidSubcommand).with_cmd(&command);
    error.insert(ContextKind::InvalidSubcommand, ContextValue::String(text.clone().into_owned()));
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    // One typing mistake away, or the beginning of a name.
    let near = names
        .into_iter()
        .filter(|name| strsim::damerau_levenshtein(name, &text) <= 2 || name.starts_with(&*text));
    let near: Vec<String> = near.collect();
    if !near.is_empty() {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(near));
    }
    let usage = command.render_usage();
    error.insert(ContextKind::Usage, ContextValue::StyledStr(usage));
    Some(error)
}

/// `--help-all` anywhere before `--`: the help of the command it stands with, hidden options included.
pub(crate) fn help_of_everything(words: &[OsString]) -> Option<String> {
    let mut words = words.iter().skip(1).take_while(|word| *word != "--");
    if !words.clone().any(|word| word == "--help-all") {
        return None;
    }
    let mut command = Arguments::command();
    command.build();
    let named = words.find_map(|word| command.find_subcommand(word).cloned());
    let command = named.unwrap_or(command);
    let mut command = command.mut_args(|argument| argument.hide(false));
    Some(command.render_long_help().to_string())
}
