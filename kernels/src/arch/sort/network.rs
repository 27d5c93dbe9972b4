//! Sorting a few keys in registers.
//!
//! The keys are a matrix of `ROWS` registers; its columns are sorted by a network between registers (16 rows: the
//! 60 comparators of Green, in Knuth, The Art of Computer Programming 3, section 5.3.4; 8 rows: 19), and then neighbouring
//! columns are merged by Batcher's bitonic merge, 2, 4, .. columns at a time. Between registers a comparator is a
//! minimum and a maximum; only the first steps of each merge move keys between lanes. The result stands column by column
//! and is transposed on its way out. Columns before merges is the plan of vqsort (Wassenberg et al., "Vectorized and
//! performance-portable Quicksort", 2022).

use super::lanes::Lanes;

/// Rows of the largest network.
pub(super) const ROWS_MAX: usize = 16;

/// Comparators between rows, written out: only so are all rows kept in registers.
macro_rules! network {
    ($rows:ident: $($low:literal $high:literal)*) => {$(
        // SAFETY: as `Lanes`.
        ($rows[$low], $rows[$high]) = unsafe { $rows[$low].ordered($rows[$high]) };
    )*};
}

/// Sorts the `count` keys at `keys`.
///
/// # Safety
/// As [`Lanes`]; `count` keys may be read and written, and `count <= 16 * V::COUNT`.
#[inline(always)]
pub(super) unsafe fn sort_few<V: Lanes>(keys: *mut V::Key, count: usize) {
    // SAFETY: the caller's promise; each arm has room for `count` keys.
    unsafe {
        if count <= 4 * V::COUNT {
            sort_rows::<V, 4>(keys, count);
        } else if count <= 8 * V::COUNT {
            sort_rows::<V, 8>(keys, count);
        } else {
            sort_rows::<V, ROWS_MAX>(keys, count);
        }
    }
}

#[inline(always)]
unsafe fn sort_rows<V: Lanes, const ROWS: usize>(keys: *mut V::Key, count: usize) {
    // SAFETY: every address is of one of the `count` keys: `in_reach` counts how many of a register's are.
    unsafe {
        let in_reach = |index: usize| count.saturating_sub(index).min(V::COUNT);
        let mut rows = [V::splat(V::HIGHEST); ROWS];
        for (row, register) in rows.iter_mut().enumerate() {
            *register = V::load_first(keys.wrapping_add(row * V::COUNT), in_reach(row * V::COUNT));
        }
        sort_columns(&mut rows);
        merge_columns(&mut rows);
        transpose(&mut rows);
        let (columns, blocks) = if ROWS < V::COUNT { (ROWS, 1) } else { (V::COUNT, ROWS / V::COUNT) };
        let mut to = 0;
        for column in 0..columns {
            for block in 0..blocks {
                rows[block * columns + column].store_first(keys.wrapping_add(to), in_reach(to));
                to += V::COUNT;
            }
        }
    }
}

/// Each column in ascending order, from the first row to the last.
#[rustfmt::skip]
#[inline(always)]
unsafe fn sort_columns<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    match ROWS {
        4 => { network!(rows: 0 1  2 3  0 2  1 3  1 2); }
        8 => {
            network!(rows:
                0 2  1 3  4 6  5 7
                0 4  1 5  2 6  3 7
                0 1  2 3  4 5  6 7
                2 4  3 5
                1 4  3 6
                1 2  3 4  5 6
            );
        }
        _ => {
            network!(rows:
                0 13  1 12  2 15  3 14  4 8  5 6  7 11  9 10
                0 5  1 7  2 9  3 4  6 13  8 14  10 15  11 12
                0 1  2 3  4 5  6 8  7 9  10 11  12 13  14 15
                0 2  1 3  4 10  5 11  6 7  8 9  12 14  13 15
                1 2  3 12  4 6  5 7  8 10  9 11  13 14
                1 4  2 6  5 8  7 10  9 13  11 14
                2 4  3 6  9 12  11 13
                3 5  6 8  7 9  10 12
                3 4  5 6  7 8  9 10  11 12
                6 7  8 9
            );
        }
    }
}

/// Sorted columns become one sorted sequence: first column from top to bottom, second column, and so on.
#[inline(always)]
unsafe fn merge_columns<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    let mut half = 1;
    while half < V::COUNT {
        // SAFETY: as `Lanes`; the masks are those that `exchanged` knows.
        unsafe {
            // The second half of each sequence is compared in reverse: with the first half it is then bitonic.
            for row in 0..ROWS / 2 {
                let (above, below) = (rows[row], rows[ROWS - 1 - row].exchanged(2 * half - 1));
                let (low, high) = above.ordered(below);
                rows[row] = low.chosen(high, half);
                rows[ROWS - 1 - row] = high.chosen(low, half).exchanged(2 * half - 1);
            }
            let mut distance = half / 2;
            while distance > 0 {
                for register in rows.iter_mut() {
                    let (low, high) = register.ordered(register.exchanged(distance));
                    *register = low.chosen(high, distance);
                }
                distance /= 2;
            }
            let mut distance = ROWS / 2;
            while distance > 0 {
                for row in 0..ROWS {
                    if row & distance == 0 {
                        (rows[row], rows[row + distance]) = rows[row].ordered(rows[row + distance]);
                    }
                }
                distance /= 2;
            }
        }
        half *= 2;
    }
}

/// From the order of columns to that of memory: square blocks of registers are transposed; where there are fewer rows
/// than lanes, each register ends with several columns.
#[inline(always)]
unsafe fn transpose<V: Lanes, const ROWS: usize>(rows: &mut [V; ROWS]) {
    let side = if ROWS < V::COUNT { ROWS } else { V::COUNT };
    let mut distance = 1;
    while distance < side {
        let bit = distance * (V::COUNT / side);
        for row in 0..ROWS {
            if row & distance == 0 {
                let (above, below) = (rows[row], rows[row + distance]);
                // SAFETY: as `Lanes`.
                unsafe {
                    rows[row] = above.chosen(below.exchanged(bit), bit);
                    rows[row + distance] = above.exchanged(bit).chosen(below, bit);
                }
            }
        }
        distance *= 2;
    }
    if ROWS < V::COUNT {
        for register in rows.iter_mut() {
            // SAFETY: as `Lanes`.
            *register = unsafe { register.transposed(ROWS) };
        }
    }
}
