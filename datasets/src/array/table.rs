//! Arrays as tables (semantics.md, "npy/npz as tables"): a 0-d or 1-D array is one column, a 2-D array of at most
//! [`COLUMNS_MAX`] columns one column per index of its last axis, a structure one column per field, anything else one
//! column in C order.

use super::decode::Elements;
use super::dtype::Kind;
use super::storage::Storage;
use super::strided::Strided;
use super::view::ArrayView;

/// Columns that a 2-D array is read as; a wider one is flattened.
pub(crate) const COLUMNS_MAX: usize = 1_024;

/// A named column of an array.
#[derive(Clone, Debug)]
pub(crate) struct ArrayColumn<'a> {
    pub(crate) name: String,
    pub(crate) storage: Storage<'a>,
    pub(crate) elements: Elements,
}

/// The columns of one array.
#[derive(Clone, Debug)]
pub(crate) struct Table<'a> {
    pub(crate) columns: Vec<ArrayColumn<'a>>,
    pub(crate) row_count: usize,
    /// What `info` says of the shape.
    pub(crate) notes: Vec<String>,
}

impl<'a> Table<'a> {
    /// The table that `array` is; `stem` names a single column.
    pub(crate) fn of(array: &ArrayView<'a>, stem: &str) -> Self {
        let ArrayView { storage, dtype, start, shape, strides_bytes, is_flat } = array;
        let column = |name: String, element: &super::element::Element, strided| ArrayColumn {
            name,
            storage: storage.clone(),
            elements: Elements { element: element.clone(), strided },
        };
        let mut notes = Vec::new();
        let flattened = || vec![format!("flattened from {}", tuple(shape))];
        let columns: Vec<ArrayColumn<'a>> = match (&dtype.kind, shape.as_slice()) {
            (Kind::Structure(fields), _) => {
                if shape.len() > 1 {
                    notes = flattened();
                }
                fields
                    .iter()
                    .map(|(name, offset, element)| {
                        column(name.clone(), element, Strided::new(start + offset, shape, strides_bytes))
                    })
                    .collect()
            }
            (Kind::Scalar(element), &[rows, columns @ 1..=COLUMNS_MAX]) if !is_flat => {
                let row_stride = &strides_bytes[..1];
                (0..columns)
                    .map(|index| {
                        let first = start.wrapping_add_signed(strides_bytes[1].wrapping_mul(index as isize));
                        column(format!("c{index}"), element, Strided::new(first, &[rows], row_stride))
                    })
                    .collect()
            }
            (Kind::Scalar(element), _) => {
                if shape.len() > 1 && !is_flat {
                    notes = flattened();
                }
                vec![column(stem.into(), element, Strided::new(*start, shape, strides_bytes))]
            }
        };
        let row_count = columns.first().map_or(0, |column| column.elements.strided.len());
        Self { columns, row_count, notes }
    }
}

/// A shape as Python writes it.
pub(crate) fn tuple(shape: &[usize]) -> String {
    match shape {
        [one] => format!("({one},)"),
        many => format!("({})", many.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
