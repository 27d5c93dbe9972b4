//! The walk over an expression as written.

use arrcalc_datasets::{DataType, Field};

use super::super::syntax::{Expr, ExprKind, UnaryOperator};
use super::super::{ExpressionError, Span, suggest};
use super::Files;
use super::graph::Graph;
use super::literal::{TYPE_NAMES, Weak, constant, expected_form, type_named, weak_of};
use super::node::{Constant, Op, Repr};
use super::types::{Side, common_type};

/// A bound subexpression.
#[derive(Clone, Debug)]
pub(super) struct Value {
    pub(super) node: usize,
    /// What it says, where it is a literal or was computed from literals alone.
    pub(super) weak: Option<Weak>,
}

/// Fields, and the nodes so far.
pub(super) struct Binder<'f> {
    fields: &'f [Field],
    pub(super) files: &'f dyn Files,
    pub(super) graph: Graph,
}

/// Why the values of `field` are in no expression.
pub(in crate::expression) fn refused_type(field: &Field) -> String {
    format!("column '{}' is {}: no computation has it", field.name, field.data_type)
}

/// That there is no type `name`, in a cast at `span` of what stands at `value`.
fn unknown_type(name: &str, value: Span, span: Span) -> ExpressionError {
    let hint = match suggest(name, TYPE_NAMES) {
        Some(near) => format!(": did you mean '{near}'?"),
        None => String::new(),
    };
    // `value::type` and `cast(value as type)`, where nothing else stands between: the name is pointed at.
    let behind = span.end.saturating_sub(value.end);
    let place = match behind.checked_sub(name.len()) {
        Some(2) => Span::new(value.end + 2, span.end),
        Some(5) => Span::new(value.end + 4, span.end - 1),
        _ => span,
    };
    ExpressionError::new(place, format!("there is no type '{name}'{hint}"))
}

impl<'f> Binder<'f> {
    pub(super) fn new(fields: &'f [Field], files: &'f dyn Files) -> Self {
        Self { fields, files, graph: Graph::default() }
    }

