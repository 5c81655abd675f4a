//! What a connector is: data about the provider, and the calls that differ between providers.

use super::{Error, Meter, Tokens, guide::ConnectGuide, http::Client, webhook::WebhookSpec};
use crate::{
    clock::Clock,
    config::Config,
    domain::{
        catalogue::{AuthType, Capability, Category, TestedAgainst},
        connect_failure::ConnectFailure,
        connection::{Check, Environment, Settings, StatusFieldType},
        deal::{Deal, TriggerRule},
        deal_schema::DealSchema,
        problem::Invalid,
        record::RecordId,
        terms::Terms,
        time::Timestamp,
    },
    secret::Secret,
};
use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use std::{collections::BTreeMap, sync::Arc};
use url::Url;

/// An entry of the catalogue, and how to reach it.
pub struct ConnectorInfo {
    /// Its short name in addresses; the id in the catalogue is `int_` and this.
    pub slug: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it calls itself and its records.
    pub terms: &'static Terms,
    /// What connecting it brings.
    pub description: &'static str,
    /// What kind of system it is.
    pub category: Category,
    /// How it authenticates us.
    pub auth_type: AuthType,
    /// What it was tested against.
    pub tested_against: TestedAgainst,
    /// What does not work yet, as a sentence for its card; empty when nothing is missing.
    pub missing: &'static str,
    /// How it is reached.
    pub access: Access,
    /// Its own words for a failed connection; empty where the general ones say as much.
    pub connect_message: fn(ConnectFailure) -> &'static str,
    /// Where an administrator ends our access at the provider, when we could not; empty when it is not known.
    pub revocation_guide: &'static str,
    /// What people are shown before consent; `None` for providers that take a key.
    pub guide: Option<&'static ConnectGuide>,
    /// Domains that it serves accounts from: a credential is sent to their hosts and to no others.
    pub hosts: &'static [&'static str],
    /// The origin of its API, where that is the same for all accounts.
    pub api_origin: Option<&'static str>,
    /// Where a browser is sent for consent: sources of the content security policy.
    pub form_targets: &'static [&'static str],
    /// Its variables beyond those that every provider has.
    pub variables: &'static [Variable],
    /// The ways in which it calls us.
    pub webhooks: &'static [WebhookSpec],
}

/// A variable of the configuration, by its ending: the slug goes before it.
pub enum Variable {
    /// An origin where users sign in.
    LoginHost {
        /// Such as `LOGIN_URL`.
        ending: &'static str,
        /// The provider's own host.
        default: &'static str,
    },
    /// A text.
    Text {
        /// Such as `API_VERSION`.
        ending: &'static str,
        /// Its value when it is not set.
        default: &'static str,
        /// Whether a value can be used.
        is_valid: fn(&str) -> bool,
        /// What a value must be, after "must".
        must: &'static str,
    },
}

impl Variable {
    /// The ending of its name.
    pub fn ending(&self) -> &'static str {
        match self {
            Self::LoginHost { ending, .. } | Self::Text { ending, .. } => ending,
        }
    }
}

impl ConnectorInfo {
    /// What it can do once it is connected.
    pub fn capabilities(&self) -> Vec<Capability> {
        let deals = matches!(self.access, Access::OAuth2(_)).then_some(Capability::Deals);
        let webhook = (!self.webhooks.is_empty()).then_some(Capability::Webhook);
        deals.into_iter().chain(webhook).collect()
    }

    /// The webhook of that name.
    pub fn webhook(&self, name: &str) -> Option<&'static WebhookSpec> {
        self.webhooks.iter().find(|webhook| webhook.name == name)
    }
}

