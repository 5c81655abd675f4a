//! Webhook secrets that were pasted with something beside them: the call is refused like any other, and the log tells the operator why.

use crate::state::AppState;
use http::HeaderValue;
use lexicontract::secret::Secret;

/// What every webhook secret begins with.
const PREFIX: &str = "lcwh_";
/// Longer values are not looked into.
const MAX_BYTES: usize = 512;
const QUOTES: [char; 10] = ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»'];

/// Looks up, after the refusal and apart from it, whether the value holds a right secret beside other characters, and logs a hint at most
/// once an hour for a connection. The caller learns nothing: neither the response nor its time depends on the outcome.
pub fn hint(state: &AppState, value: &HeaderValue) {
    let Some((secret, beside)) = within(value.as_bytes()) else { return };
    let shared = state.clone();
    state.requests.spawn(async move {
        if let Ok(Some(caller)) = shared.hub.webhook_caller(&secret).await
            && shared.pasted_secrets.spend(&caller.connection_id)
        {
            tracing::warn!(
                connection_id = %caller.connection_id,
                "A webhook call was refused although its `X-Webhook-Secret` holds the secret of a connection, because the secret {beside}. \
                 Correct the value where the call is configured."
            );
        }
    });
}

/// The secret in a value that holds more than it, and what is wrong with the value.
fn within(value: &[u8]) -> Option<(Secret<String>, &'static str)> {
    if value.len() > MAX_BYTES {
        return None;
    }
    let text = String::from_utf8_lossy(value);
    let (before, rest) = text.split_once(PREFIX)?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
    let (body, after) = rest.split_at(end);
    let beside = || before.chars().chain(after.chars());
    if body.is_empty() || beside().next().is_none() {
        return None;
    }
    let is_quoted = beside().any(|c| QUOTES.contains(&c));
    let is_spoiled_at_end = before.is_empty() && after.chars().any(|c| !c.is_ascii_graphic());
    let what = match (is_quoted, is_spoiled_at_end) {
        (true, _) => "is in quotes",
        (false, true) => "has an invisible character, or one that is not ASCII, at its end",
        (false, false) => "has other characters beside it",
    };
    Some((Secret::new(format!("{PREFIX}{body}")), what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_beside_what_was_pasted_with_it() {
        for (value, what) in [
            (&b"\"lcwh_a-B_9\""[..], "is in quotes"),
            ("“lcwh_a-B_9”".as_bytes(), "is in quotes"),
            ("lcwh_a-B_9\u{a0}".as_bytes(), "has an invisible character, or one that is not ASCII, at its end"),
            (b"lcwh_a-B_9\xa0", "has an invisible character, or one that is not ASCII, at its end"),
            ("lcwh_a-B_9\u{200b}".as_bytes(), "has an invisible character, or one that is not ASCII, at its end"),
            ("\u{feff}lcwh_a-B_9".as_bytes(), "has other characters beside it"),
            (b"Bearer lcwh_a-B_9", "has other characters beside it"),
            (b"lcwh_a-B_9;", "has other characters beside it"),
        ] {
            let found = within(value).map(|(secret, what)| (secret.expose().clone(), what));
            assert_eq!(found, Some(("lcwh_a-B_9".to_owned(), what)), "{value:?}");
        }
        let long = format!("lcwh_a {}", " ".repeat(MAX_BYTES));
        for value in ["lcwh_a-B_9", "lcwh_", "\"lcwh_\"", "wrong", "\"wrong\"", "", &long] {
            assert!(within(value.as_bytes()).is_none(), "{value}");
        }
    }
}
