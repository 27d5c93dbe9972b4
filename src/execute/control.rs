//! How a run is stopped and watched from outside: a cancel token, a deadline, a progress counter.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

use super::Progress;

/// Asks work to stop at its next chunk. Clones share one flag.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    cancelled: Arc<AtomicBool>,
}

impl CancelToken {
    /// A token that nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// A token that shares `flag`, as a signal handler sets it.
    pub fn from_flag(flag: Arc<AtomicBool>) -> Self {
        Self { cancelled: flag }
    }

    /// Asks to stop. May be called from any thread, more than once.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Whether someone asked to stop.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed)
    }
}

/// The outside's hold on one run. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Control {
    cancel: CancelToken,
    parent: Option<CancelToken>,
    deadline: Option<(Instant, Duration)>,
    progress: Arc<Progress>,
}

impl Control {
    /// No deadline, nobody has cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Stops when `token` is cancelled.
    pub fn with_cancel(mut self, token: CancelToken) -> Self {
        self.cancel = token;
        self
    }

    /// Stops when `parent` is cancelled as well, and gets a token of its own, so that cancelling this run does
    /// not cancel others that share `parent`.
    pub fn with_parent(mut self, parent: CancelToken) -> Self {
        self.cancel = CancelToken::new();
        self.parent = Some(parent);
        self
    }

    /// Stops once `limit` has passed from now.
    pub fn with_deadline(mut self, limit: Duration) -> Self {
        // A limit past the clock's range is no limit.
        self.deadline = Instant::now().checked_add(limit).map(|at| (at, limit));
        self
    }

    /// Counts into `progress`.
    pub fn with_progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = progress;
        self
    }

    /// The token.
    pub fn cancel_token(&self) -> &CancelToken {
        &self.cancel
    }

    /// The counter.
    pub fn progress(&self) -> &Arc<Progress> {
        &self.progress
    }

    /// Whether work may go on.
    ///
    /// # Errors
    /// [`Error::Cancelled`] or [`Error::Deadline`].
    pub fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() || self.parent.as_ref().is_some_and(CancelToken::is_cancelled) {
            return Err(Error::Cancelled);
        }
        match self.deadline {
            Some((at, limit)) if Instant::now() >= at => Err(Error::Deadline { limit }),
            _ => Ok(()),
        }
    }
}
