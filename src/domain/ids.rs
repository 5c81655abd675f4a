//! Typed ids. An id is opaque text with a prefix that identifies the type.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::hash::Hash;
use std::marker::PhantomData;
use std::str::FromStr;

pub trait Kind: Clone + Eq + Hash + 'static {
    /// Text before the underscore, such as `con`.
    const PREFIX: &'static str;
}

/// An identifier, such as `con_0199…`.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id<K>(String, #[serde(skip)] PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// Builds an id from the part after the prefix.
    pub fn from_suffix(suffix: &str) -> Self {
        Self(format!("{}_{suffix}", K::PREFIX), PhantomData)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Id<Integration> {
    pub fn slug(&self) -> &str {
        self.0.strip_prefix("int_").unwrap_or(&self.0)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not an id of the form `{0}_…`")]
pub struct NotAnId(&'static str);

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let suffix = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        let is_valid = |suffix: &str| (1..=64).contains(&suffix.len()) && suffix.bytes().all(is_id_byte);
        suffix.filter(|suffix| is_valid(suffix)).map(|_| Self(text.to_owned(), PhantomData)).ok_or(NotAnId(K::PREFIX))
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl<K> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<K> utoipa::PartialSchema for Id<K> {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        String::schema()
    }
}

impl<K> utoipa::ToSchema for Id<K> {}

macro_rules! kinds {
    ($($(#[$doc:meta])* $marker:ident $id:ident $prefix:literal;)*) => {$(
        #[doc = concat!("Marks ids that begin with `", $prefix, "_`.")]
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum $marker {}
        impl Kind for $marker {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$marker>;
    )*};
}

kinds! {
    /// A customer (tenant).
    Organization OrganizationId "org";
    User UserId "usr";
    Invitation InvitationId "inv";
    Session SessionId "ses";
    ApiToken ApiTokenId "tok";
    /// An entry of the catalogue, such as `int_salesforce`.
    Integration IntegrationId "int";
    Connection ConnectionId "con";
    ConnectLink ConnectLinkId "cln";
    Disconnection DisconnectionId "dsc";
    Delivery DeliveryId "dlv";
    Attempt AttemptId "att";
    RefusedCall RefusedCallId "rfc";
    Contract ContractId "ctr";
    Link LinkId "lnk";
    Version VersionId "ver";
    Job JobId "job";
    /// An entry in a timeline or the audit log.
    Activity ActivityId "act";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn id_of_another_kind_is_rejected() {
        assert!("con_0199".parse::<ConnectionId>().is_ok());
        for text in ["ctr_0199", "con_", "con", "con_a b", "", "con_é", &format!("con_{}", "a".repeat(65))] {
            assert!(text.parse::<ConnectionId>().is_err(), "{text}");
        }
    }
}
