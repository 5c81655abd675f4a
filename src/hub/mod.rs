//! The hub: the application facade. It holds all shared state and is cheap to clone. The modules of `services` implement its
//! methods.

use crate::{
    clamd::Clamd,
    clock::Clock,
    config::Config,
    connectors::{Ctx, http},
    db::ChainedDb,
    files::Files,
    jobs::Notifier,
    services::{
        Isolation, PasswordHasher, Rejections, SessionCache, SignInLimits, TenantLimiter,
        deliveries::{ingestion::IngestionQueue, webhook_authentication::WebhookAuthenticator},
    },
    vault::Vault,
};
use analysis::reader::Reader;
use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};
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
    /// HTTP client, clock and configuration, shared with connectors.
    pub(crate) ctx: Ctx,
    /// HTTP client for the language model. Its endpoint is allowed to have a local address.
    pub(crate) llm_http: http::Client,
    pub(crate) files: Files,
    /// The virus scanner. `None`: files are not scanned.
    pub(crate) clamd: Option<Clamd>,
    pub(crate) reader: Arc<Reader>,
    /// Set by the first call of [`Hub::check_isolation`].
    pub(crate) isolation: OnceCell<Isolation>,
    pub(crate) notifier: Notifier,
    pub(crate) ingestion: IngestionQueue,
    pub(crate) webhook_authenticator: WebhookAuthenticator,
    pub(crate) session_cache: SessionCache,
    /// Random id of this process. The leases of its jobs begin with it.
    pub(crate) holder: Arc<str>,
    pub(crate) cookie_vault: Vault,
    /// The HMAC key for the digests of webhook secrets.
    pub(crate) pepper: Arc<[u8; 32]>,
    pub(crate) password_hasher: PasswordHasher,
    pub(crate) sign_in_limits: SignInLimits,
    /// Whether the header `X-Forwarded-For` was received although no proxy is configured as trusted.
    pub(crate) forwarded_for_ignored: AtomicBool,
    /// Limits the number of concurrent diffs of document versions.
    pub(crate) diffs: TenantLimiter,
    pub(crate) rejections: Rejections,
    /// Writes that continue after their response was sent. The shutdown waits for them.
    pub(crate) background: TaskTracker,
}

impl Hub {
    pub fn config(&self) -> &Config {
        &self.ctx.config
    }

    pub fn clock(&self) -> &Clock {
        &self.ctx.clock
    }

    /// Replaces the document reader. For tests: the server starts its own binary as the document reader, and a test binary cannot do that.
    /// `None` if other clones of the hub exist.
    pub fn with_reader(self, reader: Reader) -> Option<Self> {
        let parts = Arc::into_inner(self.0)?;
        Some(Self(Arc::new(Parts { reader: Arc::new(reader), ..parts })))
    }

    pub async fn close(&self) {
        self.db.close().await;
    }
}
