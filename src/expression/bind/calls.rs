//! Functions of rows, by name.

use arrcalc_datasets::DataType;
use arrcalc_kernels::elementary::Function;

use crate::aggregate::Call;

use super::super::syntax::Expr;
use super::super::{ExpressionError, ROW_FUNCTIONS, Span, is_row_function, suggest};
use super::literal::Weak;
use super::node::{Arithmetic, Comparison, Op, Part, Rounding, TextTest};
use super::types::is_integer;
use super::walk::{Binder, Value};

/// Every function with the least and the greatest number of its arguments.
pub const FUNCTIONS: &[(&str, usize, usize)] = &[
    ("abs", 1, 1),
    ("sqrt", 1, 1),
    ("exp", 1, 1),
    ("log", 1, 1),
    ("ln", 1, 1),
    ("log2", 1, 1),
    ("log10", 1, 1),
    ("sin", 1, 1),
    ("cos", 1, 1),
    ("tan", 1, 1),
    ("asin", 1, 1),
    ("acos", 1, 1),
    ("atan", 1, 1),
    ("atan2", 2, 2),
    ("tanh", 1, 1),
    ("floor", 1, 1),
    ("ceil", 1, 1),
    ("round", 1, 2),
    ("trunc", 1, 1),
    ("sign", 1, 1),
    ("clip", 3, 3),
    ("least", 1, usize::MAX),
    ("greatest", 1, usize::MAX),
    ("coalesce", 1, usize::MAX),
    ("nullif", 2, 2),
    ("isnan", 1, 1),
    ("isfinite", 1, 1),
    ("if", 3, 3),
    ("year", 1, 1),
    ("quarter", 1, 1),
    ("month", 1, 1),
    ("week", 1, 1),
    ("day", 1, 1),
    ("weekday", 1, 1),
    ("hour", 1, 1),
    ("minute", 1, 1),
    ("second", 1, 1),
    ("date_trunc", 2, 2),
    ("timestamp", 1, 1),
    ("date", 1, 1),
    ("make_date", 3, 3),
    ("length", 1, 1),
    ("lower", 1, 1),
    ("upper", 1, 1),
    ("starts_with", 2, 2),
    ("ends_with", 2, 2),
    ("contains", 2, 2),
    ("concat", 1, usize::MAX),
    ("power", 2, 2),
    ("pow", 2, 2),
    ("mod", 2, 2),
];

const PARTS: [(&str, Part); 9] = [
    ("year", Part::Year),
    ("quarter", Part::Quarter),
    ("month", Part::Month),
    ("week", Part::Week),
    ("day", Part::Day),
    ("weekday", Part::Weekday),
    ("hour", Part::Hour),
    ("minute", Part::Minute),
    ("second", Part::Second),
];

