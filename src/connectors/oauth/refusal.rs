//! What a refusal of the OAuth endpoints says: JSON, or a form, or plain words.

use crate::connectors::{
    Connector, Ctx, Error,
    error_rules::{self, Endpoint},
    http::Answer,
};
use serde::{Deserialize, Deserializer};
use url::form_urlencoded;

/// `error` and `error_description`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Refusal {
    #[serde(default, deserialize_with = "null_is_empty")]
    pub(super) error: String,
    #[serde(default, deserialize_with = "null_is_empty")]
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
pub(super) fn by_token_endpoint(ctx: &Ctx, connector: &Connector, answer: &Answer) -> Error {
    let refusal = Refusal::read(&answer.body);
    let seen = error_rules::seen(ctx, connector, answer, Endpoint::Token, &refusal.error, &refusal.error_description);
    let rule = error_rules::rule_for(connector, &seen);
    let sentence = (!rule.sentence.is_empty()).then(|| rule.sentence.to_owned());
    error_rules::error(answer, rule, &refusal.error, sentence)
}

/// Texts of an error may be `null`.
fn null_is_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
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
}
