//! What bounds of columns tell of a predicate: whether it can be true for any row at all. After G. Moerkotte, "Small
//! materialized aggregates: a light weight index structure for data warehousing" (1998).

use std::cmp::Ordering;

use arrcalc_datasets::{Bound as End, UnitBounds};

use super::bind::Bound;
use super::bind::node::{Arithmetic, Comparison, Constant, Node, Op};
use super::bind::set::Values;

impl Bound {
    /// How many operations a row takes: those of the kind of an addition or a comparison, and others, as of elementary
    /// functions, text and time.
    pub(crate) fn operations(&self) -> [usize; 2] {
        let of = |node: &Node| match node.op {
            Op::Column(_) | Op::Constant(_) => [0, 0],
            Op::Arithmetic(
                Arithmetic::Add | Arithmetic::Subtract | Arithmetic::Multiply | Arithmetic::Divide,
            )
            | Op::Compare(_)
            | Op::And
            | Op::Or
            | Op::Not
            | Op::Select
            | Op::Coalesce
            | Op::NullWhere
            | Op::IsNull
            | Op::IsNan
            | Op::IsFinite
            | Op::Negate
            | Op::Abs
            | Op::Convert => [1, 0],
            _ => [0, 1],
        };
        self.nodes.iter().map(of).fold([0, 0], |[a, b], [c, d]| [a + c, b + d])
    }

    /// Whether this predicate, over rows of which `bounds` tells the bounds of each column, is true for none and fails
    /// for none. Told by conjunctions and disjunctions of comparisons with constants, `in` and `is null`; what else
    /// stands beside them must be something that cannot fail.
    pub(crate) fn excludes(&self, bounds: &dyn Fn(usize) -> Option<UnitBounds>) -> bool {
        let Some(last) = self.nodes.len().checked_sub(1) else { return false };
        !self.nodes.iter().any(can_fail) && !can_be_true(&self.nodes, last, bounds)
    }
}

fn can_fail(node: &Node) -> bool {
    !matches!(
        node.op,
        Op::Column(_)
            | Op::Constant(_)
            | Op::Compare(_)
            | Op::And
            | Op::Or
            | Op::Not
            | Op::IsNull
            | Op::IsNan
            | Op::IsFinite
            | Op::In(_)
            | Op::Like(_)
            | Op::TextTest(_)
    )
}

fn can_be_true(nodes: &[Node], at: usize, bounds: &dyn Fn(usize) -> Option<UnitBounds>) -> bool {
    let node = &nodes[at];
    let of = |operand: usize| match nodes[operand].op {
        Op::Column(column) => bounds(column),
        _ => None,
    };
    match (&node.op, &*node.operands) {
        (Op::Constant(constant), _) => *constant == Constant::Bool(true),
        (Op::And, [a, b]) => can_be_true(nodes, *a, bounds) && can_be_true(nodes, *b, bounds),
        (Op::Or, [a, b]) => can_be_true(nodes, *a, bounds) || can_be_true(nodes, *b, bounds),
        (Op::Compare(comparison), [a, b]) => match (nodes[*a].constant(), nodes[*b].constant()) {
            (None, Some(constant)) => of(*a).is_none_or(|bounds| holds(*comparison, &bounds, constant)),
            (Some(constant), None) => {
                of(*b).is_none_or(|bounds| holds(mirrored(*comparison), &bounds, constant))
            }
            _ => true,
        },
        (Op::IsNull, [a]) => of(*a).is_none_or(|bounds| bounds.null_count != Some(0)),
        (Op::Not, [a]) => match (&nodes[*a].op, &*nodes[*a].operands) {
            (Op::IsNull, [a]) => of(*a).is_none_or(|bounds| bounds.range.is_some()),
            _ => true,
        },
        (Op::In(set), [a]) => of(*a).is_none_or(|bounds| {
            let holds = |constant: &Constant| holds(Comparison::Equal, &bounds, constant);
            match &set.values {
                Values::I64(values) => values.iter().any(|&value| holds(&Constant::I64(value))),
                Values::U64(values) => values.iter().any(|&value| holds(&Constant::U64(value))),
                Values::Text(values) => values.iter().any(|value| holds(&Constant::Text((**value).into()))),
                _ => true,
            }
        }),
        _ => true,
    }
}

/// `a comparison b` as `b comparison a`.
fn mirrored(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::LessOrEqual => Comparison::GreaterOrEqual,
        Comparison::Greater => Comparison::Less,
        Comparison::GreaterOrEqual => Comparison::LessOrEqual,
        equality => equality,
    }
}

