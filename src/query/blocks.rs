//! Rows on their way from a chunk to aggregates: cut into blocks that stay in the first-level cache, filtered, packed.

use arrcalc_datasets::{Chunk, Column, Values};
use arrcalc_kernels::{Bits, Level};

use crate::expression::{Bound, Evaluator, Packed, select};
use crate::plan::Clause;

use super::fault::Fallen;

/// A predicate over blocks.
pub(super) struct Filter {
    evaluator: Evaluator,
    clause: Clause,
    bits: Vec<u8>,
}

/// How many rows a predicate lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Chosen {
    All,
    None,
    /// That many, and not all.
    Some(usize),
}

impl Filter {
    /// `predicate`, which stands in `clause`, over chunks of `columns`.
    pub(super) fn new(predicate: &Bound, clause: Clause, columns: &[usize]) -> Self {
        let evaluator = Evaluator::new(std::slice::from_ref(predicate), columns);
        Self { evaluator, clause, bits: Vec::new() }
    }

    /// Which rows of `block` are chosen, of those in `selected`; [`Filter::bits`] tells them.
    pub(super) fn choose(
        &mut self,
        level: Level,
        block: &Chunk<'_>,
        selected: Option<Bits<'_>>,
    ) -> Result<Chosen, Fallen> {
        let found = self.evaluator.evaluate(level, block, selected).map_err(Fallen::of(self.clause))?;
        self.bits.resize(block.row_count.div_ceil(8), 0);
        let mut count = select(level, &found[0], &mut self.bits);
        if let Some(selected) = selected {
            count = 0;
            for (index, bytes) in self.bits.chunks_mut(8).enumerate() {
                let mut word = [0; 8];
                word[..bytes.len()].copy_from_slice(bytes);
                let both = u64::from_le_bytes(word) & selected.word(64 * index);
                count += both.count_ones() as usize;
                bytes.copy_from_slice(&both.to_le_bytes()[..bytes.len()]);
            }
        }
        Ok(match count {
            0 => Chosen::None,
            all if all == block.row_count => Chosen::All,
            some => Chosen::Some(some),
        })
    }

    /// The rows chosen last, of `rows` rows.
    pub(super) fn bits(&self, rows: usize) -> Bits<'_> {
        Bits::new(&self.bits, 0, rows)
    }
}

/// The rows of a block that count.
pub(super) struct Rows<'r> {
    /// All rows of the block, where they stand.
    pub(super) block: &'r Chunk<'r>,
    /// Which of them count; `None`: all.
    pub(super) selected: Option<Bits<'r>>,
    /// Those that count, side by side.
    pub(super) dense: &'r Chunk<'r>,
}

impl Rows<'_> {
    /// `fallen` in a dense row as one in a row of the block.
    pub(super) fn placed(&self, fallen: Fallen) -> Fallen {
        let row = self.selected.map_or(fallen.row, |bits| nth_set(&bits, fallen.row));
        fallen.at(row)
    }
}

/// Position of set bit number `index`; the end where there are not that many.
pub(super) fn nth_set(bits: &Bits<'_>, index: usize) -> usize {
    (0..bits.len()).filter(|&at| bits.get(at)).nth(index).unwrap_or(bits.len())
}

/// Cuts chunks into blocks and lets a predicate choose rows.
pub(super) struct Blocks {
    filter: Option<Filter>,
    packs: Packs,
    /// Rows of a block at most.
    rows: usize,
}

impl Blocks {
    /// Rows of chunks of `columns` for which `predicate` is true, in blocks of at most `rows`. Of the rows that are
    /// chosen, only the columns `used` have values.
    pub(super) fn new(predicate: Option<&Bound>, columns: &[usize], used: &[usize], rows: usize) -> Self {
        let filter = predicate.map(|predicate| Filter::new(predicate, Clause::Where, columns));
        Self { filter, packs: Packs::new(columns, used), rows }
    }

