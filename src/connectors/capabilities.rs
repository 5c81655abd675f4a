//! Capabilities of connectors. A capability that a provider lacks is `None`, so no method needs a default.

use super::{Call, Error, FileStream, RemoteFile};
use crate::domain::connection::{
    Check, Environment, Settings, StatusFieldType,
    deal::{Deal, TriggerRule},
    deal_schema::DealSchema,
    record::RecordId,
};
use async_trait::async_trait;

/// The account behind a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id at the provider.
    pub external_id: String,
    /// The account in words, such as `Acme Corporation (ada@acme.com)`.
    pub label: String,
    /// The user who gave consent, such as `Ada Lovelace, ada@acme.com`; `None` when the provider does not name one.
    pub user: Option<String>,
}

/// Identifies the account behind a credential.
#[async_trait]
pub trait Identity: Send + Sync {
    /// The account; this is also how a key is tried.
    ///
    /// # Errors
    /// [`super::Kind::GrantDead`] when the provider refuses a key, anything else when it could not be asked.
    async fn identify(&self, call: &Call) -> Result<Account, Error>;
}

/// Deals of a CRM.
#[async_trait]
pub trait Deals: Send + Sync {
    /// Reads what a person pastes: the id of a deal, or the address of its page.
    fn parse_id(&self, pasted: &str) -> Option<RecordId>;

    /// Reads a deal.
    async fn deal(&self, call: &Call, id: &RecordId) -> Result<Deal, Error>;

    /// Which files this provider leaves out without an error, and what to do about it, as a sentence for users.
    fn hidden_files(&self) -> &'static str;

    /// How many tiers of files there are. The lowest tier with a usable file wins, and the next one is asked for only when it has none.
    fn file_tiers(&self) -> u8;

    /// The current revisions of the files of a deal in one tier, in no promised order.
    async fn files(&self, call: &Call, deal: &RecordId, tier: u8) -> Result<Vec<RemoteFile>, Error>;

    /// The bytes of a file. The stream ends with an error when it stalls or breaks; its length and checksum are for the caller to check.
    async fn open(&self, call: &Call, file: &RemoteFile) -> Result<FileStream, Error>;

    /// The deals that the rule admits, after `after` in the provider's order of ids, at most `limit` (2,000 at most).
    async fn entered(
        &self,
        call: &Call,
        rule: &TriggerRule,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, Error>;

    /// What a field holds of each of these deals (100 at most); deals that are gone, or that we may not see, are missing.
    async fn values(&self, call: &Call, deals: &[RecordId], field: &str) -> Result<Vec<(RecordId, Option<String>)>, Error>;

    /// Writes one text field of a deal.
    async fn write(&self, call: &Call, deal: &RecordId, field: &str, value: &str) -> Result<(), Error>;

    /// Looks at everything the product needs of the account: each finding names who can fix it and where.
    /// `labels` are the values that may be written to `field`. Fails only when the session itself does not work.
    async fn checks(&self, call: &Call, account_id: &str, field: &str, labels: &[String]) -> Result<Vec<Check>, Error>;

    /// What the settings of a connection can be chosen from, as the connected user may see it.
    async fn schema(&self, call: &Call) -> Result<DealSchema, Error>;
}

/// What the set-up package of a connection is filled in with. There is no secret among it.
#[derive(Clone, Copy, Debug)]
pub struct SetupFor<'c> {
    /// The account in words.
    pub account: &'c str,
    /// Which of the provider's worlds.
    pub environment: Environment,
    /// Where its people sign in.
    pub login_url: &'c str,
    /// The origin of this server as the provider reaches it, without a path.
    pub origin: &'c str,
    /// Where the provider sends people back after consent.
    pub callback_url: &'c str,
    /// The path of the webhook.
    pub webhook_path: &'c str,
    /// Stages, field and labels.
    pub settings: &'c Settings,
    /// What to make of the field that carries the status.
    pub status_field: StatusFieldType,
}
