//! Weights: exponential keys for sampling without replacement, cumulative sums for sampling with it.
//!
//! Source: Efraimidis and Spirakis, "Weighted random sampling with a reservoir" (IPL 97, 2006), in the form of exponential
//! variates: the `n` least of `-ln(1 - u) / w` are a weighted sample. `1 - u` instead of their `u` keeps the order of the
//! rows' keys, so that equal weights give the sample that no weights give.

use arrcalc_datasets::{Chunk, Column, DataType, Dataset, Layout, Values, text};
use arrcalc_kernels::elementary::{Function, apply};
use arrcalc_kernels::random::fill_doubles;
use arrcalc_kernels::window::Missing;

use super::keys::RowKeys;
use crate::error::{Error, Result};
use crate::order::{Side, SortKey, first_rows, search};
use crate::window::cumulative_sum;
use crate::{Pass, Scope};

/// What the memory is for, in messages.
const WHAT: &str = "the weights of a sample";
/// Rows of a piece of work.
const PIECE_ROWS: usize = 1 << 14;

/// The weights in column `column` of `dataset`, as doubles.
///
/// # Errors
/// [`Error::Request`] for a column that is no number, and for the first weight that is null, NaN, infinite or negative.
pub(super) fn read_weights(scope: &Scope<'_>, dataset: &Dataset<'_>, column: usize) -> Result<Vec<f64>> {
    let field = &dataset.schema().fields[column];
    let pass = Pass { dataset, columns: &[column], layout: Layout::Together };
    if !is_number(&field.data_type) {
        let reason = format!("weights are numbers, and column '{}' is {}", field.name, field.data_type);
        return Err(Error::Request { reason });
    }
    let _held = scope.budget().reserve(WHAT, 8 * dataset.row_count())?;
    let states = scope.pass(
        &pass,
        || Ok(Vec::new()),
        |pieces: &mut Vec<(u64, Vec<f64>)>, _, chunk: &Chunk<'_>| {
            pieces.push((chunk.first_row, doubles(&chunk.columns[0])));
            Ok(())
        },
    )?;
    let mut pieces: Vec<_> = states.into_iter().flatten().collect();
    pieces.sort_unstable_by_key(|(first, _)| *first);
    let weights: Vec<f64> = pieces.into_iter().flat_map(|(_, weights)| weights).collect();
    check_weights(&field.name, &weights)?;
    Ok(weights)
}

/// # Errors
/// [`Error::Request`] for the first that is not a finite number of at least 0.
pub(super) fn check_weights(name: &str, weights: &[f64]) -> Result<()> {
    let Some(row) = weights.iter().position(|weight| !(0.0..f64::INFINITY).contains(weight)) else {
        return Ok(());
    };
    let found = weights[row];
    let found = if found.is_nan() { "NaN or null".to_owned() } else { found.to_string() };
    let reason = format!(
        "weights '{name}', row {row}: {found}; a weight is a finite number of at least 0, and 0 means never"
    );
    Err(Error::Request { reason })
}

