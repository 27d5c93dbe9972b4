//! Chance that repeats: permutations, shuffles, samples and splits, functions of (seed, row) alone.

use arrcalc::Scope;
use arrcalc::datasets::{Dataset as Opened, Values};
use arrcalc::random::{self, Sample, SampleOrder, Split, SplitRule};
use pyo3::IntoPyObjectExt;
use pyo3::buffer::PyUntypedBuffer;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::arguments;
use crate::array::{Array, Number, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::numbers::{array_of, scoped, values};
use crate::select::{lanes, of_type, taken};
use crate::statistic::Answer;

/// The numbers below `x`, or the elements of an array along its first axis, in a random order.
///
/// A function of the seed and the number of rows alone, for any number of threads: rows are dealt to buckets by digits of
/// `numpy.random.Philox(seed)`, and each bucket is mixed by draws of `.jumped(4)`.
///
/// Cost: linear; no memory beside the answer.
///
/// >>> import arrcalc
/// >>> arrcalc.permutation(5, seed=42)
/// array([0, 2, 1, 4, 3])
/// >>> arrcalc.permutation([0.5, 1.5, 2.5, 3.5, 4.5], seed=42)
/// array([0.5, 2.5, 1.5, 4.5, 3.5])
#[pyfunction]
#[pyo3(signature = (x, seed=0, *, threads=None))]
pub(crate) fn permutation<'py>(
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::seed)] seed: u64,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let py = x.py();
    if let Some(rows) = count(x)? {
        let mut fresh = Fresh::new(py, "i8", rows)?;
        let out = fresh.elements::<u64>();
        scoped(py, 16 * rows, threads, |scope| random::permutation(scope, seed, out))?;
        return Ok(fresh.into_array()?);
    }
    let a = array_of(x)?;
    let rows = length(&a)?;
    if !is_plain(&a)? {
        let order = permutation(&rows.into_bound_py_any(py)?, seed, threads)?;
        return along_first(&a, &order, threads);
    }
    let (bytes, array) = lanes(&a, "permutation")?;
    let mut fresh = Fresh::new(py, &format!("u{bytes}"), rows)?;
    macro_rules! permute {
        ($values:expr) => {{
            let (values, out) = ($values, fresh.elements());
            scoped(py, 16 * rows, threads, |scope| random::permute(scope, seed, values, out))?
        }};
    }
    match values(&array, "permutation")? {
        Values::UInt8(values) => permute!(values),
        Values::UInt16(values) => permute!(values),
        Values::UInt32(values) => permute!(values),
        Values::UInt64(values) => permute!(values),
        _ => return Err(Failure::Dtype("elements of that type are not moved".into())),
    }
    of_type(fresh.into_array()?, &a)
}

/// Puts the elements of an array in a random order along its first axis, in place.
///
/// The order is that of `permutation`.
///
/// >>> import arrcalc, numpy
/// >>> x = numpy.arange(5.0)
/// >>> arrcalc.shuffle(x, seed=42)
/// >>> x
/// array([0., 2., 1., 4., 3.])
#[pyfunction]
#[pyo3(signature = (x, seed=0, *, threads=None))]
pub(crate) fn shuffle(
    x: &Bound<'_, PyAny>,
    #[pyo3(from_py_with = arguments::seed)] seed: u64,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Result<(), Failure> {
    let py = x.py();
    if !x.is_instance(&numpy(py)?.getattr(intern!(py, "ndarray"))?)? {
        return Err(Failure::Input("shuffle works in place on a numpy array; see permutation".into()));
    }
    if !x.getattr(intern!(py, "flags"))?.getattr(intern!(py, "writeable"))?.is_truthy()? {
        return Err(Failure::Input("the array is read-only; see permutation".into()));
    }
    let rows = length(x)?;
    let is_dense = x.getattr(intern!(py, "flags"))?.getattr(intern!(py, "carray"))?.is_truthy()?;
    if !is_plain(x)? || !is_dense || rows == 0 {
        let shuffled = permutation(x, seed, threads)?;
        x.set_item(pyo3::types::PyEllipsis::get(py), shuffled)?;
        return Ok(());
    }
    // Masked arrays are refused: their masks would stay behind.
    Array::of(x)?;
    let bytes = x.getattr(intern!(py, "dtype"))?.getattr(intern!(py, "itemsize"))?.extract::<usize>()?;
    let lanes = x.call_method1(intern!(py, "view"), (format!("u{bytes}"),))?;
    let mut elements = Writable::new(&lanes)?;
    macro_rules! shuffle {
        ($type:ty) => {{
            let elements = elements.elements::<$type>();
            scoped(py, 16 * rows, threads, |scope| random::shuffle(scope, seed, elements))
        }};
    }
    match bytes {
        1 => shuffle!(u8),
        2 => shuffle!(u16),
        4 => shuffle!(u32),
        _ => shuffle!(u64),
    }
}

