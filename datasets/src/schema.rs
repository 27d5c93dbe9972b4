//! Types and names of columns. Type names are Arrow's in lower case: `int64`, `timestamp[us, UTC]`, `string`.

use std::fmt;

/// Unit of a temporal type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// Seconds.
    Second,
    /// Milliseconds.
    Millisecond,
    /// Microseconds.
    Microsecond,
    /// Nanoseconds.
    Nanosecond,
}

impl TimeUnit {
    /// Ticks in one second.
    pub fn ticks_per_second(self) -> i64 {
        match self {
            TimeUnit::Second => 1,
            TimeUnit::Millisecond => 1_000,
            TimeUnit::Microsecond => 1_000_000,
            TimeUnit::Nanosecond => 1_000_000_000,
        }
    }

    /// `s`, `ms`, `us` or `ns`.
    pub fn symbol(self) -> &'static str {
        match self {
            TimeUnit::Second => "s",
            TimeUnit::Millisecond => "ms",
            TimeUnit::Microsecond => "us",
            TimeUnit::Nanosecond => "ns",
        }
    }
}

/// Logical type of a column. Dictionaries have the type of their values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DataType {
    /// Every value is null (an empty CSV column, Arrow's null type).
    Null,
    /// Truth values.
    Bool,
    /// Signed 8-bit integers.
    Int8,
    /// Signed 16-bit integers.
    Int16,
    /// Signed 32-bit integers.
    Int32,
    /// Signed 64-bit integers.
    Int64,
    /// Unsigned 8-bit integers.
    UInt8,
    /// Unsigned 16-bit integers.
    UInt16,
    /// Unsigned 32-bit integers.
    UInt32,
    /// Unsigned 64-bit integers.
    UInt64,
    /// IEEE 754 binary16.
    Float16,
    /// IEEE 754 binary32.
    Float32,
    /// IEEE 754 binary64.
    Float64,
    /// `unscaled * 10^-scale`, at most 38 digits.
    Decimal128 {
        /// Significant digits, 1..=38.
        precision: u8,
        /// Digits after the point.
        scale: i8,
    },
    /// Days since 1970-01-01 (Arrow date32 and date64 alike).
    Date,
    /// Ticks since midnight.
    Time(TimeUnit),
    /// Ticks since 1970-01-01T00:00:00; with a zone, in UTC.
    Timestamp(TimeUnit, Option<Box<str>>),
    /// Ticks.
    Duration(TimeUnit),
    /// UTF-8 text, whatever its layout.
    String,
    /// A type that is shown by `info` and refused by computation, by its Arrow name.
    Unsupported(Box<str>),
}

impl DataType {
    /// Whether sums and moments exist: bool, integers, floats, decimals.
    pub fn is_numeric(&self) -> bool {
        use DataType::*;
        matches!(
            self,
            Bool | Int8
                | Int16
                | Int32
                | Int64
                | UInt8
                | UInt16
                | UInt32
                | UInt64
                | Float16
                | Float32
                | Float64
                | Decimal128 { .. }
        )
    }

    /// Whether the type is a date, a time, a timestamp or a duration.
    pub fn is_temporal(&self) -> bool {
        matches!(self, DataType::Date | DataType::Time(_) | DataType::Timestamp(..) | DataType::Duration(_))
    }

    /// Whether the type is binary16, binary32 or binary64.
    pub fn is_float(&self) -> bool {
        matches!(self, DataType::Float16 | DataType::Float32 | DataType::Float64)
    }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            DataType::Null => "null",
            DataType::Bool => "bool",
            DataType::Int8 => "int8",
            DataType::Int16 => "int16",
            DataType::Int32 => "int32",
            DataType::Int64 => "int64",
            DataType::UInt8 => "uint8",
            DataType::UInt16 => "uint16",
            DataType::UInt32 => "uint32",
            DataType::UInt64 => "uint64",
            DataType::Float16 => "float16",
            DataType::Float32 => "float32",
            DataType::Float64 => "float64",
            DataType::Decimal128 { precision, scale } => {
                return write!(f, "decimal128({precision}, {scale})");
            }
            DataType::Date => "date",
            DataType::Time(unit) => return write!(f, "time[{}]", unit.symbol()),
            DataType::Timestamp(unit, None) => return write!(f, "timestamp[{}]", unit.symbol()),
            DataType::Timestamp(unit, Some(zone)) => {
                return write!(f, "timestamp[{}, {zone}]", unit.symbol());
            }
            DataType::Duration(unit) => return write!(f, "duration[{}]", unit.symbol()),
            DataType::String => "string",
            DataType::Unsupported(name) => name,
        };
        f.write_str(name)
    }
}

/// Name and type of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// Name, as in the file.
    pub name: String,
    /// Logical type.
    pub data_type: DataType,
}

/// The columns of a dataset, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schema {
    /// One entry a column.
    pub fields: Vec<Field>,
}

impl Schema {
    /// Position of the column called `name`, case included.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}
