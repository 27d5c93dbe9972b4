//! A submitted task: a future for threads that block and for async hosts alike.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::{Control, ProgressSnapshot};

/// A running task. Dropping it asks the task to stop.
///
/// # Panics
/// Polling it again after it was ready panics, as futures do.
pub struct Job<A> {
    shared: Arc<Shared<A>>,
    control: Control,
}

struct Shared<A> {
    state: Mutex<State<A>>,
    done: Condvar,
}

struct State<A> {
    outcome: Option<Result<A>>,
    finished: bool,
    waker: Option<Waker>,
}

impl<A> Shared<A> {
    fn lock(&self) -> MutexGuard<'_, State<A>> {
        self.state.lock().unwrap_or_else(|poison| poison.into_inner())
    }

    fn settle(&self, outcome: Result<A>) {
        let mut state = self.lock();
        state.outcome = Some(outcome);
        state.finished = true;
        let waker = state.waker.take();
        drop(state);
        self.done.notify_all();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl<A: Send + 'static> Job<A> {
    pub(crate) fn start(control: Control, work: impl FnOnce(&Control) -> Result<A> + Send + 'static) -> Self {
        let state = State { outcome: None, finished: false, waker: None };
        let shared = Arc::new(Shared { state: Mutex::new(state), done: Condvar::new() });
        let (inside, held) = (Arc::clone(&shared), control.clone());
        let spawned = std::thread::Builder::new().name("arrcalc-job".into()).spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&held)));
            inside.settle(outcome.unwrap_or_else(|panic| Err(Error::Bug { message: message(&*panic) })));
        });
        if let Err(error) = spawned {
            shared.settle(Err(Error::Bug { message: format!("no thread to be had: {error}") }));
        }
        Self { shared, control }
    }
}

impl<A> Job<A> {
    /// Whether the answer, or an error, is there.
    pub fn is_done(&self) -> bool {
        self.shared.lock().finished
    }

    /// Waits until done.
    ///
    /// # Errors
    /// What the task met; [`Error::Bug`] where it panicked.
    pub fn wait(self) -> Result<A> {
        let mut state = self.shared.lock();
        loop {
            if let Some(outcome) = state.outcome.take() {
                return outcome;
            }
            state = self.shared.done.wait(state).unwrap_or_else(|poison| poison.into_inner());
        }
    }

    /// Waits until done, but not longer than `limit`; whether it is done. The job goes on either way.
    pub fn wait_timeout(&self, limit: Duration) -> bool {
        let until = Instant::now().checked_add(limit);
        let mut state = self.shared.lock();
        while !state.finished {
            // A limit past the clock's range waits in long steps.
            let left = until.map_or(limit, |until| until.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                return false;
            }
            state =
                (self.shared.done.wait_timeout(state, left)).unwrap_or_else(|poison| poison.into_inner()).0;
        }
        true
    }

    /// Asks the task to stop at its next chunk; its outcome is then [`Error::Cancelled`], unless it was done before.
    pub fn cancel(&self) {
        self.control.cancel_token().cancel();
    }

    /// How far it has come.
    pub fn progress(&self) -> ProgressSnapshot {
        self.control.progress().snapshot()
    }
}

impl<A> Future for Job<A> {
    type Output = Result<A>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<A>> {
        let mut state = self.shared.lock();
        match state.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None if state.finished => panic!("a job was polled after it was ready"),
            None => {
                state.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<A> Drop for Job<A> {
    fn drop(&mut self) {
        self.cancel();
    }
}

impl<A> fmt::Debug for Job<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("done", &self.is_done()).field("progress", &self.progress()).finish()
    }
}

/// The text of a panic.
fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("a panic").to_string()
}
