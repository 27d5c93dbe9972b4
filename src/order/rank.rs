//! Ranks: the place of each value in the order of all, from 1.

use super::argsort::argsort_into;
use super::key::SortKey;
use super::pieces::for_each;
use crate::Scope;
use crate::error::Result;

/// What equal values get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RankMethod {
    /// The mean of their places.
    Average,
    /// The lowest of their places.
    Min,
    /// The highest of their places.
    Max,
    /// One more than what the values below them have.
    Dense,
    /// Each its own place, in the order of the rows.
    Ordinal,
}

impl RankMethod {
    /// The method called `name`: `average`, `min`, `max`, `dense`, `ordinal`.
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "average" => Self::Average,
            "min" => Self::Min,
            "max" => Self::Max,
            "dense" => Self::Dense,
            "ordinal" => Self::Ordinal,
            _ => return None,
        })
    }
}

/// Places compared by one thread at a time.
const PLACES: usize = 1 << 16;

/// Twice the rank of each row in the order of `key`, so that the mean of places is an integer too: the rows of NaN are
/// equal and rank last. Rows of nulls rank after all others; their ranks mean nothing.
///
/// Cost: that of [`super::argsort`], and a look into memory or two a row; 8 bytes a row beside `ranks`.
///
/// # Errors
/// The memory budget; cancelling; the deadline.
///
/// # Panics
/// If there is not one rank and one value a row.
///
/// # Examples
/// ```
/// use arrcalc::datasets::{Column, Values};
/// use arrcalc::order::{RankMethod, SortKey, doubled_ranks};
///
/// let column = Column { values: Values::Int32(&[5, 9, 5, 7]), validity: None };
/// let mut ranks = [0; 4];
/// arrcalc::Engine::new().scoped(|scope| {
///     doubled_ranks(scope, &SortKey::ascending(column), RankMethod::Average, &mut ranks)
/// })?;
/// assert_eq!(ranks, [3, 8, 3, 6]); // 1.5, 4, 1.5, 3
/// # Ok::<(), arrcalc::Error>(())
/// ```
pub fn doubled_ranks(
    scope: &Scope<'_>,
    key: &SortKey<'_>,
    method: RankMethod,
    ranks: &mut [u64],
) -> Result<()> {
    let key = SortKey { nulls_first: false, ..*key };
    let _order = scope.budget().reserve("the order of rows", 8 * ranks.len() as u64)?;
    let mut order = vec![0; ranks.len()];
    argsort_into(scope, &[key], &mut order)?;
    if method == RankMethod::Ordinal {
        (1..).zip(&order).for_each(|(place, &row)| ranks[row as usize] = 2 * place);
        return Ok(());
    }
    let starts: Vec<usize> = (0..order.len()).step_by(PLACES).collect();
    // Where equal values begin.
    let begins = for_each(scope, starts, |start| {
        let places = start..order.len().min(start + PLACES);
        let differs = |&place: &usize| {
            place == 0 || key.compare(order[place - 1] as usize, order[place] as usize).is_ne()
        };
        places.filter(differs).collect::<Vec<usize>>()
    })?;
    let mut begins = begins.into_iter().flatten().peekable();
    let mut dense = 0;
    while let Some(begin) = begins.next() {
        let end = begins.peek().copied().unwrap_or(order.len());
        dense += 1;
        let doubled = match method {
            RankMethod::Average => begin + 1 + end,
            RankMethod::Min => 2 * (begin + 1),
            RankMethod::Max => 2 * end,
            RankMethod::Dense | RankMethod::Ordinal => 2 * dense,
        };
        order[begin..end].iter().for_each(|&row| ranks[row as usize] = doubled as u64);
    }
    Ok(())
}