    pub(super) fn expression(&mut self, expr: &Expr) -> Result<Value, ExpressionError> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Column(name) => match self.fields.iter().position(|field| field.name == *name) {
                Some(field) => self.column(field, span),
                None => Err(self.unknown_column(name, span)),
            },
            ExprKind::Slot(field) if *field < self.fields.len() => self.column(*field, span),
            ExprKind::Slot(field) => Err(ExpressionError::new(span, format!("there is no column {field}"))),
            ExprKind::Literal(literal) => {
                match expr.float_word(self.fields.iter().map(|field| field.name.as_str())) {
                    Some(field) => self.column(field, span),
                    None => self.literal(literal, span),
                }
            }
            ExprKind::Unary(operator, operand) => {
                let value = self.expression(operand)?;
                self.unary(*operator, value, span)
            }
            ExprKind::Binary(operator, a, b) => {
                let (left, right) = (self.expression(a)?, self.expression(b)?);
                self.binary(*operator, (left, a.span), (right, b.span), span)
            }
            ExprKind::Between { value, low, high, negated } => self.between(value, low, high, *negated, span),
            ExprKind::In { value, list, negated } => self.among(value, list, *negated, span),
            ExprKind::InFile { value, location, negated } => self.among_file(value, location, *negated, span),
            ExprKind::IsNull { value, negated } => {
                let value = self.expression(value)?;
                let node = self.push(Op::IsNull, vec![value.node], DataType::Bool, span);
                Ok(self.negated(node, *negated, span))
            }
            ExprKind::IsNan { value, negated } => {
                let operand = self.expression(value)?;
                let node = self.number(&operand, value.span, "is nan")?;
                let node = self.push(Op::IsNan, vec![node], DataType::Bool, span);
                Ok(self.negated(node, *negated, span))
            }
            ExprKind::Like { value, pattern, negated } => self.like(value, pattern, *negated, span),
            ExprKind::Case { operand, branches, otherwise } => {
                self.case(operand.as_deref(), branches, otherwise.as_deref(), span)
            }
            ExprKind::Cast { value, data_type } => {
                let operand = self.expression(value)?;
                let Some(to) = type_named(data_type).filter(|to| Repr::of(to).is_some()) else {
                    return Err(unknown_type(data_type, value.span, span));
                };
                // A number that is written down is read as the type at once: 0.1 as decimal is a tenth.
                let exact = operand.weak.as_ref().and_then(|weak| constant(weak, &to));
                let node = match exact {
                    Some(constant) => self.graph.constant(constant, to, span),
                    None => self.cast(operand.node, &to, span)?,
                };
                Ok(Value { node, weak: None })
            }
            ExprKind::Call { name, arguments, filter } => {
                if filter.is_some() {
                    let reason = format!("{name}(...) filter (where ...) belongs to an aggregate");
                    return Err(ExpressionError::new(span, reason));
                }
                self.call(name, arguments, span)
            }
            ExprKind::Star => Err(ExpressionError::new(span, "* stands only in count(*) and select *")),
            ExprKind::Columns(_) => Err(ExpressionError::new(
                span,
                "columns('...') stands for several columns: none was expected here",
            )),
        }
    }

    fn column(&mut self, field: usize, span: Span) -> Result<Value, ExpressionError> {
        let data_type = &self.fields[field].data_type;
        if Repr::of(data_type).is_none() {
            return Err(ExpressionError::new(span, refused_type(&self.fields[field])));
        }
        Ok(Value { node: self.push(Op::Column(field), Vec::new(), data_type.clone(), span), weak: None })
    }

    fn unknown_column(&self, name: &str, span: Span) -> ExpressionError {
        let names = self.fields.iter().map(|field| field.name.as_str());
        let hint = match suggest(name, names) {
            Some(near) => format!(": did you mean '{near}'?"),
            None => String::new(),
        };
        ExpressionError::new(span, format!("there is no column '{name}'{hint}"))
    }

    fn unary(&mut self, operator: UnaryOperator, value: Value, span: Span) -> Result<Value, ExpressionError> {
        match operator {
            UnaryOperator::Not => {
                let node = self.truth(&value, span)?;
                Ok(self.negated(node, true, span))
            }
            UnaryOperator::Plus => {
                if value.weak.is_none() {
                    self.signed_number(&value, span, "+")?;
                }
                Ok(value)
            }
            UnaryOperator::Negate => match &value.weak {
                Some(Weak::Integer(integer)) => self.weak(Weak::Integer(-integer), span),
                Some(Weak::Decimal(text)) => {
                    let text = match text.strip_prefix('-') {
                        Some(text) => text.to_owned(),
                        None => format!("-{text}"),
                    };
                    self.weak(Weak::Decimal(text), span)
                }
                _ => {
                    let (node, data_type) = self.signed_number(&value, span, "-")?;
                    Ok(self.value(Op::Negate, vec![node], data_type, span))
                }
            },
        }
    }

    fn case(
        &mut self,
        operand: Option<&Expr>,
        branches: &[(Expr, Expr)],
        otherwise: Option<&Expr>,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let operand = operand.map(|operand| Ok((self.expression(operand)?, operand.span))).transpose()?;
        let mut conditions = Vec::new();
        let mut results = Vec::new();
        for (condition, result) in branches {
            let bound = self.expression(condition)?;
            let condition = match &operand {
                Some((value, at)) => {
                    let right = (bound, condition.span);
                    self.compare(super::node::Comparison::Equal, (value.clone(), *at), right, condition.span)?
                        .node
                }
                None => self.truth(&bound, condition.span)?,
            };
            conditions.push(condition);
            results.push((self.expression(result)?, result.span));
        }
        results.push(match otherwise {
            Some(otherwise) => (self.expression(otherwise)?, otherwise.span),
            None => (self.weak(Weak::Null, span)?, span),
        });
        let (nodes, data_type) = self.unified(&results)?;
        let mut nodes = nodes.into_iter().rev();
        let mut node = nodes.next().unwrap_or_default();
        for (condition, result) in conditions.into_iter().rev().zip(nodes) {
            node = self.choice(condition, result, node, &data_type, span);
        }
        Ok(Value { node, weak: None })
    }

    /// `a` where `condition`, else `b`, both of `data_type`.
    pub(super) fn choice(
        &mut self,
        condition: usize,
        a: usize,
        b: usize,
        data_type: &DataType,
        span: Span,
    ) -> usize {
        match self.graph.node(condition).constant() {
            Some(Constant::Bool(true)) => a,
            Some(_) => b,
            None => self.push(Op::Select, vec![condition, a, b], data_type.clone(), span),
        }
    }

    /// The nodes in the one type that all have in common, and that type.
    pub(super) fn unified(
        &mut self,
        values: &[(Value, Span)],
    ) -> Result<(Vec<usize>, DataType), ExpressionError> {
        let mut to: (DataType, Option<Weak>) = (DataType::Null, Some(Weak::Null));
        for (value, span) in values {
            let side = self.side(value);
            let joined = common_type((&to.0, to.1.as_ref()), side, true);
            let Some(joined) = joined else {
                let reason = format!("{} and {} have no type in common", to.0, side.0);
                return Err(ExpressionError::new(*span, reason));
            };
            let weak = match (&to.1, &value.weak) {
                (Some(Weak::Null), weak) => weak.clone(),
                (Some(weak), Some(_)) => Some(weak.clone()),
                _ => None,
            };
            to = (joined, weak);
        }
        let nodes =
            values.iter().map(|(value, span)| self.adapted(value, &to.0, *span)).collect::<Result<_, _>>()?;
        Ok((nodes, to.0))
    }

    /// `value` as exactly `to`: a literal is read as it, anything else is cast.
    pub(super) fn adapted(
        &mut self,
        value: &Value,
        to: &DataType,
        span: Span,
    ) -> Result<usize, ExpressionError> {
        match &value.weak {
            Some(weak) => match constant(weak, to) {
                Some(constant) => Ok(self.graph.constant(constant, to.clone(), span)),
                None if matches!(weak, Weak::Text(_)) => {
                    Err(ExpressionError::new(span, format!("expected {}", expected_form(to))))
                }
                None => self.cast(value.node, to, span),
            },
            None => self.cast(value.node, to, span),
        }
    }

    /// As [`Binder::adapted`], but what lies in a register as `to` would is left alone.
    pub(super) fn lowered(
        &mut self,
        value: &Value,
        to: &DataType,
        span: Span,
    ) -> Result<usize, ExpressionError> {
        let from = &self.graph.node(value.node).data_type;
        let alike = Repr::of(from) == Repr::of(to)
            && matches!(to, DataType::Int64 | DataType::Float32)
            && from.is_numeric();
        if value.weak.is_none() && alike { Ok(value.node) } else { self.adapted(value, to, span) }
    }

    /// Type and literal of a value.
    pub(super) fn side<'v>(&'v self, value: &'v Value) -> Side<'v> {
        (&self.graph.node(value.node).data_type, value.weak.as_ref())
    }

    pub(super) fn data_type(&self, value: &Value) -> &DataType {
        &self.graph.node(value.node).data_type
    }

    pub(super) fn push(&mut self, op: Op, operands: Vec<usize>, data_type: DataType, span: Span) -> usize {
        self.graph.push(op, operands, data_type, span)
    }

    /// A new node; weak if it was folded from literals.
    pub(super) fn value(&mut self, op: Op, operands: Vec<usize>, data_type: DataType, span: Span) -> Value {
        Value { node: self.push(op, operands, data_type, span), weak: None }
    }

    /// `value`, weak again where it was folded.
    pub(super) fn folded(&self, value: Value) -> Value {
        let node = self.graph.node(value.node);
        let weak = node.constant().and_then(|constant| weak_of(constant, &node.data_type));
        Value { weak, ..value }
    }

    /// `not node` if `negated`.
    pub(super) fn negated(&mut self, node: usize, negated: bool, span: Span) -> Value {
        let node = if negated { self.push(Op::Not, vec![node], DataType::Bool, span) } else { node };
        Value { node, weak: None }
    }

    /// A predicate.
    pub(super) fn truth(&mut self, value: &Value, span: Span) -> Result<usize, ExpressionError> {
        match self.data_type(value) {
            DataType::Bool => Ok(value.node),
            DataType::Null => self.adapted(value, &DataType::Bool, span),
            other => Err(ExpressionError::new(span, format!("expected a condition, found {other}"))),
        }
    }

    /// A number, or a null of float64.
    pub(super) fn number(
        &mut self,
        value: &Value,
        span: Span,
        wanted_by: &str,
    ) -> Result<usize, ExpressionError> {
        match self.data_type(value) {
            DataType::Null => self.adapted(value, &DataType::Float64, span),
            data_type if data_type.is_numeric() => Ok(value.node),
            other => Err(ExpressionError::new(span, format!("{wanted_by} expects a number, found {other}"))),
        }
    }

    /// A number or duration and the type its negation has; truth values and narrow integers become int64.
    pub(super) fn signed_number(
        &mut self,
        value: &Value,
        span: Span,
        wanted_by: &str,
    ) -> Result<(usize, DataType), ExpressionError> {
        let to = match self.data_type(value) {
            duration @ DataType::Duration(_) => return Ok((value.node, duration.clone())),
            DataType::Null | DataType::Float64 => DataType::Float64,
            float @ (DataType::Float16 | DataType::Float32) => float.clone(),
            DataType::Decimal128 { scale, .. } => DataType::Decimal128 { precision: 38, scale: *scale },
            data_type if data_type.is_numeric() => DataType::Int64,
            other => {
                return Err(ExpressionError::new(
                    span,
                    format!("{wanted_by} expects a number, found {other}"),
                ));
            }
        };
        Ok((self.lowered(value, &to, span)?, to))
    }
}
