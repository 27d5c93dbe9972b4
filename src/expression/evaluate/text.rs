//! Operations of text, and to and from it. Of a small dictionary each value is looked at once.

use arrcalc_datasets::text::{
    parse_bool, parse_date, parse_decimal, parse_duration, parse_float32, parse_float64, parse_integer,
    parse_time, parse_timestamp, push_date, push_decimal, push_duration, push_float16, push_float32,
    push_float64, push_integer, push_time, push_timestamp,
};
use arrcalc_datasets::{DataType, TimeUnit};
use arrcalc_kernels::elementwise::nearest_binary16;
use half::f16;

use super::super::bind::node::{Constant, Node, Op, Repr, TextTest};
use super::compare::{row_truths, text_truths};
use super::state::{Buffer, Cell, Lane, STRIDE, TextOperand, View};

/// Computes `node`, which reads or makes text.
pub(super) fn text(view: View<'_>, node: &Node, cell: &mut Cell) {
    let first = node.operands[0];
    match &node.op {
        Op::Like(pattern) => {
            cell.truth = text_truths(view, view.text(first), |bytes| {
                std::str::from_utf8(bytes).is_ok_and(|text| pattern.matches(text))
            });
        }
        Op::TextTest(test) => {
            let holds = |text: &[u8], part: &[u8]| match test {
                TextTest::StartsWith => text.starts_with(part),
                TextTest::EndsWith => text.ends_with(part),
                TextTest::Contains => {
                    part.is_empty() || text.windows(part.len()).any(|window| window == part)
                }
            };
            cell.truth = match (view.text(first), view.text(node.operands[1])) {
                (text, TextOperand::Scalar(part)) => {
                    text_truths(view, text, |bytes| holds(bytes, part.as_bytes()))
                }
                (text, part) => row_truths(view, |row| holds(text.bytes(row), part.bytes(row))),
            };
        }
        Op::Length => {
            let text = view.text(first);
            let out = &mut i64::buffer_mut(&mut cell.buffer)[..view.len];
            for (row, length) in out.iter_mut().enumerate() {
                // Bytes that begin a code point.
                *length = text.bytes(row).iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as i64;
            }
        }
        Op::Lower => rows(view, cell, |row, out| out.push_str(&view.text(first).str(row).to_lowercase())),
        Op::Upper => rows(view, cell, |row, out| out.push_str(&view.text(first).str(row).to_uppercase())),
        Op::Concat => {
            let (a, b) = (view.text(first), view.text(node.operands[1]));
            rows(view, cell, |row, out| {
                out.push_str(a.str(row));
                out.push_str(b.str(row));
            });
        }
        Op::Format => rows(view, cell, |row, out| push_value(view, first, row, out)),
        Op::Parse => parse(view, first, node, cell),
        _ => {}
    }
}

/// Text row by row; that of null rows is empty.
fn rows(view: View<'_>, cell: &mut Cell, write: impl Fn(usize, &mut String)) {
    let Buffer::Text(buffer) = &mut cell.buffer else { return };
    buffer.clear();
    let mut out = String::new();
    for row in 0..view.len {
        out.clear();
        if cell.valid[row / 64] >> (row % 64) & 1 == 1 {
            write(row, &mut out);
        }
        buffer.push(out.as_bytes());
    }
}

/// Appends the value of row `row` of node `node`, which is not null, as the house prints it.
pub(super) fn push_value(view: View<'_>, node: usize, row: usize, out: &mut String) {
    let data_type = &view.nodes[node].data_type;
    match view.nodes[node].repr() {
        Repr::Bool => {
            let truth = view.cells[node].truth[row / 64] >> (row % 64) & 1 == 1;
            out.push_str(if truth { "true" } else { "false" });
        }
        Repr::I64 => {
            let value = view.operand::<i64>(node).get(row);
            match data_type {
                DataType::Date => push_date(out, value),
                DataType::Time(unit) => push_time(out, value, *unit),
                DataType::Timestamp(unit, zone) => push_timestamp(out, value, *unit, zone.is_some()),
                DataType::Duration(unit) => push_duration(out, value.into(), *unit),
                _ => push_integer(out, value.into()),
            }
        }
        Repr::U64 => push_integer(out, view.operand::<u64>(node).get(row).into()),
        Repr::F32 if *data_type == DataType::Float16 => {
            push_float16(out, f16::from_f32(view.operand::<f32>(node).get(row)));
        }
        Repr::F32 => push_float32(out, view.operand::<f32>(node).get(row)),
        Repr::F64 => push_float64(out, view.operand::<f64>(node).get(row)),
        Repr::I128 => {
            push_decimal(out, view.operand::<i128>(node).get(row), super::convert::scale(data_type));
        }
        Repr::Text => out.push_str(view.text(node).str(row)),
    }
}

