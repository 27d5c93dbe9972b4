//! The exact sums of the products of two columns, and on request of each column and of its squares, in one reading.
//!
//! On a grid of its own each value of a column is two integers of 52 bits, and all products of such integers are exact in
//! the multiply-add of the CPUs that have one for them ([`crate::arch::PairDigits`]). The grid is that of the values
//! before; the bounds of the values, found meanwhile, say whether it was theirs too. Elsewhere, and where values differ
//! too much in size, each sum is made by itself, of rows that stay in the second-level cache.

use super::block::bounds::{Bounds, measure};
use super::block::digits::magic;
use super::block::dot::count_negative_zeros;
use super::block::powers::in_safe_zone;
use super::counts::Counts;
use super::dot_sums::DotSums;
use super::power_sums::PowerSums;
use crate::arch::{PAIR_VECTORS, PairDigits, Simd};
use crate::dispatch::Kernel;
use crate::level::Level;

/// Takes the pairs `(x[i], y[i])` into the sums of the powers of x and of y, and of the products: the same states as by
/// [`PowerSums::update_f64`] and [`DotSums::update_f64`], from one reading.
///
/// # Panics
/// If the lengths differ.
///
/// # Examples
/// ```
/// use arrcalc_kernels::{Level, exact::{DotSums, PowerSums, update_pairs}};
///
/// let (mut x, mut y, mut xy) = (PowerSums::new(), PowerSums::new(), DotSums::new());
/// update_pairs(Level::detect(), &[1.0, 2.0], &[3.0, 5.0], (&mut x, &mut y), &mut xy);
/// assert_eq!((x.sum(), y.mean(), xy.dot()), (3.0, Some(4.0), 13.0));
/// ```
pub fn update_pairs(
    level: Level,
    x: &[f64],
    y: &[f64],
    (in_x, in_y): (&mut PowerSums<2>, &mut PowerSums<2>),
    products: &mut DotSums,
) {
    take(level, x, y, &mut States { columns: Some([in_x, in_y]), products });
}

/// Takes the products `x[i] * y[i]` into their sum.
pub(super) fn update_products(level: Level, x: &[f64], y: &[f64], products: &mut DotSums) {
    take(level, x, y, &mut States { columns: None, products });
}

fn take(level: Level, x: &[f64], y: &[f64], states: &mut States<'_>) {
    assert_eq!(x.len(), y.len(), "as many x as y");
    let mut done = 0;
    while done < x.len() {
        let (rest_x, rest_y) = (&x[done..], &y[done..]);
        done += match states.columns {
            Some(_) => level.run(UpdatePairs::<true> { x: rest_x, y: rest_y, states: &mut *states }),
            None => level.run(UpdatePairs::<false> { x: rest_x, y: rest_y, states: &mut *states }),
        };
        let end = x.len().min(done + APART);
        states.update_apart(level, &x[done..end], &y[done..end]);
        done = end;
    }
}

/// Pairs of which each sum is made by itself before the next ones are looked at.
const APART: usize = 8192;
/// Pairs that share their bounds.
const PAIRS: usize = 2048;
const LANES: usize = 8;
/// Pairs whose sums are integers of 127 bits: products are below 2^100.
const HELD: u64 = 1 << 20;
/// Bits of digits: half a unit more than that is left for the next one.
const FIRST: i32 = 50;
const SECOND: i32 = 51;
/// What a fraction is larger by than its digit.
const SHIFT: i128 = 1 << 51;
/// Binades between the largest value that a new grid has room for and that of the values it is for.
const SLACK: i32 = 2;

const _: () = assert!(PAIRS <= PAIR_VECTORS * LANES && PAIRS.is_multiple_of(LANES));

struct States<'a> {
    columns: Option<[&'a mut PowerSums<2>; 2]>,
    products: &'a mut DotSums,
}

