//! Tables that stand in order already: one look at the keys, and the rows are handed over as they lie.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use arrcalc_datasets::{Layout, ReadRequest};

use super::added::Room;
use super::codes::Coder;
use super::{Deliver, SortVolume, Sorting};
use crate::error::Result;
use crate::{Pass, Scope};

/// The first and the last code of some rows.
type Ends = (Vec<u8>, Vec<u8>);

impl Sorting<'_> {
    /// Whether no row's key is below that of the row before it. Ends at the first that is.
    pub(super) fn is_in_order(&self, scope: &Scope<'_>, coder: &Coder) -> Result<bool> {
        let units =
            self.dataset.units(self.columns, Layout::Together, scope.unit_rows(self.dataset.row_count()));
        let request = ReadRequest {
            chunk_rows: scope.chunk_rows(self.columns.len()),
            memory_bytes: scope.budget().available_bytes() / scope.threads() as u64,
        };
        let is_refuted = AtomicBool::new(false);
        let ends: Vec<Mutex<Option<Ends>>> = units.iter().map(|_| Mutex::new(None)).collect();
        let look = |(codes, room): &mut (_, Room), index: usize| {
            if is_refuted.load(Relaxed) {
                return Ok(());
            }
            let mut seen: Option<Ends> = None;
            self.dataset.read(&units[index], &request, &mut |chunk| {
                if chunk.row_count == 0 {
                    return ControlFlow::Continue(());
                }
                let chunk = &self.added.to(scope.level(), chunk, room);
                coder.encode(chunk, codes);
                let (first, last) = (codes.comparable(0), codes.comparable(chunk.row_count - 1));
                let has_words = !coder.is_word() || !coder.has_nulls(chunk);
                let follows = seen.as_ref().is_none_or(|(_, before)| *before <= first);
                if !(has_words && follows && codes.is_ascending()) {
                    is_refuted.store(true, Relaxed);
                    return ControlFlow::Break(());
                }
                seen = Some((seen.take().map_or(first, |(first, _)| first), last));
                if is_refuted.load(Relaxed) { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })?;
            *ends[index].lock().unwrap_or_else(PoisonError::into_inner) = seen;
            Ok(())
        };
        scope.fold(units.len(), || (coder.codes(), Room::default()), look)?;
        let ends: Vec<Ends> = (ends.into_iter())
            .filter_map(|ends| ends.into_inner().unwrap_or_else(PoisonError::into_inner))
            .collect();
        Ok(!is_refuted.into_inner() && ends.windows(2).all(|pair| pair[0].1 <= pair[1].0))
    }

    /// Hands over the rows as they lie.
    pub(super) fn as_it_is(&self, scope: &Scope<'_>, deliver: &mut Deliver<'_>) -> Result<SortVolume> {
        let pass = Pass { dataset: self.dataset, columns: self.columns, layout: Layout::Together };
        let mut volume = SortVolume::default();
        let mut room = Room::default();
        scope.in_order_until(&pass, |chunk| {
            volume.rows += chunk.row_count as u64;
            deliver(&self.added.to(scope.level(), chunk, &mut room))
        })?;
        Ok(volume)
    }
}