fn parse(view: View<'_>, from: usize, node: &Node, cell: &mut Cell) {
    let text = view.text(from);
    let mut faults = [0; STRIDE / 64];
    let valid = cell.valid;
    for row in (0..view.len).filter(|row| valid[row / 64] >> (row % 64) & 1 == 1) {
        let Some(constant) = parsed(text.str(row), &node.data_type) else {
            faults[row / 64] |= 1 << (row % 64);
            continue;
        };
        match (&mut cell.buffer, constant) {
            (Buffer::I64(out), Constant::I64(value)) => out[row] = value,
            (Buffer::U64(out), Constant::U64(value)) => out[row] = value,
            (Buffer::F32(out), Constant::F32(bits)) => out[row] = f32::from_bits(bits),
            (Buffer::F64(out), Constant::F64(bits)) => out[row] = f64::from_bits(bits),
            (Buffer::I128(out), Constant::I128(value)) => out[row] = value,
            (_, Constant::Bool(value)) => {
                let bit = 1 << (row % 64);
                let word = &mut cell.truth[row / 64];
                *word = if value { *word | bit } else { *word & !bit };
            }
            _ => {}
        }
    }
    cell.fail(&faults);
}

/// `text` as a value of `data_type`; `None` where it is none.
pub(in crate::expression) fn parsed(text: &str, data_type: &DataType) -> Option<Constant> {
    use DataType::*;
    let integer = |low: i128, high: i128| {
        parse_integer(text)
            .filter(|value| (low..=high).contains(value))
            .map(|value| Constant::I64(value as i64))
    };
    match data_type {
        Bool => parse_bool(text).map(Constant::Bool),
        Int8 => integer(i8::MIN.into(), i8::MAX.into()),
        Int16 => integer(i16::MIN.into(), i16::MAX.into()),
        Int32 => integer(i32::MIN.into(), i32::MAX.into()),
        Int64 => integer(i64::MIN.into(), i64::MAX.into()),
        UInt8 => integer(0, u8::MAX.into()),
        UInt16 => integer(0, u16::MAX.into()),
        UInt32 => integer(0, u32::MAX.into()),
        UInt64 => u64::try_from(parse_integer(text)?).ok().map(Constant::U64),
        Float16 => parse_float64(text).map(|x| Constant::F32(nearest_binary16(x).to_f32().to_bits())),
        Float32 => parse_float32(text).map(|x| Constant::F32(x.to_bits())),
        Float64 => parse_float64(text).map(|x| Constant::F64(x.to_bits())),
        Decimal128 { precision, scale } => parse_decimal(text, *precision, *scale).map(Constant::I128),
        Date => {
            // Of a moment, its day in UTC.
            let day = |moment: arrcalc_datasets::text::Timestamp| moment.seconds.div_euclid(86_400);
            let days = parse_date(text).or_else(|| parse_timestamp(text).map(day))?;
            i32::try_from(days).ok().map(|days| Constant::I64(days.into()))
        }
        Time(unit) => parse_time(text, *unit).map(Constant::I64),
        Duration(unit) => parse_duration(text, *unit).map(Constant::I64),
        Timestamp(unit, _) => timestamp(text, *unit).map(Constant::I64),
        String => Some(Constant::Text(text.into())),
        _ => None,
    }
}

/// Ticks of a timestamp, in UTC where the text has an offset, or of a date's midnight.
fn timestamp(text: &str, unit: TimeUnit) -> Option<i64> {
    if let Some(days) = parse_date(text) {
        return days.checked_mul(86_400 * unit.ticks_per_second());
    }
    parse_timestamp(text)?.ticks(unit)
}
