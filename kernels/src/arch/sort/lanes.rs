//! A register full of sort keys: what networks and partitions are written with.

/// As many keys as fit a register. Order, minima and maxima are those of the keys as unsigned numbers.
///
/// The networks move keys between lanes by two permutations only: an exchange of lanes `i` and `i ^ mask`, and a choice
/// between two registers by one bit of the lane's number.
///
/// # Safety
/// Every method may only be called where the CPU has the instructions of the implementing register, inside a function
/// compiled for them; addresses are read or written as far as each method says.
pub(super) trait Lanes: Copy {
    /// An unsigned number.
    type Key: Copy + Ord + 'static;

    /// Keys in a register: a power of two, at most 16.
    const COUNT: usize;

    /// The highest key.
    const HIGHEST: Self::Key;

    /// The keys at `from..from + COUNT`, in the form that the other methods take.
    unsafe fn load(from: *const Self::Key) -> Self;

    /// The keys of the values whose bits are at `from..from + COUNT`: see [`crate::sort::Map`].
    unsafe fn load_mapped(from: *const Self::Key, fold: Self, flip: Self) -> Self;

    /// Each key's distance from that of `other`, wrapping.
    unsafe fn above(self, other: Self) -> Self;

    /// Asks for the cache line of an address that need not be anyone's.
    unsafe fn ask_for(from: *const Self::Key);

    /// Writes `COUNT` keys.
    unsafe fn store(self, to: *mut Self::Key);

    /// The `count <= COUNT` keys at `from`, then highest keys.
    unsafe fn load_first(from: *const Self::Key, count: usize) -> Self;

    /// Writes the first `count <= COUNT` keys.
    unsafe fn store_first(self, to: *mut Self::Key, count: usize);

    /// `key` in every lane.
    unsafe fn splat(key: Self::Key) -> Self;

    /// The lesser and the greater of each lane's two keys.
    unsafe fn ordered(self, other: Self) -> (Self, Self);

    /// Lane `i` from lane `i ^ mask`, for `mask` of 1, 2, 4 or 8, or of 3, 7 or 15.
    unsafe fn exchanged(self, mask: usize) -> Self;

    /// Lanes whose number has the bit `bit` (1, 2, 4 or 8) from `set`, the others from `self`.
    unsafe fn chosen(self, set: Self, bit: usize) -> Self;

    /// The lanes as a matrix of `rows` rows, transposed.
    unsafe fn transposed(self, rows: usize) -> Self;

    /// The keys below `pivot` in the lowest lanes of the first register, the others in the highest lanes of the second,
    /// and how many are below. The other lanes are such that [`Lanes::joined`] gives one register with all keys.
    unsafe fn split(self, pivot: Self) -> (Self, Self, usize);

    /// The two registers of [`Lanes::split`] in one.
    unsafe fn joined(low: Self, high: Self) -> Self;
}
