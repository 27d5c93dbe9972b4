//! Buffers of a column's decoder, handed on from one row group to the next: fresh ones would cost a page fault for
//! every 4 KiB that is decompressed into them, about as much as decompressing.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

use parquet::basic::Compression;

use super::codec::Codec;
use super::hybrid::BitVec;
use crate::fault::Fault;

/// Bytes that a thread keeps for its next row group.
const IDLE_BYTES: usize = 8 << 20;
/// Buffers of so many columns at most.
const IDLE_COLUMNS: usize = 16;

thread_local! {
    static IDLE: RefCell<Vec<Buffers>> = const { RefCell::new(Vec::new()) };
}

/// What a decoder writes into, whatever it held before. Words of 16 bytes are aligned for any value.
#[derive(Debug)]
pub(super) struct Buffers {
    compression: Compression,
    pub(super) codec: Codec,
    pub(super) page: Vec<u128>,
    pub(super) values: Vec<u128>,
    pub(super) dictionary: Vec<u128>,
    pub(super) validity: BitVec,
}

/// Buffers that go back to the thread that drops them.
#[derive(Debug)]
pub(super) struct Workspace(Buffers);

impl Workspace {
    /// Buffers that this thread has, or fresh ones.
    pub(super) fn take(compression: Compression) -> Result<Self, Fault> {
        let idle = IDLE.try_with(|idle| {
            let mut idle = idle.borrow_mut();
            let place = idle.iter().rposition(|idle| idle.compression == compression)?;
            Some(idle.swap_remove(place))
        });
        match idle.ok().flatten() {
            Some(idle) => Ok(Self(idle)),
            None => Ok(Self(Buffers::new(compression, Codec::new(compression)?))),
        }
    }
}

impl Deref for Workspace {
    type Target = Buffers;

    fn deref(&self) -> &Buffers {
        &self.0
    }
}

impl DerefMut for Workspace {
    fn deref_mut(&mut self) -> &mut Buffers {
        &mut self.0
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        let used = std::mem::replace(&mut self.0, Buffers::new(Compression::UNCOMPRESSED, Codec::Stored));
        // A thread that ends keeps nothing.
        let _ = IDLE.try_with(|idle| {
            let mut idle = idle.borrow_mut();
            let held: usize = idle.iter().map(Buffers::bytes).sum();
            if idle.len() < IDLE_COLUMNS && held + used.bytes() <= IDLE_BYTES {
                idle.push(used);
            }
        });
    }
}

impl Buffers {
    fn new(compression: Compression, codec: Codec) -> Self {
        let (page, values, dictionary) = (Vec::new(), Vec::new(), Vec::new());
        Self { compression, codec, page, values, dictionary, validity: BitVec::default() }
    }

    fn bytes(&self) -> usize {
        let words = self.page.capacity() + self.values.capacity() + self.dictionary.capacity();
        words * size_of::<u128>()
    }
}

/// The first `len` bytes of `words`, which grow where they must.
pub(super) fn room(words: &mut Vec<u128>, len: usize) -> &mut [u8] {
    let needed = len.div_ceil(size_of::<u128>());
    if words.len() < needed {
        // What was there is not wanted: nothing is copied to the new place.
        words.clear();
        words.resize(needed, 0);
    }
    &mut bytemuck::cast_slice_mut(words)[..len]
}
