use crate::patterns::patterns;

/// Only a line that is longer than this limit can continue after a page break.
const SPLIT_LINE_BYTES: usize = 45;

patterns! {
    /// Matches a heading and the number of the next paragraph in one line, as in "2. Payment Terms 2.1 ".
    HEADING = r#"(?:^|[.;:”"]\s+)((\d{1,2})\.\s+(?:[A-Z][\w’'-]*,?|&)(?:\s+(?:[A-Z][\w’'-]*,?|and|of|or|the|to|for|in|on|&)){0,7})\s+(\d{1,2})\.1\s"#;
    NEXT_PARAGRAPH = r#"[.;:”"]\s+(\d{1,2}\.\d{1,2}\s+[A-Z“"])"#;
}

/// Converts Markdown to plain text with one line for each paragraph, heading and table row.
pub fn plain(markdown: &str) -> String {
    let mut text = String::with_capacity(markdown.len());
    let mut blank = String::new();
    for line in markdown.lines() {
        let Some(line) = without_table_marks(line) else { continue };
        if line.trim().is_empty() {
            blank.push('\n');
            continue;
        }
        if !blank.is_empty() && is_continuation(&text, &line) {
            text.truncate(text.trim_end().len());
            text.push(' ');
        } else {
            text.push_str(&blank);
        }
        blank.clear();
        push_with_headings(&mut text, &line);
        text.push('\n');
    }
    text
}

/// Converts a row of a Markdown table to cells that are separated by tabs. Returns other lines unchanged, and `None` for the
/// delimiter row below the table header.
fn without_table_marks(line: &str) -> Option<String> {
    let trimmed = line.trim();
    let is_row = trimmed.len() > 1 && trimmed.starts_with('|') && trimmed.ends_with('|');
    if !is_row {
        return Some(line.to_owned());
    }
    if trimmed.chars().all(|character| matches!(character, '|' | '-' | ':' | ' ')) {
        return None;
    }
    let cells: Vec<&str> = trimmed.trim_matches('|').split('|').map(str::trim).collect();
    Some(cells.join("\t"))
}

/// Returns true if `line` continues the last paragraph of `text` after a page break.
fn is_continuation(text: &str, line: &str) -> bool {
    let last = text.trim_end().rsplit('\n').next().unwrap_or_default();
    last.len() > SPLIT_LINE_BYTES
        && !last.contains('\t')
        && last.ends_with(|end: char| end.is_alphanumeric() || matches!(end, ',' | ')'))
        && line.starts_with(char::is_lowercase)
}

/// Appends a line to `text`. Splits the line if it contains both headings and paragraphs.
fn push_with_headings(text: &mut String, line: &str) {
    let mut breaks: Vec<usize> = Vec::new();
    for found in HEADING.captures_iter(line) {
        let (Some(heading), Some(number), Some(below)) = (found.get(1), found.get(2), found.get(3)) else { continue };
        if number.as_str() == below.as_str() {
            breaks.extend([heading.start(), below.start()]);
        }
    }
    if !breaks.is_empty() {
        breaks.extend(NEXT_PARAGRAPH.captures_iter(line).filter_map(|found| found.get(1)).map(|found| found.start()));
    }
    breaks.sort_unstable();
    breaks.dedup();
    let mut from = 0;
    for at in breaks.into_iter().filter(|at| *at > 0) {
        text.push_str(line[from..at].trim_end());
        text.push('\n');
        from = at;
    }
    text.push_str(&line[from..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_rows_become_lines_with_tabs() {
        assert_eq!(plain("a\n| b | c |\n|---|:--|\n| d | e |\n"), "a\nb\tc\nd\te\n");
    }

    #[test]
    fn paragraphs_split_by_a_page_break_are_joined() {
        let first = "The customer gives written notice of the dispute within fifteen (15)";
        assert_eq!(plain(&format!("{first}\n\ndays after receipt.\n")), format!("{first} days after receipt.\n"));
        for (first, second) in
            [("A whole sentence that is quite long ends with a full stop.", "and"), ("Short", "title"), (first, "Days")]
        {
            assert_eq!(plain(&format!("{first}\n\n{second}\n")), format!("{first}\n\n{second}\n"));
        }
    }

    #[test]
    fn headings_and_paragraphs_in_one_line_are_split() {
        let line = "1. Subscription Term 1.1 It expires on March 31, 2027. 1.2 It renews. 2. Payment Terms 2.1 Fees are due in 30 days.\n";
        let lines = "1. Subscription Term\n1.1 It expires on March 31, 2027.\n1.2 It renews.\n2. Payment Terms\n2.1 Fees are due in 30 days.\n";
        assert_eq!(plain(line), lines);
        let reference = "As provided in Section 5. The Parties 6.1 and 7 agree.\n";
        assert_eq!(plain(reference), reference);
    }
}
