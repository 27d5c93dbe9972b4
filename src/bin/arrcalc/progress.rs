//! A progress bar on stderr for work that takes longer than half a second, on a terminal.

use std::io::IsTerminal;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use arrcalc::Progress;
use arrcalc::present::significant;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::arguments::shared::{Shared, When};

/// Work that is done sooner shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);
const REDRAW: Duration = Duration::from_millis(100);
/// Steps of the bar.
const STEPS: u64 = 1_000;

/// Draws until it is dropped.
#[derive(Debug)]
pub(crate) struct Bar {
    /// Dropping it tells the thread to stop.
    stop: Option<mpsc::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Bar {
    /// A bar for what `progress` counts, unless there is no terminal or `--progress never`.
    pub(crate) fn start(progress: &Arc<Progress>, shared: &Shared) -> Option<Self> {
        if shared.quiet || !shared.progress.decide(std::io::stderr().is_terminal()) {
            return None;
        }
        let progress = Arc::clone(progress);
        let is_forced = shared.progress == When::Always;
        let (stop, stopped) = mpsc::channel::<()>();
        let thread = thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            draw(&progress, is_forced, &stopped);
        });
        Some(Self { stop: Some(stop), thread: Some(thread) })
    }
}

fn draw(progress: &Progress, is_forced: bool, stopped: &mpsc::Receiver<()>) {
    let started = Instant::now();
    let first_bytes = progress.snapshot().bytes_done;
    let bar = ProgressBar::with_draw_target(Some(STEPS), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{bar:30.cyan/dim} {percent:>3}%  {msg}  {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("━━─"));
    loop {
        let now = progress.snapshot();
        let bytes = now.bytes_done.saturating_sub(first_bytes);
        let seconds = started.elapsed().as_secs_f64().max(1e-3);
        let speed = significant::bytes((bytes as f64 / seconds) as u64);
        let message = format!(
            "pass {} of {}  {}  {speed}/s",
            now.pass,
            now.passes.max(now.pass),
            significant::bytes(bytes)
        );
        if is_forced && bar.is_hidden() {
            // indicatif draws on terminals only; --progress always is for logs as well.
            eprintln!("arrcalc: {:.0}%  {message}", now.fraction() * 100.0);
        } else {
            bar.set_position((now.fraction() * STEPS as f64) as u64);
            bar.set_message(message);
        }
        let pause = if is_forced && bar.is_hidden() { Duration::from_secs(1) } else { REDRAW };
        if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            break;
        }
    }
    bar.finish_and_clear();
}

impl Drop for Bar {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A bar that could not be drawn is no reason to fail.
            let _ = thread.join();
        }
    }
}