/// `n` of the numbers below `x`, or of the elements of an array along its first axis, chosen at random.
///
/// Without `replace` the `n` rows of the least keys: 16 bits a row of `numpy.random.Philox(seed)`, then 48 of `.jumped(3)`; with
/// it draw `j` is integer `j` below their number of `.jumped(1)`. `weights` make a row as likely as they say; one of weight 0 is never
/// chosen. Rows come in their order, or `shuffled`. `return_index` gives the places, too.
///
/// Cost: a quarter of a word for each row, whatever `n`.
///
/// >>> import arrcalc
/// >>> arrcalc.sample(5, 3, seed=42)
/// array([2, 3, 4])
/// >>> arrcalc.sample([0.5, 1.5, 2.5, 3.5, 4.5], 3, seed=42, shuffled=True, return_index=True)
/// (array([4.5, 3.5, 2.5]), array([4, 3, 2]))
/// >>> arrcalc.sample(3, 5, replace=True, weights=[0, 1, 0])
/// array([1, 1, 1, 1, 1])
#[pyfunction]
#[pyo3(signature = (
    x, n, *, replace=false, weights=None, seed=0, shuffled=false, return_index=false, threads=None
))]
#[expect(clippy::too_many_arguments, reason = "keywords in Python")]
pub(crate) fn sample<'py>(
    x: &Bound<'py, PyAny>,
    #[pyo3(from_py_with = arguments::rows)] n: u64,
    replace: bool,
    weights: Option<&Bound<'py, PyAny>>,
    #[pyo3(from_py_with = arguments::seed)] seed: u64,
    shuffled: bool,
    return_index: bool,
    #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
) -> Answer<'py> {
    let py = x.py();
    let order = order_of(shuffled);
    let (rows, array) = match count(x)? {
        Some(rows) => (rows, None),
        None => {
            let array = array_of(x)?;
            (length(&array)?, Some(array))
        }
    };
    if let (Some(array), None, false, false, false) = (&array, weights, replace, shuffled, return_index)
        && is_plain(array)?
        && n <= rows as u64
    {
        return chosen(array, n as usize, seed, threads);
    }
    let chosen = match weights {
        None => scoped(py, 8 * rows, threads, |scope| {
            random::choice(scope, seed, rows as u64, n, replace, order)
        })?,
        Some(weights) => {
            let weights = numpy(py)?.call_method1(intern!(py, "ascontiguousarray"), (weights, "f8"))?;
            let weights = Array::of(&weights)?;
            let values = if rows == 0 { Some(Values::Float64(&[])) } else { weights.dense() };
            let (Some(Values::Float64(weights)), true) = (values, weights.len() == rows) else {
                return Err(Failure::Input(format!("{} weights for {rows} rows", weights.len())));
            };
            scoped(py, 8 * rows, threads, |scope| {
                random::weighted_choice(scope, seed, weights, n, replace, order)
            })?
        }
    };
    let mut fresh = Fresh::new(py, "i8", chosen.len())?;
    fresh.elements::<u64>().copy_from_slice(&chosen);
    let index = fresh.into_array()?;
    let found = match &array {
        None => index.clone(),
        Some(array) => along_first(array, &index, threads)?,
    };
    if return_index { Ok((found, index).into_bound_py_any(py)?) } else { Ok(found) }
}