/// Whether a value within `bounds` may compare so with `constant`.
fn holds(comparison: Comparison, bounds: &UnitBounds, constant: &Constant) -> bool {
    // Nothing but nulls compares with nothing; nor does anything with null.
    let Some((low, high)) = &bounds.range else { return false };
    if *constant == Constant::Null {
        return false;
    }
    let (Some(low), Some(high)) = (compare(low, constant), compare(high, constant)) else { return true };
    match comparison {
        Comparison::Equal => low.is_le() && high.is_ge(),
        Comparison::NotEqual => !(low.is_eq() && high.is_eq()),
        Comparison::Less => low.is_lt(),
        Comparison::LessOrEqual => low.is_le(),
        Comparison::Greater => high.is_gt(),
        Comparison::GreaterOrEqual => high.is_ge(),
    }
}

/// The order of two values of one representation.
fn compare(end: &End, constant: &Constant) -> Option<Ordering> {
    match (end, constant) {
        (End::Integer(end), Constant::I64(constant)) => Some(end.cmp(constant)),
        (End::Integer(end), Constant::U64(constant)) => Some(i128::from(*end).cmp(&i128::from(*constant))),
        (End::Text(end), Constant::Text(constant)) => Some(end.as_bytes().cmp(constant.as_bytes())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use arrcalc_datasets::{Chunk, Column, DataType, Field, Values};
    use arrcalc_kernels::Level;

    use super::*;
    use crate::expression::{Evaluator, bind, parse_expression, select};

    #[test]
    fn what_bounds_exclude_is_true_for_no_value_within_them() {
        let field = |name: &str| Field { name: name.into(), data_type: DataType::Int64 };
        let fields = [field("x"), field("y")];
        let (mut excluded, mut kept) = (0, 0);
        for text in [
            "x = 3",
            "x <> 3",
            "x < 3",
            "3 >= x",
            "x > 3",
            "3 <= x",
            "x between 2 and 4",
            "x not between 2 and 4",
            "x in (1, 6)",
            "x not in (1, 6)",
            "x > 3 and y < 0",
            "x > 3 or y < 0",
            "x is null or x > 5",
            "x is not null",
            "not (x > 3)",
            "x > y",
            "x = null",
            "false",
        ] {
            let predicate = bind(&parse_expression(text).unwrap(), &fields).unwrap();
            for (low, high) in (-1..8).flat_map(|low| (low..8).map(move |high| (low, high))) {
                let bounds = |column: usize| {
                    let (low, high) = if column == 0 { (low, high) } else { (-1, 1) };
                    Some(UnitBounds {
                        range: Some((End::Integer(low), End::Integer(high))),
                        null_count: Some(0),
                    })
                };
                let (x, y): (Vec<i64>, Vec<i64>) =
                    (low..=high).flat_map(|x| (-1..=1).map(move |y| (x, y))).unzip();
                let column = |values| Column { values: Values::Int64(values), validity: None };
                let chunk = Chunk { first_row: 0, row_count: x.len(), columns: vec![column(&x), column(&y)] };
                let mut evaluator = Evaluator::new(std::slice::from_ref(&predicate), &[0, 1]);
                let truths = evaluator.evaluate(Level::BASELINE, &chunk, None).unwrap();
                let count = select(Level::BASELINE, &truths[0], &mut vec![0; x.len().div_ceil(8)]);
                if predicate.excludes(&bounds) {
                    assert_eq!(count, 0, "{text} for {low}..={high}");
                    excluded += 1;
                } else {
                    kept += 1;
                }
            }
        }
        assert!(excluded > 100 && kept > 100, "{excluded} and {kept}");
    }

    #[test]
    fn nothing_is_excluded_that_could_fail_or_is_unknown() {
        let fields = [Field { name: "x".into(), data_type: DataType::Int64 }];
        let excludes = |text: &str, bounds: Option<UnitBounds>| {
            let bound = bind(&parse_expression(text).unwrap(), &fields).unwrap();
            bound.excludes(&|_| bounds.clone())
        };
        let known = |range, nulls| Some(UnitBounds { range, null_count: nulls });
        let range = Some((End::Integer(1), End::Integer(2)));
        assert!(excludes("x > 5", known(range.clone(), None)));
        assert!(!excludes("x > 5 and x + 1 > 0", known(range.clone(), None)), "a sum may overflow");
        assert!(!excludes("x > 5", None));
        assert!(!excludes("x is null", known(range.clone(), None)));
        assert!(excludes("x is null", known(range, Some(0))));
        assert!(excludes("x is not null", known(None, Some(4))) && excludes("x <> 1", known(None, Some(4))));
    }
}
