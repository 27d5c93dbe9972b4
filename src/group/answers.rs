//! Answers of groups, one after the other.

use super::GroupedNext;
use crate::answer::Scalar;
use crate::error::Result;

/// What `read` says of every group of `order`; of several errors the first.
pub(super) fn answers(order: &[u32], read: impl FnMut(u32) -> Result<Scalar>) -> GroupedNext {
    GroupedNext::Done(order.iter().copied().map(read).collect())
}
