//! Idempotency of submitted forms: a repeated submission, such as a double click, has no further effect and gets the response to
//! the first submission.
//!
//! The transaction that makes the change also stores the idempotency key. A concurrent submission with the same key waits until
//! this transaction ends. The stored response is encrypted, because it can contain a secret that is shown only once.

use crate::db::account::organizations;
use crate::db::auth::idempotency;
use crate::db::{ReadConnection, Tx};
use crate::domain::account::users::Role;
use crate::domain::ids::ContractId;
use crate::domain::problem::Problem;
use crate::hub::{Error, Hub, Result};
use crate::random::hex;
use crate::services::Actor;
use crate::vault::Field;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Duration;

pub(crate) const KEY_LIFETIME: Duration = Duration::from_secs(10 * 60);

pub(crate) enum Idempotent<T> {
    /// The open transaction of a first submission. The caller commits it with [`Hub::commit_idempotent`].
    First(Tx),
    /// The stored response to the first submission. The caller returns it for the repeated submission.
    Replay(T),
}

/// For a first submission, evaluates to the transaction. For a repeated submission, makes the calling function return the stored
/// response.
macro_rules! first_or_return {
    ($begun:expr) => {
        match $begun {
            $crate::services::auth::idempotency::Idempotent::First(tx) => tx,
            $crate::services::auth::idempotency::Idempotent::Replay(response) => return Ok(response),
        }
    };
}
pub(crate) use first_or_return;

impl Hub {
    /// Begins a transaction. Fails if the actor's role is lower than `role`. A request without an idempotency key is always a
    /// first submission.
    pub(crate) async fn begin_idempotent<T: DeserializeOwned>(&self, actor: &Actor, role: Role) -> Result<Idempotent<T>> {
        self.begin_with_key(actor, role, false).await
    }

    /// Like [`Self::begin_idempotent`], but also locks the organization. Transactions that change users require this lock.
    pub(crate) async fn begin_idempotent_with_users<T: DeserializeOwned>(
        &self,
        actor: &Actor,
        role: Role,
    ) -> Result<Idempotent<T>> {
        self.begin_with_key(actor, role, true).await
    }

    async fn begin_with_key<T: DeserializeOwned>(&self, actor: &Actor, role: Role, locks_users: bool) -> Result<Idempotent<T>> {
        let mut tx = self.db.begin().await?;
        let id = row_id(actor);
        // A concurrent submission with the same key waits here until the transaction of the first submission ends. All locks are
        // acquired after this point, because a waiting transaction that holds locks could cause a deadlock.
        let is_first = match &id {
            Some(id) => {
                let now = self.clock().now();
                idempotency::insert_if_new(&mut tx, &actor.organization_id, &actor.user_id, id, now, now - KEY_LIFETIME).await?
            }
            None => true,
        };
        if locks_users {
            organizations::lock(&mut tx, &actor.organization_id).await?;
        }
        self.authorize(&mut tx, actor, role).await?;
        if is_first {
            return Ok(Idempotent::First(tx));
        }
        let response = self.stored_response(&mut tx, actor).await?;
        // The response contained a contract that was erased.
        response.map(Idempotent::Replay).ok_or_else(|| Problem::NotFound.into())
    }

    /// Stores the response for repeated submissions, and commits the transaction.
    pub(crate) async fn commit_idempotent<T: Serialize>(&self, tx: Tx, actor: &Actor, response: &T) -> Result<()> {
        self.commit_with_response(tx, actor, response, None).await
    }

    /// Like [`Self::commit_idempotent`], for a response that contains a contract. The erasure of the contract erases the response.
    pub(crate) async fn commit_idempotent_contract<T: Serialize>(
        &self,
        tx: Tx,
        actor: &Actor,
        response: &T,
        contract: &ContractId,
    ) -> Result<()> {
        self.commit_with_response(tx, actor, response, Some(contract)).await
    }

    async fn commit_with_response<T: Serialize>(
        &self,
        mut tx: Tx,
        actor: &Actor,
        response: &T,
        contract: Option<&ContractId>,
    ) -> Result<()> {
        if let Some(id) = row_id(actor) {
            let json = serde_json::to_vec(response).map_err(|_| Error::Inconsistent("a response that is not serializable"))?;
            let sealed = self.vault.encrypt(&actor.organization_id, Field::IdempotentResponse, &json);
            idempotency::set_response(&mut tx, &actor.organization_id, &id, &sealed, contract).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Returns the response to the first submission, if any. Callers use this function when a check fails, because the first
    /// submission can be the reason for the failure.
    pub(crate) async fn replay<T: DeserializeOwned>(&self, actor: &Actor, role: Role) -> Result<Option<T>> {
        if actor.idempotency_key.is_none() {
            return Ok(None);
        }
        let mut tx = self.db.acquire().await?;
        self.authorize(&mut tx, actor, role).await?;
        self.stored_response(&mut tx, actor).await
    }

    async fn stored_response<T: DeserializeOwned>(&self, tx: &mut ReadConnection, actor: &Actor) -> Result<Option<T>> {
        let (Some(id), organization) = (row_id(actor), &actor.organization_id) else { return Ok(None) };
        let since = self.clock().now() - KEY_LIFETIME;
        let Some(sealed) = idempotency::response(tx, organization, &id, since).await? else { return Ok(None) };
        let json = self.vault.decrypt(organization, Field::IdempotentResponse, &sealed)?;
        serde_json::from_slice(json.expose()).map(Some).map_err(|_| Error::Inconsistent("an idempotent response of another type"))
    }
}

/// Returns the primary key of the stored idempotency key. Equal forms of different users have different primary keys.
fn row_id(actor: &Actor) -> Option<String> {
    let key = actor.idempotency_key.as_ref()?;
    Some(hex(&key.and(actor.organization_id.as_str().as_bytes()).and(actor.user_id.as_str().as_bytes()).0))
}
