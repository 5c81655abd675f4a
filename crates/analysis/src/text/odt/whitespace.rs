/// Collapses whitespace as OpenDocument does (OpenDocument 1.3, part 3, 6.1.2). `is_after_space` is true at the start of a
/// paragraph and after a space. This function updates it.
pub fn collapse(text: &str, is_after_space: &mut bool) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for character in text.chars() {
        let is_space = matches!(character, ' ' | '\t' | '\n' | '\r');
        if !is_space {
            collapsed.push(character);
        } else if !*is_after_space {
            collapsed.push(' ');
        }
        *is_after_space = is_space;
    }
    collapsed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequences_of_whitespace_are_one_space() {
        let mut is_after_space = true;
        assert_eq!(collapse("\n  a \t b ", &mut is_after_space), "a b ");
        assert_eq!(collapse(" c\u{A0} d", &mut is_after_space), "c\u{A0} d");
    }
}
