//! `evaluate`: expressions over NumPy arrays.

use arrcalc::aggregate::Call;
use arrcalc::answer::{Scalar, Table};
use arrcalc::datasets::{DataType, Dataset};
use arrcalc::expression::{ExprKind, parse_expression, render};
use arrcalc::{Error, Query, QueryText};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};

use crate::arguments;
use crate::array::{Array, numpy};
use crate::columns;
use crate::dataset::policy;
use crate::errors::Failure;
use crate::numbers::array_of;
use crate::statistic::{Answer, undefined};
use crate::threads;
use crate::values::{element, result};

/// The value of an expression over arrays, in one pass and without temporary arrays.
///
/// With aggregates (`sum(x * y) / count(x)`) it is a scalar, exact inside and rounded once; without them an array of the
/// shape to which the variables broadcast, computed operation by operation as IEEE 754 says. Syntax and functions are
/// those of queries: `**`, `//` and `%` as in Python, `and`, `or`, `not`, `if(c, a, b)`, `sqrt(x)`; `=` and `==` are the
/// same. Integers are computed in int64 (in uint64 where the operands are unsigned and 64 bits wide), floats in the type that
/// NumPy gives them.
///
/// Variables are keywords, or the entries of a mapping; where neither is given, those of the calling function. Integer
/// overflow is an error; what is null (an integer divided by zero) is masked, or NaN among floats. `cumsum`, `lag`, `diff`,
/// `move_mean` and the like run over the elements in C order. Functions are those of queries in their defaults, too: `var`,
/// `std` and `cov` divide by n - 1 (`var_pop` and `std_pop` by n, as `arrcalc.var`), and what has no value, such as the mean
/// of nothing, is NaN or None. An expression that is no more than `min(...)`, `max(...)`, `argmin(...)` or `argmax(...)`
/// raises for no elements, as those functions do.
///
/// >>> import arrcalc, numpy as np
/// >>> x, y = np.array([1e100, 1.0, -1e100]), np.array([1.0, 3.0, 1.0])
/// >>> arrcalc.evaluate("sum(x * y)", x=x, y=y)
/// np.float64(3.0)
/// >>> arrcalc.evaluate("2 * y - 1", {"y": y})
/// array([1., 5., 1.])
/// >>> arrcalc.evaluate("diff(y) + move_sum(y, 2)", y=y)
/// array([nan,  6.,  2.])
#[pyfunction]
#[pyo3(signature = (expression, variables=None, *, nan="propagate", threads=None, **arrays))]
pub(crate) fn evaluate<'py>(
    py: Python<'py>,
    #[pyo3(from_py_with = arguments::expression)] expression: &str,
    variables: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::nan)] nan: &str,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    arrays: Option<&Bound<'py, PyDict>>,
) -> Answer<'py> {
    let parsed = threads::guarded(|| {
        parse_expression(expression).map_err(|error| Failure::Input(render(expression, &error)))
    })?;
    let is_aggregate =
        parsed.any(&|part| matches!(&part.kind, ExprKind::Call { name, .. } if Call::is_aggregate(name)));
    let names = parsed.column_names();
    if names.is_empty() {
        return Err(Failure::Input("the expression names no variable".into()));
    }
    if let Some(arrays) = arrays {
        no_others(&names, arrays, expression)?;
    }
    let (shape, values) = broadcast(py, &variables_of(py, &names, variables, arrays)?)?;
    let mut held = Vec::with_capacity(names.len());
    for (name, value) in names.iter().zip(&values) {
        held.push(((*name).to_owned(), Array::of(value)?));
    }
    let text = QueryText { select: expression.to_owned(), nan: policy(nan)?, ..QueryText::default() };
    let engine = threads::engine(threads)?;
    let bytes = held.iter().map(|(_, array)| array.byte_count()).sum();
    let answer = threads::run(py, bytes, |control| {
        let views = held.iter().map(|(name, array)| Ok((name.clone(), array.view()?.flatten())));
        let dataset = Dataset::from_arrays(views.collect::<Result<Vec<_>, Failure>>()?)?;
        let query = Query::parse(&dataset, &text).map_err(without_clause)?;
        Ok(engine.run_with(&query, control).map_err(without_clause)?)
    })?;
    if answer.fields().len() != 1 {
        return Err(Failure::Input("the expression has several values; evaluate one at a time".into()));
    }
    if is_aggregate {
        if let ExprKind::Call { name, .. } = &parsed.kind
            && matches!(name.as_str(), "min" | "max" | "argmin" | "argmax")
            && held.iter().all(|(_, array)| array.len() == 0)
        {
            return Err(Failure::Input(format!("{name} of an empty array")));
        }
        return scalar(py, &answer);
    }
    Ok(columns::array(py, &answer, 0)?.call_method1("reshape", (shape,))?)
}

