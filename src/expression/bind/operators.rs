//! Operators of two operands: the type they compute in, and what temporal types mean by them.

use arrcalc_datasets::{DataType, TimeUnit};

use super::super::syntax::BinaryOperator;
use super::super::{ExpressionError, Span};
use super::literal::{Weak, constant};
use super::node::{Arithmetic, Comparison, Op};
use super::types::{arithmetic_type, common_type, finer, is_decimal, is_integer};
use super::walk::{Binder, Value};

/// An operand and where it stands.
pub(super) type Placed = (Value, Span);

impl Binder<'_> {
    pub(super) fn binary(
        &mut self,
        operator: BinaryOperator,
        a: Placed,
        b: Placed,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        use BinaryOperator::*;
        let comparison = match operator {
            Equal => Comparison::Equal,
            NotEqual => Comparison::NotEqual,
            Less => Comparison::Less,
            LessOrEqual => Comparison::LessOrEqual,
            Greater => Comparison::Greater,
            GreaterOrEqual => Comparison::GreaterOrEqual,
            And | Or => {
                let operands = vec![self.truth(&a.0, a.1)?, self.truth(&b.0, b.1)?];
                let op = if operator == And { Op::And } else { Op::Or };
                return Ok(self.value(op, operands, DataType::Bool, span));
            }
            Add => return self.arithmetic(Arithmetic::Add, a, b, span),
            Subtract => return self.arithmetic(Arithmetic::Subtract, a, b, span),
            Multiply => return self.arithmetic(Arithmetic::Multiply, a, b, span),
            Divide => return self.arithmetic(Arithmetic::Divide, a, b, span),
            FloorDivide => return self.arithmetic(Arithmetic::FloorDivide, a, b, span),
            Remainder => return self.arithmetic(Arithmetic::Remainder, a, b, span),
            Power => return self.arithmetic(Arithmetic::Power, a, b, span),
        };
        self.compare(comparison, a, b, span)
    }

    /// `a comparison b`, without loss where both are integers, decimals or of one temporal kind.
    pub(super) fn compare(
        &mut self,
        comparison: Comparison,
        a: Placed,
        b: Placed,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let (x, y) = (self.data_type(&a.0).clone(), self.data_type(&b.0).clone());
        let Some(to) = common_type(self.side(&a.0), self.side(&b.0), false) else {
            return Err(ExpressionError::new(span, format!("{x} and {y} cannot be compared")));
        };
        let literal = |value: &Value| value.weak.is_some();
        let operands = match (unit_of(&x), unit_of(&y)) {
            // Ticks of two units: as integers of the finer one, which 128 bits always hold.
            (Some(u), Some(v)) if u != v && !literal(&a.0) && !literal(&b.0) => {
                let fine = finer(u, v);
                vec![self.in_unit(a.0.node, u, fine, a.1), self.in_unit(b.0.node, v, fine, b.1)]
            }
            _ => self.both(&a, &b, &to)?,
        };
        Ok(self.value(Op::Compare(comparison), operands, DataType::Bool, span))
    }

    /// Days (as seconds) or ticks as integers that count ticks of `fine`.
    fn in_unit(&mut self, node: usize, unit: TimeUnit, fine: TimeUnit, span: Span) -> usize {
        let node = match self.graph.node(node).data_type {
            DataType::Date => {
                self.push(Op::Scale(86_400), vec![node], DataType::Timestamp(TimeUnit::Second, None), span)
            }
            _ => node,
        };
        let ratio = fine.ticks_per_second() / unit.ticks_per_second();
        let scale = ratio.ilog10() as i8;
        self.push(Op::Convert, vec![node], DataType::Decimal128 { precision: 38, scale }, span)
    }

    pub(super) fn arithmetic(
        &mut self,
        operation: Arithmetic,
        a: Placed,
        b: Placed,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let (x, y) = (self.data_type(&a.0).clone(), self.data_type(&b.0).clone());
        if x.is_temporal() || y.is_temporal() {
            return self.temporal(operation, a, b, span);
        }
        let literals = a.0.weak.is_some() && b.0.weak.is_some();
        // A null takes the other's type.
        let (x_side, y_side) = (self.side(&a.0), self.side(&b.0));
        let to = match (&x, &y) {
            (DataType::Null, DataType::Null) => Some(DataType::Float64),
            (DataType::Null, _) => arithmetic_type(y_side, y_side),
            (_, DataType::Null) => arithmetic_type(x_side, x_side),
            _ => arithmetic_type(x_side, y_side),
        };
        let Some(to) = to else {
            let reason = format!("{} is not defined for {x} and {y}", symbol(operation));
            return Err(ExpressionError::new(span, reason));
        };
        let power_of_integers = operation == Arithmetic::Power
            && is_integer(&to)
            && matches!(b.0.weak, Some(Weak::Integer(exponent)) if exponent >= 0);
        let value = match operation {
            Arithmetic::Divide | Arithmetic::Power if !to.is_float() && !power_of_integers => {
                self.compute(operation, &a, &b, &DataType::Float64, span)?
            }
            // binary64 holds more than the square of binary32: its power rounds once more, and is right.
            Arithmetic::Power if to != DataType::Float64 && to.is_float() => {
                let mut operands = Vec::with_capacity(2);
                for (value, at) in [&a, &b] {
                    let narrow = self.lowered(value, &to, *at)?;
                    operands.push(self.cast(narrow, &DataType::Float64, *at)?);
                }
                let wide = self.value(Op::Arithmetic(operation), operands, DataType::Float64, span);
                Value { node: self.cast(wide.node, &to, span)?, weak: None }
            }
            Arithmetic::Multiply if is_decimal(&to) => self.decimal_product(&a, &b, span)?,
            Arithmetic::FloorDivide if is_decimal(&to) => {
                let operands = self.both(&a, &b, &to)?;
                let whole = DataType::Decimal128 { precision: 38, scale: 0 };
                self.value(Op::Arithmetic(operation), operands, whole, span)
            }
            _ => self.compute(operation, &a, &b, &to, span)?,
        };
        Ok(if literals { self.folded(value) } else { value })
    }

    fn compute(
        &mut self,
        operation: Arithmetic,
        a: &Placed,
        b: &Placed,
        to: &DataType,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        let operands = self.both(a, b, to)?;
        if *to == DataType::Float16 {
            // binary32 has more than twice its digits: what is rounded to both is rounded right (S. Figueroa, "When is
            // double rounding innocuous?", 1995).
            let wide = self.push(Op::Arithmetic(operation), operands, DataType::Float32, span);
            return Ok(self.value(Op::Narrow, vec![wide], DataType::Float16, span));
        }
        Ok(self.value(Op::Arithmetic(operation), operands, to.clone(), span))
    }

    /// Both operands as `to`.
    fn both(&mut self, a: &Placed, b: &Placed, to: &DataType) -> Result<Vec<usize>, ExpressionError> {
        Ok(vec![self.beside_nulls(a, b, to)?, self.beside_nulls(b, a, to)?])
    }

    /// An operand as `to`; where the other one is null it need not fit.
    fn beside_nulls(
        &mut self,
        operand: &Placed,
        other: &Placed,
        to: &DataType,
    ) -> Result<usize, ExpressionError> {
        use DataType::*;
        let (value, at) = operand;
        let from = self.data_type(value).clone();
        let may_fail = match (&from, to) {
            (UInt64, Int64) => true,
            (Decimal128 { scale: from, .. }, Decimal128 { scale: to, .. }) => from < to,
            // An integer of 64 bits has 20 digits at most.
            (from, Decimal128 { scale, .. }) => is_integer(from) && *scale > 18,
            _ => false,
        };
        if !may_fail || self.graph.node(other.0.node).constant().is_some() {
            return self.lowered(value, to, *at);
        }
        if let Some(exact) = value.weak.as_ref().and_then(|weak| constant(weak, to)) {
            return Ok(self.graph.constant(exact, to.clone(), *at));
        }
        let null = self.push(Op::IsNull, vec![other.0.node], Bool, *at);
        let node = self.push(Op::NullWhere, vec![value.node, null], from, *at);
        self.cast(node, to, *at)
    }

    /// A product has the digits of both after the point.
    fn decimal_product(&mut self, a: &Placed, b: &Placed, span: Span) -> Result<Value, ExpressionError> {
        let mut scale_of = |placed: &Placed| -> Result<(usize, i8), ExpressionError> {
            let to = match (self.data_type(&placed.0), &placed.0.weak) {
                (DataType::Decimal128 { .. }, None) => {
                    let scale = match self.data_type(&placed.0) {
                        DataType::Decimal128 { scale, .. } => *scale,
                        _ => 0,
                    };
                    return Ok((placed.0.node, scale));
                }
                (_, Some(weak)) => super::literal::decimal_type(weak),
                _ => None,
            };
            let to = to.unwrap_or(DataType::Decimal128 { precision: 38, scale: 0 });
            let scale = if let DataType::Decimal128 { scale, .. } = to { scale } else { 0 };
            Ok((self.adapted(&placed.0, &to, placed.1)?, scale))
        };
        let ((x, x_scale), (y, y_scale)) = (scale_of(a)?, scale_of(b)?);
        let scale = x_scale.checked_add(y_scale).filter(|scale| *scale <= 38).ok_or_else(|| {
            ExpressionError::new(span, "the product has more than 38 digits after the point")
        })?;
        let to = DataType::Decimal128 { precision: 38, scale };
        Ok(self.value(Op::Arithmetic(Arithmetic::Multiply), vec![x, y], to, span))
    }

    /// Points in time differ by durations; durations add, and scale by numbers.
    fn temporal(
        &mut self,
        operation: Arithmetic,
        a: Placed,
        b: Placed,
        span: Span,
    ) -> Result<Value, ExpressionError> {
        use DataType::*;
        let a = self.beside(a, &b, operation)?;
        let b = self.beside(b, &a, operation)?;
        let (x, y) = (self.data_type(&a.0).clone(), self.data_type(&b.0).clone());
        let op = Op::Arithmetic(operation);
        let difference = operation == Arithmetic::Subtract;
        let sum = operation == Arithmetic::Add;
        let joined = |x: &DataType, y: &DataType| Some(finer(unit_of(x)?, unit_of(y)?));
        Ok(match (&x, &y) {
            (Date, Date) if difference => {
                let days = self.value(op, vec![a.0.node, b.0.node], Int64, span);
                self.value(Op::Scale(86_400), vec![days.node], Duration(TimeUnit::Second), span)
            }
            (Date | Timestamp(..), Date | Timestamp(..)) if difference => {
                let Some(common) = common_type((&x, None), (&y, None), false) else {
                    return Err(undefined(operation, &x, &y, span));
                };
                let unit = unit_of(&common).unwrap_or(TimeUnit::Second);
                let operands = vec![self.cast(a.0.node, &common, a.1)?, self.cast(b.0.node, &common, b.1)?];
                self.value(op, operands, Duration(unit), span)
            }
            (Time(_), Time(_)) if difference => {
                let unit = joined(&x, &y).unwrap_or(TimeUnit::Second);
                let operands =
                    vec![self.cast(a.0.node, &Time(unit), a.1)?, self.cast(b.0.node, &Time(unit), b.1)?];
                self.value(op, operands, Duration(unit), span)
            }
            (Date | Timestamp(..), Duration(_)) if sum || difference => {
                let unit = joined(&x, &y).unwrap_or(TimeUnit::Second);
                let zone = if let Timestamp(_, zone) = &x { zone.clone() } else { None };
                let to = Timestamp(unit, zone);
                let operands =
                    vec![self.cast(a.0.node, &to, a.1)?, self.cast(b.0.node, &Duration(unit), b.1)?];
                self.value(op, operands, to, span)
            }
            (Duration(_), Date | Timestamp(..)) if sum => return self.temporal(operation, b, a, span),
            (Duration(_), Duration(_)) if sum || difference || operation == Arithmetic::Remainder => {
                let to = Duration(joined(&x, &y).unwrap_or(TimeUnit::Second));
                let operands = vec![self.cast(a.0.node, &to, a.1)?, self.cast(b.0.node, &to, b.1)?];
                self.value(op, operands, to, span)
            }
            (Duration(_), Duration(_))
                if operation == Arithmetic::Divide || operation == Arithmetic::FloorDivide =>
            {
                let to = Duration(joined(&x, &y).unwrap_or(TimeUnit::Second));
                let mut operands = vec![self.cast(a.0.node, &to, a.1)?, self.cast(b.0.node, &to, b.1)?];
                let mut result = Int64;
                if operation == Arithmetic::Divide {
                    result = Float64;
                    for operand in &mut operands {
                        *operand = self.push(Op::Convert, vec![*operand], Float64, span);
                    }
                }
                self.value(op, operands, result, span)
            }
            (Duration(_), y)
                if y.is_numeric() && matches!(operation, Arithmetic::Multiply | Arithmetic::Divide) =>
            {
                if is_integer(y) {
                    let number = self.lowered(&b.0, &Int64, b.1)?;
                    let op =
                        if operation == Arithmetic::Divide { Arithmetic::DivideRounded } else { operation };
                    return Ok(self.value(Op::Arithmetic(op), vec![a.0.node, number], x, span));
                }
                let ticks = self.push(Op::Convert, vec![a.0.node], Float64, span);
                let number = self.adapted(&b.0, &Float64, b.1)?;
                let ticks = self.push(op, vec![ticks, number], Float64, span);
                let rounding = Op::Round(super::node::Rounding::HalfEven);
                let ticks = self.push(rounding, vec![ticks], Float64, span);
                self.value(Op::Convert, vec![ticks], x, span)
            }
            (x, Duration(_)) if x.is_numeric() && operation == Arithmetic::Multiply => {
                return self.temporal(operation, b, a, span);
            }
            _ => return Err(undefined(operation, &x, &y, span)),
        })
    }

    /// A text or null beside a temporal operand is read as its type, or else as a duration.
    fn beside(
        &mut self,
        placed: Placed,
        other: &Placed,
        operation: Arithmetic,
    ) -> Result<Placed, ExpressionError> {
        let beside = self.data_type(&other.0).clone();
        let Some(weak @ (Weak::Text(_) | Weak::Null)) = placed.0.weak.clone() else { return Ok(placed) };
        let duration = DataType::Duration(unit_of(&beside).unwrap_or(TimeUnit::Second));
        let types = if operation == Arithmetic::Subtract && weak != Weak::Null {
            vec![beside, duration]
        } else {
            vec![duration]
        };
        for to in types {
            if let Some(constant) = constant(&weak, &to) {
                let node = self.graph.constant(constant, to, placed.1);
                return Ok((Value { node, weak: None }, placed.1));
            }
        }
        Err(ExpressionError::new(placed.1, "expected a duration such as 'P1DT2H30M', or a date or timestamp"))
    }
}

/// The unit of ticks; days count as seconds.
fn unit_of(data_type: &DataType) -> Option<TimeUnit> {
    use DataType::*;
    match data_type {
        Date => Some(TimeUnit::Second),
        Time(unit) | Timestamp(unit, _) | Duration(unit) => Some(*unit),
        _ => None,
    }
}

fn undefined(operation: Arithmetic, x: &DataType, y: &DataType, span: Span) -> ExpressionError {
    ExpressionError::new(span, format!("{} is not defined for {x} and {y}", symbol(operation)))
}

fn symbol(operation: Arithmetic) -> &'static str {
    match operation {
        Arithmetic::Add => "+",
        Arithmetic::Subtract => "-",
        Arithmetic::Multiply => "*",
        Arithmetic::Divide | Arithmetic::DivideRounded => "/",
        Arithmetic::FloorDivide => "//",
        Arithmetic::Remainder => "%",
        Arithmetic::Power => "**",
        Arithmetic::Least => "least",
        Arithmetic::Greatest => "greatest",
        Arithmetic::Atan2 => "atan2",
    }
}
