//! A table that tells for every cell of a fine grid where in the edges to begin.
//!
//! The grid is of equal cells, or of equal steps of the order of floats (which suits edges that grow by a factor); in
//! both the cell is a non-decreasing function of the value. So edges in cells below a value's are below the value, those
//! in cells above are above it, and only those in its own cell, mostly one or none, are compared with it: the buckets of
//! a guide table (H.-C. Chen and Y. Asau, "On generating random variates from an empirical distribution", 1974).

use crate::order_key::OrderKey;

/// Added to a float of less than 31 bits, it leaves the nearest integer in the low bits: 1.5 * 2^52.
const INTEGER: f64 = 6_755_399_441_055_744.0;
/// Cells that are tried: as few as do.
const CELLS: [usize; 3] = [512, 2048, 8192];
/// Most edges in a cell.
const STEPS_MAX: usize = 4;
/// Most edges: a table as small as that stays in the caches.
const EDGES_MAX: usize = 4096;

/// Which cell a value is in. NaN is in cell 0, where no edge is.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Grid {
    /// Equal cells from `low` on.
    Even { low: f64, scale: f64, top: f64 },
    /// Cells of `2^shift` numbers from that with the key `low` to that with the key `high`.
    Ordered { low: u64, high: u64, shift: u32 },
}

impl Grid {
    /// A grid of fewer than `cells` cells over the floats from the first to the last finite edge.
    fn even<T: OrderKey>(lowest: &[T], cells: usize) -> Option<Self> {
        let mut finite = lowest.iter().map(|value| value.nearest_f64()).filter(|value| value.is_finite());
        let low = finite.next()?;
        let high = finite.next_back()?;
        let top = (cells - 2) as f64;
        let scale = top / (high - low);
        (scale > 0.0 && scale.is_finite()).then_some(Grid::Even { low, scale, top })
    }

    /// The same over their order.
    fn ordered<T: OrderKey>(lowest: &[T], cells: usize) -> Option<Self> {
        let mut finite = lowest.iter().filter(|value| value.nearest_f64().is_finite());
        let low = key(*finite.next()?);
        let high = finite.next_back().map_or(low, |&value| key(value));
        let shift = (0..64).find(|shift| (high - low) >> shift < cells as u64 - 4)?;
        Some(Grid::Ordered { low, high, shift })
    }

    #[inline(always)]
    fn fill<T: OrderKey>(&self, values: &[T], cells: &mut [u32]) {
        match *self {
            Grid::Even { low, scale, top } => {
                for (cell, value) in cells.iter_mut().zip(values) {
                    let place = (value.nearest_f64() - low) * scale;
                    // Not `max` and `min`: NaN is below, and only one instruction is needed.
                    let place = if place > -1.0 { place } else { -1.0 };
                    let place = if place < top { place } else { top };
                    *cell = ((place + INTEGER).to_bits() as u32).wrapping_add(1);
                }
            }
            Grid::Ordered { low, high, shift } => {
                for (cell, &value) in cells.iter_mut().zip(values) {
                    let key = key(value);
                    let place = (key.clamp(low, high) - low) >> shift;
                    // One cell for what is below, one for what is above.
                    let place = place as u32 + 1 + u32::from(key >= low) + u32::from(key > high);
                    *cell = if value.is_nan() { 0 } else { place };
                }
            }
        }
    }
}

/// The key of a value, zeros being equal.
#[inline(always)]
fn key<T: OrderKey>(value: T) -> u64 {
    if value.is_negative_zero() { T::ZERO.key() } else { value.key() }
}

/// Where to begin in the edges, by cell.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Guide<T> {
    grid: Grid,
    /// Edges in the cells before.
    before: Vec<u16>,
    /// Most edges in a cell.
    steps: usize,
    /// Number of edges.
    top: u32,
    /// The edges, and highest values for the steps past them.
    lowest: Vec<T>,
}

impl<T: OrderKey> Guide<T> {
    /// A guide to `lowest`, which do not decrease; `None` where no grid parts them.
    pub(super) fn new(lowest: &[T]) -> Option<Self> {
        if lowest.len() > EDGES_MAX {
            return None;
        }
        let mut best: Option<Self> = None;
        for cells in CELLS {
            for grid in [Grid::even(lowest, cells), Grid::ordered(lowest, cells)].into_iter().flatten() {
                let guide = Self::on(grid, lowest, cells);
                if guide.steps == 1 {
                    return Some(guide);
                }
                if best.as_ref().is_none_or(|best| guide.steps < best.steps) {
                    best = Some(guide);
                }
            }
        }
        best.filter(|best| best.steps <= STEPS_MAX)
    }

    fn on(grid: Grid, lowest: &[T], cells: usize) -> Self {
        let mut places = vec![0; lowest.len()];
        grid.fill(lowest, &mut places);
        let mut before = vec![0u16; cells + 1];
        places.iter().for_each(|&place| before[place as usize + 1] += 1);
        let steps = before.iter().copied().max().map_or(0, usize::from).max(1);
        let mut sum = 0;
        for count in &mut before {
            sum += *count; // at most all edges
            *count = sum;
        }
        let padded = lowest.iter().copied().chain(std::iter::repeat_n(T::HIGHEST, STEPS_MAX)).collect();
        Self { grid, before, steps, top: lowest.len() as u32, lowest: padded }
    }

    /// Writes how many edges are at or below each value.
    #[inline(always)]
    pub(super) fn fill(&self, values: &[T], slots: &mut [u32]) {
        self.grid.fill(values, slots);
        match self.steps {
            1 => self.walk::<1>(values, slots),
            2 => self.walk::<2>(values, slots),
            _ => self.walk::<STEPS_MAX>(values, slots),
        }
    }

    /// From cells to slots.
    #[inline(always)]
    fn walk<const STEPS: usize>(&self, values: &[T], slots: &mut [u32]) {
        for (slot, value) in slots.iter_mut().zip(values) {
            // The checks of the places cost little, and keep the compiler from gathering lanes, which costs more.
            let mut place = usize::from(self.before[*slot as usize]);
            for _ in 0..STEPS {
                place += usize::from(self.lowest[place] <= *value);
            }
            *slot = (place as u32).min(self.top);
        }
    }
}
