//! Options of commands that read files: what the files' bytes do not say.

use arrcalc::datasets::format::Format;
use arrcalc::datasets::{DataType, OpenOptions, text};
use clap::{Args, ValueEnum};

use super::columns;

/// How inputs are to be read.
#[derive(Args, Clone, Debug)]
pub(crate) struct Input {
    /// Format of the inputs, where their bytes and names must not decide: npy, npz, arrow, arrow-stream, parquet,
    /// csv, raw
    #[arg(
        long,
        value_name = "FORMAT",
        env = "ARRCALC_INPUT_FORMAT",
        hide_possible_values = true,
        hide_env = true,
        help_heading = "Reading"
    )]
    input_format: Option<InputFormat>,
    /// Elements of raw files: float64, int32, ...; a leading '>' means most significant byte first
    #[arg(long, value_name = "TYPE", env = "ARRCALC_DTYPE", hide_env = true, value_parser = dtype, help_heading = "Reading")]
    dtype: Option<Dtype>,
    /// CSV: types that are given instead of found: 'x=float64,day=date'
    #[arg(long, value_name = "TYPES", env = "ARRCALC_TYPES", hide_env = true, value_parser = types, help_heading = "Reading")]
    types: Option<Types>,
    /// CSV: between cells [default: ',']
    #[arg(long, value_name = "CHAR", env = "ARRCALC_DELIMITER", hide_env = true, value_parser = character, help_heading = "Reading")]
    delimiter: Option<u8>,
    /// CSV: around cells [default: '"']
    #[arg(long, value_name = "CHAR", env = "ARRCALC_QUOTE", hide_env = true, value_parser = character, help_heading = "Reading")]
    quote: Option<u8>,
    /// CSV: lines that begin with it are skipped
    #[arg(long, value_name = "CHAR", env = "ARRCALC_COMMENT", hide_env = true, value_parser = character, help_heading = "Reading")]
    comment: Option<u8>,
    /// CSV: the first row holds values; columns are c0, c1, ...
    #[arg(long, env = "ARRCALC_NO_HEADER_ROW", hide_env = true, value_parser = clap::builder::FalseyValueParser::new(), help_heading = "Reading")]
    no_header_row: bool,
}

/// `--null`: apart from [`Input`], because `convert` needs the name for what becomes of nulls.
#[derive(Args, Clone, Debug)]
pub(crate) struct NullTokens {
    /// CSV: a cell that means null, may repeat [default: NA, null, NULL; an empty cell always does]
    #[arg(
        long = "null",
        value_name = "TOKEN",
        env = "ARRCALC_NULL",
        hide_env = true,
        help_heading = "Reading"
    )]
    pub(crate) null: Vec<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum InputFormat {
    Npy,
    Npz,
    Arrow,
    ArrowStream,
    Parquet,
    Csv,
    Raw,
}

/// `>float64` as typed: the type and the byte order.
#[derive(Clone, Debug)]
struct Dtype {
    data_type: DataType,
    big_endian: bool,
}

/// `x=float64,y=date` as typed.
#[derive(Clone, Debug)]
struct Types(Vec<(String, DataType)>);

impl Input {
    /// What the library takes; no `null_tokens` means the usual ones.
    pub(crate) fn open_options(&self, null_tokens: &[String]) -> OpenOptions {
        let mut options = OpenOptions {
            format: self.input_format.map(|format| match format {
                InputFormat::Npy => Format::Npy,
                InputFormat::Npz => Format::Npz,
                InputFormat::Arrow => Format::ArrowFile,
                InputFormat::ArrowStream => Format::ArrowStream,
                InputFormat::Parquet => Format::Parquet,
                InputFormat::Csv => Format::Csv,
                InputFormat::Raw => Format::Raw,
            }),
            ..OpenOptions::default()
        };
        if let Some(dtype) = &self.dtype {
            options.dtype = Some(dtype.data_type.clone());
            options.big_endian = dtype.big_endian;
            // Only raw files need to be told.
            options.format.get_or_insert(Format::Raw);
        }
        if let Some(Types(types)) = &self.types {
            options.types.clone_from(types);
        }
        let csv = &mut options.csv;
        csv.delimiter = self.delimiter.unwrap_or(csv.delimiter);
        csv.quote = self.quote.unwrap_or(csv.quote);
        csv.comment = self.comment;
        csv.header_row = !self.no_header_row;
        if !null_tokens.is_empty() {
            csv.null_tokens = null_tokens.to_vec();
        }
        options
    }
}

fn dtype(text: &str) -> Result<Dtype, String> {
    let (name, big_endian) = match text.strip_prefix('>') {
        Some(rest) => (rest, true),
        None => (text.strip_prefix('<').unwrap_or(text), false),
    };
    Ok(Dtype { data_type: data_type(name)?, big_endian })
}

fn data_type(name: &str) -> Result<DataType, String> {
    text::parse_data_type(name.trim()).ok_or_else(|| {
        format!("'{name}' is not a type; write float64, int32, date, timestamp[us], string, ...")
    })
}

fn types(text: &str) -> Result<Types, String> {
    let mut types = Vec::new();
    for pair in columns::names(text)? {
        // A type may hold a comma (`timestamp[us, UTC]`): such a piece continues the one before it.
        match pair.rsplit_once('=') {
            Some((name, data_type)) => types.push((name.trim().to_owned(), data_type.trim().to_owned())),
            None => match types.last_mut() {
                Some((_, data_type)) => data_type.push_str(&format!(", {pair}")),
                None => return Err(format!("'{pair}' names no type; write 'x=float64'")),
            },
        }
    }
    let parsed = types.into_iter().map(|(name, name_of_type)| Ok((name, data_type(&name_of_type)?)));
    parsed.collect::<Result<_, String>>().map(Types)
}

/// One ASCII character; `\t` and `tab` are the tab.
fn character(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" | b"tab" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0) => Ok(*byte),
        _ => Err(format!("'{text}' is not one ASCII character; a tab is \\t")),
    }
}
