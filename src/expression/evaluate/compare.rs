//! Comparisons of two operands of one representation, and membership in a set.

use arrcalc_datasets::Text;
use arrcalc_kernels::Level;
use arrcalc_kernels::elementwise::{FloatComparison, Operand, compare_floats, truths2};

use super::super::bind::node::{Comparison, Constant, Op, Repr};
use super::super::bind::set::{Set, Values};
use super::state::{Cell, Lane, Mask, STRIDE, TextOperand, View, zip};

/// `a comparison b`.
pub(super) fn compare(view: View<'_>, comparison: Comparison, operands: &[usize], cell: &mut Cell) {
    let (a, b) = (operands[0], operands[1]);
    match view.nodes[a].repr() {
        Repr::Bool => {
            let (a, b) = (&view.cells[a].truth, &view.cells[b].truth);
            cell.truth = zip(a, b, |a, b| match comparison {
                Comparison::Equal => !(a ^ b),
                Comparison::NotEqual => a ^ b,
                Comparison::Less => !a & b,
                Comparison::LessOrEqual => !a | b,
                Comparison::Greater => a & !b,
                Comparison::GreaterOrEqual => a | !b,
            });
        }
        Repr::I64 => lanes(view, comparison, view.operand::<i64>(a), view.operand(b), cell),
        Repr::U64 => lanes(view, comparison, view.operand::<u64>(a), view.operand(b), cell),
        Repr::F32 => lanes(view, comparison, view.operand::<f32>(a), view.operand(b), cell),
        Repr::F64 => {
            floats(view.level, comparison, view.operand(a), view.operand(b), view.len, &mut cell.truth);
        }
        Repr::I128 => lanes(view, comparison, view.operand::<i128>(a), view.operand(b), cell),
        Repr::Text => {
            let (a, b) = (view.text(a), view.text(b));
            let holds = |a: &[u8], b: &[u8]| match comparison {
                Comparison::Equal => a == b,
                Comparison::NotEqual => a != b,
                Comparison::Less => a < b,
                Comparison::LessOrEqual => a <= b,
                Comparison::Greater => a > b,
                Comparison::GreaterOrEqual => a >= b,
            };
            cell.truth = match (a, b) {
                (a, TextOperand::Scalar(b)) => {
                    let b = b.as_bytes();
                    text_truths(view, a, |a| holds(a, b))
                }
                (TextOperand::Scalar(a), b) => {
                    let a = a.as_bytes();
                    text_truths(view, b, |b| holds(a, b))
                }
                (a, b) => row_truths(view, |row| holds(a.bytes(row), b.bytes(row))),
            };
        }
    }
}

/// Rows that [`at_once`] hands on together.
const ROWS: usize = 16_384;

/// Where node `node` compares a column of floats without nulls with a constant, hands the truth values of all rows of
/// `view` to `take` and returns `true`.
pub(super) fn at_once(view: View<'_>, node: usize, mut take: impl FnMut(&[u64])) -> bool {
    let Op::Compare(comparison) = &view.nodes[node].op else { return false };
    let [a, b] = view.nodes[node].operands[..] else { return false };
    let has_nulls = |node: usize| view.column(node).is_some_and(|column| column.validity.is_some());
    let operand = |node: usize| match view.nodes[node].constant() {
        Some(Constant::F64(bits)) => Some(Operand::Scalar(f64::from_bits(*bits))),
        Some(_) => None,
        None => f64::lent(&view.column(node)?.values).map(Operand::Slice),
    };
    let (Some(a_values), Some(b_values)) = (operand(a), operand(b)) else { return false };
    if has_nulls(a) || has_nulls(b) {
        return false;
    }
    let mut words = [0; ROWS / 64];
    for first in (0..view.len).step_by(ROWS) {
        let len = ROWS.min(view.len - first);
        let words = &mut words[..len.div_ceil(64)];
        let (a, b) = (part(a_values, first, len), part(b_values, first, len));
        floats(view.level, *comparison, a, b, len, words);
        take(words);
    }
    true
}

