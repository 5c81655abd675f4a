//! Normalized text for searching and sorting. This program computes the text, so SQLite and PostgreSQL give the same results.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Separator between the parts of a key. It sorts before every character that a part can contain.
pub const SEPARATOR: char = '\n';

/// Removes differences in case, accents, Unicode composition and repeated spaces: `Überlingen`, `ÜBERLINGEN` and
/// `u\u{308}berlingen` have the same key. Letters that Unicode does not decompose are replaced by their usual transcription.
pub fn search_key(text: &str) -> String {
    let folded = text.to_lowercase().nfkd().filter(|character| !is_combining_mark(*character)).collect::<String>().to_lowercase();
    let mut key = String::with_capacity(folded.len());
    let words = folded.split(|character: char| character.is_whitespace() || character.is_control());
    for word in words.filter(|word| !word.is_empty()) {
        if !key.is_empty() {
            key.push(' ');
        }
        for character in word.chars() {
            match transcription(character) {
                Some(letters) => key.push_str(letters),
                None => key.push(character),
            }
        }
    }
    key
}

fn transcription(character: char) -> Option<&'static str> {
    Some(match character {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        // Invisible characters: soft hyphen, zero-width space and joiners, byte order mark.
        '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}' => "",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_composition_are_ignored() {
        for (one, other) in [
            ("Überlingen GmbH – Ärzteverein", "U\u{308}BERLINGEN  gmbh – a\u{308}rzteverein"),
            ("ŁÓDŹ", "łódź"),
            ("Łódź", "lodz"),
            ("Ελλάδα", "ΕΛΛΆΔΑ"),
            ("ΟΔΟΣ", "οδοσ"),
            ("МОСКВА", "москва"),
            ("Café Zoë", "cafe zoe"),
            ("Straße", "STRASSE"),
            ("ＡＣＭＥ ﬁnance", "acme finance"),
            ("İstanbul", "istanbul"),
            ("Việt Nam", "viet nam"),
            ("a\tb\u{200b}", " A \n B"),
        ] {
            assert_eq!(search_key(one), search_key(other), "{one} {other}");
        }
        assert_ne!(search_key("Мюнхен"), search_key("Munchen"));
        assert_eq!(search_key("100 % of e_h\\"), "100 % of e_h\\");
        assert!(!search_key("one\ntwo").contains(SEPARATOR));
    }
}
