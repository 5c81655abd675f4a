//! Where to go after signing in: a path of this site, whatever an address asks for.

/// The path when it stays on this site; `None` for anything a browser could read as another origin.
pub fn safe(path: &str) -> Option<&str> {
    let is_plain = path.bytes().all(|byte| (0x21..=0x7e).contains(&byte) && byte != b'\\');
    let stays_here = path.starts_with('/') && !path.starts_with("//");
    let is_a_page = !path.starts_with("/actions/") && !path.starts_with("/api/");
    (is_plain && stays_here && is_a_page && !has_dot_segment(path) && path.len() <= 1_024).then_some(path)
}

/// Whether a browser would shorten the path, and so ask for another one: `/x/../api/v1` is `/api/v1`.
fn has_dot_segment(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase().replace("%2e", ".");
    path.split('/').any(|segment| matches!(segment, "." | ".."))
}

/// `text` as one value of a query: everything but letters, digits, `-`, `_` and `.` is escaped.
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
    fn only_a_path_of_this_site_is_followed() {
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
    fn a_value_cannot_leave_its_place_in_a_query() {
        assert_eq!(escape("a&b=c d/é"), "a%26b%3Dc%20d%2F%C3%A9");
    }
}
