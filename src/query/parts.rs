//! Groups whose states do not fit the memory: their keys are divided into parts by a hash, and each part takes passes of
//! its own over the rows, read again. The answer does not depend on how many parts there are.

use arrcalc_datasets::{Dataset, Field};

use crate::aggregate::NanPolicy;
use crate::answer::{Scalar, Table};
use crate::error::{Error, Result};
use crate::execute::Scope;
use crate::group::Part;
use crate::order::{SortKey, argsort, sorted_rows, take_rows};
use crate::plan::Plan;

use super::grouped;
use super::text::Texts;

/// What needs the memory, for messages.
pub(super) const WHAT: &str = "the states of groups";
/// Parts at most: as many passes over the rows.
const PARTS_MAX: u64 = 256;
/// How many times more parts are tried where a number of them was not enough.
const PARTS_STEP: u64 = 4;

/// Why a part has no answer.
pub(super) struct Unanswered {
    /// Where it is the answer of a group: whether it took more than one round of passes, and which aggregate it is of.
    pub(super) place: Option<(bool, usize)>,
    /// The group's key.
    pub(super) key: Vec<Scalar>,
    pub(super) error: Error,
}

impl From<Error> for Box<Unanswered> {
    fn from(error: Error) -> Self {
        Box::new(Unanswered { place: None, key: vec![], error })
    }
}

/// The middle table of `plan`: a row for each group, in the order of the keys.
pub(super) fn aggregate(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    plan: &Plan,
    nan: NanPolicy,
    texts: &Texts,
) -> Result<Table> {
    let mut count = 1;
    loop {
        match gathered(scope, dataset, plan, nan, texts, count) {
            Err(Error::Memory { what, .. }) if what == WHAT && count < PARTS_MAX => count *= PARTS_STEP,
            done => return done,
        }
    }
}

/// The middle table, made in `count` parts.
fn gathered(
    scope: &Scope<'_>,
    dataset: &Dataset<'_>,
    plan: &Plan,
    nan: NanPolicy,
    texts: &Texts,
    count: u64,
) -> Result<Table> {
    let mut middle = Table::new(plan.middle.clone());
    let mut held = scope.budget().reserve(WHAT, 0)?;
    let mut unanswered = Vec::new();
    for index in 0..count {
        match grouped::aggregate(scope, dataset, plan, nan, texts, Part { index, count }) {
            Ok(part) if count == 1 => middle = part,
            Ok(part) => {
                middle.extend(&part.lend().columns, part.row_count());
                let more = (middle.memory_bytes() as u64).saturating_sub(held.bytes());
                held.grow("the groups of the answer", more)?;
            }
            // Of several groups without an answer the first is told, whatever their parts.
            Err(one) if one.place.is_some() => unanswered.push(*one),
            Err(one) => return Err(one.error),
        }
    }
    if let Some(error) = first(plan, unanswered) {
        return Err(error);
    }
    let as_it_is = count == 1 && plan.key_order.iter().all(|&key| key == (false, false));
    if as_it_is { Ok(middle) } else { ordered(scope, &middle, &plan.key_order) }
}

/// The first of several errors: of the first aggregate, of the lowest key.
fn first(plan: &Plan, unanswered: Vec<Unanswered>) -> Option<Error> {
    let place = unanswered.iter().map(|one| one.place).min()?;
    let mut candidates: Vec<Unanswered> = unanswered.into_iter().filter(|one| one.place == place).collect();
    let fields: Vec<Field> = plan.middle[..plan.keys.len()].to_vec();
    let ascending = vec![(false, false); fields.len()];
    let mut keys = Table::new(fields);
    candidates.iter().for_each(|one| keys.push(&one.key));
    let lowest = *sorted_rows(&sort_keys(&keys, &ascending), keys.row_count()).first()?;
    Some(candidates.swap_remove(lowest).error)
}

fn sort_keys<'t>(table: &'t Table, key_order: &[(bool, bool)]) -> Vec<SortKey<'t>> {
    (table.lend().columns.into_iter().zip(key_order))
        .map(|(column, &(descending, nulls_first))| SortKey { column, descending, nulls_first })
        .collect()
}

/// `middle` in the order that the keys ask for.
fn ordered(scope: &Scope<'_>, middle: &Table, key_order: &[(bool, bool)]) -> Result<Table> {
    let order: Vec<u64> = argsort(scope, &sort_keys(middle, key_order), middle.row_count())?;
    take_rows(scope, middle, &order)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Engine, Query, QueryText};

    fn ask(select: &str, by: &str, predicate: &str, memory_bytes: u64) -> std::result::Result<Table, String> {
        let rows = 200_000u64;
        let wide: Vec<i64> =
            (0..rows).map(|row| (row.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 3) as i64).collect();
        let keys: Vec<i64> = (0..rows as usize).map(|row| wide[row / 2]).collect();
        let floats: Vec<f64> =
            (0..rows).map(|row| if row % 9 == 0 { f64::NAN } else { (row % 5000) as f64 }).collect();
        let huge: Vec<i64> = (0..rows as i64).map(|row| i64::MAX - row % 7).collect();
        let columns = vec![
            ("key".to_owned(), keys.as_slice().into()),
            ("x".to_owned(), floats.as_slice().into()),
            ("huge".to_owned(), huge.as_slice().into()),
        ];
        let dataset = Dataset::from_arrays(columns).expect("columns of one length");
        let engine = Engine::builder().memory_bytes(memory_bytes).threads(2).build();
        let text = QueryText {
            select: select.into(),
            by: by.into(),
            predicate: predicate.into(),
            ..QueryText::default()
        };
        let query = Query::parse(&dataset, &text).expect("a query");
        query.run(&engine).map_err(|error| error.to_string())
    }

    #[test]
    fn answers_and_errors_are_those_of_one_part() {
        let cases = [
            ("sum(x), count(*), min(huge), argmin(x)", "key", ""),
            ("sum(x), count(*) filter (where x > 7)", "-key", "x > 3"),
            ("count(*), mean(huge)", "x, if(key % 3 = 0, null, key // 1000000000000000) as k", ""),
            // Two rows of most groups overflow.
            ("count(*), sum(huge)", "key", ""),
            ("sum(huge + x * 0 - huge), sum(huge + 3)", "key", "x > 100"),
        ];
        for (select, by, predicate) in cases {
            let whole = ask(select, by, predicate, 1 << 30);
            let parts = ask(select, by, predicate, 12 << 20);
            match (&whole, &parts) {
                (Ok(whole), Ok(parts)) => {
                    assert_eq!(whole.row_count(), parts.row_count(), "{select} by {by}");
                    for row in 0..whole.row_count() {
                        assert_eq!(
                            format!("{:?}", whole.row(row)),
                            format!("{:?}", parts.row(row)),
                            "{select}: {row}"
                        );
                    }
                }
                (whole, parts) => assert_eq!(
                    whole.as_ref().err(),
                    parts.as_ref().err(),
                    "{select} by {by}: an error is the same"
                ),
            }
        }
        assert!(ask("sum(huge)", "key", "", 1 << 30).is_err());
    }

    #[test]
    fn no_budget_for_a_part_is_an_error() {
        let error = ask("sum(x)", "key", "", 1 << 14).unwrap_err();
        assert!(error.contains("memory"), "{error}");
    }
}
