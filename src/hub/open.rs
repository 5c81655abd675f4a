//! Opens the hub: migrates the database, loads the server secrets, and opens the file storage and the HTTP clients.

use super::{Hub, Parts, chain};
use crate::audit_chain::ChainKey;
use crate::clamd::Clamd;
use crate::clock::Clock;
use crate::config::Config;
use crate::connectors::{CONNECTORS, Ctx, http};
use crate::db::auth::server_secrets;
use crate::db::connections::integrations::{self, IntegrationRow};
use crate::db::connections::sealed::count_by_key;
use crate::db::{self, ChainedDb, ConnectError, Db, Tx, tls_advice};
use crate::domain::connection::catalogue::Capability;
use crate::domain::ids::IntegrationId;
use crate::files::Files;
use crate::jobs::Notifier;
use crate::random;
use crate::secret::Secret;
use crate::services::deliveries::ingestion::IngestionQueue;
use crate::services::deliveries::webhook_authentication::WebhookAuthenticator;
use crate::services::{PasswordHasher, RefusedCalls, Rejections, SessionCache, SignInLimits, TenantLimiter};
use crate::vault::Vault;
use analysis::reader::Reader;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use sqlx::migrate::MigrateError;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

/// The reason why the server cannot start, as a message for the operator.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

const FIRST_MIGRATION: i64 = 100;
const PRE_RELEASE_DATABASE: &str =
    "it was made by a version from before the first release, which cannot be upgraded. Use a new, empty database.";

// Names of rows in the table `server_secrets`.
const PEPPER: &str = "webhook_pepper";
const COOKIE_KEY: &str = "cookie_key";
const CHAIN_KEY: &str = "audit_chain_key";
const DIFFS_PER_ORGANIZATION: usize = 2;
const DIFFS_IN_ALL: usize = 4;
const DIFF_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);

/// The decrypted server secrets.
struct ServerSecrets {
    pepper: [u8; 32],
    cookie_vault: Vault,
    chain_key: ChainKey,
}

impl Hub {
    pub async fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let vault = Vault::new(&config.fernet_keys).ok_or_else(|| {
            StartError("`FERNET_KEY` holds no usable key. Make one with `lexicontract generate-key`.".to_owned())
        })?;
        let db = migrate(&config.database_url).await?;
        let secrets = prepare(&db, &vault).await?;
        let files = Files::open(&config.storage_url, &config.storage_keys, config.outbound_proxy.as_ref())
            .map_err(|error| StartError(chain(&error)))?
            .with_reserve(db.folder(), config.min_free_disk_bytes);
        let client_error = |error: http::BuildError| StartError(format!("The HTTP client cannot be built: {}", chain(&error)));
        let client = http::client(&config).map_err(client_error)?;
        let llm_http = http::llm_client(&config).map_err(client_error)?;
        let reader =
            Reader::current_program().map_err(|error| StartError(format!("This program's own path is not known: {error}.")))?;
        let notifier = Notifier::default();
        Ok(Self(Arc::new(Parts {
            ingestion: IngestionQueue::start(db.clone(), clock.clone(), notifier.clone(), &config.quotas),
            webhook_authenticator: WebhookAuthenticator::start(db.clone(), clock.clone()),
            session_cache: SessionCache::default(),
            password_hasher: PasswordHasher::new(),
            sign_in_limits: SignInLimits::new(config.rate_limit_factor, &clock),
            clamd: config.clamd.clone().map(Clamd::new),
            holder: random::hex(&random::bytes::<8>()).into(),
            db: ChainedDb::new(db, secrets.chain_key),
            vault,
            cookie_vault: secrets.cookie_vault,
            ctx: Ctx { http: client, clock, config: Arc::new(config) },
            llm_http,
            files,
            reader: Arc::new(reader),
            isolation: OnceCell::new(),
            notifier,
            pepper: Arc::new(secrets.pepper),
            forwarded_for_ignored: AtomicBool::new(false),
            diffs: TenantLimiter::new(DIFFS_PER_ORGANIZATION, DIFFS_IN_ALL, DIFF_ACQUIRE_TIMEOUT),
            rejections: Rejections::default(),
            refused_calls: RefusedCalls::default(),
            background: TaskTracker::new(),
        })))
    }
}

