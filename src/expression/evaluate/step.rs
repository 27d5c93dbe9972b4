//! One node over one stride: the operation chosen once, then a kernel.

use arrcalc_kernels::elementwise::{choose, map};

use super::super::bind::node::{Op, Repr};
use super::state::{ALL, Buffer, Cell, Lane, STRIDE, View, mask_of, zip};
use super::{arithmetic, compare, convert, load, temporal, text, unary};

/// Computes node `view.cells.len()` into `cell`.
pub(super) fn step(view: View<'_>, cell: &mut Cell) {
    let node = &view.nodes[view.cells.len()];
    let operands = &node.operands[..];
    let inherited = |cell: &mut Cell| match *operands {
        [a] => cell.inherit(&[&view.cells[a]]),
        [a, b] => cell.inherit(&[&view.cells[a], &view.cells[b]]),
        _ => cell.reset(),
    };
    match &node.op {
        Op::Constant(_) => {}
        Op::Column(_) => load::load(view, cell),
        Op::And => and_or(view, operands, cell, false),
        Op::Or => and_or(view, operands, cell, true),
        Op::Select => select(view, operands, node.repr(), cell),
        Op::Coalesce => coalesce(view, operands, node.repr(), cell),
        Op::Extreme { greatest } => extreme(view, operands, node.repr(), *greatest, cell),
        Op::IsNull => {
            let operand = &view.cells[operands[0]];
            cell.reset();
            cell.add_faults(&operand.faults);
            cell.truth = operand.valid.map(|word| !word);
        }
        op => {
            inherited(cell);
            match op {
                Op::Not => cell.truth = view.cells[operands[0]].truth.map(|word| !word),
                Op::NullWhere => {
                    // The condition's own nulls do not make the value null.
                    let (value, condition) = (&view.cells[operands[0]], &view.cells[operands[1]]);
                    (cell.valid, cell.nulls) = (value.valid, true);
                    cell.keep_valid(&condition.is_true().map(|word| !word));
                    copy(view, operands[0], node.repr(), cell);
                }
                Op::Arithmetic(arithmetic) => {
                    arithmetic::arithmetic(view, *arithmetic, node.repr(), operands, cell);
                }
                Op::Compare(comparison) => compare::compare(view, *comparison, operands, cell),
                Op::In(set) => compare::contains(view, set, operands[0], cell),
                Op::Negate | Op::Abs | Op::Sign | Op::Round(_) | Op::RoundDigits(_) | Op::Sqrt => {
                    unary::unary(view, op, operands[0], cell);
                }
                Op::IsNan | Op::IsFinite => unary::class(view, op, operands[0], cell),
                Op::Elementary(function) => unary::elementary(view, *function, operands[0], cell),
                Op::Convert | Op::Narrow | Op::Rescale => convert::convert(view, node, cell),
                Op::Scale(_) | Op::FloorScale(_) | Op::Calendar(..) | Op::Truncate(..) | Op::MakeDate => {
                    temporal::temporal(view, node, cell);
                }
                _ => text::text(view, node, cell),
            }
        }
    }
}

/// Kleene's logic: the left operand guards the right one, and one that decides alone makes the other's null and
/// failure immaterial.
fn and_or(view: View<'_>, operands: &[usize], cell: &mut Cell, is_or: bool) {
    let (a, b) = (&view.cells[operands[0]], &view.cells[operands[1]]);
    cell.reset();
    cell.truth = zip(&a.truth, &b.truth, |a, b| if is_or { a | b } else { a & b });
    let deciding = |cell: &Cell| zip(&cell.truth, &cell.valid, |t, v| if is_or { t & v } else { !t & v });
    if a.nulls || b.nulls {
        let known = zip(&a.valid, &b.valid, |a, b| a & b);
        let decided = zip(&deciding(a), &deciding(b), |a, b| a | b);
        cell.keep_valid(&zip(&known, &decided, |a, b| a | b));
        // What is decided has its truth whatever stands in the null's place.
        cell.truth = zip(&cell.truth, &decided, |t, d| if is_or { t | d } else { t & !d });
    }
    if a.failing {
        cell.add_faults(&a.faults);
    }
    if b.failing {
        cell.add_faults(&zip(&b.faults, &deciding(a), |faults, decided| faults & !decided));
    }
}

fn select(view: View<'_>, operands: &[usize], repr: Repr, cell: &mut Cell) {
    let [condition, a, b] = *operands else { return };
    let chosen = view.cells[condition].is_true();
    mix(view, [a, b], &chosen, repr, cell);
    if view.cells[condition].failing {
        cell.add_faults(&view.cells[condition].faults);
    }
}

fn coalesce(view: View<'_>, operands: &[usize], repr: Repr, cell: &mut Cell) {
    let (a, b) = (operands[0], operands[1]);
    mix(view, [a, b], &view.cells[a].valid, repr, cell);
    // Whether the first one is null had to be known.
    if view.cells[a].failing {
        cell.add_faults(&view.cells[a].faults);
    }
}