impl States<'_> {
    fn update_apart(&mut self, level: Level, x: &[f64], y: &[f64]) {
        if let Some([in_x, in_y]) = &mut self.columns {
            in_x.update_f64(level, x);
            in_y.update_f64(level, y);
        }
        self.products.update_apart(level, x, y);
    }
}

/// Takes in pairs up to the first that are not for this; returns how many. With `SQUARES` it sums what the states of
/// columns want.
struct UpdatePairs<'a, 's, const SQUARES: bool> {
    x: &'a [f64],
    y: &'a [f64],
    states: &'a mut States<'s>,
}

impl<const SQUARES: bool> Kernel for UpdatePairs<'_, '_, SQUARES> {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> usize {
        let Self { x, y, states } = self;
        if simd.pair_digits::<SQUARES>(&[], &[], [[1.0; 2]; 2]).is_none() {
            return 0;
        }
        let mut sums: Option<Sums> = None;
        // Where values had to be measured, those after them are first.
        let mut measures = true;
        let mut done = 0;
        let (vectors_x, vectors_y) = (x.as_chunks::<LANES>().0, y.as_chunks::<LANES>().0);
        for (x, y) in vectors_x.chunks(PAIRS / LANES).zip(vectors_y.chunks(PAIRS / LANES)) {
            let mut found = None;
            if let Some(sums) = sums.as_mut().filter(|_| !measures) {
                let Some(digits) = simd.pair_digits::<SQUARES>(x, y, sums.magics()) else { break };
                found = Some(digits).filter(|digits| sums.grid_is_of(digits));
            }
            measures = found.is_none();
            if measures {
                let (values_x, values_y) = (x.as_flattened(), y.as_flattened());
                let mut counts = [Counts::default(); 2];
                let in_x = measure(simd, values_x, &mut counts[0]);
                let in_y = measure(simd, values_y, &mut counts[1]);
                let (Some(bounds_x), Some(bounds_y)) = (in_x.bounds, in_y.bounds) else { break };
                if in_x.has_special || in_y.has_special {
                    break;
                }
                let bounds = [bounds_x, bounds_y];
                if !sums.as_ref().is_some_and(|sums| sums.has_room(&bounds)) {
                    if let Some(old) = &mut sums {
                        old.flush(states);
                    }
                    sums = Sums::new(&bounds);
                }
                let Some(sums) = &sums else { break };
                found = simd.pair_digits::<SQUARES>(x, y, sums.magics());
                if found.is_none() {
                    break;
                }
                if in_x.has_zero || in_y.has_zero {
                    if let Some(columns) = &mut states.columns {
                        columns
                            .iter_mut()
                            .zip(&counts)
                            .for_each(|(column, counts)| column.counts.merge(counts));
                    }
                    states.products.counts.negative_zero += count_negative_zeros(values_x, values_y);
                } else {
                    measures = false;
                }
            }
            if let (Some(sums), Some(digits)) = (&mut sums, &found) {
                sums.add::<SQUARES>(digits, (x.len() * LANES) as u64);
                if sums.held >= HELD {
                    sums.flush(states);
                }
            }
            done += x.len() * LANES;
        }
        if let Some(sums) = &mut sums {
            sums.flush(states);
        }
        states.products.counts.total += done as u64;
        for column in states.columns.iter_mut().flatten() {
            column.counts.total += done as u64;
        }
        done
    }
}

/// Sums of digits on a grid for each column, and of their products.
struct Sums {
    /// Values are below these powers of two.
    tops: [i32; 2],
    /// Pairs whose sums these are.
    held: u64,
    digits: [[i128; 2]; 2],
    products: [[i128; 3]; 3],
}

impl Sums {
    /// None yet, on a grid for values within `bounds`, if one has room for them.
    fn new(bounds: &[Bounds; 2]) -> Option<Self> {
        let tops = bounds.map(|bounds| {
            let wide = bounds.top + SLACK;
            if bounds.low >= lowest(wide) { wide } else { bounds.top }
        });
        let sums = Self { tops, held: 0, digits: [[0; 2]; 2], products: [[0; 3]; 3] };
        (sums.has_room(bounds) && tops.iter().all(|&top| in_safe_zone(2, top))).then_some(sums)
    }

