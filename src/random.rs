//! New ids and new secrets, from the operating system's randomness.

use crate::{
    domain::ids::{Id, Kind},
    secret::Secret,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A new id. Ids sort by the time they were made (UUID version 7, RFC 9562).
pub fn new_id<K: Kind>() -> Id<K> {
    Id::from_suffix(&uuid::Uuid::now_v7().simple().to_string())
}

/// A new secret of 256 bits in 43 characters, behind a prefix that tells people and secret scanners what it is.
pub fn new_secret(prefix: &str) -> Secret<String> {
    Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes::<32>())))
}

/// `N` random bytes.
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// What is stored of a secret with 256 bits: its SHA-256 in hexadecimal. Nobody can guess back from it, so it needs no slow hash.
pub fn digest(secret: &Secret<String>) -> String {
    hex(&Sha256::digest(secret.expose().as_bytes()))
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}
