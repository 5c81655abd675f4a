//! Looks up webhook secrets. Concurrent lookups share one database connection. A lookup that arrives during a batch waits for the
//! next batch and never uses an earlier result, so that a revoked secret is rejected immediately.

use crate::clock::Clock;
use crate::connectors::webhook::WebhookCall;
use crate::db::connections::webhook_secrets::{self, CallerRow};
use crate::db::{self, Db};
use crate::domain::ids::{ConnectionId, IntegrationId, OrganizationId};
use crate::domain::problem::Problem;
use crate::hub::error::{Error, Result};
use std::collections::HashMap;
use tokio::sync::{mpsc, oneshot};

/// Maximum number of queued lookups. Further lookups fail with [`Problem::Unavailable`].
const QUEUE_LENGTH: usize = 2_048;
const BATCH_SIZE: usize = 128;

/// The connection of a webhook secret.
#[derive(Clone, Debug)]
pub struct WebhookCaller {
    pub organization_id: OrganizationId,
    pub connection_id: ConnectionId,
    pub integration_id: IntegrationId,
    pub external_account_id: String,
    pub is_enabled: bool,
    pub requires_signature: bool,
    /// Digest of the secret whose use must be recorded; `None` if the last recorded use is recent.
    pub(crate) secret_to_touch: Option<String>,
}

impl WebhookCaller {
    /// True if the call names the account of the caller's connection.
    pub fn has_account_of(&self, call: &WebhookCall) -> bool {
        call.account_id == self.external_account_id
    }
}

/// Handle to the task that looks up secrets.
#[derive(Clone)]
pub struct WebhookAuthenticator {
    lookups: mpsc::Sender<Lookup>,
}

struct Lookup {
    digest: String,
    result: oneshot::Sender<Result<Option<CallerRow>>>,
}

impl WebhookAuthenticator {
    /// Starts the task. It ends when the last handle is dropped.
    pub(crate) fn start(db: Db, clock: Clock) -> Self {
        let (lookups, mut queue) = mpsc::channel(QUEUE_LENGTH);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(BATCH_SIZE);
            while queue.recv_many(&mut batch, BATCH_SIZE).await > 0 {
                if let Err(problem) = look_up_batch(&db, &clock, std::mem::take(&mut batch)).await {
                    // Rejects all queued lookups. Otherwise, each lookup would wait for a separate database timeout.
                    reject(std::iter::from_fn(|| queue.try_recv().ok()).take(QUEUE_LENGTH), &problem);
                }
            }
        });
        Self { lookups }
    }

    /// Returns the connection of the secret with this digest, which can have expired; `None` if no secret has this digest.
    pub(crate) async fn find(&self, digest: String) -> Result<Option<CallerRow>> {
        let (result, received) = oneshot::channel();
        self.lookups.try_send(Lookup { digest, result }).map_err(|_| Problem::Unavailable)?;
        received.await.map_err(|_| Problem::Unavailable)?
    }
}

async fn look_up_batch(db: &Db, clock: &Clock, lookups: Vec<Lookup>) -> std::result::Result<(), Problem> {
    match look_up(db, clock, &lookups).await {
        Ok(found) => {
            for lookup in lookups {
                let row = found.get(&lookup.digest).and_then(Option::clone);
                drop(lookup.result.send(Ok(row)));
            }
            Ok(())
        }
        Err(error) => {
            // Logs the error once for the whole batch.
            let problem = Error::from(error).report();
            reject(lookups, &problem);
            Err(problem)
        }
    }
}

fn reject(lookups: impl IntoIterator<Item = Lookup>, problem: &Problem) {
    lookups.into_iter().for_each(|lookup| drop(lookup.result.send(Err(problem.clone().into()))));
}

async fn look_up(db: &Db, clock: &Clock, lookups: &[Lookup]) -> db::Result<HashMap<String, Option<CallerRow>>> {
    let mut found = HashMap::new();
    let mut tx = db.acquire().await?;
    for Lookup { digest, .. } in lookups {
        if !found.contains_key(digest) {
            found.insert(digest.clone(), webhook_secrets::find_caller(&mut tx, digest, clock.now()).await?);
        }
    }
    Ok(found)
}
