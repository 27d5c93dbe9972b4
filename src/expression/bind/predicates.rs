//! `between`, `in`, `like`.

use arrcalc_datasets::DataType;

use super::super::syntax::Expr;
use super::super::{ExpressionError, Span};
use super::Scalar;
use super::literal::{Weak, constant};
use super::node::{Comparison, Constant, Node, Op, Repr};
use super::pattern::Pattern;
use super::set::Set;
use super::types::{common_type, is_decimal, is_integer};
use super::walk::{Binder, Value};

impl Binder<'_> {
    pub(super) fn between(
        &mut self,
        value: &Expr,
        low: &Expr,
        high: &Expr,
        negated: bool,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let at = value.span;
        let (value, lowest) = (self.expression(value)?, self.expression(low)?);
        let highest = self.expression(high)?;
        let above =
            self.compare(Comparison::GreaterOrEqual, (value.clone(), at), (lowest, low.span), span)?;
        let below = self.compare(Comparison::LessOrEqual, (value, at), (highest, high.span), span)?;
        let node = self.push(Op::And, vec![above.node, below.node], DataType::Bool, span);
        Ok(self.negated(node, negated, span))
    }

    /// A list of literals is a set; anything else is compared one by one.
    pub(super) fn among(
        &mut self,
        value: &Expr,
        list: &[Expr],
        negated: bool,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let operand = self.expression(value)?;
        let items: Vec<(Value, Span)> =
            list.iter().map(|item| Ok((self.expression(item)?, item.span))).collect::<Result<_, _>>()?;
        let data_type = self.data_type(&operand).clone();
        if operand.weak.is_none()
            && let Some(constants) = self.set_of(&data_type, &items)?
        {
            let repr = Repr::of(&data_type).unwrap_or(Repr::Bool);
            let set = std::sync::Arc::new(Set::new(repr, &constants));
            let node = self.push(Op::In(set), vec![operand.node], DataType::Bool, span);
            return Ok(self.negated(node, negated, span));
        }
        let mut node = self.graph.constant(Constant::Bool(false), DataType::Bool, span);
        for item in items {
            let equal = self.compare(Comparison::Equal, (operand.clone(), value.span), item, span)?;
            node = self.push(Op::Or, vec![node, equal.node], DataType::Bool, span);
        }
        Ok(self.negated(node, negated, span))
    }

    /// The literals of a list as they lie beside values of `data_type`; `None` where one is no literal, or they are
    /// compared in another type.
    fn set_of(
        &mut self,
        data_type: &DataType,
        items: &[(Value, Span)],
    ) -> Result<Option<Vec<Constant>>, ExpressionError> {
        let mut constants = Vec::new();
        for (item, span) in items {
            let side = (data_type, None);
            let other = self.side(item);
            if let (DataType::Bool, Some(Constant::Bool(truth))) =
                (data_type, self.graph.node(item.node).constant())
            {
                constants.push(Constant::Bool(*truth));
                continue;
            }
            let Some(weak) = item.weak.clone() else { return Ok(None) };
            if weak == Weak::Null {
                constants.push(Constant::Null);
                continue;
            }
            let Some(to) = common_type(side, other, false) else {
                let reason = format!("{data_type} and {} cannot be compared", other.0);
                return Err(ExpressionError::new(*span, reason));
            };
            let whole = is_integer(data_type) && *data_type != DataType::Bool;
            match (&weak, constant(&weak, &wide(data_type))) {
                (Weak::Integer(_), found) if whole => constants.extend(found),
                (_, Some(found))
                    if to == *data_type || Repr::of(&to) == Repr::of(data_type) && !is_decimal(&to) =>
                {
                    constants.push(found);
                }
                (Weak::Text(_), None) => {
                    let form = super::literal::expected_form(&to);
                    return Err(ExpressionError::new(*span, format!("expected {form}")));
                }
                _ => return Ok(None),
            }
        }
        Ok(Some(constants))
    }

    /// The values of a file as a set; numbers are compared in the type that both have in common.
    pub(super) fn among_file(
        &mut self,
        value: &Expr,
        location: &str,
        negated: bool,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let operand = self.expression(value)?;
        let (data_type, values) =
            self.files.values(location).map_err(|reason| ExpressionError::new(span, reason))?;
        let own = self.data_type(&operand).clone();
        let Some(mut to) = common_type((&own, None), (&data_type, None), false) else {
            return Err(ExpressionError::new(span, format!("{own} and {data_type} cannot be compared")));
        };
        if own == DataType::UInt64 && is_integer(&data_type) {
            // Negative values are in no such column.
            to = DataType::UInt64;
        }
        let node = self.lowered(&operand, &to, value.span)?;
        let repr = Repr::of(&to).unwrap_or(Repr::Bool);
        let constants: Vec<Constant> =
            values.iter().filter_map(|scalar| self.as_member(scalar, &data_type, &to, span)).collect();
        let set = std::sync::Arc::new(Set::new(repr, &constants));
        let node = self.push(Op::In(set), vec![node], DataType::Bool, span);
        Ok(self.negated(node, negated, span))
    }

    /// A file's value in type `to`; `None` where it is none of that type.
    fn as_member(&mut self, scalar: &Scalar, from: &DataType, to: &DataType, span: Span) -> Option<Constant> {
        let own = match scalar {
            Scalar::Null => return Some(Constant::Null),
            Scalar::Bool(value) => Constant::Bool(*value),
            Scalar::Integer(value) if is_integer(from) && is_integer(to) => {
                return constant(&Weak::Integer(*value), &wide(to));
            }
            Scalar::Integer(value) if *from == DataType::UInt64 => Constant::U64(u64::try_from(*value).ok()?),
            Scalar::Integer(value) => Constant::I64(i64::try_from(*value).ok()?),
            Scalar::Float(value) if *from == DataType::Float64 => Constant::F64(value.to_bits()),
            Scalar::Float(value) => Constant::F32((*value as f32).to_bits()),
            Scalar::Decimal(value) => Constant::I128(*value),
            Scalar::Text(text) => Constant::Text(text.as_str().into()),
        };
        if from == to {
            return Some(own);
        }
        let node = self.graph.constant(own, from.clone(), span);
        let node = self.cast(node, to, span).ok()?;
        let Node { op: Op::Constant(constant), .. } = self.graph.node(node) else { return None };
        Some(constant.clone())
    }

    pub(super) fn like(
        &mut self,
        value: &Expr,
        pattern: &Expr,
        negated: bool,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let operand = self.expression(value)?;
        let node = self.text(&operand, value.span, "like")?;
        let Some(Weak::Text(text)) = self.expression(pattern)?.weak else {
            return Err(ExpressionError::new(pattern.span, "like expects its pattern as a quoted text"));
        };
        let Some(parsed) = Pattern::parse(&text) else {
            return Err(ExpressionError::new(pattern.span, "the pattern ends in an escape: write \\\\"));
        };
        let node = self.push(Op::Like(std::sync::Arc::new(parsed)), vec![node], DataType::Bool, span);
        Ok(self.negated(node, negated, span))
    }

    /// A text, or a null of it.
    pub(super) fn text(
        &mut self,
        value: &Value,
        span: Span,
        wanted_by: &str,
    ) -> Result<usize, ExpressionError> {
        match self.data_type(value) {
            DataType::String => Ok(value.node),
            DataType::Null => self.adapted(value, &DataType::String, span),
            other => Err(ExpressionError::new(span, format!("{wanted_by} expects a text, found {other}"))),
        }
    }
}

/// The widest type that lies in a register as `data_type` does.
fn wide(data_type: &DataType) -> DataType {
    use DataType::*;
    match data_type {
        Int8 | Int16 | Int32 | UInt8 | UInt16 | UInt32 => Int64,
        other => other.clone(),
    }
}
