/// Returns the path if it leads to a page of this site. Returns `None` if a browser could resolve the path to another origin, an
/// action or the API.
pub fn safe(path: &str) -> Option<&str> {
    let is_plain = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\');
    let stays_here = path.starts_with('/') && !path.starts_with("//");
    let is_a_page = !path.starts_with("/actions/") && !path.starts_with("/api/");
    (is_plain && stays_here && is_a_page && !has_dot_segment(path) && path.len() <= 1_024).then_some(path)
}

/// Returns true if a browser would normalize the path to a different path. For example, `/x/../api/v1` becomes `/api/v1`.
fn has_dot_segment(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// Appends the pairs that have a value to `path`, as a query.
pub fn with_query<'a>(path: &str, pairs: impl IntoIterator<Item = (&'a str, Option<&'a str>)>) -> String {
    let pairs = pairs.into_iter().filter_map(|(name, value)| Some(format!("{}={}", escape(name), escape(value?))));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Percent-encodes `text`, except letters, digits, `-`, `_` and `.`.
pub fn escape(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::with_capacity(text.len()), |mut escaped, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => escaped.push(char::from(byte)),
            _ => drop(write!(escaped, "%{byte:02X}")),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_site_are_safe() {
        for path in [
            "/",
            "/integrations",
            "/contracts?q=a%20b&status=draft",
            "/contracts/ctr_1#timeline",
            "/contracts?q=../x",
            "/a..b/.c",
        ] {
            assert_eq!(safe(path), Some(path));
        }
        for path in [
            "",
            "integrations",
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "/a\r\nSet-Cookie: x",
            "/a b",
            "/ä",
            "/actions/sign_out",
            "/api/v1/contracts",
            "/x/../api/v1/integrations/salesforce/auth",
            "/./api/v1/contracts",
            "/x/%2E./actions/sign_out",
            "/x/.%2e?next=1",
            "/..",
        ] {
            assert_eq!(safe(path), None, "{path}");
        }
    }

    #[test]
    fn reserved_characters_of_a_query_value_are_escaped() {
        assert_eq!(escape("a&b=c d/é"), "a%26b%3Dc%20d%2F%C3%A9");
    }
}
