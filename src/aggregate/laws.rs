//! The law, as a check for anyone's state: a commutative monoid, bit for bit, for every cut of the rows.

use std::fmt;

use arrcalc_datasets::Chunk;
use arrcalc_kernels::Level;

use super::{Aggregate, chunk_rows};

/// A law that a state breaks, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// `identity`, `split`, `commutativity`, `associativity` or `level`.
    pub law: &'static str,
    /// Which cut broke it.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is broken: {}", self.law, self.detail)
    }
}

impl std::error::Error for Violation {}

/// Rows up to which every cut in two and in three is tried; above, some are.
const EVERY_CUT: usize = 24;

/// Checks that `empty`'s state obeys the law of [`Aggregate`] on the rows of `chunk`.
///
/// ```text
/// update(A ++ B) == merge(update(A), update(B)) == merge(update(B), update(A))
/// merge(s, empty) == s == merge(empty, s)
/// merge(merge(a, b), c) == merge(a, merge(b, c))
/// ```
///
/// as equal canonical bytes, at every level of this machine, for cuts at every row (of many rows: at some), down to
/// chunks of one row, in both orders.
///
/// # Errors
/// The first law that does not hold.
///
/// # Examples
/// ```
/// use arrcalc::aggregate::{NanPolicy, Sum, laws};
/// use arrcalc::datasets::{Chunk, Column, DataType, Values};
///
/// let values = [1e16, 1.0, -1e16];
/// let column = Column { values: Values::Float64(&values), validity: None };
/// let chunk = Chunk { first_row: 0, row_count: 3, columns: vec![column] };
/// laws::check(&Sum::new(&DataType::Float64, NanPolicy::Propagate)?, &chunk)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check<A: Aggregate>(empty: &A, chunk: &Chunk<'_>) -> Result<(), Violation> {
    let rows = chunk.row_count;
    let level = Level::detect();
    let state = |level: Level, from: usize, to: usize| {
        let mut state = empty.clone();
        state.update(level, &chunk_rows(chunk, from..to));
        state
    };
    let whole = state(level, 0, rows).to_bytes();
    let equal = |law: &'static str, state: &A, detail: &dyn Fn() -> String| {
        if state.to_bytes() == whole { Ok(()) } else { Err(Violation { law, detail: detail() }) }
    };

    for other in Level::available() {
        equal("level", &state(other, 0, rows), &|| format!("{other} differs from {level}"))?;
    }

    let mut left = state(level, 0, rows);
    left.merge(empty);
    equal("identity", &left, &|| "merging the empty state changed it".into())?;
    let mut right = empty.clone();
    right.merge(&state(level, 0, rows));
    equal("identity", &right, &|| "merging into the empty state changed it".into())?;

    let stride = if rows <= EVERY_CUT { 1 } else { rows / 7 + 1 };
    for cut in (0..=rows).step_by(stride) {
        let (head, tail) = (state(level, 0, cut), state(level, cut, rows));
        let mut forwards = head.clone();
        forwards.merge(&tail);
        equal("split", &forwards, &|| format!("rows cut at {cut} of {rows}"))?;
        let mut backwards = tail.clone();
        backwards.merge(&head);
        equal("commutativity", &backwards, &|| format!("rows cut at {cut} of {rows}, merged backwards"))?;
        let mut continued = head;
        continued.update(level, &chunk_rows(chunk, cut..rows));
        equal("split", &continued, &|| format!("rows cut at {cut} of {rows}, one state"))?;

        for second in (cut..=rows).step_by(stride) {
            let [a, b, c] = [state(level, 0, cut), state(level, cut, second), state(level, second, rows)];
            let mut to_left = a.clone();
            to_left.merge(&b);
            to_left.merge(&c);
            let mut to_right = b;
            to_right.merge(&c);
            let mut outer = a;
            outer.merge(&to_right);
            let detail = || format!("rows cut at {cut} and {second} of {rows}");
            equal("associativity", &to_left, &detail)?;
            equal("associativity", &outer, &detail)?;
        }
    }

    for size in [1, 2, 3] {
        let mut one = empty.clone();
        let mut many = empty.clone();
        for from in (0..rows).step_by(size).rev() {
            let to = rows.min(from + size);
            one.update(level, &chunk_rows(chunk, from..to));
            many.merge(&state(level, from, to));
        }
        equal("split", &one, &|| format!("chunks of {size} rows, last first, one state"))?;
        equal("split", &many, &|| format!("chunks of {size} rows, last first, a state each"))?;
    }
    Ok(())
}