/// `n` elements of `a`, which has as many, without their places.
fn chosen<'py>(a: &Bound<'py, PyAny>, n: usize, seed: u64, threads: Option<usize>) -> Answer<'py> {
    let py = a.py();
    let (bytes, array) = lanes(a, "sample")?;
    let mut fresh = Fresh::new(py, &format!("u{bytes}"), n)?;
    macro_rules! choose {
        ($values:expr) => {{
            let (values, out) = ($values, fresh.elements());
            scoped(py, 8 * values.len(), threads, |scope| random::choose(scope, seed, values, out))?
        }};
    }
    match values(&array, "sample")? {
        Values::UInt8(values) => choose!(values),
        Values::UInt16(values) => choose!(values),
        Values::UInt32(values) => choose!(values),
        Values::UInt64(values) => choose!(values),
        _ => return Err(Failure::Dtype("elements of that type are not moved".into())),
    }
    of_type(fresh.into_array()?, a)
}

/// What `Dataset.sample` is asked.
pub(crate) struct SampleOfRows<'k> {
    pub(crate) n: Option<u64>,
    pub(crate) fraction: Option<f64>,
    pub(crate) by: Option<&'k Bound<'k, PyAny>>,
    pub(crate) replace: bool,
    pub(crate) weights: Option<String>,
    pub(crate) seed: u64,
    pub(crate) shuffled: bool,
}

/// A request that waits for its dataset.
pub(crate) struct Prepared {
    n: Option<u64>,
    fraction: f64,
    by: Vec<String>,
    replace: bool,
    weights: Option<String>,
    seed: u64,
    order: SampleOrder,
}

impl SampleOfRows<'_> {
    pub(crate) fn prepare(self) -> Result<Prepared, Failure> {
        if self.n.is_some() == self.fraction.is_some() {
            return Err(Failure::Input("sample takes n or fraction".into()));
        }
        Ok(Prepared {
            n: self.n,
            fraction: self.fraction.unwrap_or(0.0),
            by: names(self.by)?,
            replace: self.replace,
            weights: self.weights,
            seed: self.seed,
            order: order_of(self.shuffled),
        })
    }
}

impl Prepared {
    pub(crate) fn task<'d>(&self, dataset: &'d Opened<'d>) -> Sample<'d> {
        let task = match self.n {
            Some(n) => Sample::rows(dataset, n),
            None => Sample::fraction(dataset, self.fraction),
        };
        let task = task.by(self.by.iter().cloned()).seed(self.seed).order(self.order);
        let task = if self.replace { task.replace() } else { task };
        match &self.weights {
            Some(name) => task.weights(name),
            None => task,
        }
    }
}

/// What `Dataset.split` is asked.
pub(crate) struct SplitOfRows {
    rule: SplitRule,
    group: Vec<String>,
    stratify: Vec<String>,
    seed: u64,
}

impl SplitOfRows {
    pub(crate) fn new(
        test: Option<f64>,
        folds: Option<u64>,
        group: Option<&Bound<'_, PyAny>>,
        stratify: Option<&Bound<'_, PyAny>>,
        seed: u64,
    ) -> Result<Self, Failure> {
        let rule = match (test, folds) {
            (Some(test), None) => SplitRule::Test(test),
            (None, Some(folds)) => SplitRule::Folds(folds),
            _ => return Err(Failure::Input("split takes test or folds".into())),
        };
        Ok(Self { rule, group: names(group)?, stratify: names(stratify)?, seed })
    }

    /// The part of each row.
    pub(crate) fn parts(&self, scope: &Scope<'_>, dataset: &Opened<'_>) -> arrcalc::Result<Vec<u32>> {
        let split = Split::new(dataset, self.rule).seed(self.seed);
        split.groups(self.group.iter().cloned()).stratify(self.stratify.iter().cloned()).parts(scope)
    }

    /// Truth values where it is asked which rows are for testing, else the folds' numbers.
    pub(crate) fn array<'py>(&self, py: Python<'py>, parts: &[u32]) -> Answer<'py> {
        if let SplitRule::Test(_) = self.rule {
            let mut fresh = Fresh::new(py, "u1", parts.len())?;
            fresh.elements::<u8>().iter_mut().zip(parts).for_each(|(to, &part)| *to = u8::from(part == 0));
            return Ok(fresh.into_array()?.call_method1(intern!(py, "view"), ("?",))?);
        }
        let mut fresh = Fresh::new(py, "i8", parts.len())?;
        fresh.elements::<i64>().iter_mut().zip(parts).for_each(|(to, &part)| *to = i64::from(part));
        Ok(fresh.into_array()?)
    }
}

