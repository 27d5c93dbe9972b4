//! What can go wrong in a computation: typed, one line, with the exit code that the command line answers.

use std::time::Duration;

use arrcalc_datasets as datasets;

/// Result of a computation.
pub type Result<T> = std::result::Result<T, Error>;

/// A computation that gave no answer.
///
/// Messages are one line, lower case, and end with what to do where there is something to do. Where several rows
/// are wrong, the error names the lowest (file, row, column), whatever the schedule.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be opened, read, understood or written.
    #[error(transparent)]
    Dataset(#[from] datasets::Error),
    /// The request does not fit the data: no such column, a type without that statistic ...
    #[error("{reason}")]
    Request {
        /// What was asked and what there is.
        reason: String,
    },
    /// A value could not be computed from a row: overflow, a cast ...
    #[error("{file}: column '{column}', row {row}: {reason}")]
    Evaluation {
        /// The file.
        file: String,
        /// The column, or the expression as typed.
        column: String,
        /// The row, counted from 0 within the file.
        row: u64,
        /// What was found, what was expected, what to do.
        reason: String,
    },
    /// An aggregate's exact answer does not fit the type of its results.
    #[error(
        "{}{aggregate}: the exact result {value} does not fit {data_type}; cast its argument to float64",
        of_column(file, column)
    )]
    Overflow {
        /// The aggregate's name.
        aggregate: &'static str,
        /// The file, the first of several; empty where it is not known.
        file: String,
        /// The column, or the argument as it is written; empty where it is not known.
        column: String,
        /// The answer.
        value: String,
        /// The type of its results.
        data_type: String,
    },
    /// The memory budget is spent.
    #[error(
        "{what}: {needed_bytes} bytes are needed, but only {available_bytes} of the budget of {limit_bytes} are free; \
         raise --memory"
    )]
    Memory {
        /// What needs the memory.
        what: &'static str,
        /// Bytes it would take.
        needed_bytes: u64,
        /// Bytes that are free.
        available_bytes: u64,
        /// The whole budget.
        limit_bytes: u64,
    },
    /// The time limit passed.
    #[error("stopped after {limit:?}; raise --timeout")]
    Deadline {
        /// The time that was allowed.
        limit: Duration,
    },
    /// Someone asked the work to stop.
    #[error("cancelled")]
    Cancelled,
    /// A bug in arrcalc: the work panicked on a thread of its own.
    #[error("internal error: {message}; please report it")]
    Bug {
        /// The panic's message.
        message: String,
    },
}

/// `FILE: column 'x': `, of what is known.
fn of_column(file: &str, column: &str) -> String {
    match (file, column) {
        ("", "") => String::new(),
        ("", column) => format!("column '{column}': "),
        (file, column) => format!("{file}: column '{column}': "),
    }
}

impl Error {
    /// The exit code of the command line for this error.
    ///
    /// | code | meaning |
    /// |---|---|
    /// | 2 | usage: the request does not fit |
    /// | 3 | an input could not be opened or read, or changed meanwhile |
    /// | 4 | an input is malformed or not supported, or an evaluation failed |
    /// | 5 | a limit was hit |
    /// | 70 | a bug |
    /// | 124 | the time limit passed |
    /// | 130 | cancelled |
    pub fn exit_code(&self) -> u8 {
        match self {
            Error::Dataset(error) => match error {
                datasets::Error::Io { .. } | datasets::Error::Changed { .. } => 3,
                datasets::Error::Request { .. } => 2,
                datasets::Error::Limit { .. } => 5,
                _ => 4,
            },
            Error::Request { .. } => 2,
            Error::Evaluation { .. } | Error::Overflow { .. } => 4,
            Error::Memory { .. } => 5,
            Error::Bug { .. } => 70,
            Error::Deadline { .. } => 124,
            Error::Cancelled => 130,
        }
    }
}
