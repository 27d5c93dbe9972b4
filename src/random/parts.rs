//! The part of each row of a split.

use super::groups::{Groups, positions};
use super::keys::{Cut, RowKeys};
use super::permutation::permutation;
use super::split::{Split, SplitRule};
use crate::Scope;
use crate::error::{Error, Result};

/// What the memory is for, in messages.
const WHAT: &str = "the parts of a split";

/// Parts of rows.
#[derive(Debug)]
pub(super) struct Assignment {
    /// Rows of each part.
    pub(super) sizes: Vec<u64>,
    rule: Rule,
}

#[derive(Debug)]
enum Rule {
    /// Part `i` ends before cut `i` of the order of keys.
    Cuts(RowKeys, Vec<Cut>),
    /// One for each row.
    Listed(Vec<u32>),
}

impl Assignment {
    pub(super) fn new(scope: &Scope<'_>, split: &Split<'_>) -> Result<Self> {
        let dataset = &*split.input;
        let rows = dataset.row_count();
        let keys = RowKeys::new(split.seed);
        check(split.rule)?;
        match (split.groups.is_empty(), split.strata.is_empty()) {
            (true, true) => {
                refuse_empty_folds(split.rule, rows, "rows")?;
                let mut ends = bounds(split.rule, rows);
                let cuts = keys.cuts(scope, rows, &ends)?;
                ends.push(rows);
                let starts = std::iter::once(0).chain(ends.iter().copied());
                let sizes = starts.zip(&ends).map(|(start, end)| end - start).collect();
                Ok(Self { sizes, rule: Rule::Cuts(keys, cuts) })
            }
            (false, true) => {
                let groups = Groups::read(scope, dataset, &positions(dataset, &split.groups)?)?;
                let count = groups.sizes.len() as u64;
                refuse_empty_folds(split.rule, count, "groups")?;
                let ends = bounds(split.rule, count);
                let mut part_of_group = vec![0; groups.sizes.len()];
                for (rank, group) in (0u64..).zip(groups.shuffled(keys)) {
                    part_of_group[group as usize] = ends.partition_point(|&end| end <= rank) as u32;
                }
                let mut parts = groups.of_row;
                parts.iter_mut().for_each(|part| *part = part_of_group[*part as usize]);
                Ok(Self::listed(parts, ends.len() + 1))
            }
            (true, false) => {
                refuse_empty_folds(split.rule, rows, "rows")?;
                let groups = Groups::read(scope, dataset, &positions(dataset, &split.strata)?)?;
                let _held = scope.budget().reserve(WHAT, 12 * rows)?;
                let mut order = vec![0u64; rows as usize];
                permutation(scope, split.seed, &mut order)?;
                // Where the next row of each stratum stands in the line of all.
                let mut next = 0;
                let mut places: Vec<u64> = (groups.sizes.iter())
                    .map(|size| {
                        next += size;
                        next - size
                    })
                    .collect();
                let mut parts = vec![0; rows as usize];
                for row in order {
                    let place = &mut places[groups.of_row[row as usize] as usize];
                    parts[row as usize] = dealt(split.rule, rows, *place);
                    *place += 1;
                }
                Ok(Self::listed(parts, bounds(split.rule, rows).len() + 1))
            }
            (false, false) => Err(Error::Request {
                reason: "parts keep groups together or are stratified, not both; leave one of them out"
                    .into(),
            }),
        }
    }

    fn listed(parts: Vec<u32>, count: usize) -> Self {
        let mut sizes = vec![0; count];
        parts.iter().for_each(|&part| sizes[part as usize] += 1);
        Self { sizes, rule: Rule::Listed(parts) }
    }

    /// Replaces `parts` by those of `count` rows from `first` on.
    pub(super) fn parts(&self, scope: &Scope<'_>, first: u64, count: usize, parts: &mut Vec<u32>) {
        parts.clear();
        match &self.rule {
            Rule::Listed(all) => parts.extend_from_slice(&all[first as usize..first as usize + count]),
            Rule::Cuts(keys, cuts) => {
                let mut words = vec![0; count];
                keys.fill(scope.level(), first, &mut words);
                parts.extend(
                    (first..)
                        .zip(words)
                        .map(|(row, key)| cuts.partition_point(|cut| !cut.is_after(key, row)) as u32),
                );
            }
        }
    }
}

fn check(rule: SplitRule) -> Result<()> {
    let reason = match rule {
        SplitRule::Test(fraction) if !(0.0..=1.0).contains(&fraction) => {
            format!("a test part of {fraction}; its share has to be a number from 0 to 1")
        }
        SplitRule::Folds(folds) if !(2..=1 << 16).contains(&folds) => {
            format!("{folds} folds; there have to be from 2 to 65536")
        }
        _ => return Ok(()),
    };
    Err(Error::Request { reason })
}

fn refuse_empty_folds(rule: SplitRule, count: u64, what: &str) -> Result<()> {
    match rule {
        SplitRule::Folds(folds) if folds > count => {
            let reason = format!("{folds} folds of {count} {what}: some would be empty; ask for fewer");
            Err(Error::Request { reason })
        }
        _ => Ok(()),
    }
}

/// Ranks at which the parts but the last end, of `count` in a line.
fn bounds(rule: SplitRule, count: u64) -> Vec<u64> {
    match rule {
        SplitRule::Test(fraction) => vec![test_count(fraction, count)],
        SplitRule::Folds(folds) => {
            let end = |fold: u64| (u128::from(fold) * u128::from(count)).div_ceil(folds.into()) as u64;
            (1..folds).map(end).collect()
        }
    }
}

fn test_count(fraction: f64, count: u64) -> u64 {
    ((fraction * count as f64).round() as u64).min(count)
}

/// The part of row `place` of a line of `rows`, dealt in turn.
fn dealt(rule: SplitRule, rows: u64, place: u64) -> u32 {
    match rule {
        SplitRule::Folds(folds) => (place % folds) as u32,
        SplitRule::Test(fraction) => {
            let test = u128::from(test_count(fraction, rows));
            u32::from(u128::from(place) * test % u128::from(rows) >= test)
        }
    }
}
