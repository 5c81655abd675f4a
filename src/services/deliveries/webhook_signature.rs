//! Signatures of webhook calls, as specified by Standard Webhooks (standardwebhooks.com). The secret authenticates the
//! caller, and the signature protects the call against modification and replay.

use super::receive::TOUCH_EVERY;
use super::webhook_authentication::WebhookCaller;
use crate::db::Tx;
use crate::db::connections::{ConnectionRow, webhook_secrets};
use crate::domain::problem::Invalid;
use crate::domain::time::Timestamp;
use crate::hub::{Hub, Result};
use crate::secret::Secret;
use crate::vault::Field;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::time::Duration;

/// Maximum difference between the timestamp of a call and the server's clock.
const TOLERANCE: Duration = Duration::from_secs(5 * 60);
const MAX_ID_CHARACTERS: usize = 128;
const MAX_TIMESTAMP_DIGITS: usize = 12;
/// Maximum number of signatures per call. Senders need two signatures during a key rotation. More signatures can be an attempt to
/// guess a valid signature.
const MAX_SIGNATURES: usize = 8;
/// Prefix by which users and secret scanners recognize a key.
const KEY_PREFIX: &str = "whsec_";

/// The parsed headers `webhook-id`, `webhook-timestamp` and `webhook-signature`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookSignature {
    id: String,
    timestamp: String,
    sent_at: Timestamp,
    macs: Vec<[u8; 32]>,
}

impl WebhookSignature {
    /// Returns `None` for malformed headers. Ignores signatures whose version is not `v1`.
    pub fn parse(id: &str, timestamp: &str, signature: &str) -> Option<Self> {
        let is_id = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        if !(1..=MAX_ID_CHARACTERS).contains(&id.len()) || !id.bytes().all(is_id) {
            return None;
        }
        let is_number =
            (1..=MAX_TIMESTAMP_DIGITS).contains(&timestamp.len()) && timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: i64 = if is_number { timestamp.parse().ok()? } else { return None };
        let parts: Vec<&str> = signature.split(' ').filter(|part| !part.is_empty()).take(MAX_SIGNATURES + 1).collect();
        if parts.len() > MAX_SIGNATURES {
            return None;
        }
        let mac = |part: &&str| STANDARD.decode(part.strip_prefix("v1,")?).ok()?.try_into().ok();
        let macs: Vec<[u8; 32]> = parts.iter().filter_map(mac).collect();
        let sent_at = Timestamp::from_millis(seconds * 1_000);
        (!macs.is_empty()).then(|| Self { id: id.to_owned(), timestamp: timestamp.to_owned(), sent_at, macs })
    }

    /// True if the timestamp is within five minutes of `now`.
    pub fn is_timely(&self, now: Timestamp) -> bool {
        now.since(self.sent_at).max(self.sent_at.since(now)) <= TOLERANCE
    }

    /// Returns the id of the message. All attempts to send a message have the same id.
    pub fn id(&self) -> &str {
        &self.id
    }

    fn is_made_with(&self, key: &Secret<Vec<u8>>, body: &[u8]) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.expose()).expect("HMAC takes a key of any length");
        for part in [self.id.as_bytes(), b".", self.timestamp.as_bytes(), b".", body] {
            mac.update(part);
        }
        self.macs.iter().any(|expected| mac.clone().verify_slice(expected).is_ok())
    }
}

/// Returns the text form of a key, as shown to users.
pub(crate) fn encoded(key: &[u8]) -> Secret<String> {
    Secret::new(format!("{KEY_PREFIX}{}", STANDARD.encode(key)))
}

/// Fails if the connection's current secret has no signing key, because a setting that requires signatures would then reject all
/// calls with this secret.
pub(crate) async fn require_key(tx: &mut Tx, row: &ConnectionRow, now: Timestamp) -> Result<()> {
    let secrets = webhook_secrets::list(tx, &row.organization_id, &row.id, now).await?;
    if secrets.iter().any(|secret| secret.valid_until.is_none() && secret.signing_key.is_some()) {
        return Ok(());
    }
    let message = "`metadata.webhook_signature` cannot be `required` yet: there is no signing key. Create a new webhook secret, \
         which comes with a key.";
    Err(Invalid::Metadata(message.to_owned()).into())
}

