//! Identifiers: opaque text with a prefix that names the kind, so that a wrong id cannot be passed and a log line explains itself.

use serde::{Deserialize, Serialize};
use std::{fmt, marker::PhantomData, str::FromStr};

/// What an [`Id`] identifies.
pub trait Kind: 'static {
    /// The text in front of the underscore, such as `con`.
    const PREFIX: &'static str;
}

/// The id of one `K`, such as `con_0199…`. Compared by its text; unknown and malformed ids are simply not found.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id<K>(String, #[serde(skip)] PhantomData<fn() -> K>);

impl<K: Kind> Id<K> {
    /// An id from the part after the prefix.
    pub fn from_suffix(suffix: &str) -> Self {
        Self(format!("{}_{suffix}", K::PREFIX), PhantomData)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Id<Integration> {
    /// The short name: the part after the prefix.
    pub fn slug(&self) -> &str {
        self.0.strip_prefix("int_").unwrap_or(&self.0)
    }
}

/// The text does not have the form of an id of this kind.
#[derive(Debug, thiserror::Error)]
#[error("not an id of the form `{0}_…`")]
pub struct NotAnId(&'static str);

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let suffix = text.strip_prefix(K::PREFIX).and_then(|rest| rest.strip_prefix('_'));
        match suffix {
            Some(suffix) if (1..=64).contains(&suffix.len()) && suffix.bytes().all(is_id_byte) => {
                Ok(Self(text.to_owned(), PhantomData))
            }
            _ => Err(NotAnId(K::PREFIX)),
        }
    }
}

fn is_id_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone(), PhantomData)
    }
}

impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<K> Eq for Id<K> {}

impl<K> std::hash::Hash for Id<K> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
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
        #[derive(Debug)]
        pub enum $marker {}
        impl Kind for $marker {
            const PREFIX: &'static str = $prefix;
        }
        $(#[$doc])*
        pub type $id = Id<$marker>;
    )*};
}

kinds! {
    /// A customer: users, connections and contracts belong to one.
    Organization OrganizationId "org";
    /// A person who signs in.
    User UserId "usr";
    /// An invitation to join an organization.
    Invitation InvitationId "inv";
    /// A signed-in browser.
    Session SessionId "ses";
    /// An API token.
    ApiToken ApiTokenId "tok";
    /// An entry of the catalogue, such as `int_salesforce`.
    Integration IntegrationId "int";
    /// An organization's connection to an integration.
    Connection ConnectionId "con";
    /// What is left of a connection that was removed: its receipt.
    Disconnection DisconnectionId "dsc";
    /// One accepted call of the webhook for one Opportunity.
    Delivery DeliveryId "dlv";
    /// A contract.
    Contract ContractId "ctr";
    /// A link between a contract and a record of a provider.
    Link LinkId "lnk";
    /// One version of a contract's document.
    Version VersionId "ver";
    /// One durable background job.
    Job JobId "job";
    /// One line of the timeline or the audit log.
    Activity ActivityId "act";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_refused() {
        assert!("con_0199".parse::<ConnectionId>().is_ok());
        for text in ["ctr_0199", "con_", "con", "con_a b", "", "con_é", &format!("con_{}", "a".repeat(65))] {
            assert!(text.parse::<ConnectionId>().is_err(), "{text}");
        }
    }
}
