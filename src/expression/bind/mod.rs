//! Names and types: an expression as written, against the fields of a table, becomes operations on settled types.
//!
//! Literals take the type of what they meet (NumPy's weak scalars, NEP 50): a float32 column times 2 or 0.1 stays
//! float32, a date compared with a text compares dates.

mod calls;
mod cast;
mod graph;
mod literal;
pub(in crate::expression) mod node;
mod operators;
pub(in crate::expression) mod pattern;
mod predicates;
pub(in crate::expression) mod set;
#[cfg(test)]
mod tests;
mod types;
mod walk;

use arrcalc_datasets::{DataType, Field};

use super::ExpressionError;
use super::syntax::Expr;
pub use calls::FUNCTIONS;
pub(in crate::expression) use graph::Graph;
use node::{Constant, Node, Op, Repr};
use walk::{Binder, refused_type};

/// An expression whose names are columns and whose types are settled.
#[derive(Clone, Debug)]
pub struct Bound {
    /// The last one is the result.
    pub(super) nodes: Vec<Node>,
    data_type: DataType,
    columns: Vec<usize>,
}

/// A value that does not depend on rows.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Null.
    Null,
    /// A truth value.
    Bool(bool),
    /// An integer, days of a date, ticks of a time, timestamp or duration.
    Integer(i128),
    /// A float; binary16 and binary32 widened.
    Float(f64),
    /// A decimal's unscaled integer.
    Decimal(i128),
    /// Text.
    Text(String),
}

/// Where `in file('...')` finds its values: the expression knows no files.
pub trait Files {
    /// The type and the values of the one column of the table at `location`, in any order, repeats allowed.
    ///
    /// # Errors
    /// What is wrong with the file, in words.
    fn values(&self, location: &str) -> Result<(DataType, Vec<Scalar>), String>;
}

/// No files: `in file` is refused.
struct NoFiles;

impl Files for NoFiles {
    fn values(&self, location: &str) -> Result<(DataType, Vec<Scalar>), String> {
        Err(format!("'{location}' cannot be read here: in file(...) belongs in a query's filter"))
    }
}

/// Binds `expr` to `fields`: [`super::ExprKind::Slot`] `i` and a column's exact name both stand for a field.
///
/// # Errors
/// A name that no field has (with the nearest that there is), an operation that the types do not have; at the spot.
pub fn bind(expr: &Expr, fields: &[Field]) -> Result<Bound, ExpressionError> {
    bind_with(expr, fields, &NoFiles)
}

/// As [`bind`], with the tables of `in file('...')` from `files`.
///
/// # Errors
/// As [`bind`], and what is wrong with a file.
pub fn bind_with(expr: &Expr, fields: &[Field], files: &dyn Files) -> Result<Bound, ExpressionError> {
    let mut binder = Binder::new(fields, files);
    let value = binder.expression(expr)?;
    let nodes = binder.graph.reachable(value.node);
    let mut columns: Vec<usize> = nodes
        .iter()
        .filter_map(|node| if let Op::Column(field) = node.op { Some(field) } else { None })
        .collect();
    columns.sort_unstable();
    columns.dedup();
    let data_type = binder.graph.node(value.node).data_type.clone();
    Ok(Bound { nodes, data_type, columns })
}

/// The field of `fields` whose type `error`, of an expression bound to them, is about: no computation has it.
pub(crate) fn refused_field<'f>(fields: &'f [Field], error: &ExpressionError) -> Option<&'f Field> {
    fields.iter().find(|field| Repr::of(&field.data_type).is_none() && refused_type(field) == error.reason)
}

impl Bound {
    /// The type of its values.
    pub fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The fields it reads, in rising order.
    pub fn columns(&self) -> &[usize] {
        &self.columns
    }

    /// The field it is, where it is nothing else.
    pub fn column(&self) -> Option<usize> {
        match self.nodes.last()?.op {
            Op::Column(field) => Some(field),
            _ => None,
        }
    }

    /// Its value, where that is one before any row is read.
    pub fn constant(&self) -> Option<Scalar> {
        Some(match self.nodes.last()?.constant()? {
            Constant::Null => Scalar::Null,
            Constant::Bool(value) => Scalar::Bool(*value),
            Constant::I64(value) => Scalar::Integer((*value).into()),
            Constant::U64(value) => Scalar::Integer((*value).into()),
            Constant::F32(bits) => Scalar::Float(f32::from_bits(*bits).into()),
            Constant::F64(bits) => Scalar::Float(f64::from_bits(*bits)),
            Constant::I128(value) => Scalar::Decimal(*value),
            Constant::Text(text) => Scalar::Text(text.to_string()),
        })
    }
}
