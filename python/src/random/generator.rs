//! `Philox`, `PCG64` and what both draw.

use std::sync::{Mutex, PoisonError};

use arrcalc::kernels::Level;
use arrcalc::kernels::random as kernel;
use arrcalc::kernels::random::{Distribution, Fault, Words};
use arrcalc::random::draw_into;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

use super::seed::seed_of;
use super::size::Size;
use super::stream::{State, Stream};
use crate::arguments;
use crate::array::{Number, numpy};
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::numbers::scoped;
use crate::statistic::Answer;
use crate::threads;

/// What `Philox` and `PCG64` draw.
///
/// Each call takes a word of the stream for each value and moves the stream on by as many: `random` and `random_raw` are
/// those of NumPy's generators, bit for bit, across any calls. The other distributions are arrcalc's own functions of
/// the word's place in the stream (what a value needs beyond its word comes from streams far away), so that a value is
/// the same whatever was drawn before it, in however many calls, on however many threads.
///
/// >>> import arrcalc
/// >>> rng = arrcalc.random.default_rng(1)
/// >>> isinstance(rng, arrcalc.random.Generator)
/// True
#[pyclass(module = "arrcalc.random", frozen, subclass)]
pub(crate) struct Generator {
    /// Held for moments, without a call into Python.
    state: Mutex<State>,
}

/// NumPy's `Philox`: a counter, its key mixed from the seed.
///
/// `seed` is an integer, a sequence of integers, or a `SeedSequence`, of NumPy's too.
///
/// >>> import arrcalc
/// >>> arrcalc.random.Philox(42).random_raw(2)
/// array([1587852024645073290, 2611271723512893552], dtype=uint64)
#[pyclass(module = "arrcalc.random", extends = Generator, frozen)]
pub(crate) struct Philox;

/// NumPy's `PCG64`, which `default_rng` makes.
///
/// `seed` is an integer, a sequence of integers, or a `SeedSequence`, of NumPy's too.
///
/// >>> import arrcalc
/// >>> arrcalc.random.PCG64(42).random(2)
/// array([0.77395605, 0.43887844])
#[pyclass(module = "arrcalc.random", extends = Generator, frozen)]
pub(crate) struct PCG64;

#[pymethods]
impl Philox {
    #[new]
    fn new(seed: &Bound<'_, PyAny>) -> Result<PyClassInitializer<Self>, Failure> {
        let stream = Stream::Philox(kernel::Philox::from(&seed_of(seed)?));
        Ok(Generator::of(State { stream, taken: 0 }).add_subclass(Self))
    }
}

#[pymethods]
impl PCG64 {
    #[new]
    fn new(seed: &Bound<'_, PyAny>) -> Result<PyClassInitializer<Self>, Failure> {
        let stream = Stream::Pcg64(kernel::Pcg64::from(&seed_of(seed)?));
        Ok(Generator::of(State { stream, taken: 0 }).add_subclass(Self))
    }
}

/// `PCG64(seed)`, as NumPy's: `default_rng(seed).random(n)` is `numpy.random.default_rng(seed).random(n)`.
///
/// >>> import arrcalc
/// >>> arrcalc.random.default_rng(42).random(3)
/// array([0.77395605, 0.43887844, 0.85859792])
#[pyfunction]
pub(crate) fn default_rng<'py>(seed: &Bound<'py, PyAny>) -> Result<Bound<'py, PCG64>, Failure> {
    Ok(Bound::new(seed.py(), PCG64::new(seed)?)?)
}

impl Generator {
    fn of(state: State) -> PyClassInitializer<Self> {
        PyClassInitializer::from(Self { state: Mutex::new(state) })
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// `count` rows that nobody else gets.
    fn take(&self, count: u64) -> State {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.taken > 1 << 63 {
            *state = state.nearer();
        }
        let taken = *state;
        state.taken += count;
        taken
    }

    /// Values of a distribution.
    fn draw<'py, D>(
        &self,
        py: Python<'py>,
        dtype: &str,
        distribution: &D,
        size: Option<&Bound<'py, PyAny>>,
        threads: Option<usize>,
    ) -> Answer<'py>
    where
        D: Distribution<Value: Number>,
    {
        let size = Size::of(py, size)?;
        let fresh = self.drawn(py, dtype, distribution, size.count(), threads)?;
        size.shaped(fresh)
    }

