//! The group of each row: what strata and whole groups are made from.

use arrcalc_datasets::{DataType, Dataset, Layout};
use arrcalc_kernels::distinct::{HashValue, hash_bytes};

use super::keys::RowKeys;
use crate::answer::Scalar;
use crate::error::{Error, Result};
use crate::expression::suggest;
use crate::group::Keys;
use crate::{Pass, Scope};

/// What the memory is for, in messages.
const WHAT: &str = "the groups of a sample";

/// Rows by group; groups are numbered in the order of their keys, NaN and null last.
#[derive(Debug)]
pub(super) struct Groups {
    /// The group of each row.
    pub(super) of_row: Vec<u32>,
    /// Rows of each group.
    pub(super) sizes: Vec<u64>,
    /// The values of the key columns, group by group.
    values: Vec<Vec<Scalar>>,
}

impl Groups {
    /// The groups of equal values in `columns`.
    pub(super) fn read(scope: &Scope<'_>, dataset: &Dataset<'_>, columns: &[usize]) -> Result<Self> {
        let types: Vec<DataType> =
            columns.iter().map(|&index| dataset.schema().fields[index].data_type.clone()).collect();
        let pass = Pass { dataset, columns, layout: Layout::Together };
        let mut held = scope.budget().reserve(WHAT, 8 * dataset.row_count())?;
        let states = scope.pass(
            &pass,
            || Ok((Keys::new(&types), Vec::new())),
            |(keys, pieces), _, chunk| {
                let mut ids = Vec::new();
                keys.assign(scope.level(), chunk.row_count, &chunk.columns, &mut ids);
                pieces.push((chunk.first_row, ids));
                Ok(())
            },
        )?;
        let mut keys = Keys::new(&types);
        let mut pieces = Vec::new();
        for (theirs, some) in states {
            let numbers = keys.merge(&theirs);
            held.grow(WHAT, theirs.memory_bytes() as u64)?;
            pieces.extend(some.into_iter().map(|(first, mut ids): (u64, Vec<u32>)| {
                ids.iter_mut().for_each(|id| *id = numbers[*id as usize]);
                (first, ids)
            }));
        }
        pieces.sort_unstable_by_key(|(first, _)| *first);
        let order = keys.sorted();
        let mut ranks = vec![0u32; order.len()];
        (0u32..).zip(&order).for_each(|(rank, &id)| ranks[id as usize] = rank);
        let mut sizes = vec![0; order.len()];
        let mut of_row = Vec::with_capacity(dataset.row_count() as usize);
        for (_, ids) in pieces {
            of_row.extend(ids.into_iter().map(|id| ranks[id as usize]));
        }
        of_row.iter().for_each(|&group| sizes[group as usize] += 1);
        let value = |&id: &u32| (0..types.len()).map(|column| keys.key(column, id)).collect();
        Ok(Self { of_row, sizes, values: order.iter().map(value).collect() })
    }

    /// Groups in the order of their own keys, which are functions of the values: neither of rows nor of their number.
    ///
    /// The key of a group is word `h` of the stream jumped twice, `h` the 64-bit hash of its value; of several values the
    /// word of each is added to the hash of the next.
    pub(super) fn shuffled(&self, keys: RowKeys) -> Vec<u32> {
        let philox = keys.philox.jumped(2);
        let key = |values: &Vec<Scalar>| {
            values.iter().fold(0u64, |before, value| philox.at(before.wrapping_add(hash(value))))
        };
        let mut order: Vec<(u64, u32)> = self.values.iter().map(key).zip(0..).collect();
        order.sort_unstable();
        order.into_iter().map(|(_, group)| group).collect()
    }
}

/// The hash of a value, whatever type stores it.
fn hash(value: &Scalar) -> u64 {
    match value {
        Scalar::Bool(value) => i64::from(*value).hash(),
        Scalar::Integer(value) => match (i64::try_from(*value), u64::try_from(*value)) {
            (Ok(value), _) => value.hash(),
            (_, Ok(value)) => value.hash(),
            _ => hash_bytes(&value.to_be_bytes()),
        },
        Scalar::Float32(value) => f64::from(*value).hash(),
        Scalar::Float64(value) => value.hash(),
        Scalar::Date(ticks) | Scalar::Time(ticks, _) | Scalar::Timestamp(ticks, ..) => ticks.hash(),
        Scalar::Duration(ticks, _) => hash_bytes(&ticks.to_be_bytes()),
        Scalar::Text(text) => hash_bytes(text.as_bytes()),
        Scalar::Decimal { unscaled, .. } => hash_bytes(unscaled.as_bytes()),
        _ => 0x6e75_6c6c,
    }
}

/// Positions of the columns called `names`, which are to be computed with.
///
/// # Errors
/// [`Error::Request`] where there is no such column, or where it is of a type that is only shown.
pub(super) fn positions(dataset: &Dataset<'_>, names: &[String]) -> Result<Vec<usize>> {
    let schema = dataset.schema();
    let position = |name: &String| {
        let index = schema.index_of(name).ok_or_else(|| {
            let hint = suggest(name, schema.fields.iter().map(|field| field.name.as_str()));
            let hint = hint.map_or(String::new(), |hint| format!("; did you mean '{hint}'?"));
            Error::Request { reason: format!("there is no column '{name}'{hint}") }
        })?;
        if let DataType::Unsupported(found) = &schema.fields[index].data_type {
            let reason = format!("column '{name}' is {found}, which is not computed with");
            return Err(Error::Request { reason });
        }
        Ok(index)
    };
    names.iter().map(position).collect()
}

/// Positions of the columns that are written: those called `names`, or all.
///
/// # Errors
/// As [`positions`]; [`Error::Request`] for a column of a type that is only shown.
pub(super) fn written(dataset: &Dataset<'_>, names: Option<&[String]>) -> Result<Vec<usize>> {
    let Some(names) = names else {
        for field in &dataset.schema().fields {
            if let DataType::Unsupported(found) = &field.data_type {
                let reason = format!(
                    "column '{}' has type {found}, which is not read; leave it out with -c",
                    field.name
                );
                return Err(Error::Request { reason });
            }
        }
        return Ok((0..dataset.schema().fields.len()).collect());
    };
    positions(dataset, names)
}
