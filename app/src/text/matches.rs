//! How many integrations a search on the board finds.

/// `1 integration matches`.
pub fn matches(count: usize) -> String {
    if count == 1 { "1 integration matches".to_owned() } else { format!("{count} integrations match") }
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn one_is_said_apart_from_several() {
        assert_eq!((matches(1).as_str(), matches(4).as_str()), ("1 integration matches", "4 integrations match"));
    }
}
