//! The hub: the application facade, which holds all shared state. The modules of `services` implement the methods of the hub.

use crate::clamd::Clamd;
use crate::clock::Clock;
use crate::config::Config;
use crate::connectors::{Ctx, http};
use crate::db::ChainedDb;
use crate::files::Files;
use crate::jobs::Notifier;
use crate::services::deliveries::ingestion::IngestionQueue;
use crate::services::deliveries::webhook_authentication::WebhookAuthenticator;
use crate::services::{Isolation, PasswordHasher, RefusedCalls, Rejections, SessionCache, SignInLimits, TenantLimiter};
use crate::vault::Vault;
use analysis::reader::Reader;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

pub(crate) mod error;
mod open;

pub use error::{Error, Result, chain};
pub use open::{StartError, migrate};

#[derive(Clone)]
pub struct Hub(Arc<Parts>);

impl Deref for Hub {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

pub struct Parts {
    pub(crate) db: ChainedDb,
    pub(crate) vault: Vault,
    pub(crate) ctx: Ctx,
    /// HTTP client for the language model. Unlike the client for providers, it accepts local addresses.
    pub(crate) llm_http: http::Client,
    pub(crate) files: Files,
    /// The virus scanner; `None` if files are not scanned.
    pub(crate) clamd: Option<Clamd>,
    pub(crate) reader: Arc<Reader>,
    pub(crate) isolation: OnceCell<Isolation>,
    pub(crate) notifier: Notifier,
    pub(crate) ingestion: IngestionQueue,
    pub(crate) webhook_authenticator: WebhookAuthenticator,
    pub(crate) session_cache: SessionCache,
    /// Random id of this process. Every job lease of this process begins with this id.
    pub(crate) holder: Arc<str>,
    pub(crate) cookie_vault: Vault,
    /// The HMAC key for the digests of webhook secrets.
    pub(crate) pepper: Arc<[u8; 32]>,
    pub(crate) password_hasher: PasswordHasher,
    pub(crate) sign_in_limits: SignInLimits,
    /// True if a request contained the header `X-Forwarded-For` although no proxy is configured as trusted.
    pub(crate) forwarded_for_ignored: AtomicBool,
    pub(crate) diffs: TenantLimiter,
    pub(crate) rejections: Rejections,
    pub(crate) refused_calls: RefusedCalls,
    /// Writes that run independently of a response. The shutdown waits for these tasks.
    pub(crate) background: TaskTracker,
}

impl Hub {
    pub fn config(&self) -> &Config {
        &self.ctx.config
    }

    pub fn clock(&self) -> &Clock {
        &self.ctx.clock
    }

    /// Replaces the document reader; `None` if other clones of the hub exist. Only for tests, because their binaries cannot run
    /// as the document reader.
    pub fn with_reader(self, reader: Reader) -> Option<Self> {
        let parts = Arc::into_inner(self.0)?;
        Some(Self(Arc::new(Parts { reader: Arc::new(reader), ..parts })))
    }

    pub async fn close(&self) {
        self.db.close().await;
    }
}
