//! Tells headings from sentences.

const MAXIMUM_HEADING_BYTES: usize = 90;
const MAXIMUM_HEADING_WORDS: usize = 10;
const SMALL_WORDS: &[&str] = &["of", "and", "or", "for", "to", "the", "in", "by", "on", "with", "a", "an", "no", "at", "from"];

/// The heading that a short piece of text is, in lower case; `None` for a sentence.
pub fn heading_of(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches(['.', ':', ';', '-', '\u{2014}', '\u{2013}']);
    if text.is_empty() || text.len() > MAXIMUM_HEADING_BYTES {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let named: Vec<&&str> = words.iter().filter(|word| word.chars().any(char::is_alphabetic)).collect();
    if named.is_empty() || words.len() > MAXIMUM_HEADING_WORDS {
        return None;
    }
    let is_title = named.iter().all(|word| {
        let first = word.chars().find(|character| character.is_alphabetic());
        first.is_some_and(char::is_uppercase) || SMALL_WORDS.contains(word)
    });
    is_title.then(|| words.join(" ").to_lowercase())
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
