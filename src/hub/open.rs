//! Opens everything, and refuses to start with one clear sentence when something is wrong.

use super::{Hub, Parts, chain};
use crate::{
    analysis::child::Reader,
    audit_chain::ChainKey,
    clamd::Clamd,
    clock::Clock,
    config::Config,
    connectors::{CONNECTORS, Ctx, http},
    db::{
        ChainedDb, ConnectError, Db, Tx,
        auth::server_secrets,
        connections::{
            integrations::{self, IntegrationRow},
            sealed::SealedColumn,
        },
        tls_advice,
    },
    domain::{connection::catalogue::Capability, ids::IntegrationId},
    files::Files,
    jobs::Notifier,
    random,
    secret::Secret,
    services::{
        PasswordHasher, Rejections, SessionCache, SignInLimits,
        deliveries::{ingestion::IngestionQueue, webhook_authentication::WebhookAuthenticator},
        tenant_limiter::TenantLimiter,
    },
    vault::Vault,
};
use base64::{Engine, engine::general_purpose::URL_SAFE};
use sqlx::migrate::MigrateError;
use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};
use tokio::sync::OnceCell;
use tokio_util::task::TaskTracker;

/// Why the product cannot start: one sentence that names the variable.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

/// The number of the first migration.
const FIRST_MIGRATION: i64 = 100;
const MADE_BEFORE: &str =
    "it was made by a version from before the first release, which cannot be upgraded. Use a new, empty database.";

/// The names of keys among the server's secrets: of the webhook secrets' digests, and of the audit log's chains.
const PEPPER: &str = "webhook_pepper";
/// The name of the key that seals cookies among the server's secrets.
const COOKIE_KEY: &str = "cookie_key";
const CHAIN_KEY: &str = "audit_chain_key";
/// How many versions are compared at once for an organization and in all, and how long one more waits.
const DIFFS_PER_ORGANIZATION: usize = 2;
const DIFFS_IN_ALL: usize = 4;
const DIFF_ACQUIRE_TIMEOUT: Duration = Duration::from_secs(2);
/// How many sealed values are read at once.
const SEALED_PAGE: i64 = 500;

impl Hub {
    /// Opens database, files and clients, migrates, and seeds the catalogue.
    ///
    /// # Errors
    /// What the operator must change.
    pub async fn open(config: Config, clock: Clock) -> Result<Self, StartError> {
        let vault = Vault::new(&config.fernet_keys).ok_or_else(|| {
            StartError("`FERNET_KEY` holds no usable key. Make one with `lexicontract generate-key`.".to_owned())
        })?;
        let db = migrate(&config.database_url).await?;
        let Prepared { pepper, cookie_vault, chain_key } = prepare(&db, &vault).await?;
        let files = Files::open(&config.storage_url, &config.storage_keys, config.outbound_proxy.as_ref())
            .map_err(|error| StartError(chain(&error)))?
            .with_reserve(db.folder(), config.min_free_disk_bytes);
        let client =
            http::client(&config).map_err(|error| StartError(format!("The HTTP client cannot be built: {}", chain(&error))))?;
        let llm_http = http::llm_client(&config)
            .map_err(|error| StartError(format!("The HTTP client cannot be built: {}", chain(&error))))?;
        let reader =
            Reader::this_program().map_err(|error| StartError(format!("This program's own path is not known: {error}.")))?;
        let notifier = Notifier::default();
        Ok(Self(Arc::new(Parts {
            ingestion: IngestionQueue::start(db.clone(), clock.clone(), notifier.clone(), &config.quotas),
            webhook_authenticator: WebhookAuthenticator::start(db.clone(), clock.clone()),
            session_cache: SessionCache::default(),
            password_hasher: PasswordHasher::new(),
            sign_in_limits: SignInLimits::new(config.rate_limit_factor, &clock),
            clamd: config.clamd.clone().map(Clamd::new),
            holder: random::hex(&random::bytes::<8>()).into(),
            db: ChainedDb::new(db, chain_key),
            vault,
            cookie_vault,
            ctx: Ctx { http: client, clock, config: Arc::new(config) },
            llm_http,
            files,
            reader: Arc::new(reader),
            isolation: OnceCell::new(),
            notifier,
            pepper: Arc::new(pepper),
            forwarded_for_ignored: AtomicBool::new(false),
            diffs: TenantLimiter::new(DIFFS_PER_ORGANIZATION, DIFFS_IN_ALL, DIFF_ACQUIRE_TIMEOUT),
            rejections: Rejections::default(),
            background: TaskTracker::new(),
        })))
    }
}