    fn drawn<'py, D>(
        &self,
        py: Python<'py>,
        dtype: &str,
        distribution: &D,
        count: usize,
        threads: Option<usize>,
    ) -> Result<Fresh<'py>, Failure>
    where
        D: Distribution<Value: Number>,
    {
        let mut fresh = Fresh::new(py, dtype, count)?;
        let out = fresh.elements::<D::Value>();
        // Before the words are taken: a call that fails moves nothing on.
        threads::engine(threads)?;
        let State { stream, taken } = self.take(count as u64);
        scoped(py, size_of_val(out), threads, |scope| match stream {
            Stream::Philox(philox) => draw_into(scope, distribution, &philox, taken, out),
            Stream::Pcg64(pcg64) => draw_into(scope, distribution, &pcg64, taken, out),
        })?;
        Ok(fresh)
    }
}

/// The distribution that a call named, or what is wrong with it.
fn checked<D>(name: &str, distribution: Result<D, Fault>) -> Result<D, Failure> {
    distribution.map_err(|fault| Failure::Input(format!("{name}: {fault}")))
}

/// Truths as bytes.
struct Bytes(kernel::Bernoulli);

impl Distribution for Bytes {
    type Value = u8;

    fn fill<W: Words>(&self, level: Level, words: &W, first: u64, out: &mut [u8]) {
        let mut truths = [false; 4096];
        let mut row = first;
        for part in out.chunks_mut(truths.len()) {
            let truths = &mut truths[..part.len()];
            self.0.fill(level, words, row, truths);
            part.iter_mut().zip(truths.iter()).for_each(|(byte, &truth)| *byte = u8::from(truth));
            row = row.wrapping_add(part.len() as u64);
        }
    }
}

