//! The hub: everything the product needs to act, in one cheap-to-clone value. It is the only state.

use crate::{
    analysis::child::Reader,
    clamd::Clamd,
    clock::Clock,
    config::Config,
    connectors::{self, Ctx, http},
    db::{self, ChainedDb},
    domain::problem::Problem,
    files::Files,
    jobs::Notifier,
    services::{
        Isolation, PasswordHasher, Rejections, SessionCache, SignInLimits,
        deliveries::{ingestion::IngestionQueue, webhook_authentication::WebhookAuthenticator},
        tenant_limiter::TenantLimiter,
    },
    vault::{Vault, VaultError},
};
use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

mod open;

pub use open::{StartError, migrate};

/// A handle on everything; cloning it counts one reference.
#[derive(Clone)]
pub struct Hub(Arc<Parts>);

impl Deref for Hub {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// Database, vault, clients, files, clock and configuration.
pub struct Parts {
    pub(crate) db: ChainedDb,
    pub(crate) vault: Vault,
    /// What connectors need.
    pub(crate) ctx: Ctx,
    /// For the language model's endpoint, which the operator chose and which may be local.
    pub(crate) llm_http: http::Client,
    pub(crate) files: Files,
    /// The virus scanner; `None`: files are not scanned.
    pub(crate) clamd: Option<Clamd>,
    /// Reads documents.
    pub(crate) reader: Arc<Reader>,
    /// How the reader is isolated, once that is known.
    pub(crate) isolation: OnceCell<Isolation>,
    pub(crate) notifier: Notifier,
    pub(crate) ingestion: IngestionQueue,
    /// Who looks up what callers of the webhook present.
    pub(crate) webhook_authenticator: WebhookAuthenticator,
    pub(crate) session_cache: SessionCache,
    /// How the leases of this process begin.
    pub(crate) holder: Arc<str>,
    /// Seals what is kept in browsers.
    pub(crate) cookie_vault: Vault,
    /// The key of the webhook secrets' digests.
    pub(crate) pepper: Arc<[u8; 32]>,
    pub(crate) password_hasher: PasswordHasher,
    pub(crate) sign_in_limits: SignInLimits,
    /// Whether `X-Forwarded-For` was received while no proxy is trusted.
    pub(crate) forwarded_for_ignored: AtomicBool,
    /// How many versions are compared at once.
    pub(crate) diffs: TenantLimiter,
    /// Refused requests that are not in the audit log yet.
    pub(crate) rejections: Rejections,
    /// What is written after its answer, and a shutdown waits for.
    pub(crate) background: TaskTracker,
}

/// What a service returns.
pub type Result<T> = std::result::Result<T, Error>;

/// What a service can fail with. [`Error::report`] turns it into the problem of a response.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Something a person can understand and act on.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The database did not take or give something.
    #[error("could not use the database")]
    Database(#[from] sqlx::Error),
    /// A stored credential did not open.
    #[error("could not open a stored credential")]
    Vault(#[from] VaultError),
    /// A provider did not do what it should.
    #[error("could not finish a call of the provider")]
    Connector(#[from] connectors::Error),
    /// A document could not be stored or read.
    #[error("could not use the file storage")]
    Storage(#[from] object_store::Error),
    /// A stored row contradicts what the code knows.
    #[error("found a row that makes no sense: {0}")]
    Inconsistent(&'static str),
}

impl From<crate::domain::problem::Invalid> for Error {
    fn from(invalid: crate::domain::problem::Invalid) -> Self {
        Self::Problem(invalid.into())
    }
}

impl Error {
    /// The problem that the user sees. It says nothing about the causes of a failure on our side.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Problem(problem) => problem.clone(),
            Self::Database(_) | Self::Storage(_) => Problem::Unavailable,
            Self::Connector(error) => match error.kind {
                connectors::Kind::GrantDead => Problem::NeedsReconnect,
                _ => Problem::ProviderUnavailable(error.terms, error.sentence()),
            },
            Self::Vault(_) | Self::Inconsistent(_) => Problem::Internal,
        }
    }

    /// Logs the causes unless the error is a [`Problem`] already, and returns the problem for the response. Called once, where a response is built.
    pub fn report(self) -> Problem {
        if !matches!(self, Self::Problem(_)) {
            tracing::error!(error = chain(&self), "request failed");
        }
        self.problem()
    }
}

/// An error with its causes, for logs: without the values of rows that errors of the database repeat.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut texts = Vec::new();
    let mut next = Some(error);
    while let Some(error) = next {
        let of_database = db::without_values(error);
        // The causes of an error of the database are in its text.
        next = if of_database.is_some() { None } else { error.source() };
        texts.push(of_database.unwrap_or_else(|| error.to_string()));
    }
    texts.join(": ")
}

impl Hub {
    /// The configuration.
    pub fn config(&self) -> &Config {
        &self.ctx.config
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.ctx.clock
    }

    /// The same hub with another reader of documents, because a test is no program that reads them; `None` when the hub has been
    /// cloned, whose clones would keep the old one.
    pub fn with_reader(self, reader: Reader) -> Option<Self> {
        let parts = Arc::into_inner(self.0)?;
        Some(Self(Arc::new(Parts { reader: Arc::new(reader), ..parts })))
    }

    /// Closes the database.
    pub async fn close(&self) {
        self.db.close().await;
    }
}
