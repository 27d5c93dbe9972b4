//! The only place that knows about concurrency: the [`Engine`] with its threads, jobs, memory budget, cancelling,
//! deadlines and progress. It runs any [`Task`] and does not know which; a task asks its [`Scope`] for passes
//! over a dataset, and the scope cuts them into units and lets idle workers steal them. Because every state is
//! an exact mergeable one, no schedule can change an answer.

mod budget;
mod choice;
mod control;
mod engine;
mod failure;
mod in_order;
mod job;
mod ordered;
mod pool;
mod progress;
mod queue;
mod reduce;
mod roof;
mod scope;
mod timeline;
mod trace;

pub use budget::{Budget, Reservation};
pub(crate) use choice::{All, Choice, Chooser};
pub use control::{CancelToken, Control};
pub use engine::{Engine, EngineBuilder};
pub use job::Job;
pub(crate) use ordered::{Encoded, UnitWork};
pub use progress::{PassRecord, Progress, ProgressSnapshot};
pub use reduce::{Reduce, Repeat};
pub use roof::MemoryRoof;
pub use scope::{Input, Pass, Scope, Task};
pub use trace::{Span, SpanKind, Trace, Work};
