//! The engine: threads, level, chunk size, budget and deadline, held together and lent to one task after another,
//! or to several at the same time.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use arrcalc_datasets as datasets;
use arrcalc_datasets::{Dataset, Executor, OpenOptions};
use arrcalc_kernels::Level;

use crate::error::Result;

use super::job::Job;
use super::pool::Pool;
use super::queue::Queue;
use super::{Budget, CancelToken, Control, Progress, Scope, Task};

/// Runs tasks. Clones share threads and budget; nothing is global.
///
/// No setting changes a result: not threads, not chunk rows, not the level, not the budget.
///
/// # Examples
/// ```
/// use arrcalc::{Describe, Engine, datasets::Dataset};
///
/// let engine = Engine::builder().threads(2).build();
/// let penguins = Dataset::open("datasets/samples/penguins.csv")?;
/// let answer = engine.run(&Describe::new(&penguins))?;
/// assert_eq!(answer.rows, 344);
/// # Ok::<(), arrcalc::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Engine {
    core: Arc<Core>,
}

/// What runs share.
#[derive(Debug)]
pub(crate) struct Core {
    pub(crate) pool: Pool,
    pub(crate) level: Level,
    pub(crate) chunk_rows: Option<usize>,
    pub(crate) budget: Budget,
    cancel: CancelToken,
    deadline: Option<Duration>,
    progress: Option<Arc<Progress>>,
}

/// Settings of an [`Engine`].
#[derive(Clone, Debug)]
pub struct EngineBuilder {
    threads: Option<usize>,
    level: Level,
    chunk_rows: Option<usize>,
    memory_bytes: u64,
    cancel: CancelToken,
    deadline: Option<Duration>,
    progress: Option<Arc<Progress>>,
}

/// The budget where none is named; what readers assume as well.
const DEFAULT_MEMORY_BYTES: u64 = 4 << 30;

impl Default for EngineBuilder {
    fn default() -> Self {
        Self {
            threads: None,
            level: Level::detect(),
            chunk_rows: None,
            memory_bytes: DEFAULT_MEMORY_BYTES,
            cancel: CancelToken::new(),
            deadline: None,
            progress: None,
        }
    }
}

impl EngineBuilder {
    /// Threads, the calling one included. Default: what affinity and the cgroup's quota allow. 0 means default.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = (threads > 0).then_some(threads);
        self
    }

    /// Instructions to compute with. Default: the best of this machine.
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Rows a chunk. Default: what fits a core's cache. 0 means default.
    pub fn chunk_rows(mut self, rows: usize) -> Self {
        self.chunk_rows = (rows > 0).then_some(rows);
        self
    }

    /// Bytes that may be allocated at one time; mapped pages do not count. Default: 4 GiB.
    pub fn memory_bytes(mut self, bytes: u64) -> Self {
        self.memory_bytes = bytes;
        self
    }

    /// Stops every run when `token` is cancelled.
    pub fn cancel_token(mut self, token: CancelToken) -> Self {
        self.cancel = token;
        self
    }

    /// Stops each run after `limit`.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// Counts what runs do into `progress`.
    pub fn progress(mut self, progress: Arc<Progress>) -> Self {
        self.progress = Some(progress);
        self
    }

    /// The engine. Threads start when the first run is large enough for them.
    pub fn build(self) -> Engine {
        let threads = self
            .threads
            .unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get));
        Engine {
            core: Arc::new(Core {
                pool: Pool::new(threads),
                level: self.level,
                chunk_rows: self.chunk_rows,
                budget: Budget::new(self.memory_bytes),
                cancel: self.cancel,
                deadline: self.deadline,
                progress: self.progress,
            }),
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}

impl Engine {
    /// An engine with every default.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Settings to choose.
    pub fn builder() -> EngineBuilder {
        EngineBuilder::default()
    }

    /// Threads that runs use, the calling one included.
    pub fn threads(&self) -> usize {
        self.core.pool.threads()
    }

