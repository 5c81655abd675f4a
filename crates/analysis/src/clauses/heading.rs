const MAXIMUM_HEADING_BYTES: usize = 90;
const MAXIMUM_HEADING_WORDS: usize = 10;
const SMALL_WORDS: &[&str] = &["of", "and", "or", "for", "to", "the", "in", "by", "on", "with", "a", "an", "no", "at", "from"];

/// Returns a heading in lower case, or `None` if the text is not a heading.
pub fn heading_of(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ':', ';', '-', '\u{2014}', '\u{2013}']);
    if text.len() > MAXIMUM_HEADING_BYTES {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_title_case = |word: &&str| {
        SMALL_WORDS.contains(word) || word.chars().find(|letter| letter.is_alphabetic()).is_some_and(char::is_uppercase)
    };
    let mut named = words.iter().filter(|word| word.contains(char::is_alphabetic)).peekable();
    let is_heading = words.len() <= MAXIMUM_HEADING_WORDS && named.peek().is_some() && named.all(is_title_case);
    is_heading.then(|| words.join(" ").to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_title_case_lines_are_headings_and_sentences_are_not() {
        assert_eq!(heading_of("12.3 Limitation of Liability."), Some("12.3 limitation of liability".into()));
        assert_eq!(heading_of("GOVERNING LAW"), Some("governing law".into()));
        assert_eq!(heading_of("The parties agree as follows:"), None);
        assert_eq!(heading_of("12.3"), None);
    }
}