/// An expression is all of its text: which clause of a query it became is nothing to its reader.
fn without_clause(error: Error) -> Error {
    match error {
        Error::Request { reason } => {
            Error::Request { reason: reason.strip_prefix("select: ").unwrap_or(&reason).to_owned() }
        }
        other => other,
    }
}

/// The only value of `answer`: NumPy's scalar for floats, Python's own value else.
fn scalar<'py>(py: Python<'py>, answer: &Table) -> Answer<'py> {
    let value = answer.value(0, 0);
    let data_type = &answer.fields()[0].data_type;
    if value == Scalar::Null && data_type.is_float() {
        return Ok(undefined(py, *data_type != DataType::Float64)?);
    }
    if *data_type == DataType::Float16 {
        return Ok(element(py, &value, (b'f', 2))?);
    }
    Ok(result(py, &value)?)
}

/// Every keyword is a variable of the expression: another one is a slip of the pen, or an option that is not there.
fn no_others(names: &[&str], arrays: &Bound<'_, PyDict>, expression: &str) -> Result<(), Failure> {
    let given = arrays.keys().extract::<Vec<String>>()?;
    let others: Vec<String> = given.into_iter().filter(|name| !names.contains(&name.as_str())).collect();
    if others.is_empty() {
        return Ok(());
    }
    Err(Failure::Input(format!("no variable of '{expression}' is called {}", others.join(", "))))
}

/// What `names` stand for.
fn variables_of<'py>(
    py: Python<'py>,
    names: &[&str],
    variables: Option<&Bound<'py, PyAny>>,
    arrays: Option<&Bound<'py, PyDict>>,
) -> Result<Vec<Bound<'py, PyAny>>, Failure> {
    let mut places: Vec<Bound<'py, PyAny>> = Vec::new();
    places.extend(arrays.map(|arrays| arrays.clone().into_any()));
    places.extend(variables.cloned());
    if places.is_empty() {
        // Compiled functions have no frame of their own: the first is the caller's.
        let frame = py.import("sys")?.call_method0("_getframe")?;
        places.extend([frame.getattr("f_locals")?, frame.getattr("f_globals")?]);
    }
    let find = |&name: &&str| {
        for place in &places {
            if place.contains(name)? {
                return Ok(place.get_item(name)?);
            }
        }
        Err(Failure::Input(format!("no variable is called '{name}'; pass it as {name}=...")))
    };
    names.iter().map(find).collect()
}

/// The values in one shape, and that shape; nothing is copied.
fn broadcast<'py>(
    py: Python<'py>,
    values: &[Bound<'py, PyAny>],
) -> Result<(Bound<'py, PyAny>, Vec<Bound<'py, PyAny>>), Failure> {
    let numpy = numpy(py)?;
    let is_masked = numpy.getattr("ma")?.getattr("isMaskedArray")?;
    let mut arrays = Vec::with_capacity(values.len());
    for value in values {
        // A masked array is refused with what to do about it, and not read as if there were no mask.
        let keep = is_masked.call1((value,))?.is_truthy()?;
        arrays.push(if keep { value.clone() } else { array_of(value)? });
    }
    let shapes = arrays.iter().map(|array| array.getattr("shape")).collect::<PyResult<Vec<_>>>()?;
    let mut same = true;
    for shape in &shapes[1..] {
        same &= shape.eq(&shapes[0])?;
    }
    if same {
        return Ok((shapes[0].clone(), arrays));
    }
    let shape = numpy.call_method1("broadcast_shapes", PyTuple::new(py, &shapes)?).map_err(|_| {
        let shapes: Vec<String> = shapes.iter().map(ToString::to_string).collect();
        Failure::Input(format!("arrays of shapes {} do not broadcast to one", shapes.join(", ")))
    })?;
    let arrays = arrays.iter().map(|array| numpy.call_method1("broadcast_to", (array, &shape)));
    let arrays = arrays.collect::<PyResult<Vec<_>>>()?;
    Ok((shape, arrays))
}
