//! Memory that work needs for a while: zeroed by the system when it is first touched, in large pages where there are such.

mod idle;

use bytemuck::Pod;
use memmap2::MmapMut;

/// Bytes from which on a map of its own is worth its system calls.
const MAP_BYTES: usize = 4 << 20;

/// Bytes from which on large pages are asked for. Their first touch is dear on a host that takes back what its guests have
/// freed, which it does by large pages; a smaller block is the faster for the small ones that the host has kept.
#[cfg(target_os = "linux")]
const LARGE_BYTES: usize = 16 << 20;

/// A block of bytes, aligned to 16.
#[derive(Debug)]
pub struct Scratch {
    block: Block,
}

#[derive(Debug)]
enum Block {
    Heap(Vec<u128>),
    /// A map, of which so many bytes may be looked at.
    Map(MmapMut, usize),
}

impl Scratch {
    /// `bytes` bytes, zero at first, or `None` where the system has no room.
    ///
    /// Cost: none until they are touched; then the system clears a page at a time.
    fn zeroed(bytes: usize) -> Option<Self> {
        if bytes < MAP_BYTES {
            return Some(Self { block: Block::Heap(vec![0; bytes.div_ceil(size_of::<u128>())]) });
        }
        let map = MmapMut::map_anon(bytes).ok()?;
        #[cfg(target_os = "linux")]
        if bytes >= LARGE_BYTES {
            // A hint: systems without large pages refuse it, and all works as well.
            let _ = map.advise(memmap2::Advice::HugePage);
        }
        Some(Self::whole(map))
    }

    fn whole(map: MmapMut) -> Self {
        let bytes = map.len();
        Self { block: Block::Map(map, bytes) }
    }

    /// `bytes` bytes, which hold anything, or `None` where the system has no room.
    ///
    /// Cost: the system clears each page as it is first touched, unless a block of the size was dropped before: up to
    /// 2 GiB of them lie idle, and are the system's whenever it wants them.
    pub fn any(bytes: usize) -> Option<Self> {
        let idle = if bytes < MAP_BYTES { None } else { idle::take(bytes) };
        idle.map(Self::whole).or_else(|| Self::zeroed(bytes))
    }

    /// Keeps the first `bytes` bytes, and lets the system have the memory of the others, if there are many.
    pub fn truncate(&mut self, bytes: usize) {
        match &mut self.block {
            Block::Heap(words) => words.truncate(bytes.div_ceil(size_of::<u128>())),
            Block::Map(map, len) => {
                *len = bytes.min(*len);
                // SAFETY: from now on no slice reaches behind them.
                unsafe { idle::lend_behind(map, *len) };
            }
        }
    }

    /// Bytes that there are.
    pub fn len(&self) -> usize {
        match &self.block {
            Block::Heap(words) => words.len() * size_of::<u128>(),
            Block::Map(_, len) => *len,
        }
    }

    /// Whether there is not one byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first `len` values of a type that any bytes are.
    ///
    /// # Panics
    /// As [`Scratch::slice_mut`].
    pub fn slice<T: Pod>(&self, len: usize) -> &[T] {
        let bytes: &[u8] = match &self.block {
            Block::Heap(words) => bytemuck::cast_slice(words),
            Block::Map(map, len) => &map[..*len],
        };
        bytemuck::cast_slice(&bytes[..len * size_of::<T>()])
    }

    /// The first `len` values of a type that any bytes are, to be written.
    ///
    /// # Panics
    /// If there are fewer, or values are aligned to more than 16 bytes.
    pub fn slice_mut<T: Pod>(&mut self, len: usize) -> &mut [T] {
        let bytes: &mut [u8] = match &mut self.block {
            Block::Heap(words) => bytemuck::cast_slice_mut(words),
            Block::Map(map, len) => &mut map[..*len],
        };
        bytemuck::cast_slice_mut(&mut bytes[..len * size_of::<T>()])
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Block::Map(map, _) = std::mem::replace(&mut self.block, Block::Heap(Vec::new())) {
            idle::keep(map);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_of_any_size_are_zero_and_keep_what_is_written() {
        for bytes in [0, 8, 4_096, MAP_BYTES - 8, MAP_BYTES, MAP_BYTES + 8, 3 * MAP_BYTES] {
            let mut scratch = Scratch::zeroed(bytes).unwrap();
            let values = scratch.slice_mut::<u64>(bytes / 8);
            assert!(values.len() == bytes / 8 && values.iter().all(|&value| value == 0));
            (0..).zip(values).for_each(|(index, value)| *value = index);
            assert!(scratch.slice::<u64>(bytes / 8).iter().copied().eq(0..bytes as u64 / 8));
        }
    }

    #[test]
    fn a_block_that_was_dropped_comes_back_once() {
        let bytes = 5 * MAP_BYTES + 64;
        let address = |scratch: &mut Scratch| scratch.slice_mut::<u8>(bytes).as_ptr().addr();
        let mut first = Scratch::any(bytes).unwrap();
        let place = address(&mut first);
        first.slice_mut::<u64>(8).fill(7);
        drop(first);
        let (mut second, mut third) = (Scratch::any(bytes).unwrap(), Scratch::any(bytes).unwrap());
        assert_eq!(address(&mut second) == place, cfg!(target_os = "linux"));
        assert!(address(&mut third) != address(&mut second));
        let values = second.slice_mut::<u64>(bytes / 8);
        (0..).zip(&mut *values).for_each(|(index, value)| *value = index);
        assert!(values.iter().copied().eq(0..bytes as u64 / 8));
        // What is left of a block is as it was, and the whole comes back.
        second.truncate(bytes / 2 + 8);
        assert!(
            second.len() == bytes / 2 + 8
                && second.slice::<u64>(bytes / 16).iter().copied().eq(0..bytes as u64 / 16)
        );
        drop(second);
        let mut second = Scratch::any(bytes).unwrap();
        assert_eq!(address(&mut second) == place, cfg!(target_os = "linux"));
        drop(second);
        // Not for what would leave much of it unused.
        let mut smaller = Scratch::any(bytes / 2).unwrap();
        assert!(smaller.slice_mut::<u8>(bytes / 2).as_ptr().addr() != place);
    }
}