/// How a provider is reached. What it cannot do is not here, so nothing has to pretend.
pub enum Access {
    /// With a key that a person pastes.
    ApiKey(&'static dyn ApiKeyConnector),
    /// With OAuth 2.0.
    OAuth2(&'static dyn OAuthConnector),
}

/// What every call of a connector needs.
#[derive(Clone, Debug)]
pub struct Ctx {
    /// The guarded client: allow-listed hosts, no redirects, bounded bodies.
    pub http: Client,
    /// The time.
    pub clock: Clock,
    /// Hosts, apps and limits.
    pub config: Arc<Config>,
}

/// One field of a form that asks for a key.
pub struct KeyFieldInfo {
    /// Its name in the request body.
    pub name: &'static str,
    /// Its label.
    pub label: &'static str,
    /// Where a person finds the value.
    pub help: &'static str,
    /// The provider's page about it.
    pub help_url: &'static str,
}

/// The account behind a credential.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id at the provider; for Salesforce the organization's, 18 characters.
    pub external_id: String,
    /// The account in words, such as `Acme Corporation (ada@acme.com)`.
    pub label: String,
    /// The user who gave consent, such as `Ada Lovelace, ada@acme.com`; `None` when the provider does not name one.
    pub user: Option<String>,
}

/// A provider that takes a key.
#[async_trait]
pub trait ApiKeyConnector: Send + Sync {
    /// What to ask for. The first field is `api_key`.
    fn fields(&self) -> &'static [KeyFieldInfo];

    /// Who the key belongs to; this is how it is tried.
    ///
    /// # Errors
    /// [`super::Kind::GrantDead`] when the provider refuses the key, anything else when it could not be tried.
    async fn identify(&self, ctx: &Ctx, fields: &BTreeMap<String, Secret<String>>) -> Result<Account, Error>;
}

/// An access token and where it is good.
#[derive(Clone, Debug)]
pub struct Session {
    /// The base of every call.
    pub instance_url: Url,
    /// The bearer token.
    pub access_token: Secret<String>,
    /// What the token may do, as far as the provider said.
    pub scopes: Vec<String>,
    /// What the answers say about the account's allowance.
    pub meter: Meter,
}

impl Session {
    /// A session with these tokens.
    pub fn new(tokens: &Tokens) -> Self {
        Self {
            instance_url: tokens.instance_url.clone(),
            access_token: tokens.access_token.clone(),
            scopes: tokens.scopes.clone(),
            meter: Meter::default(),
        }
    }
}

/// A CRM that is connected with OAuth 2.0.
#[async_trait]
pub trait OAuthConnector: Send + Sync {
    /// Whether this server is set up for it; the error says who must do what.
    ///
    /// # Errors
    /// A sentence for people.
    fn availability(&self, config: &Config) -> Result<(), &'static str>;

    /// The login host of an environment. `domain` is what a person typed for `my_domain`: a host, or any address of the org.
    ///
    /// # Errors
    /// The domain is missing or not one of the provider's hosts.
    fn login_url(&self, config: &Config, environment: Environment, domain: Option<&str>) -> Result<Url, Invalid>;

