//! The name that was probably meant.

/// The name nearest to `wanted` by edits (V. Levenshtein), case left aside; `None` where none is near.
pub fn nearest<'n>(wanted: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let wanted: Vec<char> = wanted.to_lowercase().chars().collect();
    names
        .into_iter()
        .map(|name| (edits(&wanted, &name.to_lowercase().chars().collect::<Vec<_>>()), name))
        .min_by_key(|(edits, _)| *edits)
        .filter(|(edits, name)| *edits <= 1 + wanted.len().max(name.chars().count()) / 3)
        .map(|(_, name)| name)
}

/// Characters to insert, delete or change.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
