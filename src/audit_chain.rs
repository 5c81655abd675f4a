//! The hash chain of the audit log.
//!
//! The hash of each entry is keyed and covers the hash of the previous entry. Without the key, an attacker cannot change, remove,
//! insert or move entries without detection. The database contains the key only in encrypted form.
//!
//! The personal detail of an entry is hashed with a random salt. After the detail and the salt are erased, the hash does not
//! reveal the detail, and the chain can still be verified.

use crate::domain::ids::{ActivityId, ConnectionId, ContractId, DeliveryId, OrganizationId, UserId};
use crate::domain::time::Timestamp;
use crate::random;
use crate::secret::Secret;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::sync::Arc;

/// Value of `previous_hash` in the first entry of a chain.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Domain separation labels. Each kind of HMAC input starts with a different label, which ends with the version of the encoding.
const LINE: &str = "lexicontract audit line 1";
const HEAD: &str = "lexicontract audit head 1";
const DETAIL: &str = "lexicontract audit detail 1";

/// Key for the hash chains of all organizations.
#[derive(Clone)]
pub struct ChainKey(Arc<Secret<[u8; 32]>>);

/// The part of an entry that is kept when its detail is erased.
pub struct Line<'a> {
    pub organization_id: &'a OrganizationId,
    /// Starts at 1.
    pub sequence: i64,
    pub previous_hash: &'a str,
    pub id: &'a ActivityId,
    pub at: Timestamp,
    pub kind: &'a str,
    pub connection_id: Option<&'a ConnectionId>,
    pub detail_digest: &'a str,
}

/// The part of an entry that identifies users, clients and documents. It can be erased.
#[derive(Default, PartialEq)]
pub struct Detail<'a> {
    pub summary: &'a str,
    pub actor: &'a str,
    pub actor_id: Option<&'a UserId>,
    pub via: Option<&'a str>,
    pub address: Option<&'a str>,
    pub request_id: Option<&'a str>,
    pub client_request_id: Option<&'a str>,
    pub contract_id: Option<&'a ContractId>,
    pub delivery_id: Option<&'a DeliveryId>,
    pub more: Option<&'a Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Sequence number of the newest entry; 0 if the chain is empty.
    pub sequence: i64,
    pub hash: String,
    /// Number of audited entries that were inserted before the chain existed, and are not in the chain.
    pub unchained: i64,
}

impl ChainKey {
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Arc::new(Secret::new(bytes)))
    }

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
    /// Returns the salted hash of the detail. `salt` is the value that is stored with the entry.
    pub fn digest(&self, salt: &str) -> String {
        let more = self.more.map(|more| {
            let mut more = more.clone();
            // Sorts the members, because JSONB does not preserve their order.
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

    pub fn is_erased(&self) -> bool {
        *self == Self::default()
    }
}

pub fn new_salt() -> String {
    random::hex(&random::bytes::<16>())
}

/// HMAC-SHA256 in hexadecimal. Each field is preceded by its length, so different lists of fields never produce equal bytes.
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
    fn text_cannot_move_between_fields() {
        let digest = |summary, actor, via| Detail { summary, actor, via, ..Detail::default() }.digest("salt");
        let one = digest("ab", "c", None);
        assert_ne!(one, digest("a", "bc", None));
        assert_ne!(one, digest("ab", "c", Some("")));
        assert_ne!(one, Detail { summary: "ab", actor: "c", address: Some(""), ..Detail::default() }.digest("salt"));
        assert_ne!(one, Detail { summary: "ab", actor: "c", ..Detail::default() }.digest("other salt"));
    }

    #[test]
    fn the_order_of_json_members_does_not_matter() {
        let one: Value = serde_json::from_str(r#"{"a":1,"b":{"c":2,"d":3}}"#).unwrap();
        let other: Value = serde_json::from_str(r#"{"b":{"d":3,"c":2},"a":1}"#).unwrap();
        let digest = |more| Detail { more: Some(more), ..Detail::default() }.digest("salt");
        assert_eq!(digest(&one), digest(&other));
        assert_ne!(digest(&one), digest(&json!({"a": 2})));
    }

    #[test]
    fn a_head_mac_depends_on_organization_key_and_content() {
        let (key, other) = (ChainKey::new([1; 32]), ChainKey::new([2; 32]));
        let (acme, eve) = (OrganizationId::from_suffix("acme"), OrganizationId::from_suffix("eve"));
        let head = Head { sequence: 1, hash: GENESIS.to_owned(), unchained: 0 };
        assert_ne!(key.head_mac(&acme, &head), key.head_mac(&eve, &head));
        assert_ne!(key.head_mac(&acme, &head), other.head_mac(&acme, &head));
        assert_ne!(key.head_mac(&acme, &head), key.head_mac(&acme, &Head { unchained: 1, ..head.clone() }));
    }
}