    /// Where to send the person: with `state` and a PKCE S256 challenge of `verifier`.
    ///
    /// # Errors
    /// The server has no app for this provider.
    fn authorize_url(
        &self,
        config: &Config,
        login_url: &Url,
        state: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Url, Error>;

    /// Redeems a code. The answer's `instance_url` has been checked against the allowed hosts.
    async fn exchange(
        &self,
        ctx: &Ctx,
        login_url: &Url,
        code: &Secret<String>,
        verifier: &Secret<String>,
    ) -> Result<Tokens, Error>;

    /// New tokens for old. Keeps what the answer leaves out; the answer's refresh token, when there is one, replaces the old.
    async fn refresh(&self, ctx: &Ctx, tokens: &Tokens) -> Result<Tokens, Error>;

    /// Ends the grant at the provider. A token it no longer knows counts as ended.
    async fn revoke(&self, ctx: &Ctx, tokens: &Tokens) -> Result<(), Error>;

    /// Who we are.
    async fn identify(&self, ctx: &Ctx, session: &Session) -> Result<Account, Error>;

    /// What the `error` of a callback means.
    fn callback_failure(&self, error: &str, description: &str) -> ConnectFailure;

    /// What an error of [`Self::exchange`] or [`Self::identify`] means.
    fn exchange_failure(&self, error: &Error) -> ConnectFailure;

    /// Reads what a person pastes: the id of a deal, or the address of its page.
    fn parse_id(&self, pasted: &str) -> Option<RecordId>;

    /// Reads a deal.
    async fn deal(&self, ctx: &Ctx, session: &Session, id: &RecordId) -> Result<Deal, Error>;

    /// Which files this provider leaves out without an error, and what to do about it, as a sentence for users.
    fn hidden_files(&self) -> &'static str;

    /// How many tiers of files there are. The lowest tier with a usable file wins, and the next one is asked for only when it has none.
    fn file_tiers(&self) -> u8;

    /// The current revisions of the files of a deal in one tier, in no promised order.
    async fn files(&self, ctx: &Ctx, session: &Session, deal: &RecordId, tier: u8) -> Result<Vec<RemoteFile>, Error>;

    /// The bytes of a file. The stream ends with an error when it stalls or breaks; its length and checksum are for the caller to check.
    async fn open(&self, ctx: &Ctx, session: &Session, file: &RemoteFile) -> Result<FileStream, Error>;

    /// The deals that the rule admits, after `after` in the provider's order of ids, at most `limit` (2,000 at most).
    async fn entered(
        &self,
        ctx: &Ctx,
        session: &Session,
        rule: &TriggerRule,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, Error>;

    /// What a field holds of each of these deals (100 at most); deals that are gone, or that we may not see, are missing.
    async fn values(
        &self,
        ctx: &Ctx,
        session: &Session,
        deals: &[RecordId],
        field: &str,
    ) -> Result<Vec<(RecordId, Option<String>)>, Error>;

    /// Writes one text field of a deal.
    async fn write(&self, ctx: &Ctx, session: &Session, deal: &RecordId, field: &str, value: &str) -> Result<(), Error>;

    /// Looks at everything the product needs of the account: each finding names who can fix it and where.
    /// `labels` are the values that may be written to `field`. Fails only when the session itself does not work.
    async fn checks(
        &self,
        ctx: &Ctx,
        session: &Session,
        account_id: &str,
        field: &str,
        labels: &[String],
    ) -> Result<Vec<Check>, Error>;

    /// What the settings of a connection can be chosen from, as the connected user may see it.
    async fn schema(&self, ctx: &Ctx, session: &Session) -> Result<DealSchema, Error>;

    /// What an administrator deploys at the provider so that it calls our webhook, as a ZIP. The same values give the same bytes.
    fn setup_package(&self, connection: &SetupFor<'_>) -> Vec<u8>;
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

/// A checksum that a provider computes of a file's bytes, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Checksum {
    /// MD5.
    Md5(String),
    /// SHA-256.
    Sha256(String),
}

/// Whether a file can be downloaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileState {
    /// Its bytes are there.
    Ready,
    /// It only links to bytes kept elsewhere.
    Link,
}

/// A file at the provider that could become a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteFile {
    /// The id of this revision of the file: other bytes have another id.
    pub id: String,
    /// What all revisions of the file have in common.
    pub lineage: String,
    /// Its name, with the extension.
    pub name: String,
    /// Its length.
    pub size_bytes: i64,
    /// The checksum, when the provider computes one.
    pub checksum: Option<Checksum>,
    /// When its content last changed.
    pub modified_at: Timestamp,
    /// Which kind of file it is, counted from those that are preferred.
    pub tier: u8,
    /// Whether it can be downloaded.
    pub state: FileState,
}

/// The bytes of a file as they arrive.
pub type FileStream = BoxStream<'static, Result<Bytes, Error>>;
