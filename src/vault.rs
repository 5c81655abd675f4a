//! The vault: seals credentials before they touch the database, with a ring of Fernet keys.
//!
//! Fernet has no associated data, so a token copied into another row would open there. The plaintext therefore begins with
//! the organization and the field it belongs to, and opening checks both. In a JSON object they are its first member, so that a program
//! of the customer's that holds the key reads the object as it is; before anything else they end with a zero byte.

use crate::{domain::ids::OrganizationId, secret::Secret};
use fernet::Fernet;
use std::sync::Arc;

/// The key ring. The first key encrypts, all decrypt.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<[Fernet]>,
}

/// Which value of an organization is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `organization_integrations.credentials`
    Credentials,
    /// `revocations.credentials`
    Revocation,
    /// `oauth_flows.verifier`
    Verifier,
    /// `webhook_secrets.signing_key`
    SigningKey,
    /// `idempotency_keys.response`
    FormAnswer,
}

impl Field {
    fn as_str(self) -> &'static str {
        match self {
            Self::Credentials => "organization_integrations.credentials",
            Self::Revocation => "revocations.credentials",
            Self::Verifier => "oauth_flows.verifier",
            Self::SigningKey => "webhook_secrets.signing_key",
            Self::FormAnswer => "idempotency_keys.response",
        }
    }
}

/// A sealed value that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// No key of the ring made it, or it was changed.
    #[error("no key of `FERNET_KEY` opens it")]
    NoKey,
    /// It was made more than a minute ahead of this machine's clock. The value is whole; the clock is wrong.
    #[error("it was sealed in the future: check this machine's clock")]
    Clock,
    /// It belongs to another organization or field.
    #[error("it was sealed for another row")]
    OtherRow,
}

/// How far ahead of the clock the fernet crate accepts a token.
const MAX_CLOCK_SKEW_SECONDS: u64 = 60;

impl Vault {
    /// A vault with these keys; `None` without any, or when one is not a Fernet key.
    pub fn new(keys: &[Secret<String>]) -> Option<Self> {
        let keys: Option<Vec<Fernet>> = keys.iter().map(|key| Fernet::new(key.expose())).collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys: keys.into() })
    }

    /// A new random key.
    pub fn generate_key() -> Secret<String> {
        Secret::new(Fernet::generate_key())
    }

    /// Seals a value of an organization: the customer's `encrypt_data`.
    pub fn encrypt(&self, organization: &OrganizationId, field: Field, plaintext: &[u8]) -> Vec<u8> {
        self.seal(&place(organization.as_str(), field.as_str()), plaintext)
    }

    /// Opens what [`Self::encrypt`] sealed for the same organization and field: the customer's `decrypt_data`.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn decrypt(&self, organization: &OrganizationId, field: Field, token: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        self.open(&place(organization.as_str(), field.as_str()), token)
    }

    /// Seals a value of the installation itself.
    pub fn encrypt_for_server(&self, name: &str, plaintext: &[u8]) -> Vec<u8> {
        self.seal(&place("server", name), plaintext)
    }

    /// Opens what [`Self::encrypt_for_server`] sealed.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn decrypt_for_server(&self, name: &str, token: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        self.open(&place("server", name), token)
    }

    /// Which key of the ring, counted from 0, opens a token; `None` when none does.
    pub fn key_of(&self, token: &[u8]) -> Option<usize> {
        let token = std::str::from_utf8(token).ok()?;
        self.keys.iter().position(|key| key.decrypt(token).is_ok())
    }

    /// The same value sealed with the first key; `None` when it is already.
    ///
    /// # Errors
    /// See [`VaultError`].
    pub fn rotate(&self, token: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        match self.key_of(token) {
            Some(0) => Ok(None),
            _ => Ok(Some(self.keys[0].encrypt(self.plaintext(token)?.expose()).into_bytes())),
        }
    }

    /// How many keys the ring has.
    pub fn key_count(&self) -> usize {
        self.keys.len()
    }

    fn seal(&self, place: &str, plaintext: &[u8]) -> Vec<u8> {
        let bound = match plaintext.strip_prefix(b"{\"") {
            Some(members) => [object_prefix(place).as_bytes(), members].concat(),
            None => [prefix(place).as_bytes(), plaintext].concat(),
        };
        self.keys[0].encrypt(Secret::new(bound).expose()).into_bytes()
    }

    fn open(&self, place: &str, token: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        let bound = self.plaintext(token)?;
        let bound = bound.expose();
        if let Some(members) = bound.strip_prefix(object_prefix(place).as_bytes()) {
            return Ok(Secret::new([b"{\"", members].concat()));
        }
        let plaintext = bound.strip_prefix(prefix(place).as_bytes()).ok_or(VaultError::OtherRow)?;
        Ok(Secret::new(plaintext.to_vec()))
    }

    fn plaintext(&self, token: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        let token = std::str::from_utf8(token).map_err(|_| VaultError::NoKey)?;
        let opened = self.keys.iter().find_map(|key| key.decrypt(token).ok());
        opened.map(Secret::new).ok_or_else(|| if is_from_the_future(token) { VaultError::Clock } else { VaultError::NoKey })
    }
}

/// Where a value belongs. Both parts are our own words and ids, with nothing in them that JSON would escape.
fn place(owner: &str, name: &str) -> String {
    format!("{owner}/{name}")
}

fn prefix(place: &str) -> String {
    format!("{place}\0")
}

/// Stands for the `{"` that an object with members begins with.
fn object_prefix(place: &str) -> String {
    format!("{{\"bound_to\":\"{place}\",\"")
}