    /// Instructions that runs use.
    pub fn level(&self) -> Level {
        self.core.level
    }

    /// The memory account of all runs.
    pub fn budget(&self) -> &Budget {
        &self.core.budget
    }

    /// A control with this engine's token, deadline (from now) and progress counter.
    pub fn control(&self) -> Control {
        let mut control = Control::new().with_cancel(self.core.cancel.clone());
        if let Some(limit) = self.core.deadline {
            control = control.with_deadline(limit);
        }
        if let Some(progress) = &self.core.progress {
            control = control.with_progress(Arc::clone(progress));
        }
        control
    }

    /// Opens files as one table; a pass over whole files that opening needs (CSV types) uses this engine's threads,
    /// and stops with its token and deadline.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub fn open<P: AsRef<Path>>(&self, paths: &[P], options: &OpenOptions) -> Result<Dataset<'static>> {
        let paths: Vec<&Path> = paths.iter().map(AsRef::as_ref).collect();
        let mut options = options.clone();
        options.limits.memory_bytes = options.limits.memory_bytes.min(self.core.budget.limit_bytes());
        let control = self.control();
        let opened = Dataset::open_with(&paths, &options, &Opening { engine: self, control: &control });
        // Why it was stopped is the answer, also where it was too late to stop.
        if matches!(opened, Ok(_) | Err(datasets::Error::Stopped { .. })) {
            control.check()?;
        }
        Ok(opened?)
    }

    /// Runs `task` on the calling thread and idle threads of the engine; the task may borrow.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub fn run<T: Task + ?Sized>(&self, task: &T) -> Result<T::Answer> {
        self.run_with(task, &self.control())
    }

    /// As [`Engine::run`], stopped and watched through `control`.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub fn run_with<T: Task + ?Sized>(&self, task: &T, control: &Control) -> Result<T::Answer> {
        control.check()?;
        task.run(&Scope::new(&self.core, control))
    }

    /// Runs `work` with what the engine lends a task: for computations that are functions of a [`Scope`], such as those
    /// of [`crate::order`].
    ///
    /// # Errors
    /// What `work` meets. See [`crate::Error`].
    pub fn scoped<R>(&self, work: impl FnOnce(&Scope<'_>) -> Result<R>) -> Result<R> {
        self.scoped_with(&self.control(), work)
    }

    /// As [`Engine::scoped`], stopped and watched through `control`.
    ///
    /// # Errors
    /// As [`Engine::scoped`].
    pub fn scoped_with<R>(&self, control: &Control, work: impl FnOnce(&Scope<'_>) -> Result<R>) -> Result<R> {
        control.check()?;
        work(&Scope::new(&self.core, control))
    }

    /// Starts `task` and returns at once.
    pub fn submit<T>(&self, task: T) -> Job<T::Answer>
    where
        T: Task + Send + 'static,
        T::Answer: Send + 'static,
    {
        // A token of its own, so that cancelling the job does not cancel the engine; the engine's stops it too.
        let control = self.control().with_parent(self.core.cancel.clone());
        self.submit_with(task, control)
    }

    /// As [`Engine::submit`], stopped and watched through `control`.
    pub fn submit_with<T>(&self, task: T, control: Control) -> Job<T::Answer>
    where
        T: Task + Send + 'static,
        T::Answer: Send + 'static,
    {
        let engine = self.clone();
        Job::start(control, move |control| engine.run_with(&task, control))
    }
}

impl Executor for Engine {
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        let threads = self.threads().min(count);
        let queue = Queue::new(count, threads.max(1));
        self.core.pool.run(threads, &|worker| {
            while let Some(index) = queue.next(worker) {
                task(index);
            }
        });
    }
}

/// The engine while it opens files: its threads, until its token or deadline says stop.
struct Opening<'e> {
    engine: &'e Engine,
    control: &'e Control,
}

impl Executor for Opening<'_> {
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        Executor::run(self.engine, count, task);
    }

    fn is_stopped(&self) -> bool {
        self.control.check().is_err()
    }
}
