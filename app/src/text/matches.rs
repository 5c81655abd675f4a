//! The text with the number of integrations that match a search.

pub fn matches(count: usize) -> String {
    if count == 1 { "1 integration matches".to_owned() } else { format!("{count} integrations match") }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn singular_differs_from_plural() {
        assert_eq!(matches(1), "1 integration matches");
        assert_eq!(matches(4), "4 integrations match");
    }
}