/// The time stamp is readable without a key: bytes 1 to 8 of the token.
fn is_from_the_future(token: &str) -> bool {
    use base64::{Engine, engine::general_purpose::URL_SAFE};
    // Twelve characters hold nine bytes: the version and the time stamp.
    let head = token.get(..12).and_then(|head| URL_SAFE.decode(head).ok());
    let stamp = head.and_then(|bytes| Some(u64::from_be_bytes(bytes.get(1..9)?.try_into().ok()?)));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_secs();
    stamp.is_some_and(|stamp| stamp > now + MAX_CLOCK_SKEW_SECONDS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SPEC_KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";

    fn vault(keys: &[&str]) -> Vault {
        Vault::new(&keys.iter().map(|key| Secret::from(*key)).collect::<Vec<_>>()).unwrap()
    }

    fn organization(suffix: &str) -> OrganizationId {
        OrganizationId::from_suffix(suffix)
    }

    #[test]
    fn a_row_swapped_with_another_organizations_does_not_open() {
        let vault = vault(&[SPEC_KEY]);
        let token = vault.encrypt(&organization("a"), Field::Credentials, b"secret");
        assert_eq!(vault.decrypt(&organization("a"), Field::Credentials, &token).unwrap().expose(), b"secret");
        assert_eq!(vault.decrypt(&organization("b"), Field::Credentials, &token).unwrap_err(), VaultError::OtherRow);
        assert_eq!(vault.decrypt(&organization("a"), Field::Verifier, &token).unwrap_err(), VaultError::OtherRow);
    }

    #[test]
    fn a_json_object_stays_one_and_is_bound_all_the_same() {
        let vault = vault(&[SPEC_KEY]);
        let given = br#"{"type":"oauth2","access_token":"00D!x"}"#;
        let token = vault.encrypt(&organization("a"), Field::Credentials, given);
        let seen = Fernet::new(SPEC_KEY).unwrap().decrypt(std::str::from_utf8(&token).unwrap()).unwrap();
        let seen: serde_json::Value = serde_json::from_slice(&seen).unwrap();
        assert_eq!(seen["access_token"], "00D!x");
        assert_eq!(vault.decrypt(&organization("a"), Field::Credentials, &token).unwrap().expose(), given);
        assert_eq!(vault.decrypt(&organization("b"), Field::Credentials, &token).unwrap_err(), VaultError::OtherRow);
        for other in ["{}", "{", "{ \"a\":1}", "[1]", "{\""] {
            let token = vault.encrypt(&organization("a"), Field::Credentials, other.as_bytes());
            assert_eq!(vault.decrypt(&organization("a"), Field::Credentials, &token).unwrap().expose(), other.as_bytes());
        }
    }

    #[test]
    fn an_old_key_still_opens_until_everything_is_rotated() {
        let (old, new) = (Fernet::generate_key(), Fernet::generate_key());
        let token = vault(&[&old]).encrypt(&organization("a"), Field::Credentials, b"secret");
        let ring = vault(&[&new, &old]);
        assert_eq!(ring.key_of(&token), Some(1));
        let rotated = ring.rotate(&token).unwrap().unwrap();
        assert_eq!(ring.rotate(&rotated).unwrap(), None);
        assert_eq!(vault(&[&new]).decrypt(&organization("a"), Field::Credentials, &rotated).unwrap().expose(), b"secret");
        assert_eq!(vault(&[&new]).decrypt(&organization("a"), Field::Credentials, &token).unwrap_err(), VaultError::NoKey);
    }

    #[test]
    fn a_token_from_the_future_is_a_matter_of_the_clock() {
        let key = Fernet::new(SPEC_KEY).unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let token = key.encrypt_at_time(b"server/x\0secret", now + 3_600);
        assert_eq!(vault(&[SPEC_KEY]).decrypt_for_server("x", token.as_bytes()).unwrap_err(), VaultError::Clock);
        let other = Fernet::generate_key();
        assert_eq!(vault(&[&other]).decrypt_for_server("x", b"garbage").unwrap_err(), VaultError::NoKey);
    }

    /// The vectors of the Fernet specification (github.com/fernet/spec: `verify.json`, `generate.json`, `invalid.json`), at their own times.
    #[test]
    fn the_vectors_of_the_specification_hold() {
        let key = Fernet::new(SPEC_KEY).unwrap();
        let verify = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
        let (issued, now) = (499_162_800, 499_162_801);
        assert_eq!(key.decrypt_at_time(verify, Some(60), now).unwrap(), b"hello");
        assert_eq!(key.decrypt_at_time(verify, None, issued).unwrap(), b"hello");
        let invalid = [
            (
                "incorrect mac",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            ),
            ("too short", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=="),
            (
                "invalid base64",
                "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            ),
            (
                "not a multiple of the block size",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
            ),
            (
                "padding error",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
            ),
            (
                "far-future time stamp",
                "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
            ),
            ("expired", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q=="),
            (
                "incorrect iv",
                "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==",
            ),
        ];
        for (name, token) in invalid {
            let at = if name == "expired" { now + 90 } else { now };
            assert!(key.decrypt_at_time(token, Some(60), at).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn every_value_comes_back_and_no_changed_token_opens(value: Vec<u8>, at in 0_usize..64, bit in 0_u8..7) {
            let vault = vault(&[SPEC_KEY]);
            let mut token = vault.encrypt(&organization("a"), Field::Credentials, &value);
            let opened = vault.decrypt(&organization("a"), Field::Credentials, &token).unwrap();
            prop_assert_eq!(opened.expose(), &value);
            let at = at % (token.len() - 4);
            token[at] ^= 1 << bit;
            prop_assert!(vault.decrypt(&organization("a"), Field::Credentials, &token).is_err());
        }
    }
}
