//! The hash chain of the audit log: what is hashed, and with which key. No I/O.
//!
//! A line's hash covers the hash of the line before it, so no line can be changed, removed, inserted or moved without the key, which the
//! database holds only sealed. Personal detail enters as a digest with a random salt per line: once detail and salt are erased, the digest
//! reveals nothing, and the chain still verifies.

use crate::{
    domain::{
        ids::{ActivityId, ConnectionId, ContractId, DeliveryId, OrganizationId, UserId},
        time::Timestamp,
    },
    random,
    secret::Secret,
};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::sync::Arc;

/// The hash before the first line.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Labels that separate the three uses and carry the version of the encoding.
const LINE: &str = "lexicontract audit line 1";
const HEAD: &str = "lexicontract audit head 1";
const DETAIL: &str = "lexicontract audit detail 1";

/// The key of all chains of an installation.
#[derive(Clone)]
pub struct ChainKey(Arc<Secret<[u8; 32]>>);

/// The part of a line that stays when its detail is erased.
pub struct Line<'a> {
    /// The organization.
    pub organization_id: &'a OrganizationId,
    /// The line's place in the chain, from 1.
    pub sequence: i64,
    /// The hash of the line before it.
    pub previous_hash: &'a str,
    /// The line's id.
    pub id: &'a ActivityId,
    /// When it happened.
    pub at: Timestamp,
    /// What kind of thing.
    pub kind: &'a str,
    /// The connection it is about.
    pub connection_id: Option<&'a ConnectionId>,
    /// See [`Detail::digest`].
    pub detail_digest: &'a str,
}

/// The part of a line that names users, clients and documents.
#[derive(Default)]
pub struct Detail<'a> {
    /// What happened.
    pub summary: &'a str,
    /// Who did it.
    pub actor: &'a str,
    /// The user's id.
    pub actor_id: Option<&'a UserId>,
    /// The session or token that proved who it was.
    pub via: Option<&'a str>,
    /// The client's address.
    pub address: Option<&'a str>,
    /// The request's id.
    pub request_id: Option<&'a str>,
    /// What the client called the request.
    pub client_request_id: Option<&'a str>,
    /// The contract it is about.
    pub contract_id: Option<&'a ContractId>,
    /// The delivery it is about.
    pub delivery_id: Option<&'a DeliveryId>,
    /// More about it.
    pub more: Option<&'a Value>,
}

/// The newest line of a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its sequence number; 0 before the first line.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
    /// How many audited lines there were before the chain began.
    pub unchained: i64,
}

impl ChainKey {
    /// The key with these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Secret::new(bytes)))
    }

    /// The hash of a line.
    pub fn line_hash(&self, line: &Line<'_>) -> String {
        mac(
            self.0.expose(),
            &[
                Some(LINE.as_bytes()),
                Some(line.organization_id.as_str().as_bytes()),
                Some(&line.sequence.to_be_bytes()),
                Some(line.previous_hash.as_bytes()),
                Some(line.id.as_str().as_bytes()),
                Some(&line.at.millis().to_be_bytes()),
                Some(line.kind.as_bytes()),
                line.connection_id.map(|id| id.as_str().as_bytes()),
                Some(line.detail_digest.as_bytes()),
            ],
        )
    }

    /// Authenticates a head.
    pub fn head_mac(&self, organization: &OrganizationId, head: &Head) -> String {
        mac(
            self.0.expose(),
            &[
                Some(HEAD.as_bytes()),
                Some(organization.as_str().as_bytes()),
                Some(&head.sequence.to_be_bytes()),
                Some(head.hash.as_bytes()),
                Some(&head.unchained.to_be_bytes()),
            ],
        )
    }
}

impl Detail<'_> {
    /// The digest of the detail under a line's salt.
    pub fn digest(&self, salt: &str) -> String {
        let more = self.more.map(|more| {
            let mut more = more.clone();
            // JSONB keeps no order of members.
            more.sort_all_objects();
            more.to_string()
        });
        mac(
            salt.as_bytes(),
            &[
                Some(DETAIL.as_bytes()),
                Some(self.summary.as_bytes()),
                Some(self.actor.as_bytes()),
                self.actor_id.map(|id| id.as_str().as_bytes()),
                self.via.map(str::as_bytes),
                self.address.map(str::as_bytes),
                self.request_id.map(str::as_bytes),
                self.client_request_id.map(str::as_bytes),
                self.contract_id.map(|id| id.as_str().as_bytes()),
                self.delivery_id.map(|id| id.as_str().as_bytes()),
                more.as_deref().map(str::as_bytes),
            ],
        )
    }

    /// Whether every field is empty.
    pub fn is_erased(&self) -> bool {
        let texts = [self.via, self.address, self.request_id, self.client_request_id];
        let has_ids = self.actor_id.is_some() || self.contract_id.is_some() || self.delivery_id.is_some();
        self.summary.is_empty() && self.actor.is_empty() && !has_ids && self.more.is_none() && texts.iter().all(Option::is_none)
    }
}

/// A new salt for a line's detail.
pub fn new_salt() -> String {
    random::hex(&random::bytes::<16>())
}

/// HMAC-SHA256 in hexadecimal. Each field is preceded by its length, so that no two lists of fields are the same bytes.
fn mac(key: &[u8], fields: &[Option<&[u8]>]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    for field in fields {
        match field {
            None => mac.update(&[0]),
            Some(bytes) => {
                mac.update(&[1]);
                mac.update(&(bytes.len() as u64).to_be_bytes());
                mac.update(bytes);
            }
        }
    }
    random::hex(&mac.finalize().into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_cannot_be_moved_into_each_other() {
        let digest = |summary, actor, via| Detail { summary, actor, via, ..Detail::default() }.digest("salt");
        let one = digest("ab", "c", None);
        assert_ne!(one, digest("a", "bc", None));
        assert_ne!(one, digest("ab", "c", Some("")));
        assert_ne!(one, Detail { summary: "ab", actor: "c", address: Some(""), ..Detail::default() }.digest("salt"));
        assert_ne!(one, Detail { summary: "ab", actor: "c", ..Detail::default() }.digest("other salt"));
    }

    #[test]
    fn the_order_of_members_does_not_matter() {
        let one: Value = serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":3}}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"b":{"d":3,"c":2},"a":1}"#).unwrap();
        let digest = |more| Detail { more: Some(more), ..Detail::default() }.digest("salt");
        assert_eq!(digest(&one), digest(&other));
        assert_ne!(digest(&one), digest(&json!({"a": 2})));
    }

    #[test]
    fn a_head_belongs_to_its_organization_and_its_key() {
        let (key, other) = (ChainKey::new([1; 32]), ChainKey::new([2; 32]));
        let (acme, eve) = (OrganizationId::from_suffix("acme"), OrganizationId::from_suffix("eve"));
        let head = Head { sequence: 1, hash: GENESIS.to_owned(), unchained: 0 };
        assert_ne!(key.head_mac(&acme, &head), key.head_mac(&eve, &head));
        assert_ne!(key.head_mac(&acme, &head), other.head_mac(&acme, &head));
        assert_ne!(key.head_mac(&acme, &head), key.head_mac(&acme, &Head { unchained: 1, ..head.clone() }));
    }
}