#[pymethods]
impl Generator {
    /// The words of the stream, of 64 bits: NumPy's `random_raw`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.random.PCG64(0).random_raw()
    /// np.uint64(11749869230777074271)
    #[pyo3(signature = (size=None, *, threads=None))]
    fn random_raw<'py>(
        &self,
        py: Python<'py>,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "u8", &kernel::RawWords, size, threads)
    }

    /// Doubles uniform in `[0, 1)`: NumPy's `random`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.random.Philox(1).random((2, 2))
    /// array([[0.06680201, 0.07901298],
    ///        [0.00577712, 0.80655669]])
    #[pyo3(signature = (size=None, *, threads=None))]
    fn random<'py>(
        &self,
        py: Python<'py>,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "f8", &kernel::Doubles, size, threads)
    }

    /// Integers from `low` up to but not including `high` (or including it, with `endpoint`), without bias; below `low`
    /// and not below 0, without `high`.
    ///
    /// >>> import arrcalc
    /// >>> dice = arrcalc.random.Philox(3).integers(1, 6, 1000, endpoint=True)
    /// >>> arrcalc.unique(dice)
    /// array([1, 2, 3, 4, 5, 6])
    #[pyo3(signature = (low, high=None, size=None, *, endpoint=false, threads=None))]
    fn integers<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::bound)] low: i64,
        #[pyo3(from_py_with = arguments::bound_if_any)] high: Option<i64>,
        size: Option<&Bound<'py, PyAny>>,
        endpoint: bool,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        let (low, high) = high.map_or((0, low), |high| (low, high));
        let made = if endpoint { kernel::Integers::inclusive } else { kernel::Integers::new };
        self.draw(py, "i8", &checked("integers", made(low, high))?, size, threads)
    }

    /// Doubles between `low` and `high`: `low + (high - low) * random()`.
    ///
    /// >>> import arrcalc
    /// >>> float(arrcalc.min(arrcalc.random.Philox(3).uniform(2, 3, 1000))) >= 2
    /// True
    #[pyo3(signature = (low=0.0, high=1.0, size=None, *, threads=None))]
    fn uniform<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::parameter)] low: f64,
        #[pyo3(from_py_with = arguments::parameter)] high: f64,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "f8", &checked("uniform", kernel::Uniform::new(low, high))?, size, threads)
    }

    /// Truths that are true with probability `p`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.random.Philox(3).bernoulli(0.5, 3).dtype
    /// dtype('bool')
    #[pyo3(signature = (p=0.5, size=None, *, threads=None))]
    fn bernoulli<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::parameter)] p: f64,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        let size = Size::of(py, size)?;
        let bernoulli = Bytes(checked("bernoulli", kernel::Bernoulli::new(p))?);
        let bytes = self.drawn(py, "u1", &bernoulli, size.count(), threads)?;
        size.shaped_array(bytes.into_array()?.call_method1(intern!(py, "view"), ("?",))?)
    }

    /// Normals of mean `loc` and standard deviation `scale`, by inversion; the standard ones within 5 ulp.
    ///
    /// `normal(loc, scale, size)` as in NumPy. A whole number or a shape that stands alone, `normal(n)`, is the size: of a
    /// lone mean NumPy would draw one value.
    ///
    /// >>> import arrcalc
    /// >>> abs(arrcalc.random.Philox(3).normal(10, 2, 10_000).mean() - 10) < 0.1
    /// np.True_
    /// >>> arrcalc.random.Philox(3).normal(4).shape
    /// (4,)
    #[pyo3(signature = (*args, loc=None, scale=None, size=None, threads=None))]
    fn normal<'py>(
        &self,
        py: Python<'py>,
        args: &Bound<'py, PyTuple>,
        loc: Option<Bound<'py, PyAny>>,
        scale: Option<Bound<'py, PyAny>>,
        size: Option<Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        let mut given = [loc, scale, size];
        let is_size = |value: &Bound<'_, PyAny>| {
            value.is_instance_of::<PyTuple>() || value.hasattr(intern!(py, "__index__")).unwrap_or(false)
        };
        if let ([None, None, None], [only]) = (&given, &args.iter().collect::<Vec<_>>()[..])
            && is_size(only)
        {
            given[2] = Some(only.clone());
        } else {
            if args.len() > given.len() {
                return Err(Failure::Input(
                    "normal: at most a mean, a deviation and a size are given".into(),
                ));
            }
            let values = args.iter().map(|value| (!value.is_none()).then_some(value));
            for (place, value) in given.iter_mut().zip(values) {
                if place.is_some() && value.is_some() {
                    return Err(Failure::Input("normal: an argument is given by place and by name".into()));
                }
                *place = place.take().or(value);
            }
        }
        let [loc, scale, size] = given;
        let number = |value: Option<Bound<'py, PyAny>>, default: f64| {
            value.map_or(Ok(default), |value| value.extract().map_err(Failure::from))
        };
        let normal = checked("normal", kernel::Normal::new(number(loc, 0.0)?, number(scale, 1.0)?))?;
        self.draw(py, "f8", &normal, size.as_ref(), threads)
    }

    /// Normals of mean 0 and standard deviation 1: those of `normal`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.random.Philox(3).standard_normal(2) == arrcalc.random.Philox(3).normal(0, 1, 2)
    /// array([ True,  True])
    #[pyo3(signature = (size=None, *, threads=None))]
    fn standard_normal<'py>(
        &self,
        py: Python<'py>,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "f8", &checked("normal", kernel::Normal::new(0.0, 1.0))?, size, threads)
    }

    /// Exponentials of normals of mean `mean` and standard deviation `sigma`.
    ///
    /// >>> import arrcalc
    /// >>> abs(arrcalc.median(arrcalc.random.Philox(3).lognormal(0, 1, 10_000)) - 1) < 0.05
    /// np.True_
    #[pyo3(signature = (mean=0.0, sigma=1.0, size=None, *, threads=None))]
    fn lognormal<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::parameter)] mean: f64,
        #[pyo3(from_py_with = arguments::parameter)] sigma: f64,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "f8", &checked("lognormal", kernel::Lognormal::new(mean, sigma))?, size, threads)
    }

    /// Waiting times of mean `scale`, by inversion.
    ///
    /// >>> import arrcalc
    /// >>> abs(arrcalc.random.Philox(3).exponential(5, 10_000).mean() - 5) < 0.2
    /// np.True_
    #[pyo3(signature = (scale=1.0, size=None, *, threads=None))]
    fn exponential<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::parameter)] scale: f64,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "f8", &checked("exponential", kernel::Exponential::new(scale))?, size, threads)
    }

    /// Numbers of events at a mean of `lam`, at most 2^32, by inversion of the exact distribution.
    ///
    /// >>> import arrcalc
    /// >>> abs(arrcalc.random.Philox(3).poisson(5, 10_000).mean() - 5) < 0.1
    /// np.True_
    #[pyo3(signature = (lam=1.0, size=None, *, threads=None))]
    fn poisson<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::parameter)] lam: f64,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "i8", &checked("poisson", kernel::Poisson::new(lam))?, size, threads)
    }

    /// Gamma variates of `shape` and `scale`, whose mean is their product.
    ///
    /// >>> import arrcalc
    /// >>> abs(arrcalc.random.Philox(3).gamma(2, 3, 10_000).mean() - 6) < 0.2
    /// np.True_
    #[pyo3(signature = (shape, scale=1.0, size=None, *, threads=None))]
    fn gamma<'py>(
        &self,
        py: Python<'py>,
        #[pyo3(from_py_with = arguments::parameter)] shape: f64,
        #[pyo3(from_py_with = arguments::parameter)] scale: f64,
        size: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        self.draw(py, "f8", &checked("gamma", kernel::Gamma::new(shape, scale))?, size, threads)
    }

    /// Elements of `a` (or of `range(a)`), with replacement, all alike or with probabilities in proportion to `p`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.random.Philox(3).choice(["red", "blue"], 3, p=[0, 1])
    /// array(['blue', 'blue', 'blue'], dtype='<U4')
    #[pyo3(signature = (a, size=None, *, p=None, threads=None))]
    fn choice<'py>(
        &self,
        py: Python<'py>,
        a: &Bound<'py, PyAny>,
        size: Option<&Bound<'py, PyAny>>,
        p: Option<&Bound<'py, PyAny>>,
        #[pyo3(from_py_with = arguments::threads)] threads: Option<usize>,
    ) -> Answer<'py> {
        let (pool, count) = pool(a)?;
        let size = Size::of(py, size)?;
        let indices = match p {
            None => {
                let integers = checked("choice", kernel::Integers::new(0, count))?;
                self.drawn(py, "i8", &integers, size.count(), threads)?
            }
            Some(p) => {
                let weights = numpy(py)?.call_method1(intern!(py, "asarray"), (p, "f8"))?;
                let weights: Vec<f64> = weights.call_method0(intern!(py, "tolist"))?.extract()?;
                if weights.len() as i64 != count {
                    return Err(Failure::Input(format!(
                        "choice: {} probabilities for {count} elements",
                        weights.len()
                    )));
                }
                let choice = checked("choice", kernel::Choice::new(&weights))?;
                self.drawn(py, "i8", &choice, size.count(), threads)?
            }
        };
        match pool {
            None => size.shaped(indices),
            Some(pool) => {
                let chosen = pool.call_method1(intern!(py, "take"), (indices.into_array()?, 0))?;
                size.shaped_array(chosen)
            }
        }
    }

    /// Moves the stream on by `delta` steps, a negative one back, and returns the generator: for `PCG64` a step is a word;
    /// for `Philox` a block of four, and what is left of the last block is dropped. NumPy's `advance`.
    ///
    /// >>> import arrcalc
    /// >>> words = arrcalc.random.PCG64(5).random_raw(11)
    /// >>> arrcalc.random.PCG64(5).advance(10).random_raw() == words[10]
    /// np.True_
    fn advance<'py>(slf: &Bound<'py, Self>, delta: &Bound<'py, PyAny>) -> Result<Bound<'py, Self>, Failure> {
        let advanced = slf.get().state().advanced(delta)?;
        *slf.get().state.lock().unwrap_or_else(PoisonError::into_inner) = advanced;
        Ok(slf.clone())
    }

    /// A generator as if so many words had been drawn that no stream meets the next one: NumPy's `jumped`.
    ///
    /// >>> import arrcalc
    /// >>> root = arrcalc.random.Philox(5)
    /// >>> streams = [root.jumped(i) for i in range(4)]
    #[pyo3(signature = (jumps=None))]
    fn jumped<'py>(&self, py: Python<'py>, jumps: Option<&Bound<'py, PyAny>>) -> Answer<'py> {
        let one = 1u8.into_pyobject(py).map_err(PyErr::from)?.into_any();
        let state = self.state().jumped(jumps.unwrap_or(&one))?;
        Ok(match state.stream {
            Stream::Philox(_) => Bound::new(py, Generator::of(state).add_subclass(Philox))?.into_any(),
            Stream::Pcg64(_) => Bound::new(py, Generator::of(state).add_subclass(PCG64))?.into_any(),
        })
    }
}

/// What is chosen from, unless it is a range, and how much there is.
fn pool<'py>(a: &Bound<'py, PyAny>) -> Result<(Option<Bound<'py, PyAny>>, i64), Failure> {
    if let Ok(count) = a.extract::<i64>() {
        return Ok((None, count));
    }
    let py = a.py();
    let pool = numpy(py)?.call_method1(intern!(py, "asarray"), (a,))?;
    if pool.getattr(intern!(py, "ndim"))?.extract::<usize>()? == 0 || a.is_instance_of::<PyString>() {
        return Err(Failure::Input("choice is from a length, or from an array".into()));
    }
    let count = pool.len()? as i64;
    Ok((Some(pool), count))
}
