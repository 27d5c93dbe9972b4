//! A bound expression: operations on settled types, in an order where operands come first; equal ones are one.

use std::sync::Arc;

use arrcalc_datasets::DataType;

use super::super::Span;
use super::pattern::Pattern;
use super::set::Set;

/// How values lie in registers. Dates are days, times, timestamps and durations ticks, in `I64`; binary16 lies
/// as binary32; narrow integers as `I64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Repr {
    Bool,
    I64,
    U64,
    F32,
    F64,
    I128,
    Text,
}

impl Repr {
    /// How values of a type lie; `None`: the type is not computed with.
    pub(in crate::expression) fn of(data_type: &DataType) -> Option<Self> {
        use DataType::*;
        Some(match data_type {
            Null | Bool => Repr::Bool,
            UInt64 => Repr::U64,
            Float16 | Float32 => Repr::F32,
            Float64 => Repr::F64,
            Decimal128 { .. } => Repr::I128,
            String => Repr::Text,
            Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 => Repr::I64,
            Date | Time(_) | Timestamp(..) | Duration(_) => Repr::I64,
            _ => return None,
        })
    }
}

/// A value that is known before any row is read, as it lies in a register. Floats are their bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Constant {
    Null,
    Bool(bool),
    I64(i64),
    U64(u64),
    F32(u32),
    F64(u64),
    I128(i128),
    Text(Arc<str>),
}

/// Comparisons; NaN is unequal to everything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// Arithmetic of two operands of one representation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Remainder,
    Power,
    Least,
    Greatest,
    Atan2,
    /// Integers: the quotient rounded half to even; null by zero.
    DivideRounded,
}

/// Directions of rounding to whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Rounding {
    Floor,
    Ceil,
    Trunc,
    HalfEven,
}

/// Parts of dates and times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Part {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Weekday,
    Hour,
    Minute,
    Second,
}

/// Tests of one text for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum TextTest {
    StartsWith,
    EndsWith,
    Contains,
}

/// What a node computes from its operands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::expression) enum Op {
    /// Field `n` of the bound schema.
    Column(usize),
    Constant(Constant),
    Arithmetic(Arithmetic),
    Compare(Comparison),
    And,
    Or,
    Not,
    /// `a` where the condition is true, else `b`; only the one that is taken can fail.
    Select,
    /// `a` where it is not null, else `b`.
    Coalesce,
    /// The lesser or greater of the operands that are not null.
    Extreme {
        greatest: bool,
    },
    /// `a`, null where the condition is true.
    NullWhere,
    IsNull,
    IsNan,
    IsFinite,
    Negate,
    Abs,
    Sign,
    Round(Rounding),
    /// To that many decimal digits, half to even, as if the binary value were written out in full.
    RoundDigits(u16),
    Sqrt,
    Elementary(arrcalc_kernels::elementary::Function),
    /// To the representation of the node's type; see `evaluate::convert`.
    Convert,
    /// Integer to integer, float to float: checks or rounds to the node's narrower type.
    Narrow,
    /// Times a positive number of ticks; an error where it overflows.
    Scale(i64),
    /// Floored by a positive number of ticks.
    FloorScale(i64),
    /// Decimals: to the scale of the node's type, half to even.
    Rescale,
    /// Of ticks, that many to the second; 0: of days.
    Calendar(Part, i64),
    /// The first tick of the part that the tick lies in.
    Truncate(Part, i64),
    /// The day of a year, a month and a day of it.
    MakeDate,
    In(Arc<Set>),
    Like(Arc<Pattern>),
    Length,
    Lower,
    Upper,
    TextTest(TextTest),
    Concat,
    /// Text to the node's type.
    Parse,
    /// The operand's type to text.
    Format,
}

/// An operation, its operands, the type of its values and where it stands.
#[derive(Clone, Debug)]
pub(in crate::expression) struct Node {
    pub(in crate::expression) op: Op,
    pub(in crate::expression) operands: Vec<usize>,
    pub(in crate::expression) data_type: DataType,
    pub(in crate::expression) span: Span,
}

impl Node {
    /// How its values lie.
    pub(in crate::expression) fn repr(&self) -> Repr {
        // Types without one are refused where columns are bound.
        Repr::of(&self.data_type).unwrap_or(Repr::Bool)
    }

    /// Its value, if it is one before any row is read.
    pub(in crate::expression) fn constant(&self) -> Option<&Constant> {
        match &self.op {
            Op::Constant(constant) => Some(constant),
            _ => None,
        }
    }
}