    /// Hands the rows of `chunk` to `consume`, block by block, in order. Faults name rows of the block; the one that
    /// comes back names a row of the chunk, and no row before it has one.
    pub(super) fn visit(
        &mut self,
        level: Level,
        chunk: &Chunk<'_>,
        consume: &mut dyn FnMut(&Rows<'_>) -> Result<(), Fallen>,
    ) -> Result<(), Fallen> {
        let mut start = 0;
        while start < chunk.row_count {
            let rows = self.rows.min(chunk.row_count - start);
            self.block(level, &cut(chunk, start, rows), consume).map_err(|fallen| {
                let row = start + fallen.row;
                fallen.at(row)
            })?;
            start += rows;
        }
        Ok(())
    }

    fn block(
        &mut self,
        level: Level,
        block: &Chunk<'_>,
        consume: &mut dyn FnMut(&Rows<'_>) -> Result<(), Fallen>,
    ) -> Result<(), Fallen> {
        match self.attempt(level, block, consume) {
            // What comes first in the block need not come first in the work: the rows before are asked again.
            Err(fallen) if fallen.row > 0 => match self.block(level, &cut(block, 0, fallen.row), consume) {
                Err(lower) => Err(lower),
                Ok(()) => Err(fallen),
            },
            done => done,
        }
    }

    fn attempt(
        &mut self,
        level: Level,
        block: &Chunk<'_>,
        consume: &mut dyn FnMut(&Rows<'_>) -> Result<(), Fallen>,
    ) -> Result<(), Fallen> {
        let Some(filter) = &mut self.filter else {
            return consume(&Rows { block, selected: None, dense: block });
        };
        match filter.choose(level, block, None)? {
            Chosen::None => Ok(()),
            Chosen::All => consume(&Rows { block, selected: None, dense: block }),
            Chosen::Some(count) => {
                let bits = filter.bits(block.row_count);
                self.packs.lend(level, block, (bits, count), |dense| {
                    consume(&Rows { block, selected: Some(bits), dense })
                })
            }
        }
    }
}

/// Rows `start..start + rows` of `chunk`.
pub(super) fn cut<'c>(chunk: &Chunk<'c>, start: usize, rows: usize) -> Chunk<'c> {
    let columns = chunk.columns.iter().map(|column| column.slice(start..start + rows)).collect();
    Chunk { first_row: chunk.first_row + start as u64, row_count: rows, columns }
}

/// Buffers for chosen rows, kept from block to block.
pub(super) struct Packs {
    /// By position in a chunk; `None`: nobody reads the column.
    buffers: Vec<Option<Packed<'static>>>,
}

impl Packs {
    /// Buffers for chunks of `columns`, of which `used` are read.
    pub(super) fn new(columns: &[usize], used: &[usize]) -> Self {
        let buffer = |column| used.contains(column).then(Packed::new);
        Self { buffers: columns.iter().map(buffer).collect() }
    }

    /// Lends the rows of `chunk` that bits choose, that many, side by side; columns that nobody reads are all null.
    pub(super) fn lend<R>(
        &mut self,
        level: Level,
        chunk: &Chunk<'_>,
        (bits, row_count): (Bits<'_>, usize),
        body: impl FnOnce(&Chunk<'_>) -> R,
    ) -> R {
        let buffers = std::mem::take(&mut self.buffers);
        // Text is borrowed from the chunk: while they hold some, the buffers live no longer than it.
        let (result, buffers) = packed(level, chunk, bits, row_count, buffers, body);
        self.buffers = buffers;
        result
    }
}

fn packed<'c, R>(
    level: Level,
    chunk: &Chunk<'c>,
    bits: Bits<'_>,
    row_count: usize,
    buffers: Vec<Option<Packed<'static>>>,
    body: impl FnOnce(&Chunk<'_>) -> R,
) -> (R, Vec<Option<Packed<'static>>>) {
    let mut buffers: Vec<Option<Packed<'c>>> = buffers;
    let columns = chunk.columns.iter().zip(&mut buffers).map(|(column, buffer)| match buffer {
        Some(buffer) => buffer.pack(level, column, bits),
        None => Column { values: Values::Null(row_count), validity: None },
    });
    let columns = columns.collect();
    let result = body(&Chunk { first_row: chunk.first_row, row_count, columns });
    (result, buffers.into_iter().map(|buffer| buffer.map(Packed::emptied)).collect())
}

/// `columns` with nulls in the rows that `selected` leaves out; `scratch` holds their bits.
pub(super) fn masked<'m>(
    columns: &[Column<'m>],
    selected: Bits<'_>,
    scratch: &'m mut Vec<u8>,
) -> Vec<Column<'m>> {
    let rows = selected.len();
    let bytes = rows.div_ceil(64) * 8;
    scratch.clear();
    for column in columns {
        for start in (0..rows).step_by(64) {
            let valid = column.validity.map_or(u64::MAX, |bits| bits.word(start));
            scratch.extend_from_slice(&(valid & selected.word(start)).to_le_bytes());
        }
    }
    let scratch: &'m [u8] = scratch;
    let mask = |index: usize| Bits::new(&scratch[index * bytes..], 0, rows);
    (columns.iter().enumerate())
        .map(|(index, column)| Column { values: column.values, validity: Some(mask(index)) })
        .collect()
}
