//! Keys below a pivot to the front, the others to the back, in place.
//!
//! Some registers are loaded from both ends first, which leaves room to write; then keys are always read from the end
//! that has less room left, so neither end runs out. What is written may be garbage past the keys that count, as it
//! stays within that room. The plan is Bramas's ("A Novel Hybrid Quicksort Algorithm Vectorized using AVX-512", 2017),
//! as vqsort refined it.

use super::lanes::Lanes;
use crate::sort::{Key, Map};

/// Registers read at a time.
const UNROLL: usize = 4;

/// Registers between what is read and what is asked for: the ends take turns, which the processor foresees less well
/// than one stream.
const AHEAD: usize = 32;

/// Fewest registers of keys that [`partition`] takes.
pub(super) const REGISTERS_MIN: usize = 2 * UNROLL;

struct Writer<V: Lanes> {
    pivot: V,
    /// Where the next key below the pivot goes.
    left: *mut V::Key,
    /// Past where the next other key goes.
    right: *mut V::Key,
}

impl<V: Lanes> Writer<V> {
    #[inline(always)]
    unsafe fn write(&mut self, keys: V) {
        // SAFETY: the caller left room for `COUNT` keys at both ends.
        unsafe {
            let (low, high, below) = keys.split(self.pivot);
            low.store(self.left);
            high.store(self.right.sub(V::COUNT));
            self.left = self.left.add(below);
            self.right = self.right.sub(V::COUNT - below);
        }
    }
}

#[inline(always)]
unsafe fn read_block<V: Lanes>(from: *const V::Key) -> [V; UNROLL] {
    // SAFETY: the caller's promise: a block may be read.
    unsafe {
        let mut block = [V::load(from); UNROLL];
        for (index, register) in block.iter_mut().enumerate().skip(1) {
            *register = V::load(from.add(index * V::COUNT));
        }
        block
    }
}

/// Moves the keys below `pivot` to the front and returns their number.
///
/// # Safety
/// As [`Lanes`]; `count` keys may be read and written, and `count >= REGISTERS_MIN * V::COUNT`.
#[inline(always)]
pub(super) unsafe fn partition<V: Lanes>(keys: *mut V::Key, count: usize, pivot: V::Key) -> usize {
    let block = UNROLL * V::COUNT;
    let whole = count - count % V::COUNT;
    // SAFETY: `unread` to `unread_end` are within the `count` keys. The room at the two ends together is what has been
    // read and not written: at least two blocks until all is read. Reading a block from the end with less room leaves at least
    // a block at each, which is what writing it may take.
    unsafe {
        let mut first = [V::splat(pivot); UNROLL];
        let mut last = first;
        for (index, (first, last)) in first.iter_mut().zip(&mut last).enumerate() {
            *first = V::load(keys.add(index * V::COUNT));
            *last = V::load(keys.add(whole - (index + 1) * V::COUNT));
        }
        let (mut unread, mut unread_end) = (keys.add(block), keys.add(whole - block));
        let mut writer: Writer<V> = Writer { pivot: V::splat(pivot), left: keys, right: keys.add(whole) };
        // One block ahead: where the next block is read depends on the counts of the one before the one in hand, so a
        // load need not wait for the last count.
        let mut held = None;
        if unread_end.offset_from(unread) >= block as isize {
            let mut current = read_block(unread);
            unread = unread.add(block);
            while unread_end.offset_from(unread) >= block as isize {
                let is_left = unread.offset_from(writer.left) <= writer.right.offset_from(unread_end);
                let from = if is_left { unread } else { unread_end.sub(block) };
                unread = if is_left { unread.add(block) } else { unread };
                unread_end = if is_left { unread_end } else { from };
                let next: [V; UNROLL] = read_block(from);
                let ahead = if is_left {
                    unread.wrapping_add(AHEAD * V::COUNT)
                } else {
                    unread_end.wrapping_sub(AHEAD * V::COUNT)
                };
                for register in 0..UNROLL {
                    V::ask_for(ahead.wrapping_add(register * V::COUNT));
                }
                for register in current {
                    writer.write(register);
                }
                current = next;
            }
            held = Some(current);
        }
        while unread < unread_end {
            let from = if unread.offset_from(writer.left) <= writer.right.offset_from(unread_end) {
                unread = unread.add(V::COUNT);
                unread.sub(V::COUNT)
            } else {
                unread_end = unread_end.sub(V::COUNT);
                unread_end
            };
            writer.write(V::load(from));
        }
        for register in first.into_iter().chain(held.into_iter().flatten()) {
            writer.write(register);
        }
        for register in &last[1..] {
            writer.write(*register);
        }
        // Room for one register is left: both its parts go there at once.
        let (low, high, below) = last[0].split(writer.pivot);
        V::joined(low, high).store(writer.left);
        let mut boundary = writer.left.offset_from(keys) as usize + below;
        for index in whole..count {
            let (key, other) = (*keys.add(index), *keys.add(boundary));
            let is_below = key < pivot;
            *keys.add(index) = if is_below { other } else { key };
            *keys.add(boundary) = if is_below { key } else { other };
            boundary += usize::from(is_below);
        }
        boundary
    }
}

/// As [`partition`], of the keys that `map` gives for the bits at `from`, to `to`. Also returns whether all are keys of
/// numbers.
///
/// # Safety
/// As [`Lanes`]; `count` keys may be read from `from` and written to `to`, and the two do not overlap.
#[inline(always)]
pub(super) unsafe fn partition_from<V: Lanes<Key: Key>>(
    from: *const V::Key,
    to: *mut V::Key,
    count: usize,
    map: &Map<V::Key>,
    pivot: V::Key,
) -> (usize, bool) {
    let whole = count - count % V::COUNT;
    // SAFETY: the room between the two ends is what has not been read yet, a whole number of registers after the first
    // keys: one register or more wherever one is written.
    unsafe {
        let (mut first, mut past) = (0, count);
        let mut farthest = V::Key::ZERO;
        for index in whole..count {
            let key = map.key(*from.add(index));
            farthest = farthest.max(key.above(map.lowest));
            let is_below = key < pivot;
            past -= usize::from(!is_below);
            *to.add(if is_below { first } else { past }) = key;
            first += usize::from(is_below);
        }
        let (fold, flip, lowest) = (V::splat(map.fold), V::splat(map.flip), V::splat(map.lowest));
        let mut far = V::splat(farthest);
        let mut writer: Writer<V> =
            Writer { pivot: V::splat(pivot), left: to.add(first), right: to.add(past) };
        let registers = whole / V::COUNT;
        for register in 0..registers.saturating_sub(1) {
            let keys = V::load_mapped(from.add(register * V::COUNT), fold, flip);
            far = far.ordered(keys.above(lowest)).1;
            writer.write(keys);
        }
        let mut below = writer.left.offset_from(to) as usize;
        if registers > 0 {
            let keys = V::load_mapped(from.add(whole - V::COUNT), fold, flip);
            far = far.ordered(keys.above(lowest)).1;
            let (low, high, count) = keys.split(writer.pivot);
            V::joined(low, high).store(writer.left);
            below += count;
        }
        let mut lanes = [V::Key::ZERO; 16];
        far.store(lanes.as_mut_ptr());
        (below, lanes[..V::COUNT].iter().all(|far| *far <= map.span))
    }
}
