//! Histograms in a line of text, and bars of eighths of a character.

const RISING: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const GROWING: [char; 9] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'];

/// One character a bin, the tallest full; an empty bin is blank and no other one is.
pub fn sparkline(counts: &[u64]) -> String {
    let tallest = counts.iter().copied().max().unwrap_or(0);
    counts.iter().map(|&count| RISING[eighths(count, tallest, 1) as usize]).collect()
}

/// A bar of at most `width` characters for `count` where `largest` fills them; visible unless `count` is 0.
pub fn bar(count: u64, largest: u64, width: usize) -> String {
    let eighths = eighths(count, largest, width as u64);
    let mut bar = "█".repeat((eighths / 8) as usize);
    if !eighths.is_multiple_of(8) {
        bar.push(GROWING[(eighths % 8) as usize]);
    }
    bar
}

/// `count / largest` of `width` characters, in eighths, to nearest; at least one eighth unless `count` is 0.
fn eighths(count: u64, largest: u64, width: u64) -> u64 {
    if count == 0 || largest == 0 {
        return 0;
    }
    let scaled = (u128::from(count) * u128::from(width) * 16 / u128::from(largest)).div_ceil(2);
    (scaled as u64).clamp(1, width * 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_with_one_value_is_seen_and_an_empty_one_is_blank() {
        assert_eq!(sparkline(&[1_000_000, 1, 0, 500_000]), "█▁ ▄");
        assert_eq!(sparkline(&[0, 0]), "  ");
        assert_eq!(sparkline(&[u64::MAX, u64::MAX / 2, 1]), "█▄▁");
    }

    #[test]
    fn bars_fill_their_width_only_for_the_largest() {
        assert_eq!(bar(10, 10, 3), "███");
        assert_eq!(bar(5, 10, 3), "█▌");
        assert_eq!(bar(1, 1_000_000, 3), "▏");
        assert_eq!(bar(0, 10, 3), "");
    }
}