fn part(operand: Operand<'_, f64>, first: usize, len: usize) -> Operand<'_, f64> {
    match operand {
        Operand::Slice(values) => Operand::Slice(&values[first..first + len]),
        Operand::Scalar(value) => Operand::Scalar(value),
    }
}

fn floats(
    level: Level,
    comparison: Comparison,
    a: Operand<'_, f64>,
    b: Operand<'_, f64>,
    len: usize,
    words: &mut [u64],
) {
    let (comparison, a, b) = match comparison {
        Comparison::Equal => (FloatComparison::Equal, a, b),
        Comparison::NotEqual => (FloatComparison::NotEqual, a, b),
        Comparison::Less => (FloatComparison::Less, a, b),
        Comparison::LessOrEqual => (FloatComparison::LessOrEqual, a, b),
        Comparison::Greater => (FloatComparison::Less, b, a),
        Comparison::GreaterOrEqual => (FloatComparison::LessOrEqual, b, a),
    };
    compare_floats(level, comparison, a, b, len, words);
}

fn lanes<T: Lane + PartialOrd>(
    view: View<'_>,
    comparison: Comparison,
    a: Operand<'_, T>,
    b: Operand<'_, T>,
    cell: &mut Cell,
) {
    let (level, len, out) = (view.level, view.len, &mut cell.truth[..]);
    match comparison {
        Comparison::Equal => truths2(level, a, b, len, out, |a, b| a == b),
        Comparison::NotEqual => truths2(level, a, b, len, out, |a, b| a != b),
        Comparison::Less => truths2(level, a, b, len, out, |a, b| a < b),
        Comparison::LessOrEqual => truths2(level, a, b, len, out, |a, b| a <= b),
        Comparison::Greater => truths2(level, a, b, len, out, |a, b| a > b),
        Comparison::GreaterOrEqual => truths2(level, a, b, len, out, |a, b| a >= b),
    }
}

/// One bit a row.
pub(super) fn row_truths(view: View<'_>, holds: impl Fn(usize) -> bool) -> Mask {
    let mut mask = [0; STRIDE / 64];
    for row in 0..view.len {
        mask[row / 64] |= u64::from(holds(row)) << (row % 64);
    }
    mask
}

/// One bit a row, of its text; of a small dictionary each value is looked at once.
pub(super) fn text_truths(view: View<'_>, text: TextOperand<'_>, holds: impl Fn(&[u8]) -> bool) -> Mask {
    match text {
        TextOperand::Rows(Text::Codes { codes, values }) if values.len() <= view.len => {
            let mut table = [false; STRIDE];
            for (truth, value) in table.iter_mut().zip(values) {
                *truth = holds(value.as_bytes());
            }
            let mut mask = [0; STRIDE / 64];
            truths2(
                view.level,
                Operand::Slice(codes),
                Operand::Scalar(()),
                view.len,
                &mut mask,
                |code, ()| {
                    // A null row's code may be 0 where there is no value.
                    table[code as usize % STRIDE]
                },
            );
            mask
        }
        text => row_truths(view, |row| holds(text.bytes(row))),
    }
}

/// `value in set`: null where it is not found and the set has a null.
pub(super) fn contains(view: View<'_>, set: &Set, operand: usize, cell: &mut Cell) {
    fn lanes<T: Lane, K: Ord + Copy>(
        view: View<'_>,
        operand: usize,
        set: &[K],
        key: impl Fn(T) -> K,
        cell: &mut Cell,
    ) {
        let values = view.operand::<T>(operand);
        let (len, out) = (view.len, &mut cell.truth[..]);
        let one = Operand::Scalar(());
        if set.len() <= 8 {
            truths2(view.level, values, one, len, out, |value, ()| {
                let key = key(value);
                set.iter().fold(false, |found, member| found | (*member == key))
            });
        } else {
            truths2(view.level, values, one, len, out, |value, ()| set.binary_search(&key(value)).is_ok());
        }
    }
    match &set.values {
        Values::Bool(values) => {
            let truth = &view.cells[operand].truth;
            let (with_true, with_false) = (values.contains(&true), values.contains(&false));
            cell.truth =
                truth.map(|word| (if with_true { word } else { 0 }) | (if with_false { !word } else { 0 }));
        }
        Values::I64(values) => lanes::<i64, _>(view, operand, values, |value| value, cell),
        Values::U64(values) => lanes::<u64, _>(view, operand, values, |value| value, cell),
        // The sum turns -0 into +0, as the set's values were.
        Values::F32(values) => lanes::<f32, _>(view, operand, values, |value| (value + 0.0).to_bits(), cell),
        Values::F64(values) => lanes::<f64, _>(view, operand, values, |value| (value + 0.0).to_bits(), cell),
        Values::I128(values) => lanes::<i128, _>(view, operand, values, |value| value, cell),
        Values::Text(values) => {
            cell.truth = text_truths(view, view.text(operand), |bytes| {
                values.binary_search_by(|member| member.as_bytes().cmp(bytes)).is_ok()
            });
        }
    }
    if set.has_null {
        let found = cell.truth;
        cell.keep_valid(&found);
    }
}
