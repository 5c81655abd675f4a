//! Normalizes whitespace, and removes characters that are invisible or change the direction of text. The analysis then receives
//! the text that a person sees.

/// Maximum number of combining marks on a letter. No script uses more.
const MAXIMUM_MARKS: usize = 8;

/// Adds a warning if suspicious characters were removed.
pub fn normalize(text: &str, warnings: &mut Vec<String>) -> String {
    let mut lines = Lines::default();
    let mut removed = false;
    let mut marks = 0;
    for character in text.chars() {
        marks = if is_combining(character) { marks + 1 } else { 0 };
        match character {
            '\n' | '\u{2028}' | '\u{2029}' | '\u{0B}' | '\u{0C}' | '\u{85}' => lines.end(),
            '\t' => lines.line.push('\t'),
            '\r' | '\u{AD}' | '\u{FEFF}' => {}
            '\u{A0}' | '\u{2007}' | '\u{202F}' => lines.line.push(' '),
            '\u{2011}' => lines.line.push('-'),
            _ if is_invisible(character) || marks > MAXIMUM_MARKS => removed = true,
            _ => lines.line.push(character),
        }
    }
    lines.end();
    if removed {
        warnings.push("Invisible or direction-changing characters were removed from the text.".into());
    }
    lines.text.truncate(lines.text.trim_end().len());
    lines.text
}

/// Collects lines without whitespace at their ends and without repeated empty lines.
#[derive(Default)]
struct Lines {
    text: String,
    line: String,
    was_blank: bool,
}

impl Lines {
    fn end(&mut self) {
        let line = self.line.trim_end();
        let is_blank = line.is_empty();
        if !(is_blank && (self.was_blank || self.text.is_empty())) {
            self.text.push_str(line);
            self.text.push('\n');
        }
        self.was_blank = is_blank;
        self.line.clear();
    }
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{061C}' | '\u{115F}' | '\u{1160}'
            | '\u{180E}' | '\u{3164}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{E0000}'..='\u{E01EF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn is_combining(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn direction_overrides_and_zero_width_characters_are_removed_with_a_warning() {
        let mut warnings = Vec::new();
        assert_eq!(normalize("ca\u{200B}p of \u{202E}001 DSU\u{202C}", &mut warnings), "cap of 001 DSU");
        assert_eq!(warnings.len(), 1);
    }

    #[test]
    fn blank_lines_collapse_and_paragraphs_stay_lines() {
        let mut warnings = Vec::new();
        assert_eq!(normalize("\n\na  \r\n\n\n\nb\u{A0}c\n\n", &mut warnings), "a\n\nb c");
        assert!(warnings.is_empty());
    }

    #[test]
    fn stacked_combining_marks_are_bounded() {
        let mut warnings = Vec::new();
        let tower = format!("a{}b", "\u{0301}".repeat(5000));
        assert!(normalize(&tower, &mut warnings).chars().count() <= 2 + MAXIMUM_MARKS);
    }
}
