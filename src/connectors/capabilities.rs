use super::{Call, Error, FileStream, RemoteFile};
use crate::domain::connection::deal::{Deal, Entry, TriggerRule};
use crate::domain::connection::deal_schema::DealSchema;
use crate::domain::connection::{Check, Environment, Settings, StatusFieldType};
use crate::domain::record::RecordId;
use crate::domain::time::Timestamp;
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub external_id: String,
    /// Display name, such as `Acme Corporation (ada@acme.com)`.
    pub label: String,
    /// The user who gave consent, such as `Ada Lovelace, ada@acme.com`. `None` if the provider does not report the user.
    pub user: Option<String>,
}

#[async_trait]
pub trait Identity: Send + Sync {
    /// Identifies the account that a credential gives access to. Also tests API keys.
    ///
    /// # Errors
    /// [`super::Kind::GrantDead`] if the provider rejects the credential.
    async fn identify(&self, call: &Call) -> Result<Account, Error>;
}

/// A position in a provider's list of changes, directly after one change. `at` is the time of this change by the provider's
/// clock, and `after` is the id of the changed record or of the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    pub at: Timestamp,
    /// If `None`, the position is before all changes at `at`.
    pub after: Option<String>,
}

/// A page of changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    pub entries: Vec<Entry>,
    /// Position at which the next page begins. Equals the requested position if the page has no changes.
    pub position: Position,
    /// False if there can be more changes.
    pub is_complete: bool,
}

#[async_trait]
pub trait Deals: Send + Sync {
    /// Parses user input: the id of a deal or the URL of its page.
    fn parse_id(&self, pasted: &str) -> Option<RecordId>;

    /// Reads a deal. The rule names the field that contains the stage. If the rule lists the deal's stage, returns the stage in
    /// the spelling of the rule. Fails if the rule lists record types that the connected user cannot see.
    async fn deal(&self, call: &Call, rule: &TriggerRule, id: &RecordId) -> Result<Deal, Error>;

    /// User message about files that the provider does not list: which files are missing, and how users can make the files
    /// visible.
    fn hidden_files(&self) -> &'static str;

    /// Number of file tiers. A tier is a kind of file, such as Salesforce Files (0) and legacy Attachments (1). The product uses
    /// the lowest tier that contains a usable file.
    fn file_tiers(&self) -> u8;

    /// Lists the current revision of each file of a deal in one tier, in any order.
    async fn files(&self, call: &Call, deal: &RecordId, tier: u8) -> Result<Vec<RemoteFile>, Error>;

    /// Downloads a file. The stream yields an error if the download stalls or breaks. The caller verifies length and checksum.
    async fn open(&self, call: &Call, file: &RemoteFile) -> Result<FileStream, Error>;

    /// Reads the changes after `from`, oldest first, and returns the entries of deals into the stages of the rule. A change of
    /// another field of a deal in the stage can return the same entry again. If the rule has neither `only_if_still_there` nor a
    /// field, also returns entries of deals that have left the stage since. Returns stages in the spelling of the rule. Reads at
    /// most `limit` changes, and never more than 2,000.
    async fn changed(&self, call: &Call, rule: &TriggerRule, from: &Position, limit: usize) -> Result<Changes, Error>;

    /// Lists the deals that are in a stage of the rule, in id order, starting after the id `after`. Returns stages in the
    /// spelling of the rule. Returns at most `limit` deals, and never more than 2,000.
    async fn in_stages(
        &self,
        call: &Call,
        rule: &TriggerRule,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<Entry>, Error>;

    /// Reads one field of at most 100 deals. Omits deals that were deleted or are not visible to the connected user.
    async fn values(&self, call: &Call, deals: &[RecordId], field: &str) -> Result<Vec<(RecordId, Option<String>)>, Error>;

    async fn write(&self, call: &Call, deal: &RecordId, field: &str, value: &str) -> Result<(), Error>;

    /// Checks that the account meets the product's requirements. A failed check states who can fix the problem, and where.
    /// Returns an error only for failures that no setting at the provider can fix, such as a session that does not work.
    async fn checks(&self, call: &Call, connection: CheckedConnection<'_>) -> Result<Vec<Check>, Error>;

    async fn schema(&self, call: &Call) -> Result<DealSchema, Error>;
}

/// A file to store at the provider.
pub struct Upload<'u> {
    /// Identifies this upload among the files of the deal. It consists of letters, digits and underscores.
    pub marker: &'u str,
    pub name: &'u str,
    /// Sentence for the users of the provider, if it shows one for each revision.
    pub reason: &'u str,
    /// The file that gets a new revision. `None` for a new file. Providers whose files have no revisions ignore it.
    pub revises: Option<&'u RemoteFile>,
    pub size_bytes: u64,
    pub bytes: BoxStream<'static, std::io::Result<Bytes>>,
}

/// Stores files at the provider.
#[async_trait]
pub trait FileBack: Send + Sync {
    /// Finds the revision that was stored with this marker and name, even if it is no longer the latest one.
    async fn find(&self, call: &Call, deal: &RecordId, marker: &str, name: &str) -> Result<Option<RemoteFile>, Error>;

    /// Stores a file at the deal. The provider must store the marker with the file, so that [`Self::find`] finds it and
    /// [`Deals::files`] reports it. Not idempotent: a repeated call stores the file again.
    async fn attach(&self, call: &Call, deal: &RecordId, upload: Upload<'_>) -> Result<RemoteFile, Error>;
}

/// The connection that [`Deals::checks`] compares with the account.
#[derive(Clone, Copy, Debug)]
pub struct CheckedConnection<'c> {
    pub account_id: &'c str,
    pub settings: &'c Settings,
}

impl<'c> CheckedConnection<'c> {
    /// Returns the labels that the product writes to the status field.
    pub fn labels(&self) -> Vec<&'c str> {
        self.settings.writable_values().collect()
    }
}

/// Values in a connection's setup package. None of them is secret.
#[derive(Clone, Copy, Debug)]
pub struct SetupContext<'c> {
    pub account: &'c str,
    pub environment: Environment,
    pub login_url: &'c str,
    /// Public origin of this server: scheme, host and port, without a path.
    pub origin: &'c str,
    pub callback_url: &'c str,
    pub webhook_path: &'c str,
    /// Path at which the provider reads the state of a deal.
    pub deal_status_path: &'c str,
    pub settings: &'c Settings,
    /// Type of the status field that the package creates at the provider.
    pub status_field: StatusFieldType,
}
