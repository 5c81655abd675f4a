//! Random ids and secrets, digests, and hexadecimal encoding.

use crate::domain::ids::{Id, Kind};
use crate::secret::Secret;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// Ids are UUIDs of version 7 (RFC 9562), so they sort by creation time.
pub fn new_id<K: Kind>() -> Id<K> {
    Id::from_suffix(&uuid::Uuid::now_v7().simple().to_string())
}

/// Returns `prefix` followed by 43 random characters (256 bits). Users and secret scanners recognize the kind of secret by the
/// prefix.
pub fn new_secret(prefix: &str) -> Secret<String> {
    Secret::new(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes::<32>())))
}

pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system provides random bytes");
    bytes
}

/// Returns the SHA-256 digest in hexadecimal, for storage. A slow hash is not necessary, because a 256-bit secret cannot be
/// guessed.
pub fn digest(secret: &Secret<String>) -> String {
    hex(&Sha256::digest(secret.expose().as_bytes()))
}

/// Encodes bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
        text
    })
}
