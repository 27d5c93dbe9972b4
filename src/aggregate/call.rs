//! An aggregate chosen at run time with its argument types settled: what an expression's `mean(x)` becomes.

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use arrcalc_datasets::DataType;

use crate::error::{Error, Result};

use super::NanPolicy;
use super::catalogue::{self, Entry};
use super::chosen::State;

/// What an aggregate's answer may depend on: stated for each in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// The multiset of the rows alone; one pass.
    Exact,
    /// The rows and where they stand; one pass.
    Positioned,
    /// The multiset of the rows alone; several passes.
    Rounds,
    /// The set of the values alone, with a stated error; one pass.
    Approximate,
}

impl Class {
    /// `exact`, `positioned`, `rounds`, `approximate`.
    pub fn name(self) -> &'static str {
        match self {
            Class::Exact => "exact",
            Class::Positioned => "positioned",
            Class::Rounds => "rounds",
            Class::Approximate => "approximate",
        }
    }
}

/// A constant that follows an aggregate's columns, as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Parameter {
    /// A number with a point or an exponent, as typed: `0.95` is 19/20.
    Decimal(String),
    /// A quoted text: a method's name.
    Text(String),
    /// An integer.
    Integer(i128),
}

impl fmt::Display for Parameter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Parameter::Decimal(digits) => f.write_str(digits),
            Parameter::Text(text) => write!(f, "'{text}'"),
            Parameter::Integer(value) => write!(f, "{value}"),
        }
    }
}

/// How many arguments an aggregate takes: columns first, then constants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arity {
    /// Leading arguments that are columns or expressions; from 0 for `count(*)`.
    pub columns: RangeInclusive<usize>,
    /// Constants that may follow.
    pub parameters: RangeInclusive<usize>,
}

/// Makes empty states, each of which may take so many bytes.
pub(super) type Make = Arc<dyn Fn(usize) -> Box<dyn State> + Send + Sync>;

/// An aggregate with its argument types settled.
///
/// # Examples
/// ```
/// use arrcalc::aggregate::{Call, NanPolicy, Next};
/// use arrcalc::answer::Scalar;
/// use arrcalc::datasets::{Chunk, Column, DataType, Values};
/// use arrcalc::kernels::Level;
///
/// let call = Call::new("mean", &[DataType::Int64], &[], NanPolicy::Propagate)?;
/// let mut state = call.empty(1 << 20);
/// let column = Column { values: Values::Int64(&[1, 2, 6]), validity: None };
/// state.update(Level::detect(), &Chunk { first_row: 0, row_count: 3, columns: vec![column] });
/// let Next::Done(answer) = state.next() else { panic!("a mean takes one pass") };
/// assert_eq!(answer?, Scalar::Float64(3.0));
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone)]
pub struct Call {
    entry: &'static Entry,
    class: Class,
    result_type: DataType,
    make: Make,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("name", &self.entry.name)
            .field("class", &self.class)
            .field("result_type", &self.result_type)
            .finish_non_exhaustive()
    }
}

impl Call {
    /// The names of all aggregates, aliases left out, in the catalogue's order.
    pub fn names() -> impl Iterator<Item = &'static str> {
        catalogue::ENTRIES.iter().map(|entry| entry.name)
    }

    /// Other names, and what they stand for: `avg` is `mean`.
    pub fn aliases() -> impl Iterator<Item = (&'static str, &'static str)> {
        catalogue::ENTRIES.iter().flat_map(|entry| entry.aliases.iter().map(|alias| (*alias, entry.name)))
    }

    /// Whether `name`, in any case, is an aggregate's name or alias.
    pub fn is_aggregate(name: &str) -> bool {
        catalogue::find(name).is_some()
    }

    /// How many arguments the aggregate `name` takes; `None` if there is none of that name.
    pub fn arity(name: &str) -> Option<Arity> {
        let entry = catalogue::find(name)?;
        let (columns, parameters) = (entry.columns, entry.parameters);
        Some(Arity { columns: columns.0..=columns.1, parameters: parameters.0..=parameters.1 })
    }

    /// Whether `name` may stand bare for "of every numeric column": it takes one column and needs no constants.
    pub fn is_bare(name: &str) -> bool {
        catalogue::find(name).is_some_and(|entry| entry.columns.1 == 1 && entry.parameters.0 == 0)
    }

    /// The aggregate `name` of columns of types `arguments`, followed by the constants `parameters`.
    ///
    /// # Errors
    /// [`Error::Request`]: no such aggregate, another number of arguments, a type that it is not defined for, a
    /// constant that it does not take.
    pub fn new(name: &str, arguments: &[DataType], parameters: &[Parameter], nan: NanPolicy) -> Result<Self> {
        let entry = catalogue::find(name).ok_or_else(|| Error::Request {
            reason: format!(
                "no aggregate '{name}'; there are {}",
                Self::names().collect::<Vec<_>>().join(", ")
            ),
        })?;
        let given = |what, after, (least, most): (usize, usize), count: usize| {
            if (least..=most).contains(&count) {
                return Ok(());
            }
            let expected = if least == most { format!("{least}") } else { format!("{least} to {most}") };
            let plural = if most == 1 { "" } else { "s" };
            let reason = format!("{} takes {expected} {what}{plural}{after}, not {count}", entry.name);
            Err(Error::Request { reason })
        };
        given("column", "", entry.columns, arguments.len())?;
        let after = if entry.columns.1 == 1 { " after its column" } else { " after its columns" };
        given("constant", after, entry.parameters, parameters.len())?;
        let nan = if entry.is_nan_twin { NanPolicy::Ignore } else { nan };
        let built = catalogue::build(entry, arguments, parameters, nan)?;
        Ok(Self { entry, class: built.class, result_type: built.result_type, make: built.make })
    }

    /// Its name, in full and in lower case.
    pub fn name(&self) -> &'static str {
        self.entry.name
    }

    /// The type of its answer; a null has any.
    pub fn result_type(&self) -> &DataType {
        &self.result_type
    }

    /// Whether rows must keep their absolute positions: those that are left out come as nulls.
    pub fn is_positioned(&self) -> bool {
        self.class == Class::Positioned
    }

    /// Its class.
    pub fn class(&self) -> Class {
        self.class
    }

    /// The empty state, which may take `memory_bytes` where it grows with the data: fewer mean more passes, or
    /// [`Error::Memory`], never another answer.
    pub fn empty(&self, memory_bytes: usize) -> Box<dyn State> {
        (self.make)(memory_bytes)
    }
}
