//! Casts: one conversion, or several in turn.

use arrcalc_datasets::{DataType, TimeUnit};

use super::super::{ExpressionError, Span};
use super::node::{Comparison, Constant, Op, Repr};
use super::types::{is_decimal, is_integer};
use super::walk::Binder;

const SECONDS_PER_DAY: i64 = 86_400;

impl Binder<'_> {
    /// `node` as `to`. Floats and decimals become integers by dropping the fraction; what does not fit is an error in
    /// its row.
    pub(super) fn cast(&mut self, node: usize, to: &DataType, span: Span) -> Result<usize, ExpressionError> {
        use DataType::*;
        let from = self.graph.node(node).data_type.clone();
        if from == *to {
            return Ok(node);
        }
        Ok(match (&from, to) {
            (Null, _) => self.graph.constant(Constant::Null, to.clone(), span),
            (_, String) => self.push(Op::Format, vec![node], String, span),
            (String, to) if *to != Null => self.push(Op::Parse, vec![node], to.clone(), span),
            (from, to) if from.is_numeric() && to.is_numeric() => self.cast_number(node, from, to, span),
            (Date, Timestamp(unit, _)) => {
                self.push(Op::Scale(SECONDS_PER_DAY * unit.ticks_per_second()), vec![node], to.clone(), span)
            }
            (Timestamp(unit, _), Date) => {
                let days = Op::FloorScale(SECONDS_PER_DAY * unit.ticks_per_second());
                let days = self.push(days, vec![node], Int64, span);
                self.push(Op::Narrow, vec![days], Date, span)
            }
            (Timestamp(u, _), Timestamp(v, _)) | (Duration(u), Duration(v)) | (Time(u), Time(v)) => {
                self.change_unit(node, *u, *v, to, span)
            }
            // Ticks and days as they are counted.
            (from, Int64) if from.is_temporal() => self.push(Op::Narrow, vec![node], Int64, span),
            (Int64 | Int32 | Int16 | Int8, to) if to.is_temporal() => {
                self.push(Op::Narrow, vec![node], to.clone(), span)
            }
            _ => return Err(ExpressionError::new(span, format!("{from} cannot become {to}"))),
        })
    }

    fn change_unit(
        &mut self,
        node: usize,
        from: TimeUnit,
        to: TimeUnit,
        data_type: &DataType,
        span: Span,
    ) -> usize {
        let (from, to) = (from.ticks_per_second(), to.ticks_per_second());
        let op = match from.cmp(&to) {
            std::cmp::Ordering::Less => Op::Scale(to / from),
            std::cmp::Ordering::Equal => Op::Narrow,
            std::cmp::Ordering::Greater => Op::FloorScale(from / to),
        };
        self.push(op, vec![node], data_type.clone(), span)
    }

    fn cast_number(&mut self, node: usize, from: &DataType, to: &DataType, span: Span) -> usize {
        use DataType::*;
        let (mut node, mut from) = (node, from.clone());
        if *to == Bool {
            let zero = match Repr::of(&from) {
                Some(Repr::U64) => Constant::U64(0),
                Some(Repr::F32) => Constant::F32(0),
                Some(Repr::F64) => Constant::F64(0),
                Some(Repr::I128) => Constant::I128(0),
                _ => Constant::I64(0),
            };
            let zero = self.graph.constant(zero, from, span);
            return self.push(Op::Compare(Comparison::NotEqual), vec![node, zero], Bool, span);
        }
        if from == Bool {
            (node, from) = (self.push(Op::Convert, vec![node], Int64, span), Int64);
        }
        if from == *to {
            return node;
        }
        let target = Repr::of(to);
        if *to == Float16 && Repr::of(&from) != target {
            // At once: by way of binary32 it would be rounded twice.
            return self.push(Op::Convert, vec![node], Float16, span);
        }
        if Repr::of(&from) != target {
            // Floats and decimals meet through binary64; the wide form of the type comes first.
            let between = (is_decimal(&from) && to.is_float())
                || (is_decimal(to) && from.is_float())
                || (matches!(from, Float16 | Float32) && is_integer(to));
            if between && from != Float64 {
                (node, from) = (self.push(Op::Convert, vec![node], Float64, span), Float64);
            }
            if Repr::of(&from) != target {
                let wide = match target {
                    Some(Repr::I64) => Int64,
                    Some(Repr::F32) => Float32,
                    Some(Repr::I128) => {
                        let scale = if let Decimal128 { scale, .. } = to { *scale } else { 0 };
                        Decimal128 { precision: 38, scale }
                    }
                    _ => to.clone(),
                };
                (node, from) = (self.push(Op::Convert, vec![node], wide.clone(), span), wide);
            }
        } else if let (Decimal128 { scale: a, .. }, Decimal128 { scale: b, .. }) = (&from, to)
            && a != b
        {
            let wide = Decimal128 { precision: 38, scale: *b };
            (node, from) = (self.push(Op::Rescale, vec![node], wide.clone(), span), wide);
        }
        if from == *to { node } else { self.push(Op::Narrow, vec![node], to.clone(), span) }
    }
}
