//! A row that has no value: found, and told in words.

use arrcalc_datasets::DataType;
use arrcalc_kernels::Bits;

use super::super::Span;
use super::super::bind::node::{Arithmetic, Op};
use super::state::{STRIDE, View, mask_of};
use super::text::push_value;

/// Why an expression has no value for a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Fault {
    /// The row within the block: the lowest that fails.
    pub row: usize,
    /// The expression, of those that are evaluated together.
    pub expression: usize,
    /// The part of the expression that fails.
    pub span: Span,
    /// The values, and what is wrong with them.
    pub reason: String,
}

/// The lowest selected row of the stride where a root fails, if any does.
pub(super) fn check(
    view: View<'_>,
    roots: impl Iterator<Item = usize> + Clone,
    selected: Option<Bits<'_>>,
) -> Result<(), Fault> {
    if !roots.clone().any(|root| view.cells[root].failing) {
        return Ok(());
    }
    let counted = selected.map_or([u64::MAX; STRIDE / 64], |bits| mask_of(bits, view.first));
    let lowest = |root: usize| {
        let faults = &view.cells[root].faults;
        (0..view.len).find(|row| (faults[row / 64] & counted[row / 64]) >> (row % 64) & 1 == 1)
    };
    let failed = roots
        .enumerate()
        .filter_map(|(expression, root)| Some((lowest(root)?, expression, root)))
        .reduce(|a, b| if b.0 < a.0 { b } else { a });
    let Some((row, expression, root)) = failed else { return Ok(()) };
    let (node, wanted) = blame(view, root, root, row);
    let reason = reason(view, node, &view.nodes[wanted].data_type, row);
    Err(Fault { row: view.first + row, expression, span: view.nodes[node].span, reason })
}

/// The node that failed first on the way to `node`, and the last node of the cast that it is a step of: itself where it
/// is none. So far that is `cast`.
fn blame(view: View<'_>, node: usize, cast: usize, row: usize) -> (usize, usize) {
    let span = view.nodes[node].span;
    let bit = |mask: &[u64; STRIDE / 64]| mask[row / 64] >> (row % 64) & 1 == 1;
    let operands = &view.nodes[node].operands;
    // What a choice did not take has not failed.
    let taken = |index: usize| match view.nodes[node].op {
        Op::Select if index > 0 => bit(&view.cells[operands[0]].is_true()) == (index == 1),
        _ => true,
    };
    let failed = operands
        .iter()
        .enumerate()
        .find(|&(index, &operand)| taken(index) && bit(&view.cells[operand].faults));
    match failed {
        Some((_, &operand)) => {
            let is_step = |node: usize| {
                matches!(view.nodes[node].op, Op::Convert | Op::Narrow | Op::Rescale)
                    && view.nodes[node].span == span
            };
            let cast = if is_step(node) && is_step(operand) { cast } else { operand };
            blame(view, operand, cast, row)
        }
        None => (node, cast),
    }
}

/// Why `node`, a step of a cast to `wanted` or of that type itself, has no value.
fn reason(view: View<'_>, node: usize, wanted: &DataType, row: usize) -> String {
    let (Op::Arithmetic(_)
    | Op::Negate
    | Op::Abs
    | Op::Scale(_)
    | Op::Truncate(..)
    | Op::MakeDate
    | Op::Parse) = view.nodes[node].op
    else {
        return format!("{} does not fit {}", value(view, view.nodes[node].operands[0], row), wanted);
    };
    let data_type = &view.nodes[node].data_type;
    let operands = &view.nodes[node].operands;
    let first = value(view, operands[0], row);
    match view.nodes[node].op {
        Op::Arithmetic(operation) => {
            let second = value(view, operands[1], row);
            let symbol = match operation {
                Arithmetic::Add => "+",
                Arithmetic::Subtract => "-",
                Arithmetic::Multiply => "*",
                Arithmetic::FloorDivide => "//",
                Arithmetic::Remainder => "%",
                Arithmetic::Power => "**",
                _ => "/",
            };
            format!("{first} {symbol} {second} overflows {data_type}")
        }
        Op::MakeDate => {
            let (month, day) = (value(view, operands[1], row), value(view, operands[2], row));
            format!("year {first}, month {month}, day {day} is no date")
        }
        Op::Negate => format!("-({first}) overflows {data_type}"),
        Op::Abs => format!("abs({first}) overflows {data_type}"),
        Op::Parse => format!("'{first}' does not read as {data_type}"),
        _ => format!("{first} does not fit {data_type}"),
    }
}

fn value(view: View<'_>, node: usize, row: usize) -> String {
    let mut out = String::new();
    push_value(view, node, row, &mut out);
    out
}