fn order_of(shuffled: bool) -> SampleOrder {
    if shuffled { SampleOrder::Shuffled } else { SampleOrder::Rows }
}

/// One name, or several.
fn names(object: Option<&Bound<'_, PyAny>>) -> Result<Vec<String>, Failure> {
    match object {
        None => Ok(Vec::new()),
        Some(object) => match object.cast::<PyString>() {
            Ok(name) => Ok(vec![name.to_string()]),
            Err(_) => Ok(object.extract()?),
        },
    }
}

/// `x` as a number of rows, if it is an integer.
fn count(x: &Bound<'_, PyAny>) -> Result<Option<usize>, Failure> {
    let py = x.py();
    let is_integer = x.is_instance_of::<pyo3::types::PyInt>()
        || x.is_instance(&numpy(py)?.getattr(intern!(py, "integer"))?)?;
    if !is_integer {
        return Ok(None);
    }
    match x.extract::<usize>() {
        Ok(rows) if rows <= isize::MAX as usize / 16 => Ok(Some(rows)),
        _ => Err(Failure::Input(format!("{x} is no number of rows"))),
    }
}

/// Elements along the first axis.
fn length(a: &Bound<'_, PyAny>) -> Result<usize, Failure> {
    let shape = a.getattr(intern!(a.py(), "shape"))?.extract::<Vec<usize>>()?;
    shape.first().copied().ok_or_else(|| Failure::Input("an array without axes has no order".into()))
}

/// One axis of elements that are moved as words.
fn is_plain(a: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = a.py();
    let dtype = a.getattr(intern!(py, "dtype"))?;
    let bytes = dtype.getattr(intern!(py, "itemsize"))?.extract::<usize>()?;
    let kind = dtype.getattr(intern!(py, "kind"))?.extract::<char>()?;
    let axes = a.getattr(intern!(py, "ndim"))?.extract::<usize>()?;
    Ok(axes == 1 && "biufmM".contains(kind) && matches!(bytes, 1 | 2 | 4 | 8))
}

/// The elements of `a` at `index` along its first axis.
fn along_first<'py>(a: &Bound<'py, PyAny>, index: &Bound<'py, PyAny>, threads: Option<usize>) -> Answer<'py> {
    if is_plain(a)? {
        return taken(a, index, threads);
    }
    Ok(numpy(a.py())?.call_method1(intern!(a.py(), "take"), (a, index, 0))?)
}

/// A dense array of NumPy's whose elements are written in place.
struct Writable {
    /// Released on drop; the memory it names is valid until then.
    buffer: PyUntypedBuffer,
}

impl Writable {
    fn new(array: &Bound<'_, PyAny>) -> Result<Self, Failure> {
        let buffer = PyUntypedBuffer::get(array)?;
        if buffer.readonly() || !buffer.is_c_contiguous() {
            return Err(Failure::Input("the array cannot be written in place; see permutation".into()));
        }
        Ok(Self { buffer })
    }

    /// # Panics
    /// If `T` is not of the array's width, or the array not aligned to it.
    fn elements<T: Number>(&mut self) -> &mut [T] {
        assert!(self.buffer.item_size() == size_of::<T>(), "elements are written at their own width");
        let start = self.buffer.buf_ptr().cast::<T>();
        if self.buffer.item_count() == 0 {
            return &mut [];
        }
        assert!(start.is_aligned(), "elements lie where their type does");
        // SAFETY: the exporter keeps the block of `item_count` elements, dense, writable (checked in `new`) and aligned
        // (checked above), valid until the buffer is released, which is when `self` is dropped; any bytes are a `T` (see
        // `Number`), and `&mut self` keeps this slice the only one of ours. Python code that writes to the same array from
        // another thread meanwhile races with it, as with every method of NumPy's that lets go of the GIL.
        unsafe { std::slice::from_raw_parts_mut(start, self.buffer.item_count()) }
    }
}