pub async fn migrate(address: &Secret<String>) -> Result<Db, StartError> {
    // The database URL can contain a password, and some driver errors contain the URL.
    let without_address = |text: String| text.replace(address.expose().as_str(), "the address");
    let failed = |error: String| StartError(format!("`DATABASE_URL` cannot be used: {}", without_address(error)));
    let db = Db::connect(address).await.map_err(|error| match error {
        ConnectError::Unsuitable(reason) => failed(reason + "."),
        ConnectError::Driver(error) => match tls_advice(address, &error) {
            Some(advice) => failed(format!("{}. {advice}", chain(&error))),
            None => failed(chain(&error)),
        },
    })?;
    db.migrate().await.map_err(|error| match error {
        // The database contains a migration that this program does not have. A number below the first migration is from before
        // the first release.
        MigrateError::VersionMissing(version) if version < FIRST_MIGRATION => failed(PRE_RELEASE_DATABASE.to_owned()),
        error => failed(chain(&error)),
    })?;
    Ok(db)
}

/// Checks the keys, updates the stored list of providers, and returns the decrypted server secrets.
async fn prepare(db: &Db, vault: &Vault) -> Result<ServerSecrets, StartError> {
    let mut tx = db.begin().await.map_err(failed)?;
    check_keys(&mut tx, vault).await?;
    seed_catalogue(&mut tx).await.map_err(failed)?;
    let pepper = server_secret(&mut tx, vault, PEPPER).await?;
    let cookie_key = Secret::new(URL_SAFE.encode(server_secret(&mut tx, vault, COOKIE_KEY).await?));
    let chain_key = ChainKey::new(server_secret(&mut tx, vault, CHAIN_KEY).await?);
    tx.commit().await.map_err(failed)?;
    let cookie_vault = Vault::new(&[cookie_key]).ok_or_else(|| StartError("The key of cookies is no Fernet key.".to_owned()))?;
    Ok(ServerSecrets { pepper, cookie_vault, chain_key })
}

fn failed(error: sqlx::Error) -> StartError {
    StartError(format!("The database could not be prepared: {}", chain(&error)))
}

/// Returns a random key that all servers of the installation share. The first server that starts creates the key.
async fn server_secret(tx: &mut Tx, vault: &Vault, name: &str) -> Result<[u8; 32], StartError> {
    let fresh = vault.encrypt_for_server(name, &random::bytes::<32>());
    server_secrets::insert_if_absent(tx, name, &fresh).await.map_err(failed)?;
    let sealed = server_secrets::find(tx, name).await.map_err(failed)?.unwrap_or_default();
    let opened = vault
        .decrypt_for_server(name, &sealed)
        .map_err(|error| StartError(format!("The server secret `{name}` does not open: {error}.")))?;
    let key = opened.expose().as_slice().try_into();
    key.map_err(|_| StartError(format!("The server secret `{name}` has the wrong length.")))
}

/// Fails if a stored value exists that no configured key decrypts. Logs which old keys are still in use.
async fn check_keys(tx: &mut Tx, vault: &Vault) -> Result<(), StartError> {
    let mut counts = count_by_key(tx, vault)
        .await
        .map_err(|error| StartError(format!("The stored credentials could not be read: {}", chain(&error))))?;
    let (closed, all) = (counts.pop().unwrap_or_default(), counts.iter().sum::<u64>());
    if closed > 0 {
        return Err(StartError(format!(
            "`FERNET_KEY` opens {all} of {} stored credentials. Add the key that the others were sealed with (several keys are separated by commas), or check this machine's clock.",
            all + closed
        )));
    }
    for (number, count) in (1..).zip(counts).skip(1) {
        match count {
            0 => tracing::info!("key {number} of `FERNET_KEY` opens no stored value: it can be removed"),
            count => tracing::info!(
                "key {number} of `FERNET_KEY` still opens {count} values: `lexicontract rotate-keys` seals them with key 1"
            ),
        }
    }
    Ok(())
}

async fn seed_catalogue(tx: &mut Tx) -> db::Result<()> {
    for (position, info) in (0_i64..).zip(CONNECTORS) {
        let row = IntegrationRow {
            id: IntegrationId::from_suffix(info.slug),
            slug: info.slug.to_owned(),
            name: info.name.to_owned(),
            description: info.description.to_owned(),
            category: info.category,
            auth_type: info.auth[0].auth_type(),
            has_deals: info.capabilities().contains(&Capability::Deals),
        };
        integrations::upsert(tx, &row, position).await?;
    }
    Ok(())
}
