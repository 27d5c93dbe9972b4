//! How a reader that needs a pass over the whole file at opening (CSV types) gets it done in parallel without
//! knowing about threads: the engine lends its workers through [`Executor`].

/// Runs independent tasks, each exactly once, on whatever it has.
pub trait Executor: Sync {
    /// Calls `task(0)`, ..., `task(count - 1)`, in any order, perhaps at the same time; returns when all are done.
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync));

    /// Whether what is being opened is no longer wanted: asked between tasks, and answered with
    /// [`crate::Error::Stopped`].
    fn is_stopped(&self) -> bool {
        false
    }
}

/// Runs the tasks one after the other on the calling thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sequential;

impl Executor for Sequential {
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).for_each(task);
    }
}