/// The `count` rows of the least (exponential key, row), in that order; rows of weight 0 are never among them.
pub(super) fn weighted_rows(
    scope: &Scope<'_>,
    keys: RowKeys,
    weights: &[f64],
    count: u64,
) -> Result<Vec<u64>> {
    let positive = weights.iter().filter(|&&weight| weight > 0.0).count() as u64;
    if count > positive {
        let reason = format!(
            "{count} rows are asked for, and {positive} have a weight above 0; ask for fewer, or sample with replacement"
        );
        return Err(Error::Request { reason });
    }
    let _held = scope.budget().reserve(WHAT, 8 * weights.len() as u64)?;
    let mut found = vec![0.0; weights.len()];
    let pieces = found.chunks_mut(PIECE_ROWS).zip(weights.chunks(PIECE_ROWS));
    let pieces: Vec<_> = pieces.map(|piece| std::sync::Mutex::new(Some(piece))).collect();
    scope.fold(
        pieces.len(),
        || (vec![0; PIECE_ROWS], vec![0.0; PIECE_ROWS]),
        |(words, shares), piece| {
            let taken = pieces[piece].lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
            let Some((found, weights)) = taken else { return Ok(()) };
            let (words, shares) = (&mut words[..found.len()], &mut shares[..found.len()]);
            keys.fill(scope.level(), (piece * PIECE_ROWS) as u64, words);
            shares.iter_mut().zip(words.iter()).for_each(|(share, &word)| *share = -uniform(word));
            apply(scope.level(), Function::Log1p, shares, found);
            for (key, &weight) in found.iter_mut().zip(weights) {
                // NaN stands last, so that what never comes is behind what comes late.
                *key = if weight > 0.0 { -*key / weight } else { f64::NAN };
            }
            Ok(())
        },
    )?;
    drop(pieces);
    let column = Column { values: Values::Float64(&found), validity: None };
    first_rows(scope, &[SortKey::ascending(column)], found.len(), count as usize)
}

/// A key as a number in (0, 1).
fn uniform(word: u64) -> f64 {
    ((word | 1) as f64 * (1.0 / 18_446_744_073_709_551_616.0)).min(1.0 - f64::EPSILON / 2.0)
}

/// `count` draws with replacement: draw `j` is the first row whose cumulative weight, rounded once from the exact sum, is
/// above double `j` of the stream times the total.
pub(super) fn weighted_draws(
    scope: &Scope<'_>,
    keys: RowKeys,
    weights: &[f64],
    count: usize,
) -> Result<Vec<u64>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let _held = scope.budget().reserve(WHAT, 8 * (weights.len() + 2 * count) as u64)?;
    let mut sums = vec![0.0; weights.len()];
    cumulative_sum(scope, Missing::Nothing, weights, &mut sums)?;
    let total = sums.last().copied().unwrap_or(0.0);
    if !(total > 0.0 && total.is_finite()) {
        let reason = format!("the weights' sum is {total}; it has to be a finite number above 0");
        return Err(Error::Request { reason });
    }
    let mut draws = vec![0.0; count];
    fill_doubles(scope.level(), &keys.philox.jumped(1), 0, &mut draws);
    draws.iter_mut().for_each(|draw| *draw *= total);
    let mut rows = vec![0; count];
    search(scope, Values::Float64(&sums), Values::Float64(&draws), Side::Right, &mut rows)?;
    Ok(rows)
}

fn is_number(data_type: &DataType) -> bool {
    use DataType::*;
    matches!(
        data_type,
        Bool | Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64 | Float16 | Float32 | Float64
    )
}

/// Nulls as NaN.
fn doubles(column: &Column<'_>) -> Vec<f64> {
    macro_rules! wide {
        ($values:expr) => {
            $values.iter().map(|&value| f64::from(value)).collect()
        };
    }
    let mut doubles: Vec<f64> = match column.values {
        Values::Bool(bits) => (0..bits.len()).map(|row| f64::from(u8::from(bits.get(row)))).collect(),
        Values::Int8(values) => wide!(values),
        Values::Int16(values) => wide!(values),
        Values::Int32(values) => wide!(values),
        Values::Int64(values) => values.iter().map(|&value| value as f64).collect(),
        Values::UInt8(values) => wide!(values),
        Values::UInt16(values) => wide!(values),
        Values::UInt32(values) => wide!(values),
        Values::UInt64(values) => values.iter().map(|&value| value as f64).collect(),
        Values::Float16(values) => wide!(values),
        Values::Float32(values) => wide!(values),
        Values::Float64(values) => values.to_vec(),
        _ => vec![f64::NAN; column.values.len()],
    };
    if column.validity.is_some() {
        let nulls = (0..doubles.len()).filter(|&row| text::is_null(column, row));
        nulls.collect::<Vec<_>>().into_iter().for_each(|row| doubles[row] = f64::NAN);
    }
    doubles
}
