//! Ctrl-C, SIGTERM and `--timeout`: ask the engine to stop at its next chunk, then end as the sender expects.
//!
//! The first signal cancels, so that temporaries are removed on the way out, and the process then dies by that
//! signal; a second one kills at once. A timeout that is not answered within [`GRACE`] ends the process itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use arrcalc::CancelToken;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// Time for running work to end by itself after a timeout.
const GRACE: Duration = Duration::from_secs(2);

/// What was asked from outside. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Interrupt {
    token: CancelToken,
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    /// The first signal that came, or 0.
    signal: AtomicI32,
    timed_out: AtomicBool,
    /// The main thread waits for input and cannot look at the token: a signal ends the process at once.
    waiting: AtomicBool,
}

impl Interrupt {
    /// Begins to listen; `limit` is `--timeout`.
    pub(crate) fn listen(limit: Option<Duration>) -> Self {
        let interrupt = Self::default();
        // Without handlers, signals do what they always do: an acceptable second best.
        if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) {
            let interrupt = interrupt.clone();
            thread::spawn(move || {
                for signal in signals.forever() {
                    let is_first = interrupt.inner.signal.compare_exchange(0, signal, SeqCst, SeqCst).is_ok();
                    interrupt.token.cancel();
                    if !is_first || interrupt.inner.waiting.load(SeqCst) {
                        let _ = emulate_default_handler(signal);
                    }
                }
            });
        }
        if let Some(limit) = limit {
            let interrupt = interrupt.clone();
            thread::spawn(move || {
                thread::sleep(limit);
                interrupt.inner.timed_out.store(true, SeqCst);
                interrupt.token.cancel();
                let grace = if interrupt.inner.waiting.load(SeqCst) { Duration::ZERO } else { GRACE };
                thread::sleep(grace);
                eprintln!("arrcalc: stopped after {limit:?}; raise --timeout");
                std::process::exit(124);
            });
        }
        interrupt
    }

    /// The token that the engine looks at.
    pub(crate) fn token(&self) -> CancelToken {
        self.token.clone()
    }

    /// Whether work was stopped by `--timeout` rather than by a signal.
    pub(crate) fn timed_out(&self) -> bool {
        self.inner.timed_out.load(SeqCst) && self.inner.signal.load(SeqCst) == 0
    }

    /// Runs `work`, which waits for somebody else: a signal meanwhile ends the process at once.
    pub(crate) fn while_waiting<T>(&self, work: impl FnOnce() -> T) -> T {
        self.inner.waiting.store(true, SeqCst);
        let result = work();
        self.inner.waiting.store(false, SeqCst);
        result
    }

    /// Dies by the signal that came, if one came, so that shells and supervisors see it.
    pub(crate) fn die_by_signal(&self) {
        let signal = self.inner.signal.load(SeqCst);
        if signal != 0 {
            let _ = emulate_default_handler(signal);
        }
    }
}