impl Binder<'_> {
    pub(super) fn call(
        &mut self,
        name: &str,
        arguments: &[Expr],
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let Some((_, least, most)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
            if is_row_function(name) {
                let reason =
                    format!("{name} runs over the rows of a table in their order: ask for it in a query");
                return Err(ExpressionError::new(span, reason));
            }
            let names = FUNCTIONS.iter().chain(ROW_FUNCTIONS).map(|(name, ..)| *name);
            let names = names.chain(Call::names()).chain(Call::aliases().map(|(alias, _)| alias));
            let hint = match suggest(name, names) {
                Some(near) => format!(": did you mean '{near}'?"),
                None => String::new(),
            };
            return Err(ExpressionError::new(span, format!("there is no function '{name}'{hint}")));
        };
        if !(*least..=*most).contains(&arguments.len()) {
            let wanted = if least == most { least.to_string() } else { format!("at least {least}") };
            let noun = if *least == 1 { "argument" } else { "arguments" };
            let reason = format!("{name} takes {wanted} {noun}, found {}", arguments.len());
            return Err(ExpressionError::new(span, reason));
        }
        let mut values = Vec::with_capacity(arguments.len());
        for argument in arguments {
            values.push((self.expression(argument)?, argument.span));
        }
        let (first, at) = values[0].clone();
        match name {
            "abs" => {
                let unsigned = *self.data_type(&first) == DataType::UInt64;
                let (node, data_type) = match unsigned {
                    true => (first.node, DataType::UInt64),
                    false => self.signed_number(&first, at, name)?,
                };
                Ok(self.value(Op::Abs, vec![node], data_type, span))
            }
            "sign" => self.sign(&first, at, span),
            "sqrt" => self.float_call(Op::Sqrt, &first, at, span, name),
            "exp" | "log" | "ln" | "log2" | "log10" | "sin" | "cos" | "tan" | "asin" | "acos" | "atan"
            | "tanh" => {
                let function = match name {
                    "exp" => Function::Exp,
                    "log2" => Function::Log2,
                    "log10" => Function::Log10,
                    "sin" => Function::Sin,
                    "cos" => Function::Cos,
                    "tan" => Function::Tan,
                    "asin" => Function::Asin,
                    "acos" => Function::Acos,
                    "atan" => Function::Atan,
                    "tanh" => Function::Tanh,
                    _ => Function::Log,
                };
                self.float_call(Op::Elementary(function), &first, at, span, name)
            }
            "atan2" => {
                let mut operands = Vec::new();
                for (value, at) in &values {
                    self.number(value, *at, name)?;
                    operands.push(self.adapted(value, &DataType::Float64, *at)?);
                }
                Ok(self.value(Op::Arithmetic(Arithmetic::Atan2), operands, DataType::Float64, span))
            }
            "floor" => self.rounded(Rounding::Floor, &values, span, name),
            "ceil" => self.rounded(Rounding::Ceil, &values, span, name),
            "trunc" => self.rounded(Rounding::Trunc, &values, span, name),
            "round" => self.rounded(Rounding::HalfEven, &values, span, name),
            "least" | "greatest" => {
                let (nodes, data_type) = self.unified(&values)?;
                Ok(self.extreme(name == "greatest", nodes, data_type, span))
            }
            "clip" => {
                let (nodes, data_type) = self.unified(&values)?;
                // A null bound is no bound, but the value's own null stays.
                let low = self.extreme(true, vec![nodes[0], nodes[1]], data_type.clone(), span);
                let both = self.extreme(false, vec![low.node, nodes[2]], data_type.clone(), span);
                let null = self.push(Op::IsNull, vec![nodes[0]], DataType::Bool, span);
                Ok(self.value(Op::NullWhere, vec![both.node, null], data_type, span))
            }
            "coalesce" => {
                let (nodes, data_type) = self.unified(&values)?;
                let folded = nodes
                    .into_iter()
                    .rev()
                    .reduce(|rest, node| self.push(Op::Coalesce, vec![node, rest], data_type.clone(), span));
                Ok(Value { node: folded.unwrap_or(first.node), weak: None })
            }
            "nullif" => {
                let equal = self.compare(Comparison::Equal, values[0].clone(), values[1].clone(), span)?;
                let data_type = self.data_type(&first).clone();
                Ok(self.value(Op::NullWhere, vec![first.node, equal.node], data_type, span))
            }
            "isnan" | "isfinite" => {
                let node = self.number(&first, at, name)?;
                let op = if name == "isnan" { Op::IsNan } else { Op::IsFinite };
                Ok(self.value(op, vec![node], DataType::Bool, span))
            }
            "if" => {
                let condition = self.truth(&first, at)?;
                let (nodes, data_type) = self.unified(&values[1..])?;
                Ok(Value { node: self.choice(condition, nodes[0], nodes[1], &data_type, span), weak: None })
            }
            "date_trunc" => self.date_trunc(&values, span),
            "date" => Ok(Value { node: self.adapted(&first, &DataType::Date, at)?, weak: None }),
            "make_date" => {
                let mut operands = Vec::new();
                for (value, at) in &values {
                    operands.push(self.adapted(value, &DataType::Int64, *at)?);
                }
                Ok(self.value(Op::MakeDate, operands, DataType::Date, span))
            }
            "timestamp" => {
                let unit = match self.data_type(&first) {
                    DataType::Timestamp(..) => return Ok(first),
                    DataType::Date => arrcalc_datasets::TimeUnit::Second,
                    _ => arrcalc_datasets::TimeUnit::Microsecond,
                };
                Ok(Value { node: self.adapted(&first, &DataType::Timestamp(unit, None), at)?, weak: None })
            }
            "length" | "lower" | "upper" => {
                let node = self.text(&first, at, name)?;
                let (op, data_type) = match name {
                    "length" => (Op::Length, DataType::Int64),
                    "lower" => (Op::Lower, DataType::String),
                    _ => (Op::Upper, DataType::String),
                };
                Ok(self.value(op, vec![node], data_type, span))
            }
            "starts_with" | "ends_with" | "contains" => {
                let operands =
                    vec![self.text(&first, at, name)?, self.text(&values[1].0, values[1].1, name)?];
                let test = match name {
                    "starts_with" => TextTest::StartsWith,
                    "ends_with" => TextTest::EndsWith,
                    _ => TextTest::Contains,
                };
                Ok(self.value(Op::TextTest(test), operands, DataType::Bool, span))
            }
            "concat" => {
                let mut node = self.cast(first.node, &DataType::String, at)?;
                for (value, at) in &values[1..] {
                    let next = self.cast(value.node, &DataType::String, *at)?;
                    node = self.push(Op::Concat, vec![node, next], DataType::String, span);
                }
                Ok(Value { node, weak: None })
            }
            "power" | "pow" => self.arithmetic(Arithmetic::Power, values[0].clone(), values[1].clone(), span),
            "mod" => self.arithmetic(Arithmetic::Remainder, values[0].clone(), values[1].clone(), span),
            part => self.part(part, &first, at, span),
        }
    }

    /// A function of floats: float32 and float16 give their own type, everything else float64.
    fn float_call(
        &mut self,
        op: Op,
        value: &Value,
        at: Span,
        span: Span,
        name: &str,
    ) -> Result<Value, ExpressionError> {
        self.number(value, at, name)?;
        let to = match self.data_type(value) {
            DataType::Float16 => return self.half_call(op, value.node, at, span),
            DataType::Float32 => DataType::Float32,
            _ => DataType::Float64,
        };
        let node = self.lowered(value, &to, at)?;
        Ok(self.value(op, vec![node], to, span))
    }

    /// A function of a binary16 number.
    fn half_call(&mut self, op: Op, node: usize, at: Span, span: Span) -> Result<Value, ExpressionError> {
        use DataType::*;
        Ok(match op {
            // The root of binary32 has twice the digits and two more.
            Op::Sqrt => {
                let wide = self.push(op, vec![node], Float32, span);
                self.value(Op::Narrow, vec![wide], Float16, span)
            }
            Op::Elementary(_) => {
                let node = self.cast(node, &Float64, at)?;
                let wide = self.push(op, vec![node], Float64, span);
                self.value(Op::Convert, vec![wide], Float16, span)
            }
            _ => self.value(op, vec![node], Float16, span),
        })
    }

    fn sign(&mut self, value: &Value, at: Span, span: Span) -> Result<Value, ExpressionError> {
        if *self.data_type(value) == DataType::UInt64 {
            return Ok(self.value(Op::Sign, vec![value.node], DataType::UInt64, span));
        }
        let (node, data_type) = self.signed_number(value, at, "sign")?;
        if let DataType::Decimal128 { .. } = data_type {
            // The comparisons of an unscaled integer with zero.
            let zero = self.graph.constant(super::node::Constant::I128(0), data_type.clone(), span);
            let above = self.push(Op::Compare(Comparison::Greater), vec![node, zero], DataType::Bool, span);
            let below = self.push(Op::Compare(Comparison::Less), vec![node, zero], DataType::Bool, span);
            let above = self.cast(above, &DataType::Int64, span)?;
            let below = self.cast(below, &DataType::Int64, span)?;
            return Ok(self.value(
                Op::Arithmetic(Arithmetic::Subtract),
                vec![above, below],
                DataType::Int64,
                span,
            ));
        }
        let data_type = if let DataType::Duration(_) = data_type { DataType::Int64 } else { data_type };
        Ok(self.value(Op::Sign, vec![node], data_type, span))
    }

    /// Rounding of floats; integers are whole, decimals are rounded to the digits that are left.
    fn rounded(
        &mut self,
        rounding: Rounding,
        values: &[(Value, Span)],
        span: Span,
        name: &str,
    ) -> Result<Value, ExpressionError> {
        let (value, at) = &values[0];
        self.number(value, *at, name)?;
        let digits = match values.get(1) {
            None => None,
            Some((Value { weak: Some(Weak::Integer(digits)), .. }, _)) if (0..=400).contains(digits) => {
                Some(*digits as u16)
            }
            Some((_, at)) => {
                return Err(ExpressionError::new(*at, "round expects its digits as a number from 0 to 400"));
            }
        };
        match self.data_type(value).clone() {
            data_type if is_integer(&data_type) => Ok(value.clone()),
            DataType::Decimal128 { scale, .. } => {
                let kept = digits.map_or(0, |digits| digits.min(scale.max(0) as u16)) as i8;
                if scale <= 0 || kept == scale {
                    return Ok(value.clone());
                }
                let to = DataType::Decimal128 { precision: 38, scale: kept };
                if rounding == Rounding::HalfEven {
                    return Ok(self.value(Op::Rescale, vec![value.node], to, span));
                }
                // Floor and the rest by the whole quotient of one.
                let one = super::node::Constant::I128(10i128.pow(u32::from(scale.unsigned_abs())));
                let own = self.data_type(value).clone();
                let one = self.graph.constant(one, own.clone(), span);
                let whole = |binder: &mut Self, node: usize| {
                    binder.push(Op::Arithmetic(Arithmetic::FloorDivide), vec![node, one], to.clone(), span)
                };
                let floor = whole(self, value.node);
                if rounding == Rounding::Floor {
                    return Ok(Value { node: floor, weak: None });
                }
                let minus = self.push(Op::Negate, vec![value.node], own.clone(), span);
                let minus = whole(self, minus);
                let ceil = self.push(Op::Negate, vec![minus], to.clone(), span);
                if rounding == Rounding::Ceil {
                    return Ok(Value { node: ceil, weak: None });
                }
                let zero = self.graph.constant(super::node::Constant::I128(0), own, span);
                let below =
                    self.push(Op::Compare(Comparison::Less), vec![value.node, zero], DataType::Bool, span);
                Ok(Value { node: self.choice(below, ceil, floor, &to, span), weak: None })
            }
            _ => {
                let op = match digits {
                    Some(digits) => Op::RoundDigits(digits),
                    None => Op::Round(rounding),
                };
                self.float_call(op, value, *at, span, name)
            }
        }
    }

    fn extreme(&mut self, greatest: bool, nodes: Vec<usize>, data_type: DataType, span: Span) -> Value {
        let node = nodes
            .into_iter()
            .reduce(|a, b| self.push(Op::Extreme { greatest }, vec![a, b], data_type.clone(), span));
        Value { node: node.unwrap_or_default(), weak: None }
    }

    /// A part of a date or timestamp as int64.
    fn part(&mut self, name: &str, value: &Value, at: Span, span: Span) -> Result<Value, ExpressionError> {
        let part = PARTS.iter().find(|(known, _)| *known == name).map_or(Part::Year, |(_, part)| *part);
        let clock = matches!(part, Part::Hour | Part::Minute | Part::Second);
        let per_second = match self.data_type(value) {
            DataType::Date if !clock => 0,
            DataType::Timestamp(unit, _) => unit.ticks_per_second(),
            DataType::Time(unit) if clock => unit.ticks_per_second(),
            DataType::Null => return self.weak(Weak::Null, span),
            other => {
                let wanted = if clock { "a timestamp or time" } else { "a date or timestamp" };
                return Err(ExpressionError::new(at, format!("{name} expects {wanted}, found {other}")));
            }
        };
        Ok(self.value(Op::Calendar(part, per_second), vec![value.node], DataType::Int64, span))
    }

    fn date_trunc(&mut self, values: &[(Value, Span)], span: Span) -> Result<Value, ExpressionError> {
        let (value, at) = &values[1];
        let name = match &values[0].0.weak {
            Some(Weak::Text(name)) => name.to_lowercase(),
            _ => String::new(),
        };
        let known = PARTS.iter().find(|(known, part)| *known == name && *part != Part::Weekday);
        let Some((_, part)) = known else {
            let reason =
                "date_trunc expects 'year', 'quarter', 'month', 'week', 'day', 'hour', 'minute' or 'second'";
            return Err(ExpressionError::new(values[0].1, reason));
        };
        let data_type = self.data_type(value).clone();
        let per_second = match &data_type {
            DataType::Date => 0,
            DataType::Timestamp(unit, _) => unit.ticks_per_second(),
            DataType::Null => return self.weak(Weak::Null, span),
            other => {
                let reason = format!("date_trunc expects a date or timestamp, found {other}");
                return Err(ExpressionError::new(*at, reason));
            }
        };
        Ok(self.value(Op::Truncate(*part, per_second), vec![value.node], data_type, span))
    }
}