/// `a` where `chosen`, else `b`, with the validity and the failures of the one that was taken.
fn mix(view: View<'_>, [a, b]: [usize; 2], chosen: &super::state::Mask, repr: Repr, cell: &mut Cell) {
    let (first, second) = (&view.cells[a], &view.cells[b]);
    cell.reset();
    let pick = |a, b| {
        let taken = zip(chosen, a, |chosen, a| chosen & a);
        let left = zip(chosen, b, |chosen, b| !chosen & b);
        zip(&taken, &left, |a, b| a | b)
    };
    if first.nulls || second.nulls {
        cell.keep_valid(&pick(&first.valid, &second.valid));
    }
    if first.failing || second.failing {
        cell.add_faults(&pick(&first.faults, &second.faults));
    }
    fn lanes<T: Lane>(view: View<'_>, [a, b]: [usize; 2], chosen: &super::state::Mask, cell: &mut Cell) {
        let out = &mut T::buffer_mut(&mut cell.buffer)[..view.len];
        choose(view.level, chosen, view.operand::<T>(a), view.operand::<T>(b), out);
    }
    match repr {
        Repr::Bool => cell.truth = pick(&first.truth, &second.truth),
        Repr::I64 => lanes::<i64>(view, [a, b], chosen, cell),
        Repr::U64 => lanes::<u64>(view, [a, b], chosen, cell),
        Repr::F32 => lanes::<f32>(view, [a, b], chosen, cell),
        Repr::F64 => lanes::<f64>(view, [a, b], chosen, cell),
        Repr::I128 => lanes::<i128>(view, [a, b], chosen, cell),
        Repr::Text => {
            let Buffer::Text(out) = &mut cell.buffer else { return };
            let (a, b) = (view.text(a), view.text(b));
            out.clear();
            for row in 0..view.len {
                let chosen = chosen[row / 64] >> (row % 64) & 1 == 1;
                let valid = cell.valid[row / 64] >> (row % 64) & 1 == 1;
                out.push(match (valid, chosen) {
                    (false, _) => b"",
                    (true, true) => a.bytes(row),
                    (true, false) => b.bytes(row),
                });
            }
        }
    }
}

/// The values of node `from` as they are.
fn copy(view: View<'_>, from: usize, repr: Repr, cell: &mut Cell) {
    let (valid, nulls, faults, failing) = (cell.valid, cell.nulls, cell.faults, cell.failing);
    mix(view, [from, from], &ALL, repr, cell);
    (cell.valid, cell.nulls, cell.faults, cell.failing) = (valid, nulls, faults, failing);
}

/// The lesser or greater of two; a null gives way to the other.
fn extreme(view: View<'_>, operands: &[usize], repr: Repr, greatest: bool, cell: &mut Cell) {
    use super::super::bind::node::{Arithmetic, Comparison};
    let (a, b) = (&view.cells[operands[0]], &view.cells[operands[1]]);
    cell.reset();
    let comparison = if greatest { Comparison::GreaterOrEqual } else { Comparison::LessOrEqual };
    let both = zip(&a.valid, &b.valid, |a, b| a & b);
    match repr {
        Repr::F32 | Repr::F64 => {
            // NaN and signed zeros have rules of their own.
            let arithmetic = if greatest { Arithmetic::Greatest } else { Arithmetic::Least };
            if a.nulls || b.nulls {
                let mut either = Cell::new(&view.nodes[view.cells.len()]);
                arithmetic::arithmetic(view, arithmetic, repr, operands, &mut either);
                mix(view, [operands[0], operands[1]], &a.valid, repr, cell);
                fn lanes<T: Lane>(view: View<'_>, both: &super::state::Mask, either: &Cell, cell: &mut Cell) {
                    let out = &mut T::buffer_mut(&mut cell.buffer)[..view.len];
                    for (row, (to, from)) in out.iter_mut().zip(T::buffer(&either.buffer)).enumerate() {
                        if both[row / 64] >> (row % 64) & 1 == 1 {
                            *to = *from;
                        }
                    }
                }
                if repr == Repr::F32 {
                    lanes::<f32>(view, &both, &either, cell);
                } else {
                    lanes::<f64>(view, &both, &either, cell);
                }
            } else {
                arithmetic::arithmetic(view, arithmetic, repr, operands, cell);
            }
        }
        _ => {
            compare::compare(view, comparison, operands, cell);
            // `a` where it wins or stands alone.
            let chosen: super::state::Mask = std::array::from_fn(|word| {
                (both[word] & cell.truth[word]) | (a.valid[word] & !b.valid[word])
            });
            mix(view, [operands[0], operands[1]], &chosen, repr, cell);
        }
    }
    cell.reset();
    if a.nulls || b.nulls {
        cell.keep_valid(&zip(&a.valid, &b.valid, |a, b| a | b));
    }
    cell.add_faults(&zip(&a.faults, &b.faults, |a, b| a | b));
}

/// Expands bits to integers.
pub(super) fn bits_to_i64(view: View<'_>, truth: &super::state::Mask, out: &mut [i64]) {
    let mut words = [0u64; STRIDE];
    for (row, word) in words.iter_mut().enumerate() {
        *word = truth[row / 64] >> (row % 64) & 1;
    }
    map(view.level, &words[..out.len()], out, |word| word as i64);
}

/// Bits of the stride from `bits`, as a boolean column lends them.
pub(super) fn load_bits(view: View<'_>, bits: arrcalc_kernels::Bits<'_>, cell: &mut Cell) {
    cell.truth = mask_of(bits.slice(0, view.len), 0);
}
