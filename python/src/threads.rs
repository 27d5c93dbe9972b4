//! The default engine, engines of other sizes, and waiting without the GIL in a way that Ctrl-C ends.

use std::any::Any;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use arrcalc::{CancelToken, Control, Engine, Error};
use pyo3::prelude::*;

use crate::arguments;
use crate::errors::Failure;

/// Engines by number of threads; 0 is the default engine. Locked only while attached to the interpreter and
/// never across a call into Python, so that no other thread can hold it when the process forks.
static ENGINES: Mutex<BTreeMap<usize, Engine>> = Mutex::new(BTreeMap::new());

/// Engines of other sizes that keep their threads between calls.
const KEPT: usize = 4;

/// Work below this many bytes is done before anyone can press a key: it runs on the calling thread.
const PATIENCE_BYTES: usize = 8 << 20;

/// How often a waiting main thread looks for signals.
const SIGNAL_PERIOD: Duration = Duration::from_millis(20);

/// The engine for a call with `threads=`.
pub(crate) fn engine(threads: Option<usize>) -> Result<Engine, Failure> {
    let mut engines = ENGINES.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = threads.unwrap_or(0);
    if let Some(engine) = engines.get(&wanted) {
        return Ok(engine.clone());
    }
    if engines.len() > KEPT {
        engines.retain(|&size, _| size == 0);
    }
    let engine = Engine::builder().threads(wanted).build();
    engines.insert(wanted, engine.clone());
    Ok(engine)
}

/// Uses `n` threads from now on where a call does not say `threads=`; `None` for what the process may use.
///
/// No result depends on it.
///
/// >>> import arrcalc
/// >>> arrcalc.set_threads(2)
/// >>> arrcalc.get_threads()
/// 2
/// >>> arrcalc.set_threads(None)
#[pyfunction]
#[pyo3(signature = (n))]
pub(crate) fn set_threads(
    #[pyo3(from_py_with = arguments::threads)] n: Option<usize>,
) -> Result<(), Failure> {
    let engine = match n {
        None => Engine::builder().build(),
        Some(count) => Engine::builder().threads(count).build(),
    };
    ENGINES.lock().unwrap_or_else(PoisonError::into_inner).insert(0, engine);
    Ok(())
}

/// The number of threads that a call without `threads=` uses.
///
/// >>> import arrcalc
/// >>> arrcalc.get_threads() >= 1
/// True
#[pyfunction]
pub(crate) fn get_threads() -> Result<usize, Failure> {
    Ok(engine(None)?.threads())
}

/// Does `work` on about `bytes` of data without the GIL. On the main thread, Ctrl-C (or any signal whose handler
/// raises) stops it at its next chunk and is raised.
pub(crate) fn run<T: Send>(
    py: Python<'_>,
    bytes: usize,
    work: impl FnOnce(&Control) -> Result<T, Failure> + Send,
) -> Result<T, Failure> {
    if bytes < PATIENCE_BYTES || !is_main_thread(py)? {
        return py.detach(|| guarded(|| work(&Control::new())));
    }
    let token = CancelToken::new();
    let control = Control::new().with_cancel(token.clone());
    let (outcome, raised) = py.detach(|| watch(&control, &token, work));
    match raised {
        Some(error) => Err(Failure::Python(error)),
        None => outcome,
    }
}

/// Does `work`; a panic in it is a bug of arrcalc, and an error as any other to who called. PyO3's own exception for it is
/// none that `except Exception` sees.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(bug(&*panic)))
}

fn bug(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<&str>().copied();
    let message = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic");
    Failure::Engine(Error::Bug { message: message.replace('\n', " ") })
}

/// Runs `work` on a thread of its own while this one looks for signals.
fn watch<T: Send>(
    control: &Control,
    token: &CancelToken,
    work: impl FnOnce(&Control) -> Result<T, Failure> + Send,
) -> (Result<T, Failure>, Option<PyErr>) {
    let mut raised = None;
    let (done, wait) = channel();
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || {
            let outcome = guarded(|| work(control));
            // Nobody listens any more only where this function is being unwound.
            let _ = done.send(());
            outcome
        });
        while wait.recv_timeout(SIGNAL_PERIOD) == Err(RecvTimeoutError::Timeout) {
            if raised.is_some() {
                continue;
            }
            if let Err(error) = Python::attach(|py| py.check_signals()) {
                token.cancel();
                raised = Some(error);
            }
        }
        match worker.join() {
            Ok(outcome) => (outcome, raised),
            Err(panic) => (Err(bug(&*panic)), raised),
        }
    })
}

/// Whether signal handlers run on this thread.
fn is_main_thread(py: Python<'_>) -> PyResult<bool> {
    let threading = py.import(pyo3::intern!(py, "threading"))?;
    let main = threading.call_method0(pyo3::intern!(py, "main_thread"))?;
    let own = threading.call_method0(pyo3::intern!(py, "get_ident"))?;
    main.getattr(pyo3::intern!(py, "ident"))?.eq(own)
}