impl Hub {
    /// True if the body was signed with a key of the caller's connection. The key of the previous secret is accepted while the
    /// previous secret is valid.
    pub async fn is_signed(&self, caller: &WebhookCaller, signature: &WebhookSignature, body: &[u8]) -> Result<bool> {
        let now = self.clock().now();
        if !signature.is_timely(now) {
            return Ok(false);
        }
        let mut tx = self.db.acquire().await?;
        let secrets = webhook_secrets::list(&mut tx, &caller.organization_id, &caller.connection_id, now).await?;
        drop(tx);
        for secret in secrets {
            let Some(sealed) = &secret.signing_key else { continue };
            let key = self.vault.decrypt(&secret.organization_id, Field::SigningKey, sealed)?;
            if !signature.is_made_with(&key, body) {
                continue;
            }
            if secret.last_signed_at.is_none_or(|signed| now.since(signed) >= TOUCH_EVERY) {
                let mut tx = self.db.begin().await?;
                webhook_secrets::touch_signed(&mut tx, &secret.digest, now).await?;
                tx.commit().await?;
            }
            return Ok(true);
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const TIMESTAMP: &str = "1614265330";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    /// Test vector from the libraries of the specification.
    const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const CODE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    fn key() -> Secret<Vec<u8>> {
        Secret::new(STANDARD.decode(KEY).unwrap())
    }

    fn parse(id: &str, timestamp: &str, signature: &str) -> Option<WebhookSignature> {
        WebhookSignature::parse(id, timestamp, signature)
    }

    #[test]
    fn signature_of_the_specification_is_accepted_and_variations_are_rejected() {
        let signature = parse(ID, TIMESTAMP, CODE).unwrap();
        assert!(signature.is_made_with(&key(), BODY));
        assert!(!signature.is_made_with(&key(), b"{\"test\": 2432232315}"));
        assert!(!signature.is_made_with(&Secret::new(vec![0; 24]), BODY));
        assert!(!parse("msg_other", TIMESTAMP, CODE).unwrap().is_made_with(&key(), BODY));
        assert!(!parse(ID, "1614265331", CODE).unwrap().is_made_with(&key(), BODY));
    }

    #[test]
    fn one_valid_signature_among_at_most_eight_is_enough() {
        let other = format!("v1,{}", STANDARD.encode([0; 32]));
        assert!(parse(ID, TIMESTAMP, &format!("v1a,AAAA {other} {CODE}")).unwrap().is_made_with(&key(), BODY));
        assert_eq!(parse(ID, TIMESTAMP, &[other.as_str(); 9].join(" ")), None);
    }

    #[test]
    fn malformed_headers_are_rejected() {
        for (id, timestamp, signature) in [
            ("", TIMESTAMP, CODE),
            ("a.b", TIMESTAMP, CODE),
            (ID, "", CODE),
            (ID, "-1", CODE),
            (ID, "1614265330.5", CODE),
            (ID, "9999999999999", CODE),
            (ID, TIMESTAMP, ""),
            (ID, TIMESTAMP, "v1"),
            (ID, TIMESTAMP, "v1,not base64"),
            (ID, TIMESTAMP, "v1,AAAA"),
            (ID, TIMESTAMP, CODE.trim_start_matches("v1,")),
            (ID, TIMESTAMP, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        ] {
            assert_eq!(parse(id, timestamp, signature), None, "{id} {timestamp} {signature}");
        }
        assert_eq!(parse(&"a".repeat(MAX_ID_CHARACTERS + 1), TIMESTAMP, CODE), None);
    }

    #[test]
    fn timestamp_within_five_minutes_is_timely() {
        let signature = parse(ID, TIMESTAMP, CODE).unwrap();
        let at = |seconds: i64| Timestamp::from_millis((1_614_265_330 + seconds) * 1_000);
        assert!(signature.is_timely(at(-300)) && signature.is_timely(at(0)) && signature.is_timely(at(300)));
        assert!(!signature.is_timely(at(-301)) && !signature.is_timely(at(301)));
    }
}
