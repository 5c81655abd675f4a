//! The vault: encrypts credentials with a ring of Fernet keys before they are stored in the database.
//!
//! Fernet does not support associated data, so each plaintext begins with the organization and the field to which the value
//! belongs. Decryption checks organization and field, and fails for a value that was copied from another row. If the plaintext is
//! a JSON object, organization and field are its first member, so that other programs with the key can parse the object. In other
//! plaintexts, a zero byte follows organization and field.

use crate::domain::ids::OrganizationId;
use crate::secret::Secret;
use fernet::Fernet;
use std::sync::Arc;
use strum::IntoStaticStr;

/// The key ring. The first key encrypts; every key can decrypt.
#[derive(Clone)]
pub struct Vault {
    keys: Arc<[Fernet]>,
}

/// The column that stores an encrypted value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr)]
pub enum Field {
    #[strum(serialize = "organization_integrations.credentials")]
    Credentials,
    #[strum(serialize = "revocations.credentials")]
    Revocation,
    #[strum(serialize = "oauth_flows.verifier")]
    Verifier,
    #[strum(serialize = "webhook_secrets.signing_key")]
    SigningKey,
    #[strum(serialize = "idempotency_keys.response")]
    IdempotentResponse,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("no key of `FERNET_KEY` opens it")]
    NoKey,
    /// The timestamp of the value is more than a minute in the future.
    #[error("it was sealed in the future: check this machine's clock")]
    Clock,
    #[error("it was sealed for another row")]
    OtherRow,
}

/// Maximum clock skew that the crate fernet accepts.
const MAX_CLOCK_SKEW_SECONDS: u64 = 60;

impl Vault {
    /// Returns `None` if there are no keys or a key is invalid.
    pub fn new(keys: &[Secret<String>]) -> Option<Self> {
        let keys: Option<Vec<Fernet>> = keys.iter().map(|key| Fernet::new(key.expose())).collect();
        keys.filter(|keys| !keys.is_empty()).map(|keys| Self { keys: keys.into() })
    }

    pub fn generate_key() -> Secret<String> {
        Secret::new(Fernet::generate_key())
    }

    pub fn encrypt(&self, organization: &OrganizationId, field: Field, plaintext: &[u8]) -> Vec<u8> {
        self.seal(&place(organization.as_str(), field.into()), plaintext)
    }

    /// Fails unless [`Self::encrypt`] encrypted the value for this organization and field.
    pub fn decrypt(&self, organization: &OrganizationId, field: Field, token: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        self.open(&place(organization.as_str(), field.into()), token)
    }

    pub fn encrypt_for_server(&self, name: &str, plaintext: &[u8]) -> Vec<u8> {
        self.seal(&place("server", name), plaintext)
    }

    pub fn decrypt_for_server(&self, name: &str, token: &[u8]) -> Result<Secret<Vec<u8>>, VaultError> {
        self.open(&place("server", name), token)
    }

    /// Returns the index of the key that decrypts a value; `None` if no key decrypts the value.
    pub fn key_of(&self, token: &[u8]) -> Option<usize> {
        let token = std::str::from_utf8(token).ok()?;
        self.keys.iter().position(|key| key.decrypt(token).is_ok())
    }

    /// Encrypts a value again with the first key. Returns `None` if the value is already encrypted with the first key.
    pub fn rotate(&self, token: &[u8]) -> Result<Option<Vec<u8>>, VaultError> {
        match self.key_of(token) {
            Some(0) => Ok(None),
            _ => Ok(Some(self.keys[0].encrypt(self.plaintext(token)?.expose()).into_bytes())),
        }
    }

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

/// Returns the place to which a value is bound. The place needs no escaping in JSON, because `owner` and `name` contain no
/// characters that JSON escapes.
fn place(owner: &str, name: &str) -> String {
    format!("{owner}/{name}")
}

fn prefix(place: &str) -> String {
    format!("{place}\0")
}

/// Returns the beginning of a bound JSON object. It replaces the first two characters of the original object, `{"`.
fn object_prefix(place: &str) -> String {
    format!("{{\"bound_to\":\"{place}\",\"")
}

/// Returns `true` if the timestamp of the token is in the future. The timestamp is in bytes 1 to 8 and is not encrypted.
fn is_from_the_future(token: &str) -> bool {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE;
    // Twelve characters encode the version (one byte) and the timestamp (eight bytes).
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
    fn a_value_opens_only_for_its_organization_and_field() {
        let vault = vault(&[SPEC_KEY]);
        let token = vault.encrypt(&organization("a"), Field::Credentials, b"secret");
        assert_eq!(vault.decrypt(&organization("a"), Field::Credentials, &token).unwrap().expose(), b"secret");
        assert_eq!(vault.decrypt(&organization("b"), Field::Credentials, &token).unwrap_err(), VaultError::OtherRow);
        assert_eq!(vault.decrypt(&organization("a"), Field::Verifier, &token).unwrap_err(), VaultError::OtherRow);
    }

    #[test]
    fn a_json_object_stays_valid_json_and_is_bound() {
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
    fn an_old_key_opens_values_until_they_are_rotated() {
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
    fn a_token_from_the_future_is_a_clock_error() {
        let key = Fernet::new(SPEC_KEY).unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let token = key.encrypt_at_time(b"server/x\0secret", now + 3_600);
        assert_eq!(vault(&[SPEC_KEY]).decrypt_for_server("x", token.as_bytes()).unwrap_err(), VaultError::Clock);
        let other = Fernet::generate_key();
        assert_eq!(vault(&[&other]).decrypt_for_server("x", b"garbage").unwrap_err(), VaultError::NoKey);
    }

    /// Test vectors from `verify.json` and `invalid.json` in github.com/fernet/spec.
    #[test]
    fn the_test_vectors_of_the_specification_pass() {
        let key = Fernet::new(SPEC_KEY).unwrap();
        let verify = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
        let (issued, now) = (499_162_800, 499_162_801);
        assert_eq!(key.decrypt_at_time(verify, Some(60), now).unwrap(), b"hello");
        assert_eq!(key.decrypt_at_time(verify, None, issued).unwrap(), b"hello");
        let invalid = [
            ("wrong MAC", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ=="),
            ("too short", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA=="),
            (
                "not base64",
                "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            ),
            (
                "wrong block size",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm",
            ),
            (
                "wrong padding",
                "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==",
            ),
            (
                "far in the future",
                "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==",
            ),
            ("wrong IV", "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ=="),
        ];
        for (name, token) in invalid {
            assert!(key.decrypt_at_time(token, Some(60), now).is_err(), "{name}");
        }
        assert!(key.decrypt_at_time(verify, Some(60), issued + 61).is_err(), "expired");
    }

    proptest! {
        #[test]
        fn values_round_trip_and_modified_tokens_are_rejected(value: Vec<u8>, at in 0_usize..64, bit in 0_u8..7) {
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
