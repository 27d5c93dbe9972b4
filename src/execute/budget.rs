//! A memory budget: every operator reserves before it allocates, and a reservation gives back when it is dropped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::error::{Error, Result};

/// Bytes that arrcalc may hold at one time. Clones share one account.
///
/// Clean pages of mapped files do not count: the system takes them back when it needs them.
#[derive(Clone, Debug)]
pub struct Budget {
    account: Arc<Account>,
}

#[derive(Debug)]
struct Account {
    limit_bytes: u64,
    used_bytes: AtomicU64,
}

impl Budget {
    /// A budget of `limit_bytes`.
    pub fn new(limit_bytes: u64) -> Self {
        Self { account: Arc::new(Account { limit_bytes, used_bytes: AtomicU64::new(0) }) }
    }

    /// The whole budget.
    pub fn limit_bytes(&self) -> u64 {
        self.account.limit_bytes
    }

    /// What is reserved now.
    pub fn used_bytes(&self) -> u64 {
        self.account.used_bytes.load(Relaxed)
    }

    /// What is free now.
    pub fn available_bytes(&self) -> u64 {
        self.limit_bytes().saturating_sub(self.used_bytes())
    }

    /// Takes `bytes` for `what` (named in the error) until the reservation is dropped.
    ///
    /// # Errors
    /// [`Error::Memory`] where they are not free.
    pub fn reserve(&self, what: &'static str, bytes: u64) -> Result<Reservation> {
        let mut reservation = Reservation { budget: self.clone(), bytes: 0 };
        reservation.grow(what, bytes)?;
        Ok(reservation)
    }
}

/// Bytes taken from a [`Budget`], given back on drop.
#[derive(Debug)]
pub struct Reservation {
    budget: Budget,
    bytes: u64,
}

impl Reservation {
    /// Bytes held.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes `bytes` more.
    ///
    /// # Errors
    /// [`Error::Memory`] where they are not free; what was held stays held.
    pub fn grow(&mut self, what: &'static str, bytes: u64) -> Result<()> {
        let account = &self.budget.account;
        let taken = account.used_bytes.fetch_update(Relaxed, Relaxed, |used| {
            used.checked_add(bytes).filter(|total| *total <= account.limit_bytes)
        });
        match taken {
            Ok(_) => {
                self.bytes += bytes;
                Ok(())
            }
            Err(used) => Err(Error::Memory {
                what,
                needed_bytes: bytes,
                available_bytes: account.limit_bytes.saturating_sub(used),
                limit_bytes: account.limit_bytes,
            }),
        }
    }

    /// Gives back all but `bytes`, if more is held.
    pub fn shrink_to(&mut self, bytes: u64) {
        let surplus = self.bytes.saturating_sub(bytes);
        self.budget.account.used_bytes.fetch_sub(surplus, Relaxed);
        self.bytes -= surplus;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        self.shrink_to(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reservation_is_given_back_and_a_refusal_takes_nothing() {
        let budget = Budget::new(100);
        let mut first = budget.reserve("a", 60).unwrap();
        assert!(matches!(budget.reserve("b", 41), Err(Error::Memory { available_bytes: 40, .. })));
        assert!(first.grow("a", 41).is_err());
        assert_eq!((first.bytes(), budget.used_bytes()), (60, 60));
        first.grow("a", 40).unwrap();
        first.shrink_to(10);
        assert_eq!(budget.available_bytes(), 90);
        drop(first);
        assert_eq!(budget.used_bytes(), 0);
        assert!(budget.reserve("overflow", u64::MAX).is_err());
    }
}
