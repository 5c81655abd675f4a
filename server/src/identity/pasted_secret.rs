//! Detects webhook secrets that were pasted with extra characters, such as quotes. The call is rejected, and recorded as a refused
//! call of the connection. A log line states the reason for the operator.

use crate::state::AppState;
use http::HeaderValue;
use lexicontract::domain::connection::refused_call::RefusalReason;
use lexicontract::request_context::RequestContext;
use lexicontract::secret::Secret;

const PREFIX: &str = "lcwh_";
/// Longer header values are ignored.
const MAX_BYTES: usize = 512;
const QUOTES: [char; 10] = ['"', '\'', '`', '“', '”', '„', '‘', '’', '«', '»'];

/// Records the call and logs a hint if the value contains a valid secret, the hint at most once per hour and connection. The check runs in a separate task, so
/// that the response time does not reveal the result.
pub fn log_hint(state: &AppState, value: &HeaderValue) {
    let Some((secret, mistake)) = find_secret(value.as_bytes()) else { return };
    let shared = state.clone();
    state.requests.spawn(RequestContext::current().scope(async move {
        let Ok(Some(caller)) = shared.hub.webhook_caller(&secret).await else { return };
        shared.hub.record_refused_call(&caller, RefusalReason::SecretWithExtraCharacters);
        if shared.pasted_secrets.spend(&caller.connection_id) {
            tracing::warn!(
                connection_id = %caller.connection_id,
                "A webhook call was rejected although its `X-Webhook-Secret` holds the secret of a connection, because the secret {mistake}. \
                 Correct the value where the call is configured."
            );
        }
    }));
}

/// Finds a secret that is surrounded by other characters. Returns the secret and a description of the mistake.
fn find_secret(value: &[u8]) -> Option<(Secret<String>, &'static str)> {
    if value.len() > MAX_BYTES {
        return None;
    }
    let text = String::from_utf8_lossy(value);
    let (before, rest) = text.split_once(PREFIX)?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
    let (body, after) = rest.split_at(end);
    let extra = || before.chars().chain(after.chars());
    if body.is_empty() || extra().next().is_none() {
        return None;
    }
    let is_quoted = extra().any(|c| QUOTES.contains(&c));
    let has_bad_suffix = before.is_empty() && after.chars().any(|c| !c.is_ascii_graphic());
    let mistake = match (is_quoted, has_bad_suffix) {
        (true, _) => "is in quotes",
        (false, true) => "has an invisible character, or one that is not ASCII, at its end",
        (false, false) => "has other characters beside it",
    };
    Some((Secret::new(format!("{PREFIX}{body}")), mistake))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_between_other_characters() {
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
            let found = find_secret(value).map(|(secret, what)| (secret.expose().clone(), what));
            assert_eq!(found, Some(("lcwh_a-B_9".to_owned(), what)), "{value:?}");
        }
        let long = format!("lcwh_a {}", " ".repeat(MAX_BYTES));
        for value in ["lcwh_a-B_9", "lcwh_", "\"lcwh_\"", "wrong", "\"wrong\"", "", &long] {
            assert!(find_secret(value.as_bytes()).is_none(), "{value}");
        }
    }
}
