//! The least value of each window.
//!
//! M. van Herk (1992) and J. Gil and M. Werman (1993): cut the rows into pieces as long as the windows; a window is the
//! end of one piece and the beginning of the next, and its minimum that of a running minimum of each, from the right
//! and from the left. Three comparisons a row, whatever the width.

/// The least value of the windows of `width` rows that end at rows `start..start + out.len()` of `values`.
///
/// Cost: three comparisons a row, and memory for `min(width, rows)` values.
///
/// # Panics
/// If the rows are not among the values, or `width` is zero.
pub fn least_of_windows<T: Ord + Copy>(values: &[T], width: usize, start: usize, out: &mut [T]) {
    assert!(start <= values.len() && out.len() <= values.len() - start, "results for rows that there are");
    assert!(width > 0, "a window has a row");
    let end = start + out.len();
    let first = (start + 1).saturating_sub(width);
    let mut suffixes: Vec<T> = Vec::new();
    let mut piece = first;
    while piece < end {
        let stop = piece.saturating_add(width).min(end);
        let mut prefix = values[piece];
        for row in piece..stop {
            prefix = prefix.min(values[row]);
            if row < start {
                continue;
            }
            // The window's rows in the piece before are its last ones: all of them but `row - piece + 1`.
            let place = row - piece + 1;
            out[row - start] = match suffixes.get(place) {
                Some(suffix) => prefix.min(*suffix),
                None => prefix,
            };
        }
        suffixes.clear();
        if stop < end {
            suffixes.extend_from_slice(&values[piece..stop]);
            for row in (0..suffixes.len() - 1).rev() {
                suffixes[row] = suffixes[row].min(suffixes[row + 1]);
            }
        }
        piece = stop;
    }
}