/// Brings the database at an address up to date, and gives it.
///
/// # Errors
/// What the operator must change.
pub async fn migrate(address: &Secret<String>) -> Result<Db, StartError> {
    // The address may hold a password, and drivers like to repeat it.
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
        // Migrations are never removed, so an unknown one with a lower number is from before the first one.
        MigrateError::VersionMissing(version) if version < FIRST_MIGRATION => failed(MADE_BEFORE.to_owned()),
        error => failed(chain(&error)),
    })?;
    Ok(db)
}

/// What is read from the database once, at the start.
struct Prepared {
    pepper: [u8; 32],
    cookie_vault: Vault,
    chain_key: ChainKey,
}

async fn prepare(db: &Db, vault: &Vault) -> Result<Prepared, StartError> {
    let mut tx = db.begin().await.map_err(failed)?;
    check_keys(&mut tx, vault).await?;
    seed_catalogue(&mut tx).await.map_err(failed)?;
    let pepper = server_secret(&mut tx, vault, PEPPER).await?;
    let cookie_key = Secret::new(URL_SAFE.encode(server_secret(&mut tx, vault, COOKIE_KEY).await?));
    let chain_key = ChainKey::new(server_secret(&mut tx, vault, CHAIN_KEY).await?);
    tx.commit().await.map_err(failed)?;
    let cookie_vault = Vault::new(&[cookie_key]).ok_or_else(|| StartError("The key of cookies is no Fernet key.".to_owned()))?;
    Ok(Prepared { pepper, cookie_vault, chain_key })
}

fn failed(error: sqlx::Error) -> StartError {
    StartError(format!("The database could not be prepared: {}", chain(&error)))
}

/// A key of the installation, which the first server that starts makes for all.
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

/// A key that opens none of what is stored would lose every connection: better not to start at all. An old key that opens nothing any
/// more may go, and the operator is told.
async fn check_keys(tx: &mut Tx, vault: &Vault) -> Result<(), StartError> {
    // The last one counts what no key opens.
    let mut counts = vec![0_u64; vault.key_count() + 1];
    for column in SealedColumn::ALL {
        let mut after = String::new();
        loop {
            let rows = column
                .after(tx, &after, SEALED_PAGE)
                .await
                .map_err(|error| StartError(format!("The stored credentials could not be read: {}", chain(&error))))?;
            let Some(last) = rows.last() else { break };
            after.clone_from(&last.id);
            for row in &rows {
                counts[vault.key_of(&row.sealed).unwrap_or(vault.key_count())] += 1;
            }
        }
    }
    let (closed, all) = (counts.pop().unwrap_or_default(), counts.iter().sum::<u64>());
    if closed > 0 {
        return Err(StartError(format!(
            "`FERNET_KEY` opens {all} of {} stored credentials. Add the key that the others were sealed with (several keys are separated by commas), or check this machine's clock.",
            all + closed
        )));
    }
    for (number, count) in (1..).zip(counts).skip(1) {
        match count {
            0 => tracing::info!("key {number} of `FERNET_KEY` opens nothing that is stored: it can be removed"),
            count => tracing::info!(
                "key {number} of `FERNET_KEY` still opens {count} values: `lexicontract rotate-keys` seals them with key 1"
            ),
        }
    }
    Ok(())
}

async fn seed_catalogue(tx: &mut Tx) -> crate::db::Result<()> {
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
