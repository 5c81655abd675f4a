//! What a refusal of the OAuth endpoints says: JSON, or a form, or plain words.

use super::{classify, decision::Asked, decisions::decide};
use crate::connectors::{Ctx, Error, http::Answer};
use serde::Deserialize;
use url::form_urlencoded;

/// The longest error code that is kept.
const CODE_CHARACTERS: usize = 64;

/// `error` and `error_description`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default, deserialize_with = "classify::null_is_empty")]
    pub(super) error: String,
    #[serde(default, deserialize_with = "classify::null_is_empty")]
    pub(super) error_description: String,
}

impl Refusal {
    /// Reads a body in either form; empty when it is neither.
    pub(super) fn read(body: &[u8]) -> Self {
        if let Ok(refusal) = serde_json::from_slice(body) {
            return refusal;
        }
        let mut refusal = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            match name.as_ref() {
                "error" => refusal.error = value.into_owned(),
                "error_description" => refusal.error_description = value.into_owned(),
                _ => {}
            }
        }
        refusal
    }

    /// Whether a token to be revoked is none any more.
    pub(super) fn is_unknown_token(&self) -> bool {
        matches!(self.error.as_str(), "invalid_token" | "unsupported_token_type" | "invalid_grant")
    }
}

/// What a refusal of the token or revoke endpoint means.
pub(super) fn by_token_endpoint(ctx: &Ctx, answer: &Answer) -> Error {
    let refusal = Refusal::read(&answer.body);
    let seen = classify::seen(ctx, answer, Asked::Token, &refusal.error, &refusal.error_description);
    let decision = decide(&seen);
    let sentence = (!decision.sentence.is_empty()).then(|| decision.sentence.to_owned());
    classify::error(answer, decision, &refusal.error, sentence)
}

/// An error code as it may be logged.
pub(super) fn plain(code: &str) -> String {
    code.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(CODE_CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_may_be_json_or_a_form() {
        for body in [
            r#"{"error":"invalid_grant","error_description":"inactive user"}"#,
            "error=invalid_grant&error_description=inactive+user",
        ] {
            let refusal = Refusal::read(body.as_bytes());
            assert_eq!((refusal.error.as_str(), refusal.error_description.as_str()), ("invalid_grant", "inactive user"));
        }
        let without_words = Refusal::read(br#"{"error":"invalid_grant","error_description":null}"#);
        assert_eq!((without_words.error.as_str(), without_words.error_description.as_str()), ("invalid_grant", ""));
        assert_eq!(Refusal::read(b"<html>").error, "");
    }

    #[test]
    fn a_code_is_logged_without_anything_that_could_forge_a_line() {
        assert_eq!(plain("invalid_grant\n2026 ERROR"), "invalid_grant2026ERROR");
        assert_eq!(plain(&"a".repeat(100)).len(), 64);
    }
}
