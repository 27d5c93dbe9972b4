//! Cells in aligned columns. Widths are those of a terminal (East Asian and combining characters included).

use unicode_width::UnicodeWidthStr;

/// Side to which the cells of a column keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// One column of a grid: heading lines above, a cell a row.
#[derive(Clone, Debug)]
pub(crate) struct GridColumn {
    pub(crate) headings: Vec<String>,
    pub(crate) cells: Vec<String>,
    pub(crate) align: Align,
}

impl GridColumn {
    pub(crate) fn new(heading: &str, align: Align, cells: Vec<String>) -> Self {
        Self { headings: vec![heading.to_owned()], cells, align }
    }

    pub(crate) fn width(&self) -> usize {
        self.headings.iter().chain(&self.cells).map(|cell| cell.width()).max().unwrap_or(0)
    }
}

/// Width of `columns` side by side, `gap` blanks between them.
pub(crate) fn total_width(columns: &[&GridColumn], gap: usize) -> usize {
    columns.iter().map(|column| column.width()).sum::<usize>() + gap * columns.len().saturating_sub(1)
}

/// The lines of a grid, headings first, without blanks at their ends.
pub(crate) fn lines(columns: &[&GridColumn], gap: usize) -> Vec<String> {
    let widths: Vec<usize> = columns.iter().map(|column| column.width()).collect();
    let heading_count = columns.iter().map(|column| column.headings.len()).max().unwrap_or(0);
    let row_count = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
    let mut lines = Vec::with_capacity(heading_count + row_count);
    let mut push = |cell: &dyn Fn(&GridColumn) -> Option<String>| {
        let mut line = String::new();
        for (index, (column, &width)) in columns.iter().zip(&widths).enumerate() {
            if index > 0 {
                line.push_str(&" ".repeat(gap));
            }
            let text = cell(column).unwrap_or_default();
            let blanks = " ".repeat(width.saturating_sub(text.width()));
            match column.align {
                Align::Left => line.extend([text, blanks]),
                Align::Right => line.extend([blanks, text]),
            }
        }
        line.truncate(line.trim_end_matches(' ').len());
        lines.push(line);
    };
    for index in 0..heading_count {
        push(&|column| column.headings.get(index).cloned());
    }
    for index in 0..row_count {
        push(&|column| column.cells.get(index).cloned());
    }
    lines
}

/// `text` in at most `width` columns of a terminal; what is cut ends in `…`.
pub(crate) fn shorten(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    for character in text.chars() {
        kept.push(character);
        if kept.width() + 1 > width {
            kept.pop();
            break;
        }
    }
    kept.push('…');
    kept
}

/// `text` with control characters escaped: a name or a cell of a file must not move a terminal's cursor.
pub fn printable(text: &str) -> String {
    let is_unsafe = |character: char| {
        // Besides control characters: marks that reorder the line (bidirectional overrides and isolates).
        character.is_control() || matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(is_unsafe) {
        return text.to_owned();
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if is_unsafe(character) {
            escaped.extend(character.escape_default());
        } else {
            escaped.push(character);
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_by_width_on_a_terminal_not_by_bytes() {
        let names = GridColumn::new("name", Align::Left, vec!["日本".into(), "a".into()]);
        let numbers = GridColumn::new("n", Align::Right, vec!["1".into(), "1,000".into()]);
        assert_eq!(lines(&[&names, &numbers], 2), ["name      n", "日本      1", "a     1,000"]);
        assert_eq!(total_width(&[&names, &numbers], 2), 11);
    }

    #[test]
    fn a_cut_text_says_so_and_fits() {
        assert_eq!(shorten("abcdef", 6), "abcdef");
        assert_eq!(shorten("abcdefg", 6), "abcde…");
        assert_eq!(shorten("日本語", 4), "日…");
    }

    #[test]
    fn escape_sequences_in_data_do_not_reach_the_terminal() {
        assert_eq!(printable("a\u{1b}[2Jb\n"), "a\\u{1b}[2Jb\\n");
        assert_eq!(printable("naïve"), "naïve");
        assert_eq!(printable("\u{202e}abc"), "\\u{202e}abc");
    }
}
