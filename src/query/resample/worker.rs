//! One thread's work on a pass for many replicates.

use arrcalc_datasets::Chunk;
use arrcalc_kernels::resample::BLOCK;
use arrcalc_kernels::{Bits, Level};

use crate::aggregate::{Kind, State};
use crate::plan::Plan;
use crate::query::blocks::{Blocks, Packs, Rows};
use crate::query::fault::Fallen;
use crate::query::streams::{Arguments, Stream, streams};

use super::Weights;
use super::sums::{Features, Sums};

/// The states of one aggregate, a replicate each.
pub(super) enum Bank {
    /// Those that are sums of powers of one column, of this kind and degree.
    Sums(Kind, usize, Vec<Sums>),
    /// Any others; `None`: it has its answer.
    States(Vec<Option<Box<dyn State>>>),
}

impl Bank {
    fn copy(&self) -> Self {
        match self {
            Bank::Sums(kind, degree, sums) => Bank::Sums(*kind, *degree, sums.clone()),
            Bank::States(states) => Bank::States(
                states.iter().map(|state| state.as_ref().map(|state| state.boxed_clone())).collect(),
            ),
        }
    }

    /// Takes in what the same bank of another thread has seen.
    pub(super) fn merge(&mut self, other: &Bank) {
        match (self, other) {
            (Bank::Sums(_, _, mine), Bank::Sums(_, _, theirs)) => {
                mine.iter_mut().zip(theirs).for_each(|(mine, theirs)| mine.merge(theirs));
            }
            (Bank::States(mine), Bank::States(theirs)) => {
                for (mine, theirs) in mine.iter_mut().zip(theirs) {
                    if let (Some(mine), Some(theirs)) = (mine, theirs) {
                        mine.merge(&**theirs);
                    }
                }
            }
            _ => {}
        }
    }
}

/// One thread's work.
pub(super) struct Worker<'w> {
    weights: &'w [Weights],
    blocks: Blocks,
    streams: Vec<Stream>,
    /// A bank each aggregate; `None`: all its replicates have their answers.
    pub(super) banks: Vec<Option<Bank>>,
    /// Rows that count in each replicate.
    pub(super) rows: Vec<u64>,
    /// Weights of the rows of a block, replicate by replicate, where states take them one after the other.
    table: Vec<u8>,
    features: Features,
    places: Vec<u16>,
    packs: Vec<Packs>,
    bits: Vec<u8>,
}

impl<'w> Worker<'w> {
    pub(super) fn new(
        plan: &Plan,
        columns: &[usize],
        weights: &'w [Weights],
        banks: &[Option<Bank>],
    ) -> Self {
        let wanted: Vec<usize> = (0..banks.len()).filter(|&call| banks[call].is_some()).collect();
        let has_states = banks.iter().any(|bank| matches!(bank, Some(Bank::States(_))));
        let packs = plan.aggregates.iter().map(|one| {
            let arguments: Vec<usize> = (0..one.arguments.len()).collect();
            Packs::new(&arguments, &arguments)
        });
        Self {
            weights,
            blocks: Blocks::new(plan.predicate.as_ref(), columns, &plan.used_columns(), BLOCK),
            streams: streams(&plan.aggregates, &wanted, columns, |one| one.call.is_positioned()),
            banks: banks.iter().map(|bank| bank.as_ref().map(Bank::copy)).collect(),
            rows: vec![0; weights.len()],
            table: vec![0; if has_states { weights.len() * BLOCK } else { 0 }],
            features: Features::default(),
            places: Vec::new(),
            packs: packs.collect(),
            bits: Vec::new(),
        }
    }

    pub(super) fn update(&mut self, level: Level, chunk: &Chunk<'_>) -> Result<(), Fallen> {
        let Self { weights, blocks, streams, banks, rows: counted, table, features, places, packs, bits } =
            self;
        blocks.visit(level, chunk, &mut |rows| {
            let block = rows.block;
            features.clear();
            for (weights, out) in weights.iter().zip(table.chunks_exact_mut(BLOCK)) {
                weights.fill(level, block.first_row, &mut out[..block.row_count]);
            }
            for stream in streams.iter_mut() {
                stream.update(level, rows, &mut |arguments| {
                    locate(rows, arguments.chosen, places);
                    match &mut banks[arguments.call] {
                        None => {}
                        Some(Bank::Sums(kind, degree, _)) => {
                            let call = (arguments.call, *kind, *degree);
                            features.push(level, call, &arguments.columns[0], places, block.row_count);
                        }
                        Some(Bank::States(states)) => {
                            let packs = &mut packs[arguments.call];
                            for (state, weights) in states.iter_mut().zip(table.chunks_exact(BLOCK)) {
                                if let Some(state) = state {
                                    repeat(level, &arguments, (places, weights), (packs, bits), &mut **state);
                                }
                            }
                        }
                    }
                    Ok(())
                })?;
            }
            let mut fresh = [0; BLOCK];
            for (replicate, weights) in weights.iter().enumerate() {
                let weights = match table.chunks_exact(BLOCK).nth(replicate) {
                    Some(weights) => &weights[..block.row_count],
                    None => {
                        weights.fill(level, block.first_row, &mut fresh[..block.row_count]);
                        &fresh[..block.row_count]
                    }
                };
                counted[replicate] += match rows.selected {
                    None => weights.iter().map(|&weight| u64::from(weight)).sum::<u64>(),
                    Some(selected) => (0..block.row_count)
                        .filter(|&row| selected.get(row))
                        .map(|row| u64::from(weights[row]))
                        .sum(),
                };
                if !features.is_empty() {
                    features.weigh(level, weights, banks, replicate);
                }
            }
            Ok(())
        })
    }
}

/// The rows of the block that the rows of an argument are.
fn locate(rows: &Rows<'_>, chosen: Option<Bits<'_>>, places: &mut Vec<u16>) {
    places.clear();
    places.extend(
        (0..rows.block.row_count as u16)
            .filter(|&row| rows.selected.is_none_or(|bits| bits.get(usize::from(row)))),
    );
    if let Some(chosen) = chosen {
        let mut index = 0;
        places.retain(|_| {
            index += 1;
            chosen.get(index - 1)
        });
    }
}

/// Hands each row of `arguments`, which stand at `places`, to `state` as often as `weights` say.
fn repeat(
    level: Level,
    arguments: &Arguments<'_, '_>,
    (places, weights): (&[u16], &[u8]),
    (packs, bits): (&mut Packs, &mut Vec<u8>),
    state: &mut dyn State,
) {
    let weight = |index: usize| weights[usize::from(places[index])];
    let rows = places.len();
    let most = (0..rows).map(weight).max().unwrap_or(0);
    let chunk = Chunk { first_row: 0, row_count: rows, columns: arguments.columns.to_vec() };
    // Those taken at least once, those taken at least twice, ...: an order of states does not matter.
    for times in 1..=most {
        bits.clear();
        bits.resize(rows.div_ceil(8), 0);
        let mut count = 0;
        for index in 0..rows {
            let is_taken = weight(index) >= times;
            bits[index / 8] |= u8::from(is_taken) << (index % 8);
            count += usize::from(is_taken);
        }
        if count == rows {
            state.update(level, &chunk);
        } else {
            packs.lend(level, &chunk, (Bits::new(bits, 0, rows), count), |taken| state.update(level, taken));
        }
    }
}
