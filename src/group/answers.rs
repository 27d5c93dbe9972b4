//! Answers of groups, shared out to threads.

use std::sync::Mutex;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use arrcalc_datasets::{Executor, Pod};

use super::GroupedNext;
use crate::answer::{Numbers, Scalar};
use crate::error::{Error, Result};

/// Groups that one thread answers at a time.
const GROUPS: usize = 1 << 14;

type Piece = std::result::Result<Vec<Scalar>, (usize, Error)>;

/// Groups that are told of before they are read.
const AHEAD: usize = 64;

/// What `read` says of every group of `order`; of several errors the first. Before it is asked about some groups `ahead`
/// is told of them, which may bring their states into cache.
pub(super) fn answers(
    order: &[u32],
    executor: &dyn Executor,
    ahead: impl Fn(&[u32]) + Sync,
    read: impl Fn(u32) -> Result<Scalar> + Sync,
) -> GroupedNext {
    let pieces: Vec<&[u32]> = order.chunks(GROUPS).collect();
    let answered: Vec<Mutex<Piece>> = pieces.iter().map(|_| Mutex::new(Ok(vec![]))).collect();
    executor.run(pieces.len(), &|index| {
        let answer = |(at, &id): (usize, &u32)| {
            if at.is_multiple_of(AHEAD) {
                ahead(pieces[index].get(at + AHEAD..).map_or(&[][..], |ids| &ids[..ids.len().min(AHEAD)]));
            }
            read(id).map_err(|error| (index * GROUPS + at, error))
        };
        let piece = pieces[index].iter().enumerate().map(answer).collect();
        *answered[index].lock().unwrap_or_else(|poison| poison.into_inner()) = piece;
    });
    let mut all = Vec::with_capacity(order.len());
    for piece in answered {
        match piece.into_inner().unwrap_or_else(|poison| poison.into_inner()) {
            Ok(mut piece) => all.append(&mut piece),
            Err(error) => return GroupedNext::Done(Err(error)),
        }
    }
    GroupedNext::Done(Ok(all))
}

/// What `read` says of every group of `order`, as numbers side by side; `None` where groups are few, or one has no number.
pub(super) fn numbers<T: Pod + Send>(
    order: &[u32],
    executor: &dyn Executor,
    ahead: impl Fn(&[u32]) + Sync,
    read: impl Fn(u32) -> Option<T> + Sync,
) -> Option<Numbers<T>> {
    if order.len() < GROUPS {
        return None;
    }
    let mut numbers = Numbers::room(order.len());
    let pieces: Vec<Mutex<&mut [T]>> = numbers.chunks_mut(GROUPS).map(Mutex::new).collect();
    let all = AtomicBool::new(true);
    executor.run(pieces.len(), &|index| {
        let mut piece = pieces[index].lock().unwrap_or_else(|poison| poison.into_inner());
        let order = &order[index * GROUPS..][..piece.len()];
        for (ids, numbers) in order.chunks(AHEAD).zip(piece.chunks_mut(AHEAD)) {
            ahead(ids);
            for (&id, number) in ids.iter().zip(numbers) {
                match read(id) {
                    Some(read) => *number = read,
                    None => return all.store(false, Relaxed),
                }
            }
        }
    });
    drop(pieces);
    all.into_inner().then_some(numbers)
}
