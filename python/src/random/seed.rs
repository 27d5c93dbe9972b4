//! `SeedSequence`, and what may stand for a seed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use arrcalc::kernels::random as kernel;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use super::integer::natural;
use crate::errors::Failure;
use crate::fresh::Fresh;
use crate::statistic::Answer;

/// Well mixed seeds from integers, and seeds of independent children: `numpy.random.SeedSequence`, with its words.
///
/// `entropy` is an integer that is not negative, of any size, or a sequence of them; there is no default, since nothing
/// here is meant to happen once only. `spawn_key` is the path from the root, for a child named without its parents.
///
/// >>> import arrcalc
/// >>> seed = arrcalc.random.SeedSequence(42)
/// >>> seed.generate_state(3)
/// array([3444837047, 2669555309, 2046530742], dtype=uint32)
/// >>> [child.spawn_key for child in seed.spawn(2)]
/// [(0,), (1,)]
#[pyclass(module = "arrcalc.random", frozen)]
pub(crate) struct SeedSequence {
    entropy: Py<PyAny>,
    sequence: Mutex<kernel::SeedSequence>,
}

#[pymethods]
impl SeedSequence {
    #[new]
    #[pyo3(signature = (entropy, *, spawn_key=None))]
    fn new(entropy: &Bound<'_, PyAny>, spawn_key: Option<&Bound<'_, PyAny>>) -> Result<Self, Failure> {
        let sequence = sequence(entropy, spawn_key)?;
        Ok(Self { entropy: entropy.clone().unbind(), sequence: Mutex::new(sequence) })
    }

    /// The next `n_children` children, independent of each other, of their parent and of their own children.
    ///
    /// >>> import arrcalc
    /// >>> first, second = arrcalc.random.SeedSequence(7).spawn(2)
    /// >>> arrcalc.random.Philox(first).random() != arrcalc.random.Philox(second).random()
    /// np.True_
    fn spawn(&self, py: Python<'_>, n_children: u32) -> Result<Vec<SeedSequence>, Failure> {
        let mut sequence = self.lock();
        if sequence.children().checked_add(n_children).is_none() {
            return Err(Failure::Input("a seed has fewer than 2^32 children".into()));
        }
        let child = |child| SeedSequence { entropy: self.entropy.clone_ref(py), sequence: Mutex::new(child) };
        Ok(sequence.spawn(n_children).into_iter().map(child).collect())
    }

    /// The first `n_words` words of 32 bits, or of 64 with `dtype="uint64"`.
    ///
    /// >>> import arrcalc
    /// >>> arrcalc.random.SeedSequence(42).generate_state(1, "uint64")
    /// array([11465652750463011511], dtype=uint64)
    #[pyo3(signature = (n_words, dtype=None))]
    fn generate_state<'py>(
        &self,
        py: Python<'py>,
        n_words: usize,
        dtype: Option<&Bound<'py, PyAny>>,
    ) -> Answer<'py> {
        let width = match dtype {
            None => "u4".to_owned(),
            Some(dtype) => {
                let dtype = crate::array::numpy(py)?.call_method1(intern!(py, "dtype"), (dtype,))?;
                dtype.getattr(intern!(py, "str"))?.extract::<String>()?.split_off(1)
            }
        };
        let sequence = self.lock().clone();
        let mut fresh = match width.as_str() {
            "u4" | "u8" => Fresh::new(py, &width, n_words)?,
            _ => return Err(Failure::Dtype("the words of a seed are uint32 or uint64".into())),
        };
        if width == "u4" {
            fresh.elements::<u32>().copy_from_slice(&sequence.generate_u32(n_words));
        } else {
            fresh.elements::<u64>().copy_from_slice(&sequence.generate_u64(n_words));
        }
        Ok(fresh.into_array()?)
    }

    /// The entropy that was given.
    #[getter]
    fn entropy(&self, py: Python<'_>) -> Py<PyAny> {
        self.entropy.clone_ref(py)
    }

    /// The path from the root.
    #[getter]
    fn spawn_key<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.lock().spawn_key())
    }

    /// How many children were spawned.
    #[getter]
    fn n_children_spawned(&self) -> u32 {
        self.lock().children()
    }

    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        let entropy = self.entropy.bind(py).repr()?;
        let key = self.spawn_key(py)?.repr()?;
        Ok(format!("SeedSequence({entropy}, spawn_key={key})"))
    }
}

impl SeedSequence {
    /// Held for moments, without a call into Python.
    fn lock(&self) -> MutexGuard<'_, kernel::SeedSequence> {
        self.sequence.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The seed that `object` stands for: an integer, a sequence of them, a `SeedSequence` of arrcalc's or NumPy's.
pub(super) fn seed_of(object: &Bound<'_, PyAny>) -> Result<kernel::SeedSequence, Failure> {
    let py = object.py();
    if let Ok(seed) = object.cast::<SeedSequence>() {
        return Ok(seed.get().lock().clone());
    }
    if object.hasattr(intern!(py, "spawn_key"))? && object.hasattr(intern!(py, "entropy"))? {
        let pool: usize = object.getattr(intern!(py, "pool_size"))?.extract()?;
        if pool != 4 {
            return Err(Failure::Input("a seed sequence must have NumPy's own pool of four words".into()));
        }
        let (entropy, key) = (object.getattr("entropy")?, object.getattr("spawn_key")?);
        return sequence(&entropy, Some(&key));
    }
    sequence(object, None)
}

fn sequence(
    entropy: &Bound<'_, PyAny>,
    spawn_key: Option<&Bound<'_, PyAny>>,
) -> Result<kernel::SeedSequence, Failure> {
    if entropy.is_none() {
        return Err(Failure::Input("a seed is needed: an integer, or a sequence of them".into()));
    }
    let naturals = |object: &Bound<'_, PyAny>| match object.try_iter() {
        Ok(items) => items.map(|item| natural(&item?, "a seed")).collect::<Result<Vec<_>, _>>(),
        Err(_) => Ok(vec![natural(object, "a seed")?]),
    };
    let mut key = Vec::new();
    if let Some(spawn_key) = spawn_key {
        for natural in naturals(spawn_key)? {
            // A word at least, and no more than are needed.
            let limbs = natural.limbs();
            let count = (natural.bit_length().unsigned_abs() as usize).div_ceil(32).max(1);
            let words = limbs.iter().flat_map(|limb| [*limb as u32, (limb >> 32) as u32]);
            key.extend(words.chain(std::iter::once(0)).take(count));
        }
    }
    Ok(kernel::SeedSequence::new(&naturals(entropy)?, &key))
}
