//! The values of `in file('ids.npy')`: a table of one column, read once.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::path::Path;

use arrcalc_datasets::{DataType, Dataset};

use crate::answer;
use crate::error::Error;
use crate::execute::Scope;
use crate::expression::{Files, Scalar};
use crate::rows::read_rows;

/// Bytes that a value of a list takes, about.
const VALUE_BYTES: u64 = 64;

/// Tables on disk, opened when an expression names them.
pub(super) struct FileValues<'s> {
    scope: &'s Scope<'s>,
    /// The first file that could not be opened or read.
    fault: RefCell<Option<Error>>,
}

impl<'s> FileValues<'s> {
    pub(super) fn new(scope: &'s Scope<'s>) -> Self {
        Self { scope, fault: RefCell::new(None) }
    }

    /// What kept a file from being read, if that is why an expression that names it does not bind.
    pub(super) fn into_fault(self) -> Option<Error> {
        self.fault.into_inner()
    }

    fn read(&self, location: &str) -> crate::error::Result<(DataType, Vec<Scalar>)> {
        let dataset = Dataset::open(Path::new(location))?;
        let [field] = &*dataset.schema().fields else {
            let found = dataset.schema().fields.len();
            let reason = format!("{location}: in file(...) takes a table of one column, this has {found}");
            return Err(Error::Request { reason });
        };
        let bytes = dataset.row_count().saturating_mul(VALUE_BYTES);
        let _room = self.scope.budget().reserve("the values of in file(...)", bytes)?;
        let mut values = Vec::new();
        read_rows(&dataset, &[0], 0..dataset.row_count(), self.scope.control(), &mut |row| {
            values.push(value(&row[0]));
            ControlFlow::Continue(())
        })?;
        Ok((field.data_type.clone(), values))
    }
}

impl Files for FileValues<'_> {
    fn values(&self, location: &str) -> Result<(DataType, Vec<Scalar>), String> {
        self.read(location).map_err(|error| {
            let reason = error.to_string();
            // What is wrong with the question is told where it stands.
            if !matches!(error, Error::Request { .. }) {
                self.fault.borrow_mut().get_or_insert(error);
            }
            reason
        })
    }
}

/// A value of a column as expressions hold it.
fn value(scalar: &answer::Scalar) -> Scalar {
    match scalar {
        answer::Scalar::Bool(truth) => Scalar::Bool(*truth),
        answer::Scalar::Integer(integer) | answer::Scalar::Duration(integer, _) => Scalar::Integer(*integer),
        answer::Scalar::Date(ticks)
        | answer::Scalar::Time(ticks, _)
        | answer::Scalar::Timestamp(ticks, ..) => Scalar::Integer((*ticks).into()),
        answer::Scalar::Float64(float) => Scalar::Float(*float),
        answer::Scalar::Float32(float) => Scalar::Float((*float).into()),
        answer::Scalar::Decimal { unscaled, .. } => unscaled.parse().map_or(Scalar::Null, Scalar::Decimal),
        answer::Scalar::Text(text) => Scalar::Text(text.clone()),
        answer::Scalar::Null => Scalar::Null,
    }
}