    fn has_room(&self, bounds: &[Bounds; 2]) -> bool {
        bounds.iter().zip(self.tops).all(|(bounds, top)| bounds.top <= top && bounds.low >= lowest(top))
    }

    /// Whether the values of which `digits` were made are on this grid: normal numbers whose last places are.
    #[inline(always)]
    fn grid_is_of(&self, digits: &PairDigits) -> bool {
        (0..2).all(|column| {
            let [most, least] = [digits.most[column], digits.least[column]].map(|bits| (bits >> 52) as i32);
            least > 0 && most - 1022 <= self.tops[column] && least - 1075 >= lowest(self.tops[column])
        })
    }

    #[inline(always)]
    fn magics(&self) -> [[f64; 2]; 2] {
        self.tops.map(|top| [magic(top - FIRST), magic(lowest(top))])
    }

    /// Takes in the digits of so many pairs.
    #[inline(always)]
    fn add<const SQUARES: bool>(&mut self, digits: &PairDigits, pairs: u64) {
        let magics = self.magics();
        let sums: [[i128; 2]; 2] = std::array::from_fn(|column| {
            std::array::from_fn(|at| {
                let taken = magics[column][at].to_bits().wrapping_mul(pairs);
                i128::from(digits.patterns[column][at].wrapping_sub(taken) as i64)
            })
        });
        // A product of fractions is (a + SHIFT) (b + SHIFT).
        let too_much = |of: i128, products: i128| SHIFT * of + SHIFT * SHIFT * products * i128::from(pairs);
        let [x, y] = sums;
        let less = [
            [too_much(2 * x[0], 1), too_much(x[0] + x[1], 1), too_much(2 * x[1], 1)],
            [too_much(2 * y[0], 1), too_much(y[0] + y[1], 1), too_much(2 * y[1], 1)],
            [too_much(x[0] + y[0], 1), too_much(x[0] + x[1] + y[0] + y[1], 2), too_much(x[1] + y[1], 1)],
        ];
        let held = self.products.iter_mut().zip(&digits.products).zip(&less);
        for ((held, found), less) in held.skip(if SQUARES { 0 } else { 2 }) {
            for ((held, &found), less) in held.iter_mut().zip(found).zip(less) {
                // Fewer than 2^11 products of 104 bits.
                *held += found as i128 - less;
            }
        }
        let held = self.digits.as_flattened_mut().iter_mut();
        held.zip(sums.as_flattened()).for_each(|(held, sum)| *held += sum);
        self.held += pairs;
    }

    /// Moves the sums to the states.
    fn flush(&mut self, states: &mut States<'_>) {
        let [x, y] = self.tops;
        let of_columns = self.digits.iter().zip(&self.products);
        for ((column, top), (digits, products)) in
            states.columns.iter_mut().flatten().zip([x, y]).zip(of_columns)
        {
            let units = [top - FIRST, lowest(top)];
            let [sum, squares] = &mut column.sums;
            digits.iter().zip(units).for_each(|(&digits, unit)| sum.add_i128(digits, unit));
            // A first digit by a second comes twice.
            let units = [2 * units[0], units[0] + units[1] + 1, 2 * units[1]];
            products.iter().zip(units).for_each(|(&products, unit)| squares.add_i128(products, unit));
        }
        let first = x + y - 2 * FIRST;
        let units = [first, first - SECOND, first - 2 * SECOND];
        self.products[2].iter().zip(units).for_each(|(&sum, unit)| states.products.sum.add_i128(sum, unit));
        (self.held, self.digits, self.products) = (0, [[0; 2]; 2], [[0; 3]; 3]);
    }
}

/// The unit of second digits, where values are below `2^top`.
fn lowest(top: i32) -> i32 {
    top - FIRST - SECOND
}
