//! Rows that stay rows, as text: encoded by the threads that find them, handed on in their order.

use std::ops::ControlFlow;

use arrcalc_datasets::{Chunk, Layout};

use crate::answer::Table;
use crate::error::{Error, Result};
use crate::execute::{Encoded, Pass, Scope, UnitWork};
use crate::plan::Plan;

use super::early::Filtered;
use super::rows::Worker;
use super::source::Source;
use super::stream;
use super::text::Texts;

/// Rows of a unit: what a thread holds while others hand on theirs. Text is long.
const UNIT_ROWS: u64 = 16_384;

/// Appends rows as text to that of those before them.
pub(super) type Encode<'a> = &'a (dyn Fn(&Chunk<'_>, &mut String) + Sync);

/// Takes the text of some rows.
pub(super) type Take<'a> = &'a mut (dyn FnMut(&str) -> Result<()> + Send);

/// A thread's part.
struct Encoding<'a> {
    scope: &'a Scope<'a>,
    source: &'a Source<'a>,
    plan: &'a Plan,
    texts: &'a Texts,
    worker: Worker,
    encode: Encode<'a>,
    text: String,
}

impl UnitWork for Encoding<'_> {
    fn rows(&mut self, chunk: &Chunk<'_>) -> Result<Encoded> {
        let taken = self.worker.take_in(self.scope, self.source, self.plan, self.texts, chunk);
        for (_, piece) in self.worker.pieces.drain(..) {
            (self.encode)(&piece.lend(), &mut self.text);
        }
        self.worker.release(self.scope)?;
        taken.map(|()| Encoded::Yes)
    }

    fn end(&mut self) -> Result<Encoded> {
        Ok(Encoded::Yes)
    }
}

/// Hands the rows of the answer to `plan`, of which [`stream::is_possible`] holds, to `take`. Where a row cannot be
/// computed, those before it are handed on; where a file cannot be read, the units before.
pub(super) fn rows(
    scope: &Scope<'_>,
    source: &Source<'_>,
    plan: &Plan,
    texts: &Texts,
    encode: Encode<'_>,
    take: Take<'_>,
) -> Result<()> {
    let columns = plan.columns();
    let file = source.of_file(&columns);
    // Of the first rows no more are looked at than are wanted; made columns lie beside the units.
    if plan.limit.is_some() || plan.offset > 0 || file.len() < columns.len() {
        let mut text = String::new();
        return stream::lend(scope, source, plan, texts, &mut |chunk| {
            text.clear();
            encode(chunk, &mut text);
            take(&text)?;
            Ok(ControlFlow::Continue(()))
        });
    }
    let worker = |_| {
        let worker = Worker::new(scope, plan, &columns)?;
        Ok(Encoding { scope, source, plan, texts, worker, encode, text: String::new() })
    };
    let workers: Vec<Encoding<'_>> = (0..scope.threads()).map(worker).collect::<Result<_>>()?;
    let pass = Pass { dataset: source.dataset, columns: file, layout: Layout::Together };
    let filtered = Filtered::new(plan, source.dataset, file, scope.level());
    scope.ordered(&pass, &filtered, UNIT_ROWS, workers, |Encoding { text, .. }, done, _| {
        if !text.is_empty() && matches!(done, Ok(_) | Err(Error::Evaluation { .. })) {
            take(text)?;
        }
        text.clear();
        done.map(drop)
    })
}

/// Hands on all rows of `answer`.
pub(super) fn whole(answer: &Table, encode: Encode<'_>, take: Take<'_>) -> Result<()> {
    let (rows, mut text) = (answer.row_count(), String::new());
    for first in (0..rows).step_by(UNIT_ROWS as usize) {
        text.clear();
        encode(&answer.lend_rows(first..rows.min(first + UNIT_ROWS as usize)), &mut text);
        take(&text)?;
    }
    Ok(())
}
