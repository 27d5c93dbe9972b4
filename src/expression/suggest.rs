//! The nearest name to one that was not found.

/// The candidate that is nearest to `name`, if one is near enough to be what was meant.
///
/// Nearness is the number of letters to insert, delete, replace or swap with a neighbour (F. J. Damerau, CACM 7,
/// 1964), case left aside; a third of the name's letters, and 3 at most, may be wrong. The first among equals is taken.
///
/// # Examples
/// ```
/// use arrcalc::expression::suggest;
///
/// let columns = ["arr_delay", "dep_delay", "distance"];
/// assert_eq!(suggest("dep_dealy", columns), Some("dep_delay"));
/// assert_eq!(suggest("Distance", columns), Some("distance"));
/// assert_eq!(suggest("price", columns), None);
/// ```
pub fn suggest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    /// Longer names are not compared: the cost is the product of the lengths.
    const CHARACTERS_MAX: usize = 128;
    let length = name.chars().take(CHARACTERS_MAX + 1).count();
    if length > CHARACTERS_MAX {
        return None;
    }
    let name = name.to_lowercase();
    let bound = (length / 3).clamp(1, 3);
    let mut nearest: Option<(usize, &str)> = None;
    for candidate in candidates {
        if candidate.chars().take(CHARACTERS_MAX + 1).count().abs_diff(length) > bound {
            continue;
        }
        let distance = strsim::damerau_levenshtein(&name, &candidate.to_lowercase());
        // A name all of whose letters are replaced is another name.
        let is_near = distance <= bound && distance < length.max(1);
        if is_near && nearest.is_none_or(|(least, _)| distance < least) {
            nearest = Some((distance, candidate));
        }
    }
    nearest.map(|(_, candidate)| candidate)
}
